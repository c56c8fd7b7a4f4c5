"""``eval --compare``: two systems on the same documents."""

from dataclasses import replace
from typing import Any

from eval.comparing import as_json as plain
from eval.running import System
from millrace.commands.eval_scores import counting
from millrace.evaluation.sides import Asked, compare_sides
from millrace.evaluation.system import EngineChoice, system
from millrace.rendering.scores_terminal import render_comparison
from millrace.settings import Settings
from millrace.terminal import TERMINAL
from millrace.wiring import OWN_MODELS


def compare_and_print(
    settings: Settings, asked: Asked, choice: EngineChoice, *, as_json: bool
) -> None:
    """Compare two sides and print how they do by corpus.

    Raises:
        EvaluationError: they cannot be compared.
        MillraceError: an engine cannot be had.
    """

    def of_engine(name: str) -> System:
        # A model is that of the other side, where one side has none to choose.
        model = None if name in OWN_MODELS else choice.model
        return system(settings, replace(choice, engine=name, model=model))

    comparing = compare_sides(asked, of_engine)
    with counting(comparing.to_run) as on_found:
        found = list(comparing.results(on_found))
    first, second = comparing.labels
    if as_json:
        about: dict[str, Any] = {"first": first, "second": second, "split": comparing.split}
        TERMINAL.json(about | {"corpora": [plain(one) for one in found]})
        return
    for one in found:
        for part in render_comparison(one, comparing.labels, comparing.split):
            TERMINAL.out.print(part)
    TERMINAL.faint(
        f"\nF1, and of rates the share; the gain is of {second} over {first}. p: the difference is "
        "chance (paired approximate randomisation over documents, of each metric alone); bold "
        "below 0.05."
    )
