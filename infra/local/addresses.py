"""Addresses on this machine: what is loopback, who listens on a port, which port is free."""

import ipaddress
import socket
from dataclasses import dataclass

import psutil

from infra.local.errors import NotLoopbackError, PortTakenError
from infra.local.waiting import wait_until

_DYING_HOLDER_SECONDS = 3.0


@dataclass(frozen=True)
class Address:
    """Where a service listens, and the setting that says so."""

    service: str
    host: str
    port: int
    setting: str
    """How the user names another address, with `{port}` for the port."""

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def is_loopback(host: str) -> bool:
    """Whether a host name or IP address can only mean this machine."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def require_loopback(address: Address) -> None:
    """Raise NotLoopbackError unless the address is on this machine."""
    if not is_loopback(address.host):
        raise NotLoopbackError(
            f"{address.service} at {address} is not on this machine, and the local stack listens "
            f"on loopback alone: set {address.setting.format(port=address.port)}, or use that "
            f"server as it is, without starting the local stack"
        )


def is_listening(address: Address) -> bool:
    """Whether anything accepts connections at the address."""
    try:
        with socket.create_connection((address.host, address.port), timeout=1.0):
            return True
    except OSError:
        return False


def require_free(address: Address) -> None:
    """Raise PortTakenError, naming the holder if it can be seen, unless the port can be bound.

    A process that was just killed may hold its port a moment longer; that is waited for.
    """
    wait_until(
        lambda: _can_bind(address) or holder(address.port) is not None, _DYING_HOLDER_SECONDS
    )
    if _can_bind(address):
        return
    taken_by = holder(address.port) or "a process of another user"
    raise PortTakenError(
        f"{address.service} cannot listen on {address}, which is taken by {taken_by}: stop it, or "
        f"set {address.setting.format(port='<free>')}"
    )


def free_port(host: str) -> int:
    """A port that nothing listens on at the moment."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def _can_bind(address: Address) -> bool:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except OSError:
            return False
    return True


def holder(port: int) -> str | None:
    """The process that listens on a port, where this user may see it."""
    try:
        for connection in psutil.net_connections(kind="tcp"):
            is_listening_here = tuple(connection.laddr)[1:2] == (port,)
            if connection.status != psutil.CONN_LISTEN or not is_listening_here:
                continue
            if connection.pid is not None:
                return f"pid {connection.pid} ({psutil.Process(connection.pid).name()})"
    except psutil.Error:
        return None
    return None
