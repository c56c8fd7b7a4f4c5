"""What the compose file starts, started here: Kafka by its image's setup, ours from the image's
packages, each with the very command, environment and health check of the file.
"""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from infra.local.addresses import free_port
from infra.local.stack import StackSettings
from infra.local.waiting import wait_until
from tests.infra.docker.compose import ours
from tests.infra.docker.kafka_image import KafkaOfCompose, health_check, kafka_of_compose
from tests.local_stack import HOST

pytestmark = pytest.mark.integration
PATIENCE_S = 60.0
DATABASE = "of_compose"
TEXT = "Acme bought Widget Ltd in London on 3 March 2024. Its founder resigned a day later."


@dataclass(frozen=True)
class Running:
    """A service of ours: its process, what it said so far, and its environment."""

    name: str
    process: "subprocess.Popen[bytes]"
    output: Path
    environment: dict[str, str]

    def healthy(self) -> bool:
        """Whether its health check passes; in a container every service has the same port."""
        return health_check(self.name, {":9464": f":{self.environment['MILLRACE_METRICS_PORT']}"})


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaOfCompose]:
    with kafka_of_compose(tmp_path_factory.mktemp("kafka")) as running:
        yield running


@pytest.fixture(scope="module")
def running(
    programs: Path,
    kafka: KafkaOfCompose,
    stack: StackSettings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, Running]]:
    """All services of ours; what differs from the file is where the others are."""
    folder = tmp_path_factory.mktemp("ours")
    found: dict[str, Running] = {}
    with ExitStack() as ends:
        for name, service in ours().items():
            elsewhere = {
                "MILLRACE_KAFKA_BOOTSTRAP": f"{HOST}:{kafka.inside}",
                "MILLRACE_CLICKHOUSE_URL": f"http://{HOST}:{stack.clickhouse_port}",
                "MILLRACE_CLICKHOUSE_USER": stack.clickhouse_user,
                "MILLRACE_CLICKHOUSE_PASSWORD": stack.clickhouse_password,
                "MILLRACE_CLICKHOUSE_DATABASE": DATABASE,
                "MILLRACE_METRICS_PORT": str(free_port(HOST)),
                "MILLRACE_HOME": str(folder / service["environment"]["MILLRACE_HOME"].lstrip("/")),
            }
            given = {"PATH": f"{programs}:{os.environ['PATH']}"}
            environment = {**given, **service["environment"], **elsewhere}
            output = folder / f"{name}.output"
            with output.open("wb") as file:
                process = subprocess.Popen(
                    ["millrace", *service["command"]],
                    executable=programs / "millrace",
                    env=environment,
                    cwd=folder,
                    stdout=file,
                    stderr=file,
                )
            ends.callback(end, process)
            found[name] = Running(name, process, output, environment)
        yield found


def end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(PATIENCE_S)
    finally:
        process.kill()
        process.wait()


def millrace(
    programs: Path, environment: dict[str, str], *arguments: str, given: str = ""
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [programs / "millrace", *arguments],
        input=given,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


async def settings_of_broker(port: int) -> dict[str, str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=f"{HOST}:{port}")
    await admin.start()
    try:
        (reply,) = await admin.describe_configs([ConfigResource(ConfigResourceType.BROKER, "1")])
    finally:
        await admin.close()
    return {entry[0]: entry[1] for entry in reply.resources[0][4]}


class TestKafka:
    async def test_every_setting_is_one_that_kafka_knows(
        self, kafka: KafkaOfCompose, stack: StackSettings
    ) -> None:
        known = await settings_of_broker(stack.kafka_port)
        assert len(kafka.properties) > 15
        assert set(kafka.properties) - set(known) == set()

    async def test_every_setting_is_in_force(self, kafka: KafkaOfCompose) -> None:
        in_force = await settings_of_broker(kafka.inside)
        assert {name: in_force[name] for name in kafka.properties} == kafka.properties

    async def test_it_is_reached_from_the_host_as_well(self, kafka: KafkaOfCompose) -> None:
        assert await settings_of_broker(kafka.host)

    def test_its_health_check_fails_where_there_is_none(self) -> None:
        assert not health_check("kafka", {"/9092": f"/{free_port(HOST)}"})


class TestClickHouse:
    def test_its_health_check_passes_where_one_runs(self, stack: StackSettings) -> None:
        assert health_check("clickhouse", {":8123": f":{stack.clickhouse_port}"})

    def test_its_health_check_fails_where_there_is_none(self) -> None:
        assert not health_check("clickhouse", {":8123": f":{free_port(HOST)}"})


class TestOurs:
    @pytest.mark.parametrize("name", ours())
    def test_each_service_says_what_it_runs(self, running: dict[str, Running], name: str) -> None:
        service = running[name]

        def says_so() -> bool:
            assert service.process.poll() is None, service.output.read_text()
            return "logs are in" in service.output.read_text()

        assert wait_until(says_so, PATIENCE_S)
        lines = re.findall(r"pid \d+: (.*)", service.output.read_text())
        stages = [
            word for word in ours()[name]["command"][1:] if word not in ("--processes", "one")
        ]
        assert lines == [", ".join(stages)]

    @pytest.mark.parametrize("name", ours())
    def test_its_health_check_passes_once_it_works(
        self, running: dict[str, Running], name: str
    ) -> None:
        assert wait_until(running[name].healthy, PATIENCE_S), running[name].output.read_text()

    def test_its_health_check_fails_without_kafka(
        self, programs: Path, running: dict[str, Running], tmp_path: Path
    ) -> None:
        sink = running["sink"]
        changed = {
            "MILLRACE_HOME": str(tmp_path),
            "MILLRACE_KAFKA_BOOTSTRAP": f"{HOST}:{free_port(HOST)}",
            "MILLRACE_METRICS_PORT": str(free_port(HOST)),
        }
        with (tmp_path / "output").open("wb") as output:
            process = subprocess.Popen(
                [programs / "millrace", *ours()["sink"]["command"]],
                env={**sink.environment, **changed},
                stdout=output,
                stderr=output,
            )
        try:
            assert not Running("sink", process, tmp_path / "output", changed).healthy()
        finally:
            end(process)

    def test_together_they_run_every_stage_once(
        self, programs: Path, running: dict[str, Running]
    ) -> None:
        def processes() -> dict[str, int]:
            told = millrace(programs, running["sink"].environment, "status", "--json")
            return {one["stage"]: one["processes"] for one in json.loads(told.stdout)["stages"]}

        assert wait_until(lambda: set(processes().values()) == {1}, PATIENCE_S)

    def test_a_document_becomes_rows(self, programs: Path, running: dict[str, Running]) -> None:
        environment = running["stages"].environment
        document = json.dumps({"id": "a1", "profile": "news", "text": TEXT})

        produced = millrace(programs, environment, "produce", "-", "--wait", given=document)
        shown = millrace(programs, environment, "show", "a1", "--json")

        assert produced.returncode == 0, produced.stderr
        kinds = [event["kind"] for event in json.loads(shown.stdout)["events"]]
        assert kinds == ["purchase", "personnel"]

    @pytest.mark.parametrize("name", ours())
    def test_it_ends_in_time_when_it_is_stopped(
        self, running: dict[str, Running], name: str
    ) -> None:
        grace = int(ours()[name]["stop_grace_period"].removesuffix("s"))
        process = running[name].process
        process.send_signal(signal.SIGTERM)
        assert process.wait(grace) == 0, running[name].output.read_text()
