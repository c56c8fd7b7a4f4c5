# ruff: noqa: PT017 - a check asserts of an error that may come
"""What models write: an output of the level, grounded to words that stand there, or a problem."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from hypothesis import strategies as st

from processors.detail import plan_detail
from processors.errors import AnswerError
from processors.prompting.answer_reading import read_answer
from processors.prompting.answer_writing import as_answer
from processors.relationship import plan_relationship
from processors.validation import validate
from schemas.completion import Completed
from schemas.errors import RefusedError
from schemas.extraction import Extraction
from schemas.topics import LEVELS, Level
from schemas.work import Work
from tests.fuzz.mutation import changed, changed_json
from tests.fuzz.target import Target, within
from tests.processors.prompting.prompts import RENDERER, acme, asked
from tests.processors.works import PROFILES, Plan, answered

SECONDS: Final = 3.0
_CANARY: Final = "heron"
_WORKS: Final[Mapping[Level, Work]] = {level: asked(acme(), level) for level in LEVELS}
_NEXT: Final[Mapping[Level, Plan]] = {
    "summary": plan_detail, "detail": plan_relationship, "relationship": validate,
}  # fmt: skip
_WORDS: Final = (b"```json\n", b"```", b'"k":', b'"t":"', b'"e1"', b"[{", b"}]", b"\\u0000", b"NaN")


def _seeds(level: Level) -> list[Any]:
    work = _WORKS[level]
    done = answered(work).completions[-len(work.tasks) :]
    return [
        as_answer(RENDERER.render(task, work), one.output)
        for task, one in zip(work.tasks, done, strict=True)
        if isinstance(one, Completed)
    ]


_SEEDS: Final = {level: _seeds(level) for level in LEVELS}
_WRAPPINGS: Final[list[Callable[[str], str]]] = [
    lambda text: text,
    lambda text: f"```json\n{text}\n```",
    lambda text: f"Here it is: {text}",
    lambda text: text[: len(text) // 2],
]


@st.composite
def answers(draw: st.DrawFn) -> tuple[str, str]:
    """A level and what a model wrote for the level's first task."""
    level = draw(st.sampled_from(LEVELS))
    seeds = _SEEDS[level]
    made = st.one_of(
        changed_json(seeds).map(json.dumps),
        changed([json.dumps(one).encode() for one in seeds], _WORDS).map(
            lambda one: one.decode("utf-8", "replace")
        ),
        st.text(max_size=30),
    )
    return level, draw(st.sampled_from(_WRAPPINGS))(draw(made))


def check_answer(given: tuple[Level, str]) -> None:
    """It is read, or it has a problem that quotes nothing; what is read grounds to true words."""
    level, text = given
    work = _WORKS[level]
    prompt = RENDERER.render(work.tasks[0], work)
    with within(SECONDS):
        try:
            output = read_answer(prompt, level, text)
        except AnswerError as error:
            assert str(error).isprintable(), "not one line"
            assert _CANARY not in str(error)
            return
        assert type(output).model_validate_json(output.model_dump_json()) == output
        others = answered(work).completions[-len(work.tasks) + 1 :] if len(work.tasks) > 1 else ()
        outputs = (output, *(one.output for one in others if isinstance(one, Completed)))
        try:
            message = _NEXT[level](answered(work, *outputs), PROFILES).message
        except RefusedError as error:
            assert error.message.isprintable()
            return
        assert isinstance(message, Work | Extraction)
        check_grounding(message)
        assert type(message).from_json(message.to_json()) == message


def check_grounding(message: Work | Extraction) -> None:
    """What is grounded is quoted from where it stands."""
    text = message.document.text
    for one in (*message.events, *message.arguments):
        if one.grounding == "ungrounded":
            assert (one.start, one.end) == (0, 0)
        else:
            assert one.text == text[one.start : one.end] != ""
    for link in message.relationships:
        if link.grounding != "ungrounded":
            assert link.text == text[link.start : link.end] != ""


TARGET = Target("answers", answers(), check_answer)
