"""Where the corpora lie: beside the checkout, or where one says."""

import os
from pathlib import Path

from eval.corpora.errors import CorpusAbsentError

VARIABLE = "MILLRACE_DATA"
_BESIDE_THE_CHECKOUT = Path(__file__).resolve().parents[3] / "shared" / "data"


def data_folder(given: Path | None = None) -> Path:
    """The folder of the corpora: the one given, else the environment's, else the default."""
    named = os.environ.get(VARIABLE)
    return given or (Path(named) if named else _BESIDE_THE_CHECKOUT)


def require(folder: Path, file: str) -> Path:
    """The path of a corpus file.

    Raises:
        CorpusAbsentError: it is not there.
    """
    path = folder / file
    if not path.is_file():
        raise CorpusAbsentError(
            f"{file} is not in {folder}: the corpora are no part of the repository; "
            f"say where they lie with {VARIABLE}"
        )
    return path
