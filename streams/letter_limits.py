"""Limits of dead letters: a stage stops before one wrong setting dead-letters a whole topic."""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from schemas import topics
from schemas.errors import SetupError
from schemas.record import Outgoing

# What a setting or a deployment causes, and then for every record alike: a tier or a model that is
# not served, a folder of profiles that is not set, an engine that answers nothing, a stage of an
# older version, tables of another, a defect. All other kinds say what is wrong with the one record
# (malformed, empty, too_large, unknown_content_type, unknown_run, bad_*): they are its producer's
# doing, and however many come, they stop nothing.
STOPPING: Final = frozenset(
    {
        "all_tasks_failed",
        "newer_schema",
        "row_refused",
        "unexpected",
        "unknown_profile",
        "unserved_model",
    }
)
_EXAMPLE_CHARACTERS = 160


@dataclass(frozen=True, slots=True)
class Limits:
    """How many letters of the kinds that a setting causes are too many.

    More than ``in_a_row``, or more than ``share`` of the last ``window`` records. With a share of 1
    only those in a row count.
    """

    in_a_row: int = 100
    share: float = 0.5
    window: int = 1_000


class LetterLimitError(SetupError):
    """A stage stops instead of writing more dead letters; what it read is not committed."""


class LetterLimits:
    """Counts what becomes of a stage's records in one process, in the order of their ends."""

    def __init__(self, stage: str, limits: Limits = Limits()) -> None:
        self._stage = stage
        self._limits = limits
        self._last: deque[str | None] = deque(maxlen=limits.window)
        self._counted: Counter[str] = Counter()
        self._row: Counter[str] = Counter()

    def admit(self, results: Iterable[Outgoing]) -> None:
        """Take note of what records became; to be called before it is sent.

        Args:
            results: of each record one, the next message or a letter, in the order of records.

        Raises:
            LetterLimitError: there are too many letters: none of ``results`` may be sent.
        """
        for result in results:
            self._admit(result)

    def admit_batch(self, records: int, letters: Iterable[Outgoing]) -> None:
        """As ``admit``, of ``records`` of which some became ``letters``, nobody knows which.

        The letters are taken to be the first, so that they stand in a row only with those of the
        batches before, or where nothing else came.
        """
        others = records
        for letter in letters:
            self._admit(letter)
            others -= 1
        for _ in range(others):
            self._note(None)

    def _admit(self, result: Outgoing) -> None:
        if result.topic != topics.DEAD_LETTERS:
            self._note(None)
            return
        told = dict(result.headers)
        kind = (told.get(topics.LETTER_KIND) or b"").decode()
        if kind not in STOPPING:
            self._note(None)
            return
        self._note(kind)
        limits, example = self._limits, (told.get(topics.LETTER_MESSAGE) or b"").decode()
        if self._row.total() > limits.in_a_row:
            much = f"more than {limits.in_a_row:,} records in a row"
            raise self._error(much, self._row, example, "MILLRACE_MAX_LETTERS_IN_A_ROW")
        full = len(self._last) == limits.window
        if full and self._counted.total() > limits.share * limits.window:
            much = f"more than {limits.share:.0%} of the last {limits.window:,} records"
            raise self._error(much, self._counted, example, "MILLRACE_MAX_LETTER_SHARE")

    def _note(self, kind: str | None) -> None:
        if len(self._last) == self._limits.window and (gone := self._last[0]) is not None:
            self._counted[gone] -= 1
        self._last.append(kind)
        if kind is None:
            if self._row:
                self._row.clear()
            return
        self._counted[kind] += 1
        self._row[kind] += 1

    def _error(
        self, much: str, counted: Counter[str], example: str, setting: str
    ) -> LetterLimitError:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in counted.most_common() if count)
        cut = example[:_EXAMPLE_CHARACTERS] + "…" * (len(example) > _EXAMPLE_CHARACTERS)
        return LetterLimitError(
            f"{self._stage} stopped: {much} would be dead letters ({kinds}), such as “{cut}”. Mend "
            f"that and start again, or raise {setting}. Nothing is lost: they wait in Kafka, and "
            f"`millrace dead-letters redrive --stage {self._stage}` sends earlier ones on"
        )
