"""Settings of TLS and users: checked before anything connects, turned into values."""

import ssl
from pathlib import Path
from urllib.parse import urlsplit

from millrace.settings import Settings, SettingsError
from streams.broker.security import Certificate, Sasl, Security, tls_context

_OF_SASL = ("kafka_sasl_username", "kafka_sasl_password")
_OF_TLS = (
    "kafka_ssl_cafile", "kafka_ssl_certfile", "kafka_ssl_keyfile", "kafka_ssl_password",
)  # fmt: skip


def kafka_security(settings: Settings) -> Security:
    """How connections to Kafka are protected.

    A setting that the protocol has no use for is an error: who sets one means to be protected.

    Raises:
        SettingsError: settings do not fit together, or a file cannot be used.
    """
    protocol = settings.kafka_security_protocol
    has_sasl, has_tls = protocol.startswith("SASL"), protocol.endswith("SSL")
    _refuse_unused(settings, () if has_sasl else _OF_SASL, "SASL_SSL")
    _refuse_unused(settings, () if has_tls else _OF_TLS, "SASL_SSL" if has_sasl else "SSL")
    for name in _OF_SASL if has_sasl else ():
        if not _is_set(settings, name):
            raise _invalid(name, f"is needed for kafka_security_protocol {protocol}")
    return Security(
        tls=_kafka_tls(settings) if has_tls else None,
        sasl=_sasl(settings) if has_sasl else None,
    )


def clickhouse_cafile(settings: Settings) -> Path | None:
    """The authorities to trust for ClickHouse; None for those of this machine.

    Raises:
        SettingsError: the URL is not one of TLS, or the file cannot be used.
    """
    cafile = settings.clickhouse_ssl_cafile
    if cafile is None:
        return None
    if urlsplit(settings.clickhouse_url).scheme != "https":
        raise _invalid(
            "clickhouse_ssl_cafile", "clickhouse_url is not one of https, so nothing would use it"
        )
    _check_authorities("clickhouse_ssl_cafile", cafile)
    return cafile


def require_local(settings: Settings) -> None:
    """See that the settings fit the local stack, which speaks without TLS or users on loopback.

    Raises:
        SettingsError: they ask for TLS or for a user of Kafka.
    """
    if settings.kafka_security_protocol != "PLAINTEXT":
        raise _invalid(
            "kafka_security_protocol",
            f"the local Kafka speaks PLAINTEXT on loopback, not {settings.kafka_security_protocol}:"
            " unset it, or use that cluster without starting the local stack",
        )
    if urlsplit(settings.clickhouse_url).scheme == "https":
        raise _invalid(
            "clickhouse_url",
            "the local ClickHouse speaks http on loopback, not https: set another, or use that "
            "server without starting the local stack",
        )


def _sasl(settings: Settings) -> Sasl:
    return Sasl(
        settings.kafka_sasl_mechanism,
        settings.kafka_sasl_username,
        settings.kafka_sasl_password.get_secret_value(),
    )


def _kafka_tls(settings: Settings) -> ssl.SSLContext:
    cafile, certfile = settings.kafka_ssl_cafile, settings.kafka_ssl_certfile
    if cafile is not None:
        _check_authorities("kafka_ssl_cafile", cafile)
    if certfile is None:
        for name in ("kafka_ssl_keyfile", "kafka_ssl_password"):
            if _is_set(settings, name):
                raise _invalid(name, "belongs to a certificate: set kafka_ssl_certfile too")
        return tls_context(cafile)
    keyfile = settings.kafka_ssl_keyfile
    _check_readable("kafka_ssl_certfile", certfile)
    if keyfile is not None:
        _check_readable("kafka_ssl_keyfile", keyfile)
    password = settings.kafka_ssl_password.get_secret_value()
    try:
        return tls_context(cafile, Certificate(certfile, keyfile, password))
    except ssl.SSLError:  # its words are those of OpenSSL's insides
        raise _invalid(
            "kafka_ssl_certfile",
            f"{certfile} with its key in {keyfile or certfile} cannot be used: both should be PEM, "
            "the key that of the certificate, and kafka_ssl_password the key's where it has one",
        ) from None


def _check_authorities(name: str, file: Path) -> None:
    _check_readable(name, file)
    try:
        tls_context(file)
    except ssl.SSLError:
        raise _invalid(name, f"{file} has no certificates in PEM") from None


def _check_readable(name: str, file: Path) -> None:
    try:
        file.open("rb").close()
    except OSError as error:
        raise _invalid(name, f"cannot read {file}: {error.strerror}") from None


def _refuse_unused(settings: Settings, names: tuple[str, ...], instead: str) -> None:
    for name in names:
        if _is_set(settings, name):
            raise _invalid(
                name,
                f"is set, but kafka_security_protocol is {settings.kafka_security_protocol}, which "
                f"has no use for it: set it to {instead}, or unset this one",
            )


def _is_set(settings: Settings, name: str) -> bool:
    value = getattr(settings, name)
    return bool(value.get_secret_value() if hasattr(value, "get_secret_value") else value)


def _invalid(name: str, problem: str) -> SettingsError:
    return SettingsError(f"not a valid setting: {name}: {problem}")
