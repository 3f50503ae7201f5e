"""The template's compose file: it is valid, private to this machine, and healthy means that a login works."""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from workbook.mysql import docker, free_port, programs
from workbook.mysql.server import Server
from workbook.place import TEMPLATE

COMPOSE = TEMPLATE / "compose.yaml"


def lint(*files: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture(scope="module")
def db() -> dict[str, Any]:
    return dict(yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]["db"])


def test_the_files_follow_the_compose_specification_and_a_misspelt_key_is_seen(tmp_path: Path) -> None:
    done = lint(COMPOSE, docker.OVERRIDE)
    assert done.returncode == 0, done.stdout + done.stderr
    wrong = tmp_path / "compose.yaml"
    wrong.write_text(COMPOSE.read_text(encoding="utf-8").replace("healthcheck:", "healthchek:"), encoding="utf-8")
    assert "healthchek" in lint(wrong).stdout


def test_it_says_what_the_notes_say_to_this_machine_alone_and_keeps_its_data(db: dict[str, Any]) -> None:
    assert db["image"] == "mysql:8.4"
    assert db["environment"] == {
        "MYSQL_ROOT_PASSWORD": "${MYSQL_PASSWORD:-1234}",
        "MYSQL_DATABASE": "${MYSQL_DB:-when2meet_vod}",
    }
    assert db["ports"] == ["127.0.0.1:${MYSQL_PORT:-3306}:3306"]
    assert db["volumes"] == ["mysql-data:/var/lib/mysql"]
    assert "command" not in db, "only the throwaway gives up durability"


def health(db: dict[str, Any], mysql: Server, *, port: int, password: str) -> subprocess.CompletedProcess[str]:
    """Run the health check as the engine would, with this machine's client on the server of this run."""
    kind, command = db["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    command = command.replace("$$", "$").replace("--port=3306", f"--port={port}").replace("127.0.0.1", mysql.host)
    function = f'mysql() {{ {shlex.join(programs.client())} "$@"; }}\n'
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "MYSQL_ROOT_PASSWORD": password}
    return subprocess.run(["sh", "-c", function + command], capture_output=True, text=True, env=environment)


@pytest.mark.usefixtures("programs_home")
def test_healthy_means_that_root_can_log_in_over_tcp(db: dict[str, Any], mysql: Server) -> None:
    done = health(db, mysql, port=mysql.port, password=mysql.password)
    assert done.returncode == 0, done.stderr
    assert "1045" in health(db, mysql, port=mysql.port, password="wrong").stderr
    # The image prepares its data with a server that listens on the socket alone.
    assert "2003" in health(db, mysql, port=free_port(), password=mysql.password).stderr
