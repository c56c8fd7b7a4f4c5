"""The environment of the image, made without a download: the packages of its lock, no others."""

import subprocess
import sys
import venv
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

from tests.infra.docker.compose import ROOT

LOCK = ROOT / "infra/docker/server.lock"
UV = Path(sys.executable).parent / "uv"
_TIMEOUT_S = 100


def run(*command: str | Path, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end."""
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
    )


def locked() -> list[Requirement]:
    """The packages of the image on this platform, each with its one version."""
    lines = LOCK.read_text("utf-8").splitlines()
    pins = [line.rstrip("\\ ") for line in lines if line[:1].isalnum()]
    found = [Requirement(pin) for pin in pins]
    return [each for each in found if each.marker is None or each.marker.evaluate()]


def make_environment(folder: Path) -> Path:
    """Make it in `folder`, with millrace's wheel installed in it; give its folder of programs.

    The packages are links to those that the tests run with, which have the same versions.
    """
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    programs = folder / "venv/bin"
    site = next((folder / "venv/lib").glob("python3*/site-packages"))
    for pin in locked():
        _link(pin, site)
    wheels = folder / "wheels"
    _succeed(UV, "build", "--quiet", "--wheel", "--no-build-isolation", "--offline",
             "--python", sys.executable, "--out-dir", wheels, ROOT)  # fmt: skip
    (wheel,) = wheels.glob("*.whl")
    _succeed(UV, "pip", "install", "--quiet", "--offline", "--no-deps",
             "--python", programs / "python", wheel)  # fmt: skip
    return programs


def _link(pin: Requirement, site: Path) -> None:
    found = distribution(pin.name)
    assert found.version in pin.specifier, f"{pin} is locked, {found.version} installed: make test"
    for file in found.files or ():
        if file.parts[0] == ".." or "__pycache__" in file.parts:
            continue
        target = site / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(str(found.locate_file(file)))


def _succeed(*command: str | Path) -> None:
    done = run(*command)
    assert done.returncode == 0, done.stderr
