"""``python -m eval.corpora [FOLDER]``: what the corpora hold, and whether their spans are sound."""

import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from eval.corpora.catalogue import CORPORA, read
from eval.corpora.census import Census, census
from eval.corpora.errors import CorpusError
from eval.splits import SPLITS, split_of

_COLUMNS = (
    "documents",
    "words",
    "sentences",
    "entities",
    "times",
    "time values",
    "events",
    "arguments",
    "event times",
    "places",
    "relations",
    "clause relations",
    "scored characters",
)


def main(folder: Path | None) -> int:
    """Print a table of what there is, one of the splits, and one of what was mended."""
    taken: dict[str, Census] = {}
    sides: dict[str, dict[str, tuple[int, int]]] = {}
    try:
        for name in CORPORA:
            documents = list(read(name, folder))
            taken[name] = census(documents)
            sides[name] = {}
            for split in SPLITS:
                topics = [one.topic for one in documents if split_of(name, one.topic) == split]
                sides[name][split] = (len(topics), len(set(topics)))
    except CorpusError as error:
        Console(stderr=True, soft_wrap=True).print(str(error), markup=False)
        return 1
    console = Console(width=None if sys.stdout.isatty() else 220)
    console.print(_contents(taken), _splits(sides), _mended(taken))
    return 1 if any(one.faulty_spans for one in taken.values()) else 0


def _contents(taken: dict[str, Census]) -> Table:
    table = Table("corpus", title="What the corpora hold")
    for column in (*_COLUMNS, "scored", "faulty spans"):
        table.add_column(column, justify="right")
    for name, counted in taken.items():
        found = counted.found
        numbers = (f"{found[column]:,}" for column in _COLUMNS)
        share = f"{found['scored characters'] / found['characters']:.0%}"
        table.add_row(name, *numbers, share, str(counted.faulty_spans))
    return table


def _splits(sides: dict[str, dict[str, tuple[int, int]]]) -> Table:
    table = Table("corpus", *SPLITS, title="Documents (topics) by split")
    for name, by_split in sides.items():
        table.add_row(name, *(f"{count:,} ({topics:,})" for count, topics in by_split.values()))
    return table


def _mended(taken: dict[str, Census]) -> Table:
    table = Table("corpus", "what", "times", title="Mended or left out")
    for name, counted in taken.items():
        for what, count in sorted(counted.mended.items()):
            table.add_row(name, what, f"{count:,}")
    return table


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
