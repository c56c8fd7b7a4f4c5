"""Every setting: its name, type, default and what it is for.

The descriptions are what ``millrace config`` and ``millrace.example.toml`` say; a setting whose
default is nothing has an example of a value for them.
"""

from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from millrace.settings.engines import (
    EngineSettings,
    RouteSettings,
    TierTable,
    comma_separated,
)
from millrace.settings.retention import RetentionTime
from schemas.model import describe_invalid
from schemas.run import TierName

PREFIX = "MILLRACE_"
SETTINGS_FILE = "millrace.toml"


SecurityProtocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
RecogniserName = Literal["local", "spacy", "transformers"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
SaslMechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]

Languages = Annotated[tuple[str, ...], NoDecode, BeforeValidator(comma_separated)]
Tiers = Annotated[tuple[TierName, ...], NoDecode, BeforeValidator(comma_separated)]


class Settings(EngineSettings, BaseSettings):
    """Everything that can be set. Secrets are masked wherever they are printed."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        # Compose files pass on variables that nobody set as empty ones.
        env_ignore_empty=True,
        frozen=True,
        extra="forbid",
        toml_file=SETTINGS_FILE,
    )

    home: Path = Field(
        default=Path(".millrace"),
        description="Folder of the state and logs of the local stack and of the stages.",
    )
    kafka_bootstrap: str = Field(
        default="127.0.0.1:9092",
        description="Where Kafka is: host:port, several separated by commas. `millrace up` starts "
        "it there.",
    )
    kafka_partitions: int = Field(
        default=4, ge=1, le=1_000, description="Partitions of the topics that millrace creates."
    )
    kafka_replication: int = Field(
        default=1, ge=1, le=10, description="Copies of each partition that millrace creates."
    )
    retention: dict[str, RetentionTime] = Field(
        default_factory=dict,
        description='How long topics keep their records: a table [retention] of "TOPIC" = '
        '"30d", "12h", "90m" or "forever"; as JSON in the environment. By default '
        "documents.ingest and dead-letters keep them 30d, the others 7d; a default never shortens "
        "what an existing topic has.",
    )
    kafka_security_protocol: SecurityProtocol = Field(
        default="PLAINTEXT", description="PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."
    )
    kafka_sasl_mechanism: SaslMechanism = Field(
        default="SCRAM-SHA-512",
        description="PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; counts with a SASL protocol.",
    )
    kafka_sasl_username: str = Field(default="", description="User of a SASL protocol.")
    kafka_sasl_password: SecretStr = Field(
        default=SecretStr(""), description="Password of that user."
    )
    kafka_ssl_cafile: Path | None = Field(
        default=None,
        examples=["ca.pem"],
        description="PEM file of the authorities that Kafka's certificate is checked against; the "
        "system's when not set.",
    )
    kafka_ssl_certfile: Path | None = Field(
        default=None,
        examples=["client.pem"],
        description="PEM file of the client's certificate, where the brokers ask for one.",
    )
    kafka_ssl_keyfile: Path | None = Field(
        default=None, examples=["client.key"], description="PEM file of that certificate's key."
    )
    kafka_ssl_password: SecretStr = Field(
        default=SecretStr(""), description="Password of that key, where it has one."
    )
    clickhouse_url: str = Field(
        default="http://127.0.0.1:8123",
        description="Where ClickHouse is: its HTTP interface, http or https. `millrace up` starts "
        "it there.",
    )
    clickhouse_database: str = Field(
        default="millrace",
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        description="Database of the tables and views.",
    )
    clickhouse_user: str = Field(
        default="default", description="User that creates the tables and writes to them."
    )
    clickhouse_password: SecretStr = Field(
        default=SecretStr(""), description="Password of that user."
    )
    clickhouse_reader_user: str = Field(
        default="reader", description="User of the local ClickHouse that may only read."
    )
    clickhouse_reader_password: SecretStr = Field(
        default=SecretStr(""), description="Password of the reader."
    )
    clickhouse_ssl_cafile: Path | None = Field(
        default=None,
        examples=["ca.pem"],
        description="PEM file of the authorities that ClickHouse's certificate is checked against; "
        "the system's when not set.",
    )
    clickhouse_cluster: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9_.-]*$",
        description="Cluster on which the tables are created replicated; none when empty.",
    )
    tiers: Tiers = Field(
        default=("standard",),
        min_length=1,
        description="Tiers of engines that are deployed, from small to large: a list, or separated "
        "by commas. Each has inference topics of its own; what one cannot answer goes to the next.",
    )
    serve_tiers: Tiers = Field(
        default=(),
        description="Those of them that the inference consumer of this process serves; all when "
        "empty.",
    )
    tier: dict[TierName, TierTable] = Field(
        default_factory=dict,
        description="What a tier sets otherwise: a table [tier.NAME] of the settings above from "
        "engine to price_completion; as JSON in the environment.",
    )
    routes: tuple[RouteSettings, ...] = Field(
        default=(),
        description="Which documents go to another tier than their profile's: tables [[routes]] "
        "with tier, and profiles, languages or min_characters; the first that fits counts.",
    )
    last_resort: Literal["local", "none"] = Field(
        default="local",
        description="What answers when no tier could, the document then being put before a person.",
    )
    prompt_version: str = Field(
        default="1", description="Version of the prompts: the name of a folder of templates."
    )
    prompts: Path | None = Field(
        default=None,
        examples=["prompts"],
        description="Folder of versions of prompts of your own.",
    )
    cache_max_bytes: int = Field(
        default=2 * 1024**3,
        ge=1024 * 1024,
        description="The most that the cache of answers takes on disk, in bytes.",
    )
    cache_max_age_days: float = Field(
        default=90.0, gt=0, description="How long an answer is kept, in days."
    )
    profiles: Path | None = Field(
        default=None, examples=["profiles"], description="Folder of profiles of your own."
    )
    default_profile: str = Field(
        default="neutral",
        description="Profile of documents that name none. With neutral, English text that plainly "
        "looks like news or mail is read as that.",
    )
    recogniser: RecogniserName = Field(
        default="local",
        description="What finds names of people, organizations and places: local (rules and a "
        "bundled model of English), spacy (a pipeline of spaCy) or transformers (a token "
        "classifier of Hugging Face); the latter two need the extra of their name.",
    )
    recogniser_model: str = Field(
        default="",
        description="Model of the recognisers spacy (a folder or an installed package) and "
        "transformers (a folder, or a name in this machine's cache of models); nothing is "
        "downloaded. local has none.",
    )
    recogniser_languages: Languages = Field(
        default=(),
        description="Languages of the documents that it reads, as codes such as en: a list, or "
        "separated by commas; rules find the names of the others. When empty: all, or the "
        "language of a spaCy pipeline that has one.",
    )
    recogniser_device: str = Field(
        default="cpu",
        min_length=1,
        description="Device that the recogniser transformers computes on, as torch names it: cpu, "
        "cuda or cuda:1.",
    )
    max_text_bytes: int = Field(
        default=1024 * 1024, ge=1, description="The longest text of a document, in bytes of UTF-8."
    )
    max_message_bytes: int = Field(
        default=8 * 1024 * 1024,
        ge=1024,
        description="The largest message between stages, in bytes; at most the topics' 16 MiB.",
    )
    commit_interval_s: float = Field(
        default=0.2, gt=0, le=60, description="Seconds between commits of a stage's offsets."
    )
    max_letters_in_a_row: int = Field(
        default=100,
        ge=1,
        description="More records in a row than these that a stage would dead-letter for what a "
        "setting causes stop it, before they are written. What is wrong with single records stops "
        "nothing.",
    )
    max_letter_share: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="So does a larger share than this of the last `letter_share_window` records; "
        "1 turns it off.",
    )
    letter_share_window: int = Field(
        default=1_000, ge=1, le=1_000_000, description="Of how many records that is a share."
    )
    metrics_port: int = Field(
        default=0,
        ge=0,
        le=65_000,
        description="Port of /metrics, /healthz and /readyz of the first process of stages; each "
        "further one takes the next. With 0 each takes a free one: `millrace status` shows them, "
        "and the files in run/metrics of `home` tell Prometheus.",
    )
    metrics_host: str = Field(
        default="127.0.0.1", description="Address that they listen on; they know no passwords."
    )
    log_level: LogLevel = Field(
        default="WARNING",
        description="What processes of stages log: DEBUG, INFO, WARNING or ERROR. Only at DEBUG "
        "may a line hold text of a document.",
    )
    log_to_stderr: bool = Field(
        default=False,
        description="Whether `millrace run` also writes what its processes log to stderr, where "
        "containers look for it.",
    )
    sentry_dsn: SecretStr = Field(
        default=SecretStr(""),
        description="Address of a Sentry project that errors are reported to; needs the extra "
        "`sentry`.",
    )
    grafana_url: str = Field(
        default="http://127.0.0.1:3000",
        description="Where Grafana is, with the path that it is served under: "
        "`millrace dashboards push` puts the dashboards there.",
    )
    grafana_token: SecretStr = Field(
        default=SecretStr(""), description="Token of a service account of Grafana, in role Admin."
    )
    grafana_folder: str = Field(
        default="millrace", min_length=1, description="Title of the dashboards' folder in Grafana."
    )
    grafana_ssl_cafile: Path | None = Field(
        default=None,
        examples=["ca.pem"],
        description="PEM file of the authorities that Grafana's certificate is checked against; "
        "the system's when not set.",
    )
    grafana_clickhouse_url: str = Field(
        default="",
        examples=["http://clickhouse:8123"],
        description="Where Grafana itself finds ClickHouse; `clickhouse_url` when empty.",
    )
    grafana_prometheus_url: str = Field(
        default="http://127.0.0.1:9090", description="Where Grafana itself finds Prometheus."
    )
    data: Path = Field(
        default=Path("../shared/data"),
        description="Folder of the corpora with gold that `millrace eval` scores engines on; they "
        "are no part of millrace.",
    )

    @model_validator(mode="after")
    def _tiers_fit(self) -> Self:
        named = {*self.serve_tiers, *self.tier, *(route.tier for route in self.routes)}
        if unknown := sorted(named - set(self.tiers)):
            raise ValueError(f"tier {unknown[0]} is not deployed: name it in tiers as well")
        for tier in self.tier:
            try:
                self.engine_of(tier)
            except ValidationError as error:
                raise ValueError(describe_invalid(f"table tier.{tier}", error)) from None
        return self

    @model_validator(mode="after")
    def _recogniser_fits(self) -> Self:
        if self.recogniser != "local" and not self.recogniser_model:
            raise ValueError(f"recogniser {self.recogniser} needs a model: set recogniser_model")
        if self.recogniser == "local" and self.recogniser_model:
            raise ValueError(
                "recogniser_model is set, which the recogniser local does not read: set recogniser "
                "to spacy or transformers, or leave it out"
            )
        return self

    def engine_of(self, tier: str) -> EngineSettings:
        """The settings of a tier's engine: its own over those of all."""
        shared = {name: getattr(self, name) for name in EngineSettings.model_fields}
        return EngineSettings.model_validate({**shared, **self.tier.get(tier, {})})

    @field_validator("grafana_url", "grafana_clickhouse_url", "grafana_prometheus_url")
    @classmethod
    def _is_web_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("should look like http://127.0.0.1:3000")
        if parts.username is not None:
            raise ValueError("should name no user")
        return url

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
            if "@" in host:
                raise ValueError("should name no user: set kafka_sasl_username and its password")
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
