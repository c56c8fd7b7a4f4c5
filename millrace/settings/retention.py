"""How long topics keep their records: as it is written, and in milliseconds."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Final

from pydantic import AfterValidator

from schemas import topics

FOREVER: Final = "forever"
_DURATION: Final = re.compile(r"([1-9]\d{0,4})([dhm])")
_UNIT_MS: Final = {"d": 86_400_000, "h": 3_600_000, "m": 60_000}
_KEPT_LONG: Final = {topics.DOCUMENTS_INGEST: "30d", topics.DEAD_LETTERS: "30d"}
_KEPT: Final = "7d"


def _checked(written: str) -> str:
    if written != FOREVER and not _DURATION.fullmatch(written):
        raise ValueError(f'should look like "30d", "12h", "90m" or "{FOREVER}"')
    return written


RetentionTime = Annotated[str, AfterValidator(_checked)]


def milliseconds(written: RetentionTime) -> int | None:
    """A retention in milliseconds; None for ever."""
    match = _DURATION.fullmatch(written)
    return int(match[1]) * _UNIT_MS[match[2]] if match else None


def with_defaults(
    chosen: Mapping[str, RetentionTime], names: Sequence[str]
) -> dict[str, RetentionTime]:
    """The retention of each topic of ``names``: as it is chosen, else the default."""
    return {name: chosen.get(name, _KEPT_LONG.get(name, _KEPT)) for name in names}
