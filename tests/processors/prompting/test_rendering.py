import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.prompting.prompt import Prompt
from processors.prompting.rendering import MOST_ANSWER_TOKENS
from processors.relationship import plan_relationship
from processors.summary import plan_summary
from schemas.errors import RefusedError
from schemas.topics import LEVELS, Level
from schemas.work import Work
from tests.processors.prompting import golden
from tests.processors.prompting.prompts import RENDERER, acme, asked, prompt, prompts
from tests.processors.works import (
    answered,
    event_of,
    found,
    planned,
    summarized,
    work_of,
)

SENTENCES = "Acme bought Widget Ltd. Its founder resigned. The court fined Acme."


@pytest.mark.parametrize("level", LEVELS)
def test_each_levels_prompt_reads_as_written_down(level: Level) -> None:
    assert golden.rendered(level) == golden.path(level).read_text(encoding="utf-8"), (
        "the prompt has changed: look at it, then write it anew by "
        "`python -m tests.processors.prompting.golden`"
    )


def all_prompts(work: Work) -> list[Prompt]:
    return [one for level in LEVELS for one in prompts(work, level)]


def test_all_documents_and_levels_of_a_profile_share_their_instructions() -> None:
    works = (acme(), work_of(SENTENCES, title="Courts"))
    assert len({one.instructions for work in works for one in all_prompts(work)}) == 1


def test_all_levels_of_a_document_of_one_chunk_share_their_beginning() -> None:
    assert len({one.prefix for one in all_prompts(acme(title="Acme buys"))}) == 1


class TestSeveralChunks:
    WORK = work_of(SENTENCES, chunk_characters=30)

    def test_a_summary_and_a_detail_of_the_same_chunk_share_their_beginning(self) -> None:
        summaries = [one.prefix for one in prompts(self.WORK, "summary")]
        details = [one.prefix for one in prompts(self.WORK, "detail")]
        assert len(self.WORK.chunks) == len(set(summaries)) == 3
        assert details == summaries

    def test_a_part_says_which_it_is(self) -> None:
        assert "Part: 2 of 3\n" in prompts(self.WORK, "summary")[1].document

    def test_relationships_show_sentences_instead(self) -> None:
        shown = prompt(self.WORK, "relationship")
        assert shown.document == ""
        assert shown.user == shown.question
        assert '"Its founder resigned."\ne2 personnel "resigned"\n' in shown.question


def test_a_document_says_when_it_was_published() -> None:
    published = datetime(2024, 3, 5, 9, 30, tzinfo=UTC)
    shown = prompt(acme(published_at=published, language="und"), "summary")
    assert "\nPublished: 2024-03-05T09:30+00:00\nText:\nAcme" in shown.document


def test_an_unknown_language_and_title_are_left_out() -> None:
    assert "\nText:\n" in prompt(acme(language="und"), "summary").document
    assert "Language" not in prompt(acme(language="und"), "summary").document


def test_a_details_question_defines_the_roles_of_its_kind_alone() -> None:
    question = prompt(acme(), "detail").question
    assert "- buyer: Who buys.\n" in question
    assert "defendant" not in question


def test_events_nearby_are_listed_by_short_names() -> None:
    waiting = summarized(
        work_of(SENTENCES),
        found("purchase", "bought"),
        found("personnel", "resigned"),
        found("legal", "fined"),
    )
    resigned, fined = (event_of(waiting, words).event_id for words in ("resigned", "fined"))
    task = waiting.tasks[0].model_copy(update={"nearby": (fined, resigned)})
    shown = RENDERER.render(task, waiting)
    assert shown.ids == {"e1": resigned, "e2": fined}
    assert '\nListed:\ne1 personnel "resigned"\ne2 legal "fined"\nEND DATA' in shown.question


def test_a_repeated_trigger_is_shown_with_the_words_around_it() -> None:
    work = work_of("The court fined Acme. Later a judge fined Widget Ltd.")
    waiting = summarized(work, found("legal", "fined"), found("legal", "fined"))
    second = RENDERER.render(waiting.tasks[1], waiting)
    assert 'legal "fined" in "The court fined Acme. Later a judge »fined« Widget Ltd."' in (
        second.question
    )


def test_the_answers_bound_follows_what_is_asked_for() -> None:
    waiting = planned(acme(), plan_summary)
    few = waiting.tasks[0].model_copy(update={"event_limit": 2})
    many = waiting.tasks[0].model_copy(update={"event_limit": 400})
    assert RENDERER.render(few, waiting).max_tokens == 192
    assert RENDERER.render(many, waiting).max_tokens <= MOST_ANSWER_TOKENS
    assert "at most 50," in RENDERER.render(many, waiting).question


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_not_the_document_stays_compact(level: Level) -> None:
    shown = prompt(acme(), level)
    # About four characters a token in prose, and two and a half in the form.
    assert len(shown.instructions) < 2_800
    prose, form = re.sub(r"BEGIN DATA.*END DATA \w+", "", shown.question, flags=re.DOTALL).split(
        "\nForm: "
    )
    assert len(prose) / 4 + len(form) / 2.5 < 160


def test_tasks_of_a_level_share_their_schema() -> None:
    one, other = prompt(acme(), "detail"), prompt(work_of(SENTENCES), "detail")
    assert one.schema is other.schema


def test_an_unknown_version_is_refused_by_name() -> None:
    waiting = asked(acme(), "summary")
    task = waiting.tasks[0].model_copy(update={"prompt_version": "9"})
    with pytest.raises(RefusedError, match=r"version '9' are not known here \(known: 1\)"):
        RENDERER.render(task, waiting)


def test_a_task_about_an_event_that_is_not_there_is_an_error() -> None:
    waiting = asked(acme(), "detail")
    with pytest.raises(LookupError, match="has no event"):
        RENDERER.render(waiting.tasks[0], waiting.model_copy(update={"events": ()}))


@given(text=st.text(max_size=200), title=st.text(max_size=50), trigger=st.text(max_size=20))
@settings(max_examples=50, deadline=None)
def test_any_document_and_any_answer_can_be_rendered(text: str, title: str, trigger: str) -> None:
    work = work_of("A court fined Acme. " + text, title=title, chunk_characters=1_000)
    waiting = summarized(work, found("purchase", trigger), found("legal", text[:30]))
    linking = planned(answered(waiting), plan_relationship)
    for one in (planned(work, plan_summary), waiting, linking):
        for task in one.tasks:
            shown = RENDERER.render(task, one)
            assert shown == RENDERER.render(task, one)
            assert shown.prefix
