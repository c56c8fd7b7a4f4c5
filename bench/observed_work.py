"""A stage's work as a process of ``observability_cost``: prints records a second of its time.

With OpenTelemetry's variables it is measured and traced, without them neither. Records come as a
stage gets them from the one before, which has sampled one trace in ten.
"""

import sys
import time
from dataclasses import replace
from functools import partial

from bench.stage_work import annotated_work, stage_context
from schemas import topics
from schemas.record import Headers, Outgoing, Record
from streams.processing import process_record
from streams.telemetry.stage_metrics import measured
from streams.telemetry.tracing import traced
from streams.telemetry.tracing_setup import exporting, wanted
from streams.topology import topology

_WARM_UP = 200
_ONE_IN = 10
_TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"


def main() -> None:
    count = int(sys.argv[1])
    stage = next(stage for stage in topology(("standard",)) if stage.name == "summary")
    plain = partial(process_record, stage, context=stage_context())
    work = traced(stage, measured(stage, plain)) if wanted() else plain
    one = Record("documents.annotated", 0, 0, 1_700_000_000_000, b"w", annotated_work())

    def run(records: int) -> list[Outgoing]:
        return [
            work(replace(one, offset=offset, headers=_headers(sampled=offset % _ONE_IN == 0)))
            for offset in range(records)
        ]

    with exporting("bench"):
        run(_WARM_UP)
        began = time.process_time()
        run(count)
        seconds = time.process_time() - began
    print(count / seconds)


def _headers(*, sampled: bool) -> Headers:
    return (
        (topics.HEADER_RUN, b"live"),
        (topics.HEADER_TRACEPARENT, f"{_TRACE}-{'01' if sampled else '00'}".encode()),
    )


if __name__ == "__main__":
    main()
