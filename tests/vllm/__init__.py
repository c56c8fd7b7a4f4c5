"""On the true vLLM, in an environment of its own: `make test-vllm`."""
