"""The options that choose dead letters: the same of every command that takes more than one."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from millrace.errors import UsageError

if TYPE_CHECKING:
    from infra.clickhouse.letters import LetterFilter


def _option(metavar: str, said: str, *names: str) -> Any:
    return Annotated[str | None, typer.Option(*names, metavar=metavar, help=said)]


_OPTIONS: Final = {
    "stage": _option("NAME", "Only of this stage."),
    "kind": _option("KIND", "Only of this kind of refusal."),
    "run": _option("NAME", "Only of this run; '' for those of none yet."),
    "document": _option("ID", "Only of this document."),
    "topic": _option("NAME", "Only of records that lay on this topic."),
    "since": _option(
        "WHEN",
        "Only those written since: a time (UTC without a zone), or a time ago (90m, 12h, 7d).",
        "--from",
    ),
    "until": _option("WHEN", "Only those written before.", "--to"),
    "contains": _option("TEXT", "Only those whose error says this, in upper or lower case."),
}


def filtered(command: Callable[..., None]) -> Callable[..., None]:
    """A command with the options of a filter in place of its first parameter, ``chosen``."""

    @wraps(command)
    def run(**given: Any) -> None:
        said = {name: given.pop(name) for name in _OPTIONS}
        command(chosen=_filter(said), **given)

    own = [one for one in signature(command).parameters.values() if one.name != "chosen"]
    options = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=option)
        for name, option in _OPTIONS.items()
    ]
    arguments = [one for one in own if one.default is Parameter.empty]
    further = [one.replace(kind=Parameter.KEYWORD_ONLY) for one in own if one not in arguments]
    parameters = [*arguments, *options, *further]
    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


def _filter(said: dict[str, str | None]) -> "LetterFilter":
    """What the options choose.

    Raises:
        UsageError: a time is none.
    """
    from infra.clickhouse.letters import LetterFilter

    return LetterFilter(
        stage=said["stage"],
        kind=said["kind"],
        run=said["run"],
        document=said["document"],
        topic=said["topic"],
        since=_moment(said["since"], "--from"),
        until=_moment(said["until"], "--to"),
        contains=said["contains"],
    )


def _moment(text: str | None, option: str) -> datetime | None:
    from streams.replay.bounds import parse_bound
    from streams.replay.errors import RequestError

    try:
        found = None if text is None else parse_bound(text, option, datetime.now(UTC))
    except RequestError:
        found = 0
    if found is None or isinstance(found, datetime):
        return found
    raise UsageError(
        f"{option} {text!r}: should be a time (2024-03-03T09:30Z, 2024-03-03) or a time ago (90m, "
        "12h, 7d)"
    )
