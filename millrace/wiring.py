"""Settings turned into the values that each part defines for itself."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from infra.local.stack import StackSettings
from millrace.security import kafka_security
from millrace.settings import Settings, SettingsError
from millrace.settings.retention import milliseconds, with_defaults
from millrace.tables_address import clickhouse as clickhouse
from processors.annotation import AnnotationSettings
from processors.learned.models import english_models
from processors.lexical.identity import ENGINE
from processors.profile_loading import load_profiles
from processors.recognition.recogniser import Recogniser, bundled_recogniser
from processors.routing import Route
from schemas.profile import Profile
from schemas.run import LIVE, Run, TierModel, revised
from streams.broker.admin import FOREVER, Retention, TopicSettings
from streams.broker.connection import Broker
from streams.inference.cache.completions import CacheSettings
from streams.inference.embedded_engine import local_identity
from streams.inference.engine import EngineIdentity
from streams.letter_limits import Limits
from streams.processing import StageContext
from streams.stage import Stage
from streams.topology import topic_names, topology

# Engines that need no model to be named: they are their model, of which they say the revision.
OWN_MODELS: Final[Mapping[str, Callable[[], EngineIdentity]]] = {
    ENGINE: local_identity,
}
_DAY_S = 86_400


def broker(settings: Settings) -> Broker:
    """How to reach Kafka.

    Raises:
        SettingsError: the settings of TLS and users do not fit together.
    """
    return Broker(settings.kafka_bootstrap, kafka_security(settings))


def stages(settings: Settings) -> tuple[Stage, ...]:
    """The topology with the tiers that are deployed."""
    return topology(settings.tiers)


def topic_settings(settings: Settings) -> TopicSettings:
    """How topics are created, and how long they keep their records.

    Raises:
        SettingsError: the retention of a topic is set that is not there.
    """
    names = topic_names(stages(settings))
    if unknown := sorted(set(settings.retention) - set(names)):
        raise SettingsError(
            f"not a valid setting: retention: no topic {unknown[0]!r}; there are {', '.join(names)}"
        )
    retention = {
        name: Retention(FOREVER if ms is None else ms, is_chosen=name in settings.retention)
        for name, written in with_defaults(settings.retention, names).items()
        for ms in (milliseconds(written),)
    }
    return TopicSettings(settings.kafka_partitions, settings.kafka_replication, retention)


@cache
def _profiles(folder: Path | None) -> dict[str, Profile]:
    return load_profiles(*([folder] if folder else []))


def profiles(settings: Settings) -> dict[str, Profile]:
    """The bundled profiles and those of the user's folder.

    Raises:
        ProfileError: the folder or a file in it cannot be used.
        SettingsError: the default profile is none of them.
    """
    found = _profiles(settings.profiles)
    if settings.default_profile not in found:
        raise SettingsError(
            f"not a valid setting: default_profile: no profile {settings.default_profile!r}; "
            f"there are {', '.join(sorted(found))}"
        )
    return found


def tier_model(settings: Settings, tier: str) -> TierModel:
    """Engine and model of a tier, as a run's specification names them.

    Raises:
        ModelFileError: the manifest of the local engine's models is missing or damaged.
    """
    chosen = settings.engine_of(tier)
    model, revision = chosen.model, chosen.model_revision
    if chosen.engine in OWN_MODELS:
        own = OWN_MODELS[chosen.engine]()
        model, revision = own.model, own.model_revision
    return TierModel(tier=tier, engine=chosen.engine, model=revised(model, revision))


def cache_settings(settings: Settings) -> CacheSettings:
    """Where answers are kept, and how much of them."""
    return CacheSettings(
        settings.home.absolute() / "cache" / "completions.sqlite",
        max_bytes=settings.cache_max_bytes,
        max_age_s=settings.cache_max_age_days * _DAY_S,
    )


def run(settings: Settings) -> Run:
    """The run of the settings: the first, and the only one where there is no table of runs."""
    from millrace.runs.choice import present_specification

    return Run(run_id=LIVE, specification=present_specification(settings))


def recogniser(settings: Settings) -> Recogniser:
    """What finds names, not loaded yet: ``prepare`` does that."""
    model, device = settings.recogniser_model, settings.recogniser_device
    # Each needs an extra of its own, and seconds to be imported.
    if settings.recogniser == "spacy":
        from processors.recognition.spacy_names import SpacyNames

        return Recogniser(lambda: SpacyNames.opened(model), settings.recogniser_languages)
    if settings.recogniser == "transformers":
        from processors.recognition.token_classifier import TokenClassifier

        return Recogniser(
            lambda: TokenClassifier.opened(model, device), settings.recogniser_languages
        )
    return bundled_recogniser()


def stage_context(settings: Settings) -> StageContext:
    """What the records of every stage share.

    Raises:
        ModelFileError: a file of the bundled models is missing or damaged: better now than by a
            letter for every document.
    """
    english_models().verify()
    annotation = AnnotationSettings(
        run=run(settings),
        profiles=profiles(settings),
        default_profile=settings.default_profile,
        max_text_bytes=settings.max_text_bytes,
        routes=tuple(Route(**route.model_dump()) for route in settings.routes),
        recogniser=recogniser(settings),
    )
    return StageContext(annotation, settings.max_message_bytes)


def letter_limits(settings: Settings) -> Limits:
    """How many dead letters stop a stage."""
    return Limits(
        settings.max_letters_in_a_row, settings.max_letter_share, settings.letter_share_window
    )


def local_stack(settings: Settings) -> StackSettings:
    """The local Kafka and ClickHouse: where they listen and keep their state."""
    kafka_host, _, kafka_port = settings.kafka_bootstrap.split(",")[0].strip().rpartition(":")
    url = urlsplit(settings.clickhouse_url)
    return StackSettings(
        home=settings.home.absolute(),
        kafka_host=kafka_host.strip("[]"),
        kafka_port=int(kafka_port),
        clickhouse_host=url.hostname or "127.0.0.1",
        clickhouse_port=url.port or 8123,
        clickhouse_user=settings.clickhouse_user,
        clickhouse_password=settings.clickhouse_password.get_secret_value(),
        reader_user=settings.clickhouse_reader_user,
        reader_password=settings.clickhouse_reader_password.get_secret_value(),
    )
