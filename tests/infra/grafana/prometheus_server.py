"""A real Prometheus from Debian's package, which scrapes the targets of a home's files."""

import json
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.addresses import free_port
from tests.command import eventually
from tests.debian import debian_tool

_CONFIGURATION = """
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
  - job_name: millrace
    file_sd_configs: [{{files: ["{targets}/*.json"], refresh_interval: 1s}}]
"""
_LONG_S = 90.0


@dataclass(frozen=True)
class Prometheus:
    """A running server."""

    url: str

    def ask(self, path: str, **parameters: str) -> Any:
        """The data that a call of its HTTP API gives."""
        query = urllib.parse.urlencode(parameters)
        with urllib.request.urlopen(f"{self.url}/api/v1/{path}?{query}", timeout=30) as reply:  # noqa: S310
            answer = json.load(reply)
        assert answer["status"] == "success", answer
        return answer["data"]

    def series(self, expression: str) -> list[dict[str, Any]]:
        """What an expression gives at this moment."""
        found: list[dict[str, Any]] = self.ask("query", query=expression)["result"]
        return found

    def healthy_targets(self) -> int:
        return sum(one["health"] == "up" for one in self.ask("targets")["activeTargets"])


@contextmanager
def prometheus(folder: Path, targets: Path) -> Iterator[Prometheus]:
    """One that scrapes every second what files in `targets` name."""
    packages = folder / "packages"
    packages.mkdir(parents=True)
    tool = debian_tool("prometheus", "prometheus", (), packages)
    configuration = folder / "prometheus.yml"
    configuration.write_text(_CONFIGURATION.format(targets=targets))
    address = f"127.0.0.1:{free_port('127.0.0.1')}"
    with (folder / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(
            [
                tool.path,
                f"--config.file={configuration}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address={address}",
            ],
            stdout=log,
            stderr=log,
        )
    server = Prometheus(f"http://{address}")
    try:
        eventually(lambda: _ready(server), "Prometheus is ready", _LONG_S)
        yield server
    finally:
        process.terminate()
        process.wait(30)


def _ready(server: Prometheus) -> bool:
    try:
        with urllib.request.urlopen(f"{server.url}/-/ready", timeout=5) as reply:  # noqa: S310
            return bool(reply.status == 200)
    except OSError:
        return False
