"""Tools of Debian that tests use without installing them: fetched into a folder, run from there."""

import atexit
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

_PATIENCE_S = 60


@dataclass(frozen=True)
class Tool:
    """A program and what its environment needs."""

    path: Path
    environment: Mapping[str, str] = field(default_factory=dict)


def debian_tool(program: str, package: str, libraries: tuple[str, ...], folder: Path) -> Tool:
    """A program that is installed, else from Debian's package, unpacked into `folder`.

    No rights are needed for that, and nothing is changed outside of `folder`. Where neither is to
    be had (another system, no package lists) the test is skipped, and says so.
    """
    installed = shutil.which(program)
    if installed:
        return Tool(Path(installed))
    if shutil.which("apt-get") is None:
        pytest.skip(f"{program} is not on this system's path, and no Debian package can be had")
    if not (folder / "root").exists():
        fetched = _run("apt-get", "download", "-q", package, *libraries, folder=folder)
        if fetched.returncode != 0:
            pytest.skip(
                f"{program} is not to be had: `apt-get install {package}` "
                f"({fetched.stderr.strip()})"
            )
        for archive in folder.glob("*.deb"):
            _run("dpkg-deb", "-x", str(archive), "root", folder=folder).check_returncode()
            archive.unlink()
    found = next((folder / "root/usr").rglob(f"bin/{program}"))
    shared = os.pathsep.join(str(path) for path in (folder / "root/usr/lib").glob("*-linux-*"))
    return Tool(found, {"LD_LIBRARY_PATH": shared} if shared else {})


@cache
def prometheus_tool(program: str) -> Tool:
    """`prometheus` or `promtool`; the package is fetched once in a test process."""
    return debian_tool(program, "prometheus", (), _prometheus_folder())


@cache
def _prometheus_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="prometheus "))
    atexit.register(shutil.rmtree, folder)
    return folder


def _run(*command: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=_PATIENCE_S, check=False
    )
