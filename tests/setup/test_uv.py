"""Which uv installs, and where it is told to look for packages."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.setup.clones import Clone
from tests.setup.test_python import program
from tests.setup.wheels import make_wheel
from workbook.setup.uv import environment


@pytest.fixture(scope="module")
def version(uv: Path) -> str:
    """The version of the real uv."""
    return subprocess.run([uv, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]


@pytest.fixture
def without_uv(clone: Clone, uv: Path, version: str, tiny: tuple[Path, str], tmp_path: Path) -> Clone:
    """A machine without uv on PATH; the folder with the packages has the real uv, in a wheel made of it."""
    (clone.programs / "uv").unlink()
    folder = tmp_path / "index"
    pin = make_wheel(folder, "uv", version, {f"uv-{version}.data/scripts/uv": uv.read_bytes()})
    clone.pin(tiny[1], pin)
    clone.environment["PIP_FIND_LINKS"] += f" {folder}"
    return clone


def test_without_uv_on_path_the_pinned_one_comes_into_the_environment(without_uv: Clone, version: str) -> None:
    result = without_uv.bootstrap()
    assert result.returncode == 0, result.stdout
    assert f"uv {version}, into .venv" in result.stdout
    assert without_uv.works()
    assert os.access(without_uv.root / ".venv" / "bin" / "uv", os.X_OK)
    assert not Path(without_uv.environment["HOME"]).exists()


def test_pip_that_reaches_no_index_takes_one_screen(without_uv: Clone, version: str) -> None:
    del without_uv.environment["PIP_NO_INDEX"], without_uv.environment["PIP_FIND_LINKS"]
    # Only when it tries again does pip say why.
    result = without_uv.bootstrap(PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_RETRIES="1")
    assert result.returncode == 1
    assert f"The package index cannot be reached (at the step: uv {version}, into .venv)." in result.stdout
    assert f"The tool's last line: ERROR: No matching distribution found for uv=={version}" in result.stdout
    assert len(result.stdout.splitlines()) < 25


def test_a_lock_that_pins_no_uv_is_told_before_anything_is_made(clone: Clone) -> None:
    (clone.programs / "uv").unlink()
    result = clone.bootstrap()
    assert result.returncode == 1
    assert "requirements.lock pins no uv, and there is none on PATH." in result.stdout
    assert not (clone.root / ".venv").exists()


@pytest.mark.parametrize("answer", ["echo 'uv 0.4.30'", "echo 'pyenv: uv: command not found' >&2; exit 127"])
def test_a_uv_that_is_too_old_or_does_not_run_is_passed_over(clone: Clone, tmp_path: Path, answer: str) -> None:
    (tmp_path / "first").mkdir()
    program(tmp_path / "first" / "uv", f"#!/bin/sh\n{answer}\n")
    result = clone.bootstrap(PATH=f"{tmp_path / 'first'}:{clone.programs}")
    assert result.returncode == 0, result.stdout
    assert clone.works()


@pytest.mark.parametrize(
    ("given", "name", "value"),
    [
        ({"PIP_INDEX_URL": "mine"}, "UV_DEFAULT_INDEX", "mine"),
        ({"UV_DEFAULT_INDEX": "mine"}, "PIP_INDEX_URL", "mine"),
        ({"UV_INDEX_URL": "mine"}, "PIP_INDEX_URL", "mine"),
        ({"UV_DEFAULT_INDEX": "mine", "PIP_INDEX_URL": "other"}, "UV_DEFAULT_INDEX", "mine"),
        ({"UV_DEFAULT_INDEX": "mine", "PIP_INDEX_URL": "other"}, "PIP_INDEX_URL", "other"),
        ({"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/a /b"}, "UV_FIND_LINKS", "/a,/b"),
        ({"REQUESTS_CA_BUNDLE": "/ca.pem"}, "SSL_CERT_FILE", "/ca.pem"),
        ({"SSL_CERT_FILE": "/ca.pem"}, "PIP_CERT", "/ca.pem"),
        ({"PIP_USER": "1"}, "PIP_USER", "0"),
        ({"PIP_RETRIES": "9"}, "PIP_RETRIES", "9"),
        ({"UV_TARGET": "/elsewhere"}, "UV_TARGET", None),
        ({"PYTHONPATH": "/elsewhere"}, "PYTHONPATH", None),
        ({"HTTPS_PROXY": "proxy"}, "HTTPS_PROXY", "proxy"),
        ({}, "UV_DEFAULT_INDEX", None),
        ({"UV_CACHE_DIR": "/cache"}, "UV_CACHE_DIR", "/cache"),
    ],
)
def test_what_a_person_set_for_pip_or_uv_holds_for_both(given: dict[str, str], name: str, value: str | None) -> None:
    assert environment(given).get(name) == value


def test_an_account_without_a_home_gets_uv_s_cache_in_the_clone() -> None:
    assert environment({"XDG_CACHE_HOME": "/dev/null"})["UV_CACHE_DIR"].endswith("/.workbook/uv-cache")
