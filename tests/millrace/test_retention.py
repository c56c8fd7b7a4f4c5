"""How long topics keep their records, by the settings."""

import pytest

from millrace import wiring
from millrace.commands.topics import redone
from millrace.settings import Settings, SettingsError, read_settings
from streams.broker.admin import FOREVER, Retention
from streams.broker.retention import in_words
from streams.topology import topic_names

DAY_MS = 86_400_000


def retention(**chosen: str) -> dict[str, Retention]:
    named = {name.replace("_", "."): value for name, value in chosen.items()}
    return dict(wiring.topic_settings(Settings(retention=named)).retention)


class TestTheSetting:
    def test_what_comes_in_and_what_failed_is_kept_for_longer_than_the_rest(self) -> None:
        kept = {name: one.ms // DAY_MS for name, one in retention().items()}

        assert kept.pop("documents.ingest") == kept.pop("dead-letters") == 30
        assert set(kept.values()) == {7}
        assert len(kept) == 10

    def test_a_topic_that_is_named_keeps_its_records_as_long_as_that(self) -> None:
        kept = retention(documents_annotated="12h", inference_calls="forever")

        assert kept["documents.annotated"] == Retention(DAY_MS // 2, is_chosen=True)
        assert kept["inference.calls"] == Retention(FOREVER, is_chosen=True)
        assert kept["documents.ingest"] == Retention(30 * DAY_MS)

    def test_it_is_read_from_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MILLRACE_RETENTION", '{"documents.ingest": "90m"}')

        assert read_settings().retention == {"documents.ingest": "90m"}

    def test_a_topic_that_is_not_there_is_named_beside_those_that_are(self) -> None:
        with pytest.raises(SettingsError, match=r"no topic 'documents\.in'; there are documents\."):
            retention(documents_in="30d")

    def test_topics_of_other_tiers_are_there_with_these(self) -> None:
        settings = Settings(
            tiers=("small", "large"), retention={"inference.large.summary": "1d"}
        )  # fmt: skip

        kept = wiring.topic_settings(settings).retention
        assert kept["inference.large.summary"] == Retention(DAY_MS, is_chosen=True)

    @pytest.mark.parametrize("written", ["", "30", "30 d", "0d", "-1d", "1w", "7D", "for ever"])
    def test_what_is_no_duration_is_refused(
        self, monkeypatch: pytest.MonkeyPatch, written: str
    ) -> None:
        monkeypatch.setenv("MILLRACE_RETENTION", f'{{"documents.ingest": "{written}"}}')

        with pytest.raises(SettingsError, match='should look like "30d", "12h", "90m" or "forever'):
            read_settings()


@pytest.mark.parametrize(
    ("retention_ms", "words"),
    [(30 * DAY_MS, "30d"), (DAY_MS // 2, "12h"), (90 * 60_000, "90m"), (FOREVER, "forever"),
     (1_500, "1500 ms")],
)  # fmt: skip
def test_a_retention_is_written_as_it_is_set(retention_ms: int, words: str) -> None:
    assert in_words(retention_ms) == words


class TestWhatAReplayRedoes:
    def test_the_later_the_topic_the_less(self) -> None:
        assert {name: redone(name) for name in topic_names(wiring.stages(Settings()))} == {
            "documents.ingest":
                ("recognition", "summary", "detail", "relationship", "validation"),
            "documents.annotated": ("summary", "detail", "relationship", "validation"),
            "inference.standard.summary": ("summary", "detail", "relationship", "validation"),
            "extraction.summary": ("detail", "relationship", "validation"),
            "inference.standard.detail": ("detail", "relationship", "validation"),
            "extraction.detail": ("relationship", "validation"),
            "inference.standard.relationship": ("relationship", "validation"),
            "extraction.relationship": ("validation",),
            "extractions.validated": ("rows",),
            "extractions.review": ("rows",),
            "dead-letters": (),
            "inference.calls": (),
        }  # fmt: skip
