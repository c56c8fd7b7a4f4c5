"""How to reach the brokers."""

from dataclasses import dataclass
from typing import Any

from schemas.errors import UnavailableError
from streams.broker.security import UNPROTECTED, Security

# A record of 20 MiB (a dead letter) with its headers and framing.
MAX_REQUEST_BYTES = 21 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Broker:
    """A Kafka cluster: ``host:port``, several separated by commas, and how to talk to it."""

    bootstrap: str
    security: Security = UNPROTECTED

    def client_options(self) -> dict[str, Any]:
        """The options that every aiokafka client takes."""
        return {"bootstrap_servers": self.bootstrap, **self.security.client_options()}

    def unavailable(self) -> UnavailableError:
        """The error to show when no broker answers."""
        # The local Kafka is never a protected one.
        local = self.security == UNPROTECTED
        remedy = "start it with `millrace up`, or set" if local else "start it, or set"
        return UnavailableError(
            f"Kafka does not answer at {self.bootstrap}: {remedy} MILLRACE_KAFKA_BOOTSTRAP"
        )

    @property
    def faust_url(self) -> str:
        """The same address as Faust writes it."""
        return ";".join(f"kafka://{host.strip()}" for host in self.bootstrap.split(","))
