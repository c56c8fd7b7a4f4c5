"""A wrong setting stops a stage before a topic is dead letters; mended, it goes on with all."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.clickhouse.client import Client
from millrace import wiring
from tests.command import eventually, millrace
from tests.flow import ingest_json
from tests.integration.private_stack import PrivateStack, private_stack

pytestmark = pytest.mark.integration
NEWS = Path(__file__).parents[2] / "processors/profiles/news.toml"
LIMIT = 4
IN_ONE = ("--processes", "one")


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[PrivateStack]:
    with private_stack(tmp_path / "home", MILLRACE_MAX_LETTERS_IN_A_ROW=str(LIMIT)) as made:
        yield made


@pytest.fixture
def profiles(tmp_path: Path) -> Path:
    """A folder with the profile ``sports``, which the setting does not name at first."""
    folder = tmp_path / "profiles"
    folder.mkdir()
    shutil.copy(NEWS, folder / "sports.toml")
    written = (folder / "sports.toml").read_text()
    (folder / "sports.toml").write_text(written.replace('name = "news"', 'name = "sports"'))
    return folder


def letters(client: Client) -> int:
    (row,) = client.query("SELECT count() AS letters FROM dead_letters FINAL")
    return int(row["letters"])


@pytest.mark.timeout(180)
def test_a_stage_stops_within_its_limit_and_goes_on_once_the_setting_is_mended(
    stack: PrivateStack, profiles: Path
) -> None:
    first = [ingest_json(f"first-{number}", profile="sports") for number in range(LIMIT)]
    later = [ingest_json(f"later-{number}", profile="sports") for number in range(20)]
    good = ingest_json("good")
    client = Client(wiring.clickhouse(stack.settings))

    stack.send([*first, good])
    with stack.running("ner", "sink", *IN_ONE) as process:
        eventually(lambda: letters(client) == LIMIT, "the first ones are letters")
        stack.send(later)
        eventually(lambda: process.poll() is not None, "millrace run ends")
        assert process.returncode == 1
    said = stack.said.read_text().splitlines()[-1]
    assert said.startswith(f"millrace: ner stopped: more than {LIMIT} records in a row would be ")
    assert "unknown_profile" in said
    assert "such as “profile: not known here: send one of email, neutral, news”" in said
    assert "raise MILLRACE_MAX_LETTERS_IN_A_ROW. Nothing is lost" in said
    assert letters(client) <= 2 * LIMIT

    with stack.running(*IN_ONE, MILLRACE_PROFILES=str(profiles)):
        stack.settle()
        redriven = millrace("dead-letters", "redrive", "--json", environment=stack.environment)
        assert LIMIT <= redriven.json()["redriven"] <= 2 * LIMIT
        stack.settle()

    arrived = client.query("SELECT document_id, profile FROM current_documents")
    assert {one["document_id"] for one in arrived} == {
        (one.key or b"").decode() for one in (*first, *later, good)
    }
    assert client.query("SELECT * FROM current_findings WHERE status = 'dead_lettered'") == []
    client.close()
