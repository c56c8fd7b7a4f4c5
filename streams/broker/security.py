"""How a connection to the brokers is protected, and whose it is."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


@dataclass(frozen=True, slots=True)
class Sasl:
    """A user, and the mechanism by which the brokers check the password."""

    mechanism: Mechanism
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Security:
    """TLS where there is ``tls``, a user where there is ``sasl``; by itself neither."""

    tls: ssl.SSLContext | None = field(default=None, repr=False)
    sasl: Sasl | None = None

    @property
    def protocol(self) -> Protocol:
        """Kafka's name for it."""
        if self.sasl is None:
            return "PLAINTEXT" if self.tls is None else "SSL"
        return "SASL_PLAINTEXT" if self.tls is None else "SASL_SSL"

    def client_options(self) -> dict[str, Any]:
        """The options that every aiokafka client takes."""
        options: dict[str, Any] = {
            "security_protocol": self.protocol,
            "ssl_context": self.tls,
        }
        if self.sasl is not None:
            options |= {
                "sasl_mechanism": self.sasl.mechanism,
                "sasl_plain_username": self.sasl.username,
                "sasl_plain_password": self.sasl.password,
            }
        return options


UNPROTECTED = Security()


@dataclass(frozen=True, slots=True)
class Certificate:
    """A client's certificate and key in PEM; ``keyfile`` None where the key is in ``certfile``."""

    certfile: Path
    keyfile: Path | None = None
    password: str = field(default="", repr=False)


def tls_context(cafile: Path | None, certificate: Certificate | None = None) -> ssl.SSLContext:
    """TLS that checks the certificate of the server and the name in it.

    Args:
        cafile: the authorities to trust, in PEM; None for those of this machine.
        certificate: what this side shows, where the server asks for it.

    Raises:
        OSError: a file cannot be read, or is not what it should be (``ssl.SSLError``).
    """
    context = ssl.create_default_context(cafile=cafile)
    if certificate is not None:
        # A password always: without one OpenSSL would ask for it at the terminal, and wait.
        context.load_cert_chain(certificate.certfile, certificate.keyfile, certificate.password)
    return context
