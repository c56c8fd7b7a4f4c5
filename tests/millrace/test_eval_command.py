"""`millrace eval`: scores of an engine on small corpora, kept, compared and shown."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from eval.running import send_all, system_of
from eval.scoring import results
from eval.selection import choose
from infra.local.addresses import free_port
from millrace.commands import eval_scores
from processors.profile_loading import load_profiles
from streams.inference.embedded_engine import local_identity
from tests.command import Ended, millrace_in_process
from tests.eval.small import write_events, write_names
from tests.model_answers import AnsweringServer, Rehearsing

LOCAL = f"{local_identity().engine}/{local_identity().model}"
Run = Callable[..., Ended]
BOTH = ("--corpus", "uner_ewt_dev,meantime")
NAMES = ("--corpus", "uner_ewt_dev")


@pytest.fixture
def evaluate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """The command in this process, in a folder of its own, with small corpora as its data."""
    data = tmp_path / "data"
    write_names(data)
    write_events(data)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MILLRACE_DATA", "data")

    def run(*arguments: str) -> Ended:
        return millrace_in_process(monkeypatch, capsys, "eval", *arguments)

    return run


class TestScores:
    def test_each_corpus_has_its_scores_rates_time_and_reliability(self, evaluate: Run) -> None:
        ended = evaluate(*BOTH)

        assert (ended.status, ended.err) == (0, "")
        lines = [" ".join(line.split()) for line in ended.out.splitlines()]
        assert f"uner_ewt_dev, test: 3 documents, {LOCAL}" in lines
        assert f"meantime, test: 1 documents, {LOCAL}" in lines
        assert "metric gold P R F1 (95 %)" in lines
        assert any(re.match(r"entities 5 \d+\.\d \d+\.\d \d+\.\d \(", line) for line in lines)
        assert any(line.startswith("triggers by head 3 ") for line in lines)
        assert any(line.startswith("offsets ") and " 100.0 (" in line for line in lines)
        assert any("documents a second of CPU, median " in line for line in lines)
        assert any(line.startswith("expected calibration error: triggers") for line in lines)
        # The local engine is not paid for.
        assert "$" not in ended.out

    def test_scripts_get_all_of_it(self, evaluate: Run) -> None:
        (names, events) = evaluate(*BOTH, "--json").json()

        assert (names["corpus"], names["split"], names["profile"]) == (
            "uner_ewt_dev", "test", "news",
        )  # fmt: skip
        entities = names["metrics"]["entities"]
        assert entities["counts"]["right"] + entities["counts"]["missed"] == 5
        assert entities["recall"]["value"] == entities["counts"]["right"] / 5
        assert names["speed"]["documents"] == 3
        assert len(events["calibration"]["triggers by head"]["bins"]) == 10

    def test_the_split_the_limit_and_the_folder_are_chosen(
        self, evaluate: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MILLRACE_DATA", "nowhere")

        (all_of_it,) = evaluate(
            "--corpus", "meantime", "--split", "all", "--data", "data", "--json"
        ).json()  # fmt: skip
        (limited,) = evaluate(*NAMES, "--limit", "2", "--data", "data", "--json").json()

        assert all_of_it["speed"]["documents"] == 2
        assert limited["speed"]["documents"] == 2

    @pytest.mark.parametrize(
        ("arguments", "line"),
        [
            (("--corpus", "nope"), "no corpus 'nope'; there are meantime, "),
            (("--corpus", "meantime", "--split", "dev"), "meantime has no documents in dev"),
            (("--data", "nowhere"), "no corpora at nowhere: they are no part of millrace; say"),
            (("--profile", "nope"), "no profile 'nope'"),
            (("--engine", "openai"), "the engine openai needs a model"),
            (("--save", "nowhere/a"), "nowhere/a: cannot be written: no folder nowhere"),
            (("--html", "nowhere/a"), "nowhere/a: cannot be written: no folder nowhere"),
            ((*NAMES, "--save", "data"), "data: cannot be written: Is a directory"),
            (("--record", "--limit", "2"), "--record keeps the scores of whole splits"),
            (("--compare", "a", "b", "--html", "c"), "--compare and --html exclude each other"),
            (("--compare", "a", "b", "--record"), "--compare and --record exclude each other"),
            (("--compare", "a", "a"), "a is compared with itself: name two"),
            (("--compare", "a", "local"), "a: cannot be read: No such file"),
        ],
    )
    def test_what_cannot_be_meant_is_one_line_and_status_2(
        self, evaluate: Run, arguments: tuple[str, ...], line: str
    ) -> None:
        ended = evaluate(*arguments)

        assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
        assert line in ended.err

    def test_a_corpus_that_is_not_there_is_one_line_that_names_its_file(
        self, evaluate: Run
    ) -> None:
        ended = evaluate()

        assert (ended.status, ended.err.count("\n")) == (1, 1)
        assert "eventstoryline" in ended.err


class TestAServedModel:
    def test_it_is_scored_with_its_cost_and_time_beside_the_scores(
        self, evaluate: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (chosen,) = choose(["uner_ewt_dev"], "test", Path("data"))
        rules = Rehearsing()
        send_all(system_of(rules, load_profiles()), chosen.documents)
        server = AnsweringServer("m8")
        server.answers = {question.user: text for question, text in rules.answers.items()}
        with server.running():
            monkeypatch.setenv("MILLRACE_OPENAI_URLS", server.url)
            monkeypatch.setenv("MILLRACE_PRICE_COMPLETION", "1000")

            ended = evaluate(*NAMES, "--engine", "openai", "--model", "m8")
            compared = evaluate(*NAMES, "--compare", "local", "openai", "--model", "m8", "--json")

        asked = len(server.asked) // 2
        assert (ended.status, ended.err) == (0, "")
        assert "uner_ewt_dev, test: 3 documents, openai/m8" in ended.out
        assert f"${asked * 9 / 1000:,.4g}, {asked * 812:,} tokens of prompts" in ended.out
        entities = compared.json()["corpora"][0]["metrics"]["entities"]
        assert entities["first"] == entities["second"]

    def test_a_server_that_is_away_is_status_3(
        self, evaluate: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MILLRACE_OPENAI_URLS", f"http://127.0.0.1:{free_port('127.0.0.1')}")
        monkeypatch.setattr("millrace.evaluation.system.SERVER_WITHIN_S", 0.2)

        ended = evaluate(*NAMES, "--engine", "openai", "--model", "m8", "--save", "a.jsonl")

        assert (ended.status, ended.out, ended.err.count("\n")) == (3, "", 1)
        assert "openai/m8 did not start within 0.2 s: start its server" in ended.err


class TestComparing:
    @pytest.fixture
    def kept(self, evaluate: Run) -> Run:
        assert evaluate(*BOTH, "--save", "a.jsonl").status == 0
        assert evaluate(*NAMES, "--limit", "2", "--save", "b.jsonl").status == 0
        return evaluate

    def test_what_was_kept_is_compared_where_both_have_it_and_the_rest_is_named(
        self, kept: Run
    ) -> None:
        ended = kept("--compare", "a.jsonl", "b.jsonl")

        lines = [" ".join(line.split()) for line in ended.out.splitlines()]
        assert ended.status == 0
        assert "uner_ewt_dev, test: 2 documents in both" in lines
        assert "metric a.jsonl b.jsonl gain (95 %) p" in lines
        (entities,) = (line for line in lines if line.startswith("entities "))
        assert re.fullmatch(r"entities (\S+) \1 0\.0 \(0\.0 to 0\.0\) 1\.0000", entities)
        assert "only in a.jsonl: 1 documents: reviews-3" in lines
        assert not any(line.startswith("meantime") for line in lines)

    def test_an_engine_is_run_on_what_a_file_has(self, kept: Run) -> None:
        found = kept("--compare", "b.jsonl", "local", "--json").json()

        assert (found["first"], found["second"], found["split"]) == ("b.jsonl", "local", "test")
        (names,) = found["corpora"]
        assert names["documents"] == 2
        assert (names["only_first"], names["only_second"]) == ([], [])

    def test_another_profile_is_another_system(self, kept: Run) -> None:
        found = kept(
            "--compare", "a.jsonl", "local", "--profile", "neutral", "--corpus", "meantime",
            "--json",
        ).json()  # fmt: skip

        (events,) = found["corpora"]
        (alone,) = kept("--profile", "neutral", "--corpus", "meantime", "--json").json()
        triggers = alone["metrics"]["triggers by head"]["f1"]["value"]
        assert events["metrics"]["triggers by head"]["second"] == triggers

    @pytest.mark.parametrize(
        ("arguments", "line"),
        [
            (("a.jsonl", "local", "--split", "dev"), "a.jsonl was run on the split test, not dev"),
            (("a.jsonl", "b.jsonl", "--corpus", "gum"), "a.jsonl was not run on gum: it has uner"),
            (("a.jsonl", "dev.jsonl"), "a.jsonl was run on the split test, dev.jsonl on train"),
            (("b.jsonl", "dev.jsonl"), "b.jsonl was run on the split test, dev.jsonl on train"),
        ],
    )
    def test_other_splits_and_corpora_are_one_line_and_status_2(
        self, kept: Run, arguments: tuple[str, ...], line: str
    ) -> None:
        kept("--corpus", "meantime", "--split", "train", "--save", "dev.jsonl")

        ended = kept("--compare", *arguments)

        assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
        assert line in ended.err


class TestFiles:
    def test_the_page_holds_what_was_missed_in_its_sentence(
        self, evaluate: Run, tmp_path: Path
    ) -> None:
        ended = evaluate(*BOTH, "--html", "mistakes.html")

        html = (tmp_path / "mistakes.html").read_text("utf-8")
        assert "wrote mistakes.html" in ended.err
        assert 'Nobody <mark class="missed" data-label="− person">told</mark> them' in html

    def test_scores_of_whole_splits_are_recorded_in_a_checkout(
        self, evaluate: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = tmp_path / "checkout" / "eval"
        folder.mkdir(parents=True)
        monkeypatch.setattr(eval_scores, "FOLDER", folder)

        outside = evaluate(*NAMES, "--record")
        (folder.parent / "pyproject.toml").touch()
        inside = evaluate(*NAMES, "--record")

        assert outside.status == 2
        assert "--record keeps the scores in a checkout, and this is none" in outside.err
        assert inside.status == 0
        (kept,) = json.loads((folder / "results.json").read_text())
        assert (kept["corpus"], kept["split"]) == ("uner_ewt_dev", "test")
        assert "## uner_ewt_dev, test" in (folder / "RESULTS.md").read_text()

    def test_by_default_they_are_recorded_beside_the_code_of_the_evaluation(self) -> None:
        assert Path(eval_scores.__file__).parents[2] / "eval" == results.FOLDER
        assert (results.FOLDER.parent / "pyproject.toml").is_file()


class TestHelp:
    def test_it_names_every_corpus_and_what_may_not_be_tuned_on(self, evaluate: Run) -> None:
        from eval.corpora.catalogue import CORPORA

        words = evaluate("--help").out.replace("│", " ").split()

        assert {
            name for name in CORPORA if name not in {one.strip(",.;") for one in words}
        } == set()
        assert "Tune on train and dev alone" in " ".join(words)
