"""Benchmarks on the true vLLM, run by its own interpreter: ``make .venv-vllm/ready`` first."""
