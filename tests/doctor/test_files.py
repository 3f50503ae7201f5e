"""The project's `.env` and scripts: each fault is written into a real file, and each cure that is a command is run."""

import subprocess
from pathlib import Path

import pytest

from workbook.doctor import envfile, scripts
from workbook.doctor.finding import Finding
from workbook.place import TEMPLATE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project of which only the settings' names count."""
    configs = tmp_path / "app/configs"
    configs.mkdir(parents=True)
    (configs / "base_config.py").write_text((TEMPLATE / "app/configs/base_config.py").read_text())
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    return tmp_path


def only(findings: list[Finding]) -> Finding:
    assert len(findings) == 1, findings
    return findings[0]


def cured(folder: Path, finding: Finding) -> None:
    subprocess.run(["bash", "-c", finding.cure], cwd=folder, check=True, capture_output=True)


def test_the_templates_own_settings_are_fine(folder: Path) -> None:
    assert envfile.examine(folder) == []
    (folder / ".env").write_text((TEMPLATE / ".env.example").read_text())
    assert envfile.examine(folder) == []


@pytest.mark.parametrize(
    ("line", "wrong", "right"),
    [
        ("MYSQL_DATABASE=scratch", "no setting MYSQL_DATABASE", "MYSQL_DB=scratch"),
        ("MYSQL_PASWORD=1234", "no setting MYSQL_PASWORD", "MYSQL_PASSWORD=1234"),
        ("COLOUR_OF_THE_SKY=blue", "no setting COLOUR_OF_THE_SKY", ""),
    ],
)
def test_an_unknown_setting_is_found_and_its_cure_mends_it(folder: Path, line: str, wrong: str, right: str) -> None:
    (folder / ".env").write_text(f"ENV=local\n{line}\n")
    found = only(envfile.examine(folder))
    assert f".env, line 2: the application has {wrong}" in found.what
    cured(folder, found)
    assert (folder / ".env").read_text() == f"ENV=local\n{right}\n".replace("\n\n", "\n")
    assert envfile.examine(folder) == []


def test_a_setting_that_stands_there_twice_is_found(folder: Path) -> None:
    (folder / ".env").write_text("MYSQL_DB=one\n\n# later\nMYSQL_DB=two\n")
    found = only(envfile.examine(folder))
    assert ".env, line 4: MYSQL_DB stands there a second time" in found.what
    cured(folder, found)
    assert envfile.examine(folder) == []


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("MYSQL_PASSWORD=sun #moon", "has a space and a # in it"),
        ("MYSQL_PASSWORD=sun${moon}", "has ${…} in it"),
        ('MYSQL_PASSWORD="sun${moon}"', "has ${…} in it"),
        ("MYSQL_PASSWORD='sun", "cannot be read"),
    ],
)
def test_a_value_that_is_not_what_it_looks_like_is_found(folder: Path, line: str, wrong: str) -> None:
    (folder / ".env").write_text(f"{line}\n")
    found = only(envfile.examine(folder))
    assert wrong in found.what
    assert "sun" not in found.what + found.why + found.cure


@pytest.mark.parametrize("line", ["MYSQL_PASSWORD='sun #moon'", "MYSQL_PASSWORD=sun#moon", "MYSQL_PORT=3307 # mine"])
def test_a_value_that_is_what_it_looks_like_is_fine(folder: Path, line: str) -> None:
    (folder / ".env").write_text(f"{line}\n")
    assert envfile.examine(folder) == []


def test_windows_line_ends_in_env_are_found_and_mended(folder: Path) -> None:
    (folder / ".env").write_bytes(b"ENV=local\r\nMYSQL_PASSWORD=1234\r\n")
    found = only(envfile.examine(folder))
    cured(folder, found)
    assert (folder / ".env").read_bytes() == b"ENV=local\nMYSQL_PASSWORD=1234\n"


def test_an_env_of_another_encoding_is_found_and_mended(folder: Path) -> None:
    (folder / ".env").write_bytes("MYSQL_PASSWORD=비밀\n".encode("cp949"))
    cured(folder, only(envfile.examine(folder)))
    assert envfile.examine(folder) == []


def test_an_env_in_git_is_found_and_mended(folder: Path) -> None:
    (folder / ".env").write_text("ENV=local\n")
    subprocess.run(["git", "add", "--force", ".env"], cwd=folder, check=True)
    cured(folder, only(envfile.examine(folder)))
    assert envfile.examine(folder) == []
    assert (folder / ".env").exists()


def test_settings_that_do_not_parse_leave_the_names_unjudged(folder: Path) -> None:
    (folder / "app/configs/base_config.py").write_text("class Config(:\n")
    (folder / ".env").write_text("COLOUR=blue\n")
    assert envfile.examine(folder) == []


def test_a_script_with_windows_line_ends_is_found_and_mended(folder: Path) -> None:
    (folder / "run me.sh").write_bytes(b"echo hello\r\n")
    (folder / "check").write_bytes(b"#!/bin/sh\r\ntrue\r\n")
    (folder / "notes.txt").write_bytes(b"windows\r\n")
    (folder / ".venv").mkdir()
    (folder / ".venv/activate.sh").write_bytes(b"true\r\n")
    found = scripts.examine(folder)
    assert [each.what.split(" has ")[0] for each in found] == ["check", "run me.sh"]
    for each in found:
        cured(folder, each)
    assert scripts.examine(folder) == []
