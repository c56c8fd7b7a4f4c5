"""The local stack: Kafka and ClickHouse started, stopped and looked at.

`up` is idempotent and starts both at once. What serves already is left alone. Only processes that
are provably ours (see `infra.local.daemons`) are ever stopped.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from infra.local import daemons
from infra.local.addresses import Address, is_listening, require_free, require_loopback
from infra.local.broker import Broker
from infra.local.daemons import Command, Daemon
from infra.local.errors import SettingsChangedError, StartError
from infra.local.home import Home
from infra.local.waiting import wait_until
from infra.local.warehouse import Credentials, Warehouse

START_TIMEOUT_SECONDS = 90.0
STOP_GRACE_SECONDS = 20.0

Progress = Callable[[str], None]


@dataclass(frozen=True)
class StackSettings:
    """What the local stack must be told; every address must be on loopback.

    An empty writer's password asks for none. The reader may only read; it exists if it has a name,
    and a password or a writer without one (so that no password protects nothing).
    """

    home: Path
    kafka_host: str
    kafka_port: int
    clickhouse_host: str
    clickhouse_port: int
    clickhouse_user: str
    clickhouse_password: str = field(repr=False)
    reader_user: str
    reader_password: str = field(repr=False)


class State(StrEnum):
    """How a service is."""

    RUNNING = "running"
    STARTING = "starting"
    """Its process lives but does not answer (yet)."""
    STOPPED = "stopped"
    FOREIGN = "foreign"
    """Something that is not ours answers on its port."""


@dataclass(frozen=True)
class ServiceStatus:
    """How one service is, now."""

    name: str
    state: State
    address: str
    log: Path
    pid: int | None = None
    uptime_seconds: float | None = None
    rss_bytes: int | None = None


@dataclass(frozen=True)
class StackStatus:
    """How the services are, now."""

    kafka: ServiceStatus
    clickhouse: ServiceStatus

    @property
    def services(self) -> tuple[ServiceStatus, ServiceStatus]:
        """Both, in the order they are shown."""
        return (self.kafka, self.clickhouse)

    @property
    def is_running(self) -> bool:
        """Whether both serve."""
        return all(service.state is State.RUNNING for service in self.services)


class Service(Protocol):
    """One of the two, as `up` needs to know it."""

    @property
    def name(self) -> str:
        """Its short name, for records, logs and messages."""
        ...

    @property
    def address(self) -> Address:
        """Where it listens."""
        ...

    def prepare(self, on_progress: Progress, /) -> Command:
        """Make what it needs, and give the command that serves."""
        ...

    def answers(self) -> bool:
        """Whether it serves at its address."""
        ...


def up(settings: StackSettings, on_progress: Progress) -> StackStatus:
    """Start what does not run, wait until both serve, and say how they are.

    Raises StackError, of the kind that fits, when one of them cannot be had; what this call has
    started is stopped again, so that nothing runs that nobody knows of.
    """
    home, services = _parts(settings)
    for service in services:
        require_loopback(service.address)
    with home.locked(), ThreadPoolExecutor(len(services)) as threads:
        idle = [one for one in services if daemons.read_record(home.record(one.name)) is None]
        tasks = [threads.submit(_bring_up, home, service, on_progress) for service in services]
        failure = next(filter(None, [task.exception() for task in tasks]), None)
        if failure is not None:
            for service in idle:
                _bring_down(home, service, on_progress)
            raise failure
    return status(settings)


def down(settings: StackSettings, on_progress: Progress) -> None:
    """Stop what runs, and wait for its end."""
    home, services = _parts(settings)
    if not home.path.exists():
        return
    with home.locked(), ThreadPoolExecutor(len(services)) as threads:
        tasks = [threads.submit(_bring_down, home, service, on_progress) for service in services]
    for task in tasks:
        task.result()


def status(settings: StackSettings) -> StackStatus:
    """How both are, now; changes nothing."""
    home, (kafka, clickhouse) = _parts(settings)
    return StackStatus(_status(home, kafka), _status(home, clickhouse))


def _parts(settings: StackSettings) -> tuple[Home, tuple[Service, Service]]:
    home = Home(settings.home.expanduser().absolute())
    kafka = Address(
        "Kafka",
        settings.kafka_host,
        settings.kafka_port,
        "MILLRACE_KAFKA_BOOTSTRAP=127.0.0.1:{port}",
    )
    clickhouse = Address(
        "ClickHouse",
        settings.clickhouse_host,
        settings.clickhouse_port,
        "MILLRACE_CLICKHOUSE_URL=http://127.0.0.1:{port}",
    )
    has_reader = bool(settings.reader_password) or not settings.clickhouse_password
    credentials = Credentials(
        settings.clickhouse_user,
        settings.clickhouse_password,
        settings.reader_user if has_reader else "",
        settings.reader_password,
    )
    return home, (Broker(home, kafka), Warehouse(home, clickhouse, credentials))


def _bring_up(home: Home, service: Service, on_progress: Progress) -> None:
    daemon = daemons.read_record(home.record(service.name))
    if daemon is None:
        require_free(service.address)
        command = service.prepare(on_progress)
        on_progress(f"{service.name}: starting at {service.address}")
        started = time.monotonic()
        daemon = daemons.start(command, str(service.address))
        daemons.write_record(home.record(service.name), daemon)
        _wait_until_ready(home, service, daemon)
        on_progress(f"{service.name}: ready after {time.monotonic() - started:.1f} s")
        return
    if daemon.address != str(service.address):
        raise SettingsChangedError(
            f"{service.name} of {home.path} runs at {daemon.address} (pid {daemon.pid}), not at "
            f"{service.address}: stop the local stack first, or set the address it runs at"
        )
    _wait_until_ready(home, service, daemon)


def _wait_until_ready(home: Home, service: Service, daemon: Daemon) -> None:
    wait_until(lambda: service.answers() or not daemon.is_alive(), START_TIMEOUT_SECONDS)
    if not daemon.is_alive():
        code = daemon.exit_code()
        home.record(service.name).unlink(missing_ok=True)
        raise StartError(
            f"{service.name} ended while it started"
            f"{'' if code is None else f' (exit code {code})'}: {_last_words(home, service)}; "
            f"see {home.log(service.name)}"
        )
    if not service.answers():
        raise StartError(
            f"{service.name} (pid {daemon.pid}) did not answer at {service.address} within "
            f"{START_TIMEOUT_SECONDS:.0f} s: see {home.log(service.name)}, then stop the local "
            f"stack and start it again"
        )


def _bring_down(home: Home, service: Service, on_progress: Progress) -> None:
    record = home.record(service.name)
    daemon = daemons.read_record(record)
    if daemon is not None:
        on_progress(f"{service.name}: stopping")
        if not daemon.stop(STOP_GRACE_SECONDS):
            on_progress(f"{service.name}: killed, it did not stop in {STOP_GRACE_SECONDS:.0f} s")
    record.unlink(missing_ok=True)


def _status(home: Home, service: Service) -> ServiceStatus:
    daemon = daemons.read_record(home.record(service.name))
    log, address = home.log(service.name), str(service.address)
    if daemon is None:
        state = State.FOREIGN if is_listening(service.address) else State.STOPPED
        return ServiceStatus(service.name, state, address, log)
    try:
        state = State.RUNNING if service.answers() else State.STARTING
    except SettingsChangedError:
        state = State.RUNNING
    return ServiceStatus(
        service.name,
        state,
        daemon.address,
        log,
        pid=daemon.pid,
        uptime_seconds=daemon.uptime_seconds(time.time()),
        rss_bytes=daemon.rss_bytes(),
    )


def _last_words(home: Home, service: Service) -> str:
    """The line of its logs that most likely says why it ended."""
    lines = [
        line.strip()
        for path in (home.output(service.name), home.log(service.name))
        if path.exists()
        for line in path.read_text(errors="replace").splitlines()[-200:]
        if line.strip() and not line.startswith((" ", "\t"))
    ]
    telling = ("ERROR", "FATAL", "CRITICAL", "Error", "Exception", "cannot")
    for line in reversed(lines):
        if any(word in line for word in telling):
            return line[:300]
    return lines[-1][:300] if lines else "it printed nothing"
