"""``train``: the models of the local engine, made anew from the corpora."""

from pathlib import Path
from typing import Annotated

import typer

from millrace.errors import UsageError
from millrace.settings import read_settings
from millrace.terminal import TERMINAL


def train(
    tasks: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TASK]...", help="What for; every model by default."),
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Folder of the corpora; the setting `data` by default.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder to write to; that of the bundled models by default."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of what is drawn by chance.")] = 0,
) -> None:
    """Make the models of the local engine from the training documents of the corpora.

    The same corpora and the same seed give the same models. A card beside them says what they
    learned from, under which licences, and what they score on documents that they did not see.

    Other models answer differently: they are part of the engine's revision, in the cache's keys and
    in the specification of new runs.
    """
    from millrace.evaluation.corpora_folder import corpora_folder
    from processors.learned.models import english_models

    try:
        from training.tasks import TASKS
        from training.writing import make
    except ModuleNotFoundError as error:
        raise UsageError(
            f"training needs {error.name}, which is not installed: "
            "python -m pip install 'millrace[train]'"
        ) from None
    if unknown := [task for task in tasks or () if task not in TASKS]:
        raise UsageError(f"no task {unknown[0]!r}: there are {', '.join(TASKS)}")
    folder = corpora_folder(data, read_settings().data)
    for line in make(tasks or tuple(TASKS), out or english_models().folder, folder, seed):
        TERMINAL.say(line)
