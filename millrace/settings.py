"""Settings: read once from ``MILLRACE_*`` over ``millrace.toml``, handed down as frozen values."""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from millrace.errors import UsageError
from schemas.model import describe_invalid
from schemas.run import LIVE, RunId

SETTINGS_FILE = "millrace.toml"


class SettingsError(UsageError):
    """A setting cannot be understood; the message names it."""


def _comma_separated(value: object) -> object:
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


SecurityProtocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
SaslMechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]

# A tier's name is part of topic names.
Tier = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Tiers = Annotated[
    tuple[Tier, ...], NoDecode, BeforeValidator(_comma_separated), Field(min_length=1)
]


class Settings(BaseSettings):
    """Everything that can be set. Secrets are masked wherever they are printed."""

    model_config = SettingsConfigDict(
        env_prefix="MILLRACE_", frozen=True, extra="forbid", toml_file=SETTINGS_FILE
    )

    home: Path = Path(".millrace")
    kafka_bootstrap: str = "127.0.0.1:9092"
    kafka_partitions: int = Field(default=4, ge=1, le=1_000)
    kafka_replication: int = Field(default=1, ge=1, le=10)
    kafka_security_protocol: SecurityProtocol = "PLAINTEXT"
    kafka_sasl_mechanism: SaslMechanism = "SCRAM-SHA-512"
    kafka_sasl_username: str = ""
    kafka_sasl_password: SecretStr = SecretStr("")
    kafka_ssl_cafile: Path | None = None
    kafka_ssl_certfile: Path | None = None
    kafka_ssl_keyfile: Path | None = None
    kafka_ssl_password: SecretStr = SecretStr("")
    clickhouse_url: str = "http://127.0.0.1:8123"
    clickhouse_database: str = Field(default="millrace", pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")
    clickhouse_user: str = "default"
    clickhouse_password: SecretStr = SecretStr("")
    clickhouse_reader_user: str = "reader"
    clickhouse_reader_password: SecretStr = SecretStr("")
    clickhouse_ssl_cafile: Path | None = None
    clickhouse_cluster: str = Field(default="", pattern=r"^[A-Za-z0-9_.-]*$")
    engine: Literal["local"] = "local"
    run: RunId = LIVE
    tiers: Tiers = ("standard",)
    profiles: Path | None = None
    default_profile: str = "neutral"
    max_text_bytes: int = Field(default=1024 * 1024, ge=1)
    max_message_bytes: int = Field(default=8 * 1024 * 1024, ge=1024)
    max_calls: int = Field(default=64, ge=1)
    max_open_documents: int = Field(default=128, ge=1)
    commit_interval_s: float = Field(default=0.2, gt=0, le=60)

    @field_validator("clickhouse_url")
    @classmethod
    def _is_http(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            is_address = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:  # a port that is none
            is_address = False
        if not is_address or parts.path.strip("/") or parts.query:
            raise ValueError("should look like http://127.0.0.1:8123")
        if parts.username is not None:
            raise ValueError(
                "should name no user: set clickhouse_user and clickhouse_password instead"
            )
        return url

    @field_validator("kafka_bootstrap")
    @classmethod
    def _is_host_and_port(cls, bootstrap: str) -> str:
        for address in bootstrap.split(","):
            host, _, port = address.strip().rpartition(":")
            if not host or not port.isdecimal() or not 0 < int(port) < 65_536:
                raise ValueError("should look like 127.0.0.1:9092, several separated by commas")
        return bootstrap

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - named by the library
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment counts over the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def read_settings() -> Settings:
    """The settings in force.

    Raises:
        SettingsError: a value is not valid, or ``millrace.toml`` has an unknown key or is not TOML.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(
            f"{describe_invalid('setting', error)} (a setting is read from the environment as "
            f"MILLRACE_ and its name in capitals, else from {SETTINGS_FILE})"
        ) from None
    except ValueError as error:
        raise SettingsError(f"{SETTINGS_FILE}: {error}") from None
