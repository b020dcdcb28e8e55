"""What docs/deploy/ holds against the code, and with the tools that read it where they are installed."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from test_documentation import wrong_words
from test_packaging import PROJECT, ROOMS
from typer.main import get_command

from app import cli
from assistant.settings import Settings

ROOT = Path(__file__).parent.parent
HERE = ROOT / "docs" / "deploy"
CONTAINER = (HERE / "Containerfile").read_text(encoding="utf-8")
COMPOSE = sorted(HERE.glob("compose*.yaml"))
UNITS = sorted(HERE.glob("*.service"))
_LIMIT_MB = 10 * Settings.model_fields["max_upload_mb"].default + 10
"""Ten files, and a little around them."""


def stages() -> list[str]:
    return re.split(r"^FROM ", CONTAINER, flags=re.MULTILINE)[1:]


def given(instruction: str, text: str) -> list[str]:
    return re.findall(rf"^{instruction} (.+)$", text, re.MULTILINE)


def services(compose: Path) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = yaml.safe_load(compose.read_text(encoding="utf-8"))["services"]
    return found


def test_the_image_holds_no_build_tools_and_runs_as_nobody_in_particular() -> None:
    *_, result = stages()
    assert not re.findall(r"\b(?:pip|venv|gcc|g\+\+|make|build-essential|python3-dev)\b", result)
    assert given("USER", result) == ["dateline"]
    assert given("VOLUME", result) == ["/var/lib/dateline"] and given("HEALTHCHECK", result)


def test_everything_that_the_image_is_made_of_is_there() -> None:
    copied = {word for line in given("COPY", stages()[0]) for word in line.split()[:-1]}
    assert all((ROOT / name).exists() for name in copied)
    assert copied >= {*ROOMS, "app.py", "pyproject.toml", "README.md", "LICENSE", ".ci/constraints.txt"}
    [extras] = re.findall(r"^ARG EXTRAS=(\S+)$", CONTAINER, re.MULTILINE)
    assert set(extras.split(",")) <= PROJECT["optional-dependencies"].keys()


@pytest.mark.parametrize("compose", COMPOSE, ids=lambda path: path.name)
def test_a_service_of_a_compose_file_may_write_its_volume_alone_and_gain_no_rights(compose: Path) -> None:
    for service in services(compose).values():
        assert service["read_only"] is True and service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("compose", COMPOSE, ids=lambda path: path.name)
def test_only_the_proxy_of_a_compose_file_can_be_reached_from_outside(compose: Path) -> None:
    assert [name for name, service in services(compose).items() if "ports" in service] == ["caddy"]


@pytest.mark.parametrize("compose", COMPOSE, ids=lambda path: path.name)
def test_what_a_compose_file_names_is_there(compose: Path) -> None:
    volumes = yaml.safe_load(compose.read_text(encoding="utf-8"))["volumes"]
    for service in services(compose).values():
        for mounted in map(str, service["volumes"]):  # type: ignore[arg-type]
            source = mounted.partition(":")[0]
            assert (HERE / source).is_file() if source.startswith("./") else source in volumes
        if isinstance(build := service.get("build"), dict):
            context = (HERE / build["context"]).resolve()
            assert context == ROOT and (context / build["dockerfile"]).is_file()


def commands() -> list[list[str]]:
    """What the compose files and the units have `dateline` do."""
    composed = [
        ["dateline", *words]
        for compose in COMPOSE
        for service in services(compose).values()
        if isinstance(words := service.get("command"), list) and words[:1] != ["caddy"] and "build" in service
    ]
    lines = [
        line for unit in UNITS for line in given("ExecStart=", unit.read_text().replace("ExecStart=", "ExecStart= "))
    ]
    run = [re.search(r"/opt/dateline/bin/(dateline [a-z -]+)", line) for line in lines]
    return [*composed, *(shlex.split(each[1]) for each in run if each)]


def test_what_is_run_there_exists() -> None:
    assert len(commands()) >= 3
    assert not [word for words in commands() for word in wrong_words(get_command(cli), words[1:])]


def test_the_proxies_let_in_as_much_as_dateline_takes() -> None:
    caddy, nginx = ((HERE / name).read_text(encoding="utf-8") for name in ("Caddyfile", "nginx.conf"))
    assert f"max_size {_LIMIT_MB}MB" in caddy and f"client_max_body_size {_LIMIT_MB}m" in nginx


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for unit in [*UNITS, *HERE.glob("*.timer")]:
        there = unit.read_text(encoding="utf-8").replace("/opt/dateline/bin/dateline", sys.executable)
        (tmp_path / unit.name).write_text(there, encoding="utf-8")
    units = sorted(tmp_path.iterdir())
    done = subprocess.run(["systemd-analyze", "verify", *units], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_service_is_shut_off_from_what_it_does_not_need(unit: Path) -> None:
    """On systemd's scale up to 10, at which a service without restrictions stands at 9.6."""
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", unit]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-300:]
