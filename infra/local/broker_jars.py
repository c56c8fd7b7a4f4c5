"""Kafka's jars: every one of them named and hashed in `broker_jars.toml`, fetched by `jgo`.

They stay in the user's Maven cache (`~/.m2`), so that the next checkout needs no network. An
interrupted download leaves a truncated file there: a jar whose hash is not the expected one is
deleted and fetched again. A file lock keeps two checkouts from writing at the same time.

`python -m infra.local.broker_jars` resolves the coordinates anew and writes `broker_jars.toml`.
Resolving takes 14 s of small requests, which is why its result is kept (with `jgo.build` a start
cost 10 s more, for a sorting of jars into modules that nothing here needs).
"""

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from infra.local.errors import BusyError, DownloadError
from infra.local.home import open_lock
from infra.local.waiting import wait_until

KAFKA = "org.apache.kafka:kafka_2.13:4.3.1"
LOGGING = "org.apache.logging.log4j:log4j-slf4j-impl:2.25.4!"
"""Kafka brings SLF4J and log4j, but not the binding between them; `!`: without its BOM."""

LOCK_FILE = Path(__file__).with_suffix(".toml")
_LOCK_TIMEOUT_SECONDS = 600.0
_DOWNLOADS_AT_ONCE = 6
_TRIES = 3


def fetch(on_progress: Callable[[str], None]) -> tuple[Path, ...]:
    """The jars of Kafka's class path, whole, downloaded where they are missing.

    Raises DownloadError when they cannot be had, BusyError when another process keeps the lock.
    """
    context = _context()
    repository = Path(context.repo_cache)
    repository.mkdir(parents=True, exist_ok=True)
    with open_lock(repository / ".millrace.lock") as lock:
        if not lock():
            on_progress("kafka: waiting for another download of it")
            if not wait_until(lock, _LOCK_TIMEOUT_SECONDS, interval_seconds=0.2):
                raise BusyError(
                    f"another process has been downloading Kafka into {repository} for "
                    f"{_LOCK_TIMEOUT_SECONDS:.0f} s: wait for it to end, or stop it, and try again"
                )
        return _fetch(context, expected_hashes(), on_progress)


def expected_hashes() -> Mapping[str, str]:
    """Coordinates (`group:artifact:version`) and SHA-256 of every jar."""
    jars: Mapping[str, str] = tomllib.loads(LOCK_FILE.read_text())["jars"]
    return jars


def missing() -> int:
    """How many jars `fetch` would download; a jar that is there is taken to be whole."""
    context = _context()
    return sum(
        not Path(_artifact(context, coordinates).cached_path).exists()
        for coordinates in expected_hashes()
    )


def resolve() -> dict[str, str]:
    """Resolve the coordinates of Kafka and its logging: what `expected_hashes` should hold."""
    import jgo

    artifacts = jgo.resolve(f"{KAFKA}+{LOGGING}")
    return {
        f"{each.groupId}:{each.artifactId}:{each.version}": _sha256(Path(each.resolve()))
        for each in sorted(artifacts, key=lambda each: (each.groupId, each.artifactId))
    }


def _fetch(
    context: Any, hashes: Mapping[str, str], on_progress: Callable[[str], None]
) -> tuple[Path, ...]:
    artifacts = {coordinates: _artifact(context, coordinates) for coordinates in hashes}
    lacking = [
        coordinates
        for coordinates, artifact in artifacts.items()
        if _sha256(artifact.cached_path) != hashes[coordinates]
    ]
    if lacking:
        on_progress(f"kafka: downloading {len(lacking)} of {len(hashes)} jars (44 MB in all, once)")
    with ThreadPoolExecutor(_DOWNLOADS_AT_ONCE) as threads:
        tasks = [
            threads.submit(_download, artifacts[coordinates], hashes[coordinates])
            for coordinates in lacking
        ]
    for task in tasks:
        task.result()
    return tuple(Path(artifact.cached_path) for artifact in artifacts.values())


def _artifact(context: Any, coordinates: str) -> Any:
    group, name, version = coordinates.split(":")
    return context.project(group, name).at_version(version).artifact()


def _download(artifact: Any, expected: str) -> None:
    path = Path(artifact.cached_path)
    failure = ""
    for _ in range(_TRIES):
        path.unlink(missing_ok=True)
        try:
            artifact.resolve()
        except Exception as error:  # jgo raises whatever its parts raise
            failure = (str(error).splitlines() or [type(error).__name__])[0][:160]
            continue
        if _sha256(path) == expected:
            return
        failure = f"its content is not what {LOCK_FILE.name} says"
    path.unlink(missing_ok=True)
    raise DownloadError(
        f"cannot download {path.name} of Kafka: {failure}; check the network and try again, what "
        f"was fetched is kept in {artifact.context.repo_cache}"
    )


def _context() -> Any:
    from jgo.config import GlobalSettings
    from jgo.constants import MAVEN_CENTRAL_URL
    from jgo.maven import MavenContext

    settings = GlobalSettings.load()
    repositories = {"central": MAVEN_CENTRAL_URL, **settings.repositories}
    return MavenContext(repo_cache=settings.repo_cache, remote_repos=repositories)


def _sha256(path: Path) -> str:
    """The hash of a file, or nothing where there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _write_lock_file() -> None:
    lines = "".join(f'"{coordinates}" = "{digest}"\n' for coordinates, digest in resolve().items())
    LOCK_FILE.write_text(
        f"# What {KAFKA} needs, with a logging binding.\n"
        f"# Written by `python -m infra.local.broker_jars`.\n[jars]\n{lines}"
    )


if __name__ == "__main__":
    _write_lock_file()
