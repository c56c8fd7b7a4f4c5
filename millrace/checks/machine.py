"""This machine: its Python and packages, Java, Kafka's jars, the home folder, disk, memory."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from millrace.checks.finding import Finding, ok, problem, warning

_OLDEST_PYTHON = (3, 11)
_DISK_WARNING, _DISK_PROBLEM = 2e9, 500e6
# Measured: the stages in four processes, and Kafka and ClickHouse with room for their work.
_STAGES_MEMORY, _STACK_MEMORY = 0.75e9, 1.15e9
_CGROUP = Path("/sys/fs/cgroup")


def python() -> list[Finding]:
    """Whether the interpreter is new enough."""
    found = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < _OLDEST_PYTHON:
        advice = "make .venv anew with Python 3.11 or newer: make PYTHON=python3.11 …"
        return [problem("python", f"{found}, too old", advice)]
    return [ok("python", f"{found} at {sys.executable}")]


def packages(lock: Path) -> list[Finding]:
    """Whether what millrace requires is installed, and as ``lock`` says, where there is one."""
    from packaging.requirements import Requirement

    unmet = []
    for line in metadata.requires("millrace") or []:
        wanted = Requirement(line)
        if wanted.marker is None or wanted.marker.evaluate({"extra": "local"}):
            version = _installed(wanted.name)
            if version is None:
                unmet.append(f"{wanted.name} is not installed")
            elif not wanted.specifier.contains(version, prereleases=True):
                unmet.append(f"{wanted.name} is {version}, needed is {wanted.specifier}")
    if unmet:
        return [
            problem(
                "packages",
                "; ".join(unmet),
                "run `make up` in a checkout, else install millrace[local] anew",
            )
        ]
    if not lock.is_file():
        return [ok("packages", "all that millrace requires is installed")]
    others = [
        f"{name} {version} instead of {locked}"
        for name, locked in _locked(lock)
        if (version := _installed(name)) not in (None, locked)
    ]
    if others:
        return [
            warning(
                "packages",
                f"other versions than {lock.name} says: {', '.join(others)}",
                "install those that were tested: rm .venv/runtime, then make up",
            )
        ]
    return [ok("packages", f"all as in {lock.name}")]


def _locked(lock: Path) -> Iterator[tuple[str, str]]:
    """Names and versions of a lock, of those that this machine needs."""
    from packaging.requirements import Requirement

    for line in lock.read_text("utf-8").splitlines():
        if line and not line[0].isspace() and "==" in line:
            pinned = Requirement(line.rstrip(" \\"))
            if pinned.marker is None or pinned.marker.evaluate():
                yield pinned.name, str(pinned.specifier).removeprefix("==")


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def java() -> list[Finding]:
    """Whether the Java runtime that Kafka runs on does run."""
    from infra.local.java import java_version

    return [ok("java", java_version())]


def kafka_jars() -> list[Finding]:
    """Whether Kafka itself is there, or will be downloaded."""
    from infra.local import broker_jars

    missing, total = broker_jars.missing(), len(broker_jars.expected_hashes())
    if not missing:
        return [ok("kafka jars", f"all {total} are in the Maven cache")]
    seen = f"{missing} of {total} are not here yet"
    return [warning("kafka jars", seen, "`millrace up` downloads them: 44 MB in all, once")]


def home(folder: Path) -> list[Finding]:
    """Whether state and logs can be written."""
    advice = "set MILLRACE_HOME to a folder that you may write in"
    try:
        there = folder.is_dir()
        parts = [folder, *(one for one in sorted(folder.iterdir()) if one.is_dir())] if there else [
            _nearest(folder)
        ]  # fmt: skip
        if not parts[0].is_dir():
            return [problem("home", f"{parts[0]} is a file, not a folder", advice)]
        for part in parts:
            if not os.access(part, os.W_OK | os.X_OK):
                return [problem("home", f"{part} cannot be written", advice)]
        if there:
            with tempfile.TemporaryFile(dir=folder):
                pass
    except OSError as error:
        return [problem("home", f"{error.filename or folder}: {error.strerror}", advice)]
    return [ok("home", str(folder) if there else f"{folder}, not made yet")]


def disk(folder: Path) -> list[Finding]:
    """Whether there is room for topics and tables."""
    free = shutil.disk_usage(_nearest(folder)).free
    seen = f"{_size(free)} free at {folder}"
    advice = "make room, or set MILLRACE_HOME to a larger disk; 2 GB is a start"
    if free < _DISK_PROBLEM:
        return [problem("disk", seen, advice)]
    return [warning("disk", seen, advice) if free < _DISK_WARNING else ok("disk", seen)]


def memory(*, with_stack: bool) -> list[Finding]:
    """Whether there is memory for what does not run yet.

    Args:
        with_stack: the local Kafka and ClickHouse have to be started too.
    """
    free = available_memory()
    needed = _STAGES_MEMORY + (_STACK_MEMORY if with_stack else 0)
    what = "Kafka, ClickHouse and the stages" if with_stack else "the stages"
    seen = f"{_size(free)} available; {what} take about {_size(needed)}"
    if free < needed:
        advice = "end other programs, or give this machine or container more memory"
        return [warning("memory", seen, advice)]
    return [ok("memory", seen)]


def available_memory() -> int:
    """Bytes that can still be used, within the limit of a container where there is one."""
    import psutil

    free = int(psutil.virtual_memory().available)
    try:
        limit = int((_CGROUP / "memory.max").read_text())
        used = int((_CGROUP / "memory.current").read_text())
    except (OSError, ValueError):  # no container, or one without a limit ("max")
        return free
    return max(min(free, limit - used), 0)


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest above it that exists."""
    return next(one for one in (folder, *folder.parents) if one.exists())


def _size(count: float) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
