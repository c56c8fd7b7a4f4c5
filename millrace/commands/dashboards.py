"""``dashboards``: the dashboards that Grafana shows."""

import subprocess
import sys
from collections import Counter
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from millrace.errors import UsageError
from millrace.settings import read_settings
from millrace.terminal import TERMINAL

if TYPE_CHECKING:
    from infra.grafana.push import Pushed, Reading
    from infra.grafana.server import GrafanaServer
    from millrace.settings import Settings

_STYLES = {
    "created": "green", "updated": "green", "healthy": "green", "unchanged": "dim",
    "refused": "red",
}  # fmt: skip

app = typer.Typer(name="dashboards", help="The dashboards in Grafana.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """The dashboards in Grafana."""


@app.command()
def push(
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
) -> None:
    """Put folder, data sources and dashboards into Grafana; what is there already is brought up.

    Exit status 1 when Grafana refuses the token or an object, lacks the ClickHouse plugin or is too
    old, 3 when it does not answer.
    """
    from dataclasses import asdict

    from infra.grafana import push as pushing
    from infra.grafana.server import Grafana

    settings = read_settings()
    if not settings.grafana_token.get_secret_value():
        raise UsageError(
            "no token for Grafana: make a service account in the role Admin there, and set "
            "MILLRACE_GRAFANA_TOKEN to its token"
        )
    if find_spec("grafana_client") is None:
        _go_on_beside_the_client(settings)
    grafana = Grafana(_server(settings))
    done = pushing.push(
        grafana,
        settings.grafana_folder,
        _reading(settings),
        (lambda _: None) if as_json else _tell,
    )
    if as_json:
        TERMINAL.json([asdict(one) for one in done])
    refused = [one for one in done if one.state == "refused"]
    if refused:
        raise typer.Exit(1)
    if not as_json:
        counts = Counter(one.state for one in done)
        words = ", ".join(f"{number} {state}" for state, number in sorted(counts.items()))
        TERMINAL.say(f"{words}: {settings.grafana_url.rstrip('/')}/dashboards/f/millrace")


def _go_on_beside_the_client(settings: "Settings") -> NoReturn:
    """Run this command again in the environment of Grafana's client, made if need be."""
    from infra.grafana import client_environment

    folder = settings.home.absolute() / "grafana"
    python = client_environment.find(folder)
    if python is None:
        TERMINAL.note("setting up Grafana's client (once) …")
        python = client_environment.make(folder)
    done = subprocess.run([python, "-m", "millrace", *sys.argv[1:]], check=False)  # noqa: S603
    raise typer.Exit(done.returncode)


def _server(settings: "Settings") -> "GrafanaServer":
    from infra.grafana.server import GrafanaServer

    cafile = settings.grafana_ssl_cafile
    if cafile is not None and not cafile.is_file():
        raise UsageError(f"MILLRACE_GRAFANA_SSL_CAFILE: {cafile} is no file")
    return GrafanaServer(settings.grafana_url, settings.grafana_token.get_secret_value(), cafile)


def _reading(settings: "Settings") -> "Reading":
    from infra.grafana.push import Reading

    return Reading(
        clickhouse_url=settings.grafana_clickhouse_url or settings.clickhouse_url,
        database=settings.clickhouse_database,
        user=settings.clickhouse_reader_user,
        password=settings.clickhouse_reader_password.get_secret_value(),
        prometheus_url=settings.grafana_prometheus_url,
    )


def _tell(one: "Pushed") -> None:
    if one.state == "refused":
        TERMINAL.fail(f"{one.what}: {one.message}")
    else:
        note = f": {one.message}" if one.message else ""
        TERMINAL.marked(one.state, f"{one.what}{note}", _STYLES[one.state])
