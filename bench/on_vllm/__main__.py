"""``python -m bench.on_vllm FILE NAME``: measure, write what was measured to FILE as JSON."""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path


def main() -> None:
    os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", "4")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    file, name = sys.argv[1:]
    if name in ("prompt_share", "cache_speedup"):
        from bench.on_vllm import sharing

        measures = sharing.measure(name)
    else:
        from bench.on_vllm import rates

        measures = rates.measure(name)
    Path(file).write_text(json.dumps([asdict(one) for one in measures]))


if __name__ == "__main__":  # the engine's processes import this file again
    main()
