"""Check boxes of the page of mistakes: the style sheet reads them, no script does."""

from collections.abc import Sequence

from millrace.rendering.web_page import written


def identity(metric: str) -> str:
    """What a metric is called in classes and ids."""
    return metric.replace(" ", "-")


def filters(metrics: Sequence[str], corpora: Sequence[str]) -> str:
    """The check boxes as HTML."""

    def boxes(legend: str, named: Sequence[tuple[str, str]]) -> str:
        listed = "".join(
            f'<label><input type="checkbox" id="show-{place}" checked> {written(words)}</label>'
            for place, words in named
        )
        return f"<fieldset><legend>{legend}</legend>{listed}</fieldset>"

    return (
        boxes("show sentences with something", [("missed", "missed"), ("wrong", "wrong")])
        + boxes("by metric", [(identity(name), name) for name in metrics])
        + boxes("by corpus", [(f"corpus-{name}", name) for name in corpora])
    )


def rules(metrics: Sequence[str], corpora: Sequence[str]) -> str:
    """Style rules by which a box that is not checked hides what it stands for."""
    hidden = [
        ("missed", "li.missed:not(.wrong)"),
        ("wrong", "li.wrong:not(.missed)"),
        ("missed", "li mark.missed::after"),
        ("wrong", "li mark.wrong::after"),
        *((identity(one), f".of-{identity(one)}") for one in metrics),
        *((f"corpus-{name}", f"#corpus-{name}") for name in corpora),
    ]
    all_of_it = [(box, what, "display: none") for box, what in hidden]
    # In a sentence that is shown for something else, what is not asked for is plain text.
    plain = "background: none; border: 0; text-decoration: none"
    all_of_it += [(sort, f"li mark.{sort}", plain) for sort in ("missed", "wrong")]
    return "".join(
        f"main:has(#show-{box}:not(:checked)) {what} {{ {how}; }}\n" for box, what, how in all_of_it
    )
