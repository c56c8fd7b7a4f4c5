"""``hostile``: texts that nobody wrote for a pipeline, up to a MiB, through the local engine."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from bench.hostile_texts import LONG, SHORT
from bench.results import Measure
from eval.found import Found
from eval.gold import GoldDocument
from eval.running import local_system, started
from eval.scoring.faithfulness import FAITHFULNESS_METRICS

MIB = 1024 * 1024
SECONDS_PER_MIB = 60.0
# What a document has to be refused as, and no other.
_EMPTY = "ner: empty"
_OFFSETS, _INVENTED = "offsets", "not invented"
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Passage:
    """What came of one text.

    Attributes:
        name: of the text.
        cpu_s: seconds of the processor, of all threads.
        found: all of it; ``refused`` says what refused it.
        checked: entities, triggers, arguments, times, places and evidence.
        misplaced: those of them whose offsets do not quote their words.
        invented: those of them whose words are not in the text.
    """

    name: str
    cpu_s: float
    found: Found
    checked: int
    misplaced: int
    invented: int

    @property
    def is_as_expected(self) -> bool:
        """Whether it was read; or refused, where there is nothing to read."""
        return self.found.refused == (_EMPTY if self.name in ("empty", "white space") else "")


def hostile() -> list[Measure]:
    return measures(list(passages(MIB)))


def passages(size: int) -> Iterator[Passage]:
    """Every text, one after the other; long ones of so many bytes of UTF-8."""
    texts = {**SHORT, **{name: write(size) for name, write in LONG.items()}}
    with started(local_system()) as send:
        for name, text in texts.items():
            document = GoldDocument("hostile", name, name, text)
            passed = send([document])
            yield _passage(document, passed.found[0], passed.cpu_s)


def measures(passed: list[Passage]) -> list[Measure]:
    """The figures of all passages, with their worst in the notes."""
    slow = sorted(passed, key=lambda one: -one.cpu_s)
    checked = sum(one.checked for one in passed)
    misplaced = [one for one in passed if one.misplaced]
    invented = [one for one in passed if one.invented]
    crashed = [one for one in passed if not one.is_as_expected]
    slowest = ", ".join(f"{one.name} {one.cpu_s:.1f}" for one in slow[:_SHOWN])
    return [
        Measure(
            "hostile_seconds", slow[0].cpu_s, "s", SECONDS_PER_MIB, "lower",
            f"of the processor for the slowest of {len(passed)} texts of up to a MiB, all stages "
            f"with the local engine: {slowest}",
        ),
        Measure(
            "hostile_offsets",
            100.0 * (1 - sum(one.misplaced for one in misplaced) / max(1, checked)),
            "%", 100, "higher",
            f"of {checked:,} spans quote their words{_names(misplaced)}",
        ),
        Measure(
            "hostile_invented", sum(one.invented for one in invented), "", 0, "lower",
            f"of {checked:,} whose words are not in the text{_names(invented)}",
        ),
        Measure(
            "hostile_failed", len(crashed), "texts", 0, "lower",
            "refused for anything but having no words"
            + "".join(f"; {one.name}: {one.found.refused}" for one in crashed[:_SHOWN]),
        ),
    ]  # fmt: skip


def _passage(document: GoldDocument, found: Found, cpu_s: float) -> Passage:
    judged = {one.name: one.judge(document, found) for one in FAITHFULNESS_METRICS}
    offsets, invention = judged[_OFFSETS], judged[_INVENTED]
    assert offsets is not None
    assert invention is not None
    return Passage(
        document.document_id,
        cpu_s,
        found,
        checked=len(invention.right) + len(invention.wrong),
        misplaced=len(offsets.wrong),
        invented=len(invention.wrong),
    )


def _names(wrong: list[Passage]) -> str:
    return "".join(f"; not of {one.name}" for one in wrong[:_SHOWN])


def main() -> None:
    """``python -m bench.hostile BYTES``: of another size, and nothing is kept."""
    passed = []
    for one in passages(int(sys.argv[1])):
        passed.append(one)
        found = one.found
        print(
            f"  {one.name}: {one.cpu_s:.1f} s {found.refused} {len(found.entities)} entities, "
            f"{len(found.events)} events",
            {stage: round(spent, 1) for stage, spent in found.spent.cpu_s.items()},
            flush=True,
        )
    for measure in measures(passed):
        print(f"  {measure}", flush=True)


if __name__ == "__main__":
    main()
