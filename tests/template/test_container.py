"""The template's image and its compose file, in real containers: built, brought up, asked and stopped."""

import json
import shutil
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.new.conftest import run
from tests.template.engine import Engine, NoContainers, engine
from workbook.mysql import free_port
from workbook.new import new
from workbook.place import TEMPLATE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

HEALTHY = ("running", "healthy", 0)


@pytest.fixture(scope="module")
def containers() -> Iterator[Engine]:
    try:
        with engine() as found:
            yield replace(
                found, environment=found.environment | {"PORT": f"{free_port()}", "MYSQL_PORT": f"{free_port()}"}
            )
    except NoContainers as reason:
        pytest.skip(str(reason))


@pytest.fixture(params=["when2meet", "shop"])
def project(request: pytest.FixtureRequest, template: Path, tmp_path: Path) -> Path:
    """The template as it is, and a project of somebody's, each with what has no business in an image."""
    folder = tmp_path / request.param
    if request.param == "shop":
        new("shop", folder, server=False, template=template)
    else:
        shutil.copytree(TEMPLATE, folder, ignore=shutil.ignore_patterns("__pycache__", ".venv", ".env"))
        run(str(Path(sys.executable).with_name("uv")), "lock", "--quiet", cwd=folder)
    for secret in (".venv/pyvenv.cfg", "app/.env", "app/__pycache__/main.pyc", ".git/config"):
        (folder / secret).parent.mkdir(exist_ok=True)
        (folder / secret).touch()
    return folder


def test_it_comes_up_healthy_serves_and_ends_in_order(containers: Engine, project: Path) -> None:
    compose = partial(containers.run, *containers.compose, cwd=project)
    inside = partial(compose, "exec", "-T", "api")

    def states() -> dict[str, tuple[str, str, int]]:
        said = map(json.loads, compose("ps", "--all", "--format", "json").splitlines())
        return {each["Service"]: (each["State"], each["Health"], each["ExitCode"]) for each in said}

    try:
        compose("up", "--build", "--wait", "--wait-timeout", "400")
        assert states() == dict.fromkeys(("api", "db", "redis"), HEALTHY) | {"migrate": ("exited", "", 0)}

        post = urllib.request.Request(f"http://127.0.0.1:{containers.environment['PORT']}/v1/meetings", method="POST")
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(post) as answer:
            assert answer.status == 200

        assert inside("id", "-u").strip() == "10001"
        of_ours = [file for name in ("app", "migrations") for file in (project / name).rglob("*.py")]
        wanted = {f"/srv/{file.relative_to(project)}" for file in of_ours if "tests" not in file.parts}
        assert set(inside("find", "/srv", "-type", "f").split()) == wanted
        assert inside("sh", "-c", "command -v cc gcc c++ make git uv || true") == ""
        assert inside("find", "/srv", "-writable") == ""

        compose("stop", "api")
        assert states()["api"] == ("exited", "", 0)
        assert "Finished server process" in compose("logs", "api")
    finally:
        compose("down", "--volumes", "--rmi", "local")
