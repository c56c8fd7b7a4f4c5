"""How stages are spread over processes."""

import pytest

from millrace.commands.run import Processes, grouped

KINDS = {
    "ner": "faust", "summary": "faust", "inference": "inference", "detail": "faust", "sink": "sink",
}  # fmt: skip


@pytest.mark.parametrize(
    ("processes", "groups"),
    [
        (Processes.ONE, [("ner", "summary", "inference", "detail", "sink")]),
        (Processes.SPLIT, [("ner",), ("summary", "detail"), ("inference",), ("sink",)]),
        (Processes.EACH, [("ner",), ("summary",), ("inference",), ("detail",), ("sink",)]),
    ],
)
def test_groups(processes: Processes, groups: list[tuple[str, ...]]) -> None:
    assert grouped(KINDS, processes) == groups


@pytest.mark.parametrize("processes", Processes)
def test_one_stage_is_one_process(processes: Processes) -> None:
    assert grouped({"sink": "sink"}, processes) == [("sink",)]
    assert grouped({"ner": "faust"}, processes) == [("ner",)]
    assert grouped({"detail": "faust"}, processes) == [("detail",)]
