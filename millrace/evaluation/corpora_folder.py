"""Where the corpora lie."""

from pathlib import Path

from millrace.errors import UsageError


def corpora_folder(given: Path | None, setting: Path) -> Path:
    """The folder of the corpora: the one given, else the setting's.

    Raises:
        UsageError: it is not there.
    """
    folder = given or setting
    if not folder.is_dir():
        raise UsageError(
            f"no corpora at {folder}: they are no part of millrace; say with --data, or with "
            "MILLRACE_DATA, in which folder they lie"
        )
    return folder
