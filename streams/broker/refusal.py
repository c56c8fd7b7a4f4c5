"""Why a client could not connect: aiokafka tells it to its log alone."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from aiokafka.conn import AIOKafkaConnection, collect_hosts
from aiokafka.errors import (
    IllegalSaslStateError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)
from aiokafka.protocol.metadata import MetadataRequest

from schemas.errors import AccessError, MillraceError, UnavailableError
from streams.broker.connection import Broker

_TIMEOUT_MS = 5_000
_CLOSING_S = 0.2
# A port that nobody listens on is ConnectionRefusedError instead.
_CLOSED = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError)


@contextmanager
def answering() -> Iterator[None]:
    """Whatever Kafka does not answer within the context is an UnavailableError.

    Raises:
        UnavailableError: in place of an error of the client.
    """
    try:
        yield
    except KafkaError as error:
        raise silence(error) from error


def silence(error: KafkaError | None) -> UnavailableError:
    """The error to show when a broker that was there does not answer any more."""
    why = f" ({type(error).__name__})" if error else ""
    return UnavailableError(f"Kafka has stopped answering{why}: see `millrace doctor`")


async def refusal(broker: Broker) -> MillraceError:
    """Try the addresses of a cluster once more, one at a time, and tell what is wrong.

    Returns:
        AccessError where a setting is wrong; UnavailableError where trying again may help, which
        includes a connection that is closed without a word: so does a broker that is stopping.
    """
    found: MillraceError = broker.unavailable()
    for host, port, _ in collect_hosts(broker.bootstrap):
        at = f"Kafka at {f'[{host}]' if ':' in host else host}:{port}"
        try:
            await _connect(broker, host, port)
        except (KafkaError, OSError, TimeoutError) as error:
            explained = _explained(error, at, broker)
            if isinstance(explained, AccessError):
                return explained
            found = explained or found
    return found


async def _connect(broker: Broker, host: str, port: int) -> None:
    options = {**broker.security.client_options(), "request_timeout_ms": _TIMEOUT_MS}
    connection = AIOKafkaConnection(host, port, **options)
    try:
        await connection.connect()
        # Without a user, and with TLS 1.3 without a certificate, only the first request is refused.
        await connection.send(MetadataRequest([]))
    finally:
        # One that was never opened is never closed either: hence the bound.
        await asyncio.wait([connection.close()], timeout=_CLOSING_S)


def _explained(error: BaseException, at: str, broker: Broker) -> MillraceError | None:
    """What an error means, in terms of settings; None for a server that is not there."""
    security = broker.security
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, SaslAuthenticationFailed) and security.sasl is not None:
            return AccessError(
                f"{at} refused user {security.sasl.username!r} with this password "
                f"({security.sasl.mechanism}): check MILLRACE_KAFKA_SASL_USERNAME and "
                "MILLRACE_KAFKA_SASL_PASSWORD"
            )
        if isinstance(cause, UnsupportedSaslMechanismError) and security.sasl is not None:
            return AccessError(
                f"{at} does not take {security.sasl.mechanism}: set MILLRACE_KAFKA_SASL_MECHANISM "
                "to one that its listener has"
            )
        if isinstance(cause, IllegalSaslStateError):
            return AccessError(
                f"{at} asks for no user on this listener, and {security.protocol} sends one: set "
                "MILLRACE_KAFKA_SECURITY_PROTOCOL to what the listener speaks"
            )
        if isinstance(cause, ssl.SSLCertVerificationError):
            return AccessError(_untrusted(cause, at))
        if isinstance(cause, ssl.SSLError) and "CERTIFICATE" in (cause.reason or ""):
            return AccessError(
                f"{at} refused the certificate of this client ({_reason(cause)}): set "
                "MILLRACE_KAFKA_SSL_CERTFILE and MILLRACE_KAFKA_SSL_KEYFILE to one that it trusts"
            )
        if isinstance(cause, ssl.SSLError) and cause.reason == "WRONG_VERSION_NUMBER":
            return AccessError(
                f"{at} does not speak TLS, and {security.protocol} does: set "
                "MILLRACE_KAFKA_SECURITY_PROTOCOL to what the listener speaks"
            )
    if any(isinstance(one, (KafkaError, ssl.SSLError, *_CLOSED)) for one in causes):
        return UnavailableError(
            f"{at} closed the connection without an answer: if it runs, set "
            f"MILLRACE_KAFKA_SECURITY_PROTOCOL to what its listener speaks, now {security.protocol}"
        )
    return None


def _untrusted(error: ssl.SSLCertVerificationError, at: str) -> str:
    # X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH of OpenSSL's x509_vfy.h.
    if error.verify_code in (62, 64):
        return (
            f"{at} shows a certificate for another name ({error.verify_message}): set "
            "MILLRACE_KAFKA_BOOTSTRAP to a name that is in it"
        )
    return (
        f"{at} shows a certificate that is not trusted ({error.verify_message}): set "
        "MILLRACE_KAFKA_SSL_CAFILE to the file of its authority"
    )


def _reason(error: ssl.SSLError) -> str:
    return (error.reason or "").lower().replace("_", " ")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what it came of."""
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or found.__context__
