"""``python -m bench [NAME…]``: run benchmarks, keep what they measure."""

import signal
import sys
from collections.abc import Callable

from bench.bad_inputs import bad_inputs
from bench.demo_seconds import demo_seconds
from bench.diff_seconds import diff_seconds
from bench.first_document_share import first_document_share
from bench.growth import growth
from bench.hostile import hostile
from bench.local_path import local_path
from bench.mail import mail
from bench.observability_cost import observability_cost
from bench.panel_ms import panel_ms_1m, panel_ms_10m
from bench.prompt_share_simulated import prompt_share_simulated
from bench.replay import replay
from bench.results import Measure, record
from bench.scheduler_overhead import scheduler_overhead
from bench.sink_ratio import sink_ratio
from bench.soak import soak
from bench.stage_ratio import stage_ratio
from bench.vllm_environment import (
    batching_curve,
    cache_speedup,
    inference_ratio,
    naive_ratio,
    prompt_share,
)

BENCHMARKS: dict[str, Callable[[], list[Measure]]] = {
    "demo_seconds": demo_seconds,
    "stage_ratio": stage_ratio,
    "sink_ratio": sink_ratio,
    "scheduler_overhead": scheduler_overhead,
    "first_document_share": first_document_share,
    "prompt_share_simulated": prompt_share_simulated,
    "replay_live_p95_ratio": replay,
    "inference_ratio": inference_ratio,
    "naive_ratio": naive_ratio,
    "batching_curve": batching_curve,
    "prompt_share": prompt_share,
    "cache_speedup": cache_speedup,
    "observability_cost": observability_cost,
    "growth": growth,
    "local_path": local_path,
    "mail": mail,
    "diff_seconds": diff_seconds,
    "panel_ms_1m": panel_ms_1m,
    "panel_ms_10m": panel_ms_10m,
    "bad_inputs": bad_inputs,
    "hostile": hostile,
    "soak": soak,
}
# An hour: it runs only when it is named.
_ALONE = {"soak"}


def main() -> None:
    names = sys.argv[1:] or [name for name in BENCHMARKS if name not in _ALONE]
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        sys.exit(f"no benchmark {unknown[0]!r}: there are {', '.join(BENCHMARKS)}")
    # A stack of its own goes with a benchmark that is told to end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to end"))
    for name in names:
        print(f"{name} …", flush=True)
        measures = BENCHMARKS[name]()
        record(measures)
        for one in measures:
            print(f"  {one}", flush=True)


if __name__ == "__main__":
    main()
