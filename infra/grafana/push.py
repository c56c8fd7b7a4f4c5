"""The dashboards, their folder and their data sources put into a running Grafana.

Every step may be repeated: what is there as it should be is left alone. What Grafana refuses is
told, and the other objects go on.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import takewhile
from typing import Literal
from urllib.parse import urlsplit

from infra.grafana.server import Grafana, Json, RefusedObjectError
from infra.grafana.sources import (
    CLICKHOUSE,
    FOLDER_UID,
    OLDEST_GRAFANA,
    OLDEST_PLUGIN,
    PLUGIN_VERSION,
    PROMETHEUS,
    Source,
)
from schemas.errors import SetupError

State = Literal["created", "updated", "unchanged", "healthy", "refused"]
# What Grafana adds to a dashboard that it stores.
_ADDED = ("id", "version")


@dataclass(frozen=True, slots=True)
class Reading:
    """Where Grafana itself finds ClickHouse and Prometheus; ``user`` may only read."""

    clickhouse_url: str
    database: str
    user: str
    prometheus_url: str
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of one object: a folder, a data source, a dashboard."""

    what: str
    state: State
    message: str = ""


def push(
    grafana: Grafana, folder: str, reading: Reading, told: Callable[[Pushed], None]
) -> list[Pushed]:
    """Put everything there, and say so of each object as it is done.

    Args:
        grafana: the server.
        folder: title of the folder of the dashboards.
        reading: where the data sources read.
        told: is given each object.

    Raises:
        SetupError: this Grafana is too old, or lacks the ClickHouse plugin: nothing was changed.
        MillraceError: see ``Grafana.get``.
    """
    _check_versions(grafana)
    done = []
    for what, step in _steps(grafana, folder, reading):
        try:
            one = Pushed(what, *step())
        except RefusedObjectError as error:
            one = Pushed(what, "refused", str(error))
        done.append(one)
        told(one)
    return done


_Step = Callable[[], tuple[State, str]]


def _steps(grafana: Grafana, folder: str, reading: Reading) -> Iterator[tuple[str, _Step]]:
    yield f"folder {folder}", lambda: (_put_folder(grafana, folder), "")
    for source, body in ((CLICKHOUSE, _clickhouse(reading)), (PROMETHEUS, _prometheus(reading))):
        name = f"data source {source.name}"
        yield name, lambda source=source, body=body: _put_source(grafana, source, body)  # type: ignore[misc]
        yield name, lambda source=source: ("healthy", _health(grafana, source))  # type: ignore[misc]
    for dashboard in dashboards():
        yield (
            f"dashboard {dashboard['title']}",
            lambda dashboard=dashboard: (_put_dashboard(grafana, dashboard), ""),  # type: ignore[misc]
        )


def dashboards() -> list[Json]:
    """The dashboards as Grafana's JSON, by uid."""
    folder = files("infra.grafana") / "dashboards"
    found = [file for file in folder.iterdir() if file.name.endswith(".json")]
    return [json.loads(file.read_text("utf-8")) for file in sorted(found, key=lambda one: one.name)]


def _check_versions(grafana: Grafana) -> None:
    settings = grafana.get("/frontend/settings")
    info = settings.get("buildInfo", {}) if isinstance(settings, dict) else {}
    # Administrators may hide the version: then nothing is known against it.
    version = str(info.get("version", ""))
    if version and _numbers(version) < OLDEST_GRAFANA:
        raise SetupError(
            f"Grafana is {version}, the dashboards need {_dotted(OLDEST_GRAFANA)} or later: "
            "upgrade it"
        )
    install = (
        f"`grafana cli plugins install {CLICKHOUSE.type} {PLUGIN_VERSION}` and restart Grafana"
    )
    plugins = {one["id"]: one for one in grafana.get("/plugins?embedded=0")}
    if CLICKHOUSE.type not in plugins:
        raise SetupError(f"Grafana lacks the plugin {CLICKHOUSE.type}: {install}")
    plugin = str(plugins[CLICKHOUSE.type].get("info", {}).get("version", ""))
    if plugin and _numbers(plugin) < OLDEST_PLUGIN:
        raise SetupError(
            f"Grafana's plugin {CLICKHOUSE.type} is {plugin}, the dashboards need "
            f"{_dotted(OLDEST_PLUGIN)} or later: {install}"
        )


def _numbers(version: str) -> tuple[int, ...]:
    """The first two numbers of a version such as ``12.4.3-pre``."""
    parts = [int("0" + "".join(takewhile(str.isdigit, one))) for one in version.split(".")[:2]]
    return tuple(parts)


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _put_folder(grafana: Grafana, title: str) -> State:
    there = grafana.find(f"/folders/{FOLDER_UID}")
    if there is None:
        grafana.post("/folders", {"uid": FOLDER_UID, "title": title})
        return "created"
    if there["title"] == title:
        return "unchanged"
    grafana.put(f"/folders/{FOLDER_UID}", {"title": title, "overwrite": True})
    return "updated"


def _put_source(grafana: Grafana, source: Source, body: Json) -> tuple[State, str]:
    there = grafana.find(f"/datasources/uid/{source.uid}")
    if there is None:
        grafana.post("/datasources", body)
        return "created", ""
    if there.get("readOnly"):
        return "unchanged", "made by a file of Grafana's own, and left as it is"
    # Always written: Grafana does not tell whether the password is the same.
    grafana.put(f"/datasources/uid/{source.uid}", body)
    return "updated", ""


def _clickhouse(reading: Reading) -> Json:
    address = urlsplit(reading.clickhouse_url)
    secure = address.scheme == "https"
    return {
        **_source(CLICKHOUSE),
        "jsonData": {
            "host": address.hostname,
            "port": address.port or (8443 if secure else 8123),
            "protocol": "http",
            "secure": secure,
            "defaultDatabase": reading.database,
            "username": reading.user,
        },
        "secureJsonData": {"password": reading.password},
    }


def _prometheus(reading: Reading) -> Json:
    # As often as infra/prometheus/prometheus.yml has it scrape: Grafana's rates rest on it.
    scraped = {"httpMethod": "POST", "timeInterval": "15s"}
    return {**_source(PROMETHEUS), "url": reading.prometheus_url, "jsonData": scraped}


def _source(source: Source) -> Json:
    return {"name": source.name, "uid": source.uid, "type": source.type, "access": "proxy"}


def _health(grafana: Grafana, source: Source) -> str:
    answer = grafana.get(f"/datasources/uid/{source.uid}/health")
    if answer.get("status") != "OK":
        raise RefusedObjectError(200, str(answer.get("message") or answer))
    return ""


def _put_dashboard(grafana: Grafana, dashboard: Json) -> State:
    there = grafana.find(f"/dashboards/uid/{dashboard['uid']}")
    if there is not None and _same(there, dashboard):
        return "unchanged"
    grafana.post(
        "/dashboards/db",
        {"dashboard": {**dashboard, "id": None}, "folderUid": FOLDER_UID, "overwrite": True},
    )
    return "updated" if there else "created"


def _same(there: Json, dashboard: Json) -> bool:
    stored = {name: value for name, value in there["dashboard"].items() if name not in _ADDED}
    return stored == dashboard and there.get("meta", {}).get("folderUid") == FOLDER_UID
