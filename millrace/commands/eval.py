"""``eval``: an engine scored on corpora with gold, through the real stages."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from millrace.errors import UsageError
from millrace.settings import read_settings


class SplitName(StrEnum):
    """Which documents of a corpus."""

    TRAIN = "train"
    DEV = "dev"
    TEST = "test"
    ALL = "all"


class Engine(StrEnum):
    """What answers."""

    LOCAL = "local"
    OPENAI = "openai"
    VLLM = "vllm"


def evaluate(
    corpus: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="A corpus, or several separated by commas: meantime, eventstoryline, ecbplus, "
            "gum, re3d, causal_news, wikigold, wnut17, sec_fin5, uner_ewt_dev. All by default.",
        ),
    ] = None,
    split: Annotated[
        SplitName | None,
        typer.Option(
            help="Which documents: test by default. Tune on train and dev alone; sec_fin5 and "
            "uner_ewt_dev are test as a whole, wnut17 has no test, meantime has no dev."
        ),
    ] = None,
    engine: Annotated[
        Engine | None, typer.Option(help="What answers; the setting `engine` by default.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Model of the engine; the setting `model` by default.")
    ] = None,
    profile: Annotated[
        str,
        typer.Option(help="What documents are read for; auto leaves it to the pipeline."),
    ] = "news",
    limit: Annotated[
        int | None, typer.Option(min=1, help="Only so many documents of each corpus.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Folder of the corpora; the setting `data` by default.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
    html: Annotated[
        Path | None,
        typer.Option(help="Write a self-contained page of what was missed and wrong to this file."),
    ] = None,
    save: Annotated[
        Path | None, typer.Option(help="Keep what was found in this file, for --compare.")
    ] = None,
    record: Annotated[
        bool,
        typer.Option("--record", help="Keep the scores in the checkout: eval/RESULTS.md."),
    ] = False,
    compare: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="A B",
            help="Compare two instead: each a file that --save wrote, or an engine to be run.",
        ),
    ] = None,
) -> None:
    """Score an engine on corpora with gold: every document goes through the real stages.

    Scores are in percent, with 95 % intervals over documents.

    The corpora are no part of millrace: --data or the setting `data` says where they lie.

    A model is asked anew: time and cost, by the prices of the settings, are of a first time.
    """
    from eval.errors import EvaluationError
    from millrace.evaluation.corpora_folder import corpora_folder
    from millrace.evaluation.system import EngineChoice, system

    settings = read_settings()
    folder = corpora_folder(data, settings.data)
    names = tuple(one.strip() for given in corpus or () for one in given.split(",") if one.strip())
    said = None if split is None else split.value
    chosen_engine = EngineChoice(None if engine is None else engine.value, model, profile)
    try:
        if compare is not None:
            from millrace.commands.eval_compare import compare_and_print
            from millrace.evaluation.sides import Asked

            refuse_with_compare({"html": html, "save": save, "record": record, "engine": engine})
            asked = Asked(compare, names, said, folder, limit)
            compare_and_print(settings, asked, chosen_engine, as_json=as_json)
            return
        from eval.selection import choose
        from millrace.commands.eval_scores import Outputs, check_outputs, score_and_print

        outputs = Outputs(as_json, html, save, record)
        check_outputs(outputs, limit)
        made = system(settings, chosen_engine)
        split_name = said or SplitName.TEST.value
        score_and_print(made, split_name, choose(names, split_name, folder, limit), outputs)
    except EvaluationError as error:
        raise UsageError(str(error)) from error


def refuse_with_compare(given: Mapping[str, object]) -> None:
    """Refuse options that only scoring has.

    Raises:
        BadParameter: one of them is given.
    """
    for name, value in given.items():
        if value:
            raise typer.BadParameter(f"--compare and --{name} exclude each other")
