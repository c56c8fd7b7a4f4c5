"""A Grafana on loopback that holds requests to its published HTTP API.

Paths, bodies and statuses after https://grafana.com/docs/grafana/latest/developers/http_api/
(folder, dashboard, data_source, other). A request that the API does not know is answered with 404,
a body with a field of a wrong type or name with 400; both are kept in `mistakes` for the test.
"""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]
Answer = tuple[int, Any]
TOKEN = "glsa_a-service-account"
PLUGIN = "grafana-clickhouse-datasource"
UID = re.compile(r"[a-zA-Z0-9_-]{1,40}")

# The fields of each body: name -> type, and which must be there.
FOLDER: dict[str, type | tuple[type, ...]] = {"uid": str, "title": str, "parentUid": str}
FOLDER_CHANGE = {"title": str, "version": int, "overwrite": bool}
SOURCE = {
    "name": str, "uid": str, "type": str, "access": str, "url": str, "user": str, "database": str,
    "basicAuth": bool, "basicAuthUser": str, "withCredentials": bool, "isDefault": bool,
    "jsonData": dict, "secureJsonData": dict, "version": int,
}  # fmt: skip
DASHBOARD = {
    "dashboard": dict, "folderUid": str, "folderId": int, "message": str, "overwrite": bool,
}  # fmt: skip


@dataclass
class FakeGrafana:
    """What it holds, and how it is to behave. `refuse` maps `METHOD path` to an answer."""

    version: str = "12.4.3"
    plugins: dict[str, str] = field(
        default_factory=lambda: {PLUGIN: "4.20.0", "prometheus": "12.4.3"}
    )
    refuse: dict[str, Answer] = field(default_factory=dict)
    unhealthy: dict[str, str] = field(default_factory=dict)
    folders: dict[str, Json] = field(default_factory=dict)
    sources: dict[str, Json] = field(default_factory=dict)
    dashboards: dict[str, Json] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    url: str = ""

    @property
    def writes(self) -> list[str]:
        """The requests that change something."""
        return [f"{method} {path}" for method, path in self.requests if method != "GET"]

    def answer(self, method: str, path: str, authorization: str, body: Json) -> Answer:
        self.requests.append((method, path))
        if authorization != f"Bearer {TOKEN}":
            return 401, {
                "message": "Invalid API key",
                "messageId": "api-key.invalid",
                "statusCode": 401,
            }
        if f"{method} {path}" in self.refuse:
            return self.refuse[f"{method} {path}"]
        for pattern, asked in self._routes(body).items():
            found = re.fullmatch(pattern, f"{method} {path}")
            if found:
                return asked(*found.groups())
        return self._mistake(404, f"no such call: {method} {path}")

    def _routes(self, body: Json) -> dict[str, Callable[..., Answer]]:
        return {
            r"GET /api/frontend/settings": self._settings,
            r"GET /api/plugins\?embedded=0": self._plugins,
            r"GET /api/folders/([^/]+)": lambda uid: self._found(
                self.folders, uid, "folder not found"
            ),
            r"POST /api/folders": lambda: self._create_folder(body),
            r"PUT /api/folders/([^/]+)": lambda uid: self._change_folder(uid, body),
            r"GET /api/datasources/uid/([^/]+)": lambda uid: self._source(uid),
            r"POST /api/datasources": lambda: self._create_source(body),
            r"PUT /api/datasources/uid/([^/]+)": lambda uid: self._change_source(uid, body),
            r"GET /api/datasources/uid/([^/]+)/health": self._health,
            r"GET /api/dashboards/uid/([^/]+)": lambda uid: self._found(
                self.dashboards, uid, "Dashboard not found"
            ),
            r"POST /api/dashboards/db": lambda: self._save_dashboard(body),
        }

    def _settings(self) -> Answer:
        return 200, {"buildInfo": {"version": self.version, "edition": "Open Source"}}

    def _plugins(self) -> Answer:
        return 200, [
            {"id": name, "type": "datasource", "enabled": True, "info": {"version": version}}
            for name, version in self.plugins.items()
        ]

    def _found(self, where: dict[str, Json], uid: str, message: str) -> Answer:
        return (200, where[uid]) if uid in where else (404, {"message": message})

    def _create_folder(self, body: Json) -> Answer:
        if wrong := _wrong(body, FOLDER, ("title",)):
            return self._mistake(400, wrong)
        if body["uid"] in self.folders:
            return 412, {"message": "a folder with the same UID already exists"}
        self.folders[body["uid"]] = {"id": 1, "version": 1, **body}
        return 200, self.folders[body["uid"]]

    def _change_folder(self, uid: str, body: Json) -> Answer:
        if wrong := _wrong(body, FOLDER_CHANGE, ("title",)):
            return self._mistake(400, wrong)
        if uid not in self.folders:
            return self._mistake(404, "folder not found")
        if not body.get("overwrite") and body.get("version") != self.folders[uid]["version"]:
            return 412, {
                "message": "the folder has been changed by someone else",
                "status": "version-mismatch",
            }
        self.folders[uid]["title"] = body["title"]
        return 200, self.folders[uid]

    def _source(self, uid: str) -> Answer:
        code, found = self._found(self.sources, uid, "Data source not found")
        return code, {name: value for name, value in found.items() if name != "secureJsonData"}

    def _create_source(self, body: Json) -> Answer:
        if wrong := _wrong(body, SOURCE, ("name", "type", "access")):
            return self._mistake(400, wrong)
        taken = {"uid": body["uid"] in self.sources}
        taken["name"] = any(one["name"] == body["name"] for one in self.sources.values())
        for what in ("name", "uid"):
            if taken[what]:
                return 409, {"message": f"data source with the same {what} already exists"}
        self.sources[body["uid"]] = {"id": len(self.sources) + 1, "readOnly": False, **body}
        return 200, {
            "datasource": body,
            "id": 1,
            "message": "Datasource added",
            "name": body["name"],
        }

    def _change_source(self, uid: str, body: Json) -> Answer:
        if wrong := _wrong(body, SOURCE, ("name", "type", "access")):
            return self._mistake(400, wrong)
        if uid not in self.sources:
            return self._mistake(404, "Data source not found")
        if self.sources[uid]["readOnly"]:
            return 403, {"message": "Cannot update read-only data source"}
        self.sources[uid] |= body
        return 200, {
            "datasource": body,
            "id": 1,
            "message": "Datasource updated",
            "name": body["name"],
        }

    def _health(self, uid: str) -> Answer:
        if uid not in self.sources:
            return 404, {"message": "data source not found"}
        if uid in self.unhealthy:
            return 400, {"status": "ERROR", "message": self.unhealthy[uid]}
        return 200, {"status": "OK", "message": "Data source is working"}

    def _save_dashboard(self, body: Json) -> Answer:
        if wrong := _wrong(body, DASHBOARD, ("dashboard",)):
            return self._mistake(400, wrong)
        given = body["dashboard"]
        if not given.get("title"):
            return self._mistake(400, "Dashboard title cannot be empty")
        if not UID.fullmatch(given["uid"]):
            return self._mistake(400, "uid contains illegal characters")
        if body["folderUid"] not in self.folders:
            return 400, {"message": "folder not found"}
        there = self.dashboards.get(given["uid"])
        if there and not body.get("overwrite"):
            return 412, {
                "message": "The dashboard has been changed by someone else",
                "status": "version-mismatch",
            }
        version = there["dashboard"]["version"] + 1 if there else 1
        self.dashboards[given["uid"]] = {
            "dashboard": {**given, "id": 1, "version": version},
            "meta": {"folderUid": body["folderUid"], "version": version},
        }
        return 200, {
            "id": 1, "uid": given["uid"], "url": f"/d/{given['uid']}", "status": "success",
            "version": version, "slug": "",
        }  # fmt: skip

    def _mistake(self, status: int, message: str) -> Answer:
        self.mistakes.append(message)
        return status, {"message": message}


def _wrong(body: Json, fields: Any, required: tuple[str, ...]) -> str:
    for name in required:
        if name not in body:
            return f"bad request data: {name} is missing"
    for name, value in body.items():
        if name not in fields or not isinstance(value, fields[name]):
            return f"bad request data: {name}"
    return ""


@contextmanager
def grafana(prefix: str = "", **behaviour: Any) -> Iterator[FakeGrafana]:
    """One that runs, below a path."""
    fake = FakeGrafana(**behaviour)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(length)
            if raw and self.headers.get("Content-Type", "").partition(";")[0] != "application/json":
                status, answer = 400, {"message": "bad request data"}
            elif not self.path.startswith(prefix):
                status, answer = 404, {"message": "Not found"}
            else:
                body = json.loads(raw) if raw else {}
                path = self.path.removeprefix(prefix)
                status, answer = fake.answer(
                    self.command, path, self.headers.get("Authorization", ""), body
                )
            content = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
            kind = "text/html" if isinstance(answer, str) else "application/json"
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = _do  # noqa: N815 - as the base calls them

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_port}{prefix}"
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
