"""How to reach the brokers."""

from dataclasses import dataclass
from typing import Any

from schemas.errors import UnavailableError

# A record of 20 MiB (a dead letter) with its headers and framing.
MAX_REQUEST_BYTES = 21 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Broker:
    """The address of a Kafka cluster: ``host:port``, several separated by commas."""

    bootstrap: str

    def client_options(self) -> dict[str, Any]:
        """The options that every aiokafka client takes."""
        return {"bootstrap_servers": self.bootstrap}

    def unavailable(self) -> UnavailableError:
        """The error to show when no broker answers."""
        return UnavailableError(
            f"Kafka does not answer at {self.bootstrap}: start it with `millrace up`, "
            "or set MILLRACE_KAFKA_BOOTSTRAP"
        )

    @property
    def faust_url(self) -> str:
        """The same address as Faust writes it."""
        return ";".join(f"kafka://{host.strip()}" for host in self.bootstrap.split(","))
