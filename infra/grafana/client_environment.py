"""The environment of Grafana's client, made when it is first needed.

The client brings a fork that replaces urllib3 wherever it is installed, and clickhouse-connect
would run on the fork. So it has a folder of its own: there the fork comes first, all else from the
environment that made it.
"""

import hashlib
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import venv
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from schemas.errors import SetupError

_LOCK: Final = files("infra.grafana") / "client.lock"
_CHECKOUT: Final = Path(__file__).resolve().parents[2]
_TIMEOUT_S: Final = 300


def find(folder: Path) -> Path | None:
    """The Python of the environment in a folder; None where it was not made, or is out of date."""
    python = _place(folder) / "bin/python"
    return python if python.exists() else None


def make(folder: Path) -> Path:
    """Make it, and remove older ones; give its Python.

    Raises:
        SetupError: its packages cannot be installed.
    """
    place = _place(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix="new-") as temporary:
        new = Path(temporary, "environment")
        venv.create(new, with_pip=False, symlinks=True)
        _install(new / "bin/python")
        packages = next((new / "lib").glob("python3*/site-packages"))
        (packages / "millrace.pth").write_text(f"{_CHECKOUT}\n{sysconfig.get_path('purelib')}\n")
        for older in folder.glob("client-*"):
            shutil.rmtree(older)
        new.rename(place)
    return place / "bin/python"


def _place(folder: Path) -> Path:
    """Of this lock, this Python and this checkout: another one is made anew."""
    of = f"{_LOCK.read_text('utf-8')}{sys.version}{sys.prefix}{_CHECKOUT}"
    return folder / f"client-{hashlib.sha256(of.encode()).hexdigest()[:16]}"


def _install(python: Path) -> None:
    with as_file(_LOCK) as lock:
        done = subprocess.run(  # noqa: S603 - all of it is ours
            [
                sys.executable, "-m", "pip", "--python", str(python), "--quiet",
                "--disable-pip-version-check", "install", "--require-hashes",
                "--requirement", str(lock),
            ],
            capture_output=True, text=True, timeout=_TIMEOUT_S, check=False,
        )  # fmt: skip
    if done.returncode:
        said = (done.stderr.strip() or "pip says nothing").splitlines()[-1]
        raise SetupError(
            f"Grafana's client cannot be installed ({said[:300]}): it comes from the package "
            "index; where there is none, install infra/grafana/client.lock into an environment of "
            "its own beside millrace, and run this command there"
        )
