"""Chromium as Debian packages it: installed, else fetched without rights with all that it needs."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.debian import Tool

_WANTED = ("chromium", "fonts-dejavu-core")
_PATIENCE_S = 110


def debian_chromium(folder: Path) -> Tool:
    """Chromium, installed, else unpacked into `folder`: nothing is changed outside of it.

    Where neither can be had the test fails and says what to do.
    """
    installed = shutil.which("chromium")
    if installed:
        return Tool(Path(installed))
    if shutil.which("apt-get") is None:
        pytest.fail("these tests look at pages in Chromium: install it as `chromium` on the path")
    # What apt would install is what this machine lacks, the libraries of libraries too.
    planned = _run("apt-get", "install", "--simulate", "--no-install-recommends", *_WANTED)
    packages = re.findall(r"^Inst (\S+)", planned.stdout, re.MULTILINE)
    fetched = _run("apt-get", "download", "-q", *packages, folder=folder) if packages else planned
    if not packages or fetched.returncode:
        pytest.fail(
            "Chromium is not to be had: `apt-get update && apt-get install chromium` "
            f"({fetched.stderr.strip()})"
        )
    for archive in folder.glob("*.deb"):
        _run("dpkg-deb", "-x", str(archive), "root", folder=folder).check_returncode()
        archive.unlink()
    return _unpacked(folder / "root")


def _unpacked(root: Path) -> Tool:
    # Some packages keep parts of theirs in a folder below, and find them there when installed.
    libraries = sorted({file.parent for file in root.rglob("*-linux-*/**/*.so*")})
    fonts = root / "fonts.conf"
    fonts.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>/usr/share/fonts</dir><dir>{root}/usr/share/fonts</dir>"
        f"<cachedir>{root}/fonts</cachedir></fontconfig>\n"
    )
    # The program itself: the script around it looks for its parts in /usr.
    return Tool(
        root / "usr/lib/chromium/chromium",
        {"LD_LIBRARY_PATH": ":".join(map(str, libraries)), "FONTCONFIG_FILE": str(fonts)},
    )


def _run(*command: str, folder: Path | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=_PATIENCE_S, check=False
    )
