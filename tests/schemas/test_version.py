"""The number that orders the extractions of a document."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.version import document_version

NOW = datetime(2024, 3, 3, 12, 0, 0, 123_000, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def test_a_later_ingestion_beats_any_pass_of_an_earlier_text() -> None:
    old = document_version(NOW, 2**36 - 1, 2**32 - 1, "ffff")
    assert document_version(NOW + MILLISECOND, 0, 0, "0000") > old


def test_within_a_millisecond_the_offset_decides() -> None:
    assert document_version(NOW, 8, 0, "0000") > document_version(NOW, 7, 2**32 - 1, "ffff")


def test_of_one_text_the_later_pass_wins() -> None:
    assert document_version(NOW, 7, 2, "0000") > document_version(NOW, 7, 1, "ffff")


def test_of_one_pass_the_revision_decides_alike_everywhere() -> None:
    first, second = document_version(NOW, 7, 1, "1a2b99"), document_version(NOW, 7, 1, "1a2c00")
    assert second > first
    assert document_version(NOW, 7, 1, "1a2b00") == first


@pytest.mark.parametrize(
    ("offset", "generation", "named"),
    [(-1, 0, "offset"), (2**36, 0, "offset"), (0, -1, "generation"), (0, 2**32, "generation")],
)
def test_what_does_not_fit_is_an_error_that_names_it(
    offset: int, generation: int, named: str
) -> None:
    with pytest.raises(ValueError, match=named):
        document_version(NOW, offset, generation, "0000")


@given(
    st.tuples(
        st.datetimes(datetime(1970, 1, 2), datetime(2500, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
        st.integers(0, 2**36 - 1),
        st.integers(0, 2**32 - 1),
        st.integers(0, 2**16 - 1),
    )
)
def test_every_version_fits_128_bits(fields: tuple[datetime, int, int, int]) -> None:
    ingested_at, offset, generation, revision = fields
    assert 0 <= document_version(ingested_at, offset, generation, f"{revision:04x}") < 2**128
