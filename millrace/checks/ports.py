"""The two addresses of the local stack: free, served by us, or taken by whom."""

import http.client
import time

from infra.local.addresses import Address, holder, is_loopback
from infra.local.broker import Broker
from infra.local.home import Home
from infra.local.stack import ServiceStatus, StackSettings, State, status
from millrace.checks.finding import Finding, ok, problem, warning

_TIMEOUT_S = 2.0
_VARIABLES = {"kafka": "MILLRACE_KAFKA_BOOTSTRAP", "clickhouse": "MILLRACE_CLICKHOUSE_URL"}


def services(settings: StackSettings) -> list[Finding]:
    """Who listens where `millrace up` would start Kafka and ClickHouse."""
    found = status(settings)
    hosts = {"kafka": settings.kafka_host, "clickhouse": settings.clickhouse_host}
    ports = {"kafka": settings.kafka_port, "clickhouse": settings.clickhouse_port}
    return [
        _service(settings, one, Address(one.name, hosts[one.name], ports[one.name], ""))
        for one in found.services
    ]


def needs_stack(settings: StackSettings) -> bool:
    """Whether one of the two is meant to run on this machine and does not."""
    hosts = {"kafka": settings.kafka_host, "clickhouse": settings.clickhouse_host}
    return any(
        one.state is State.STOPPED and is_loopback(hosts[one.name])
        for one in status(settings).services
    )


def _service(settings: StackSettings, found: ServiceStatus, address: Address) -> Finding:
    name = f"{found.name} port"
    if not is_loopback(address.host):
        return ok(name, f"{address} is not on this machine, and is not started from here")
    if found.state is State.STOPPED:
        return ok(name, f"{address} is free")
    if found.state is State.FOREIGN:
        return _foreign(settings, found.name, address)
    seen = f"{found.address} is served by pid {found.pid}, started from here"
    if found.address != str(address):
        return warning(
            name,
            f"{seen}; the settings say {address}",
            f"`millrace down`, then `millrace up`; or set {_VARIABLES[found.name]} back",
        )
    if found.state is State.STARTING:
        age = time.strftime("%H:%M:%S", time.gmtime(found.uptime_seconds or 0))
        return warning(
            name,
            f"pid {found.pid} does not answer at {found.address}, {age} after its start",
            f"wait for it, else see {found.log}",
        )
    return ok(name, seen)


def _foreign(settings: StackSettings, service: str, address: Address) -> Finding:
    who = holder(address.port) or "a process that this user cannot see"
    name = f"{service} port"
    if _speaks(settings, service, address):
        return ok(name, f"{address} is served by {who}, not started from {settings.home}")
    what = {"kafka": "Kafka", "clickhouse": "ClickHouse"}[service]
    return problem(
        name,
        f"{address} is taken by {who}, which is no {what}",
        f"stop it, or set {_VARIABLES[service]} to a free port",
    )


def _speaks(settings: StackSettings, service: str, address: Address) -> bool:
    """Whether what listens there is what the settings take it for."""
    if service == "kafka":
        return Broker(Home(settings.home), address).answers()
    connection = http.client.HTTPConnection(address.host, address.port, timeout=_TIMEOUT_S)
    try:
        connection.request("GET", "/ping")
        return connection.getresponse().read(16) == b"Ok.\n"
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
