"""Models behind OpenAI-compatible servers: which server to ask, how, and what its answers mean."""
