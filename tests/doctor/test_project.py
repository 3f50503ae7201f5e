"""What the doctor reads in a project's files; after each cure the finding is gone, and looking leaves nothing there."""

import subprocess
from pathlib import Path

import pytest

from tests.doctor.conftest import Mend, none, only
from workbook.doctor import project as examination
from workbook.doctor.machine import Results

pytestmark = pytest.mark.slow


def env(project: Path) -> Results:
    return examination.env(project)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"MYSQL_DATABASE=scratch\n", "line 1: the application has no setting MYSQL_DATABASE"),
        (b"ENV=local\n\nMYSQL_PASWORD=1234\n", "line 3: the application has no setting MYSQL_PASWORD"),
        (b"ENV=local\nCOLOUR_OF_THE_SKY=blue\n", "line 2: the application has no setting COLOUR_OF_THE_SKY"),
        (b"MYSQL_PORT=\n", "line 1: MYSQL_PORT is no number"),
        (b"ENV=local\r\nMYSQL_PASSWORD=1234\r\n", ".env has Windows line ends"),
        ("MYSQL_PASSWORD=비밀\n".encode("cp949"), ".env is not UTF-8 text"),
        ("ENV=local\n".encode("utf-16"), ".env is not UTF-8 text"),
        (b"\xef\xbb\xbfENV=local\n", ".env begins with a byte order mark"),
    ],
)
def test_what_stands_wrong_in_env_is_found_and_its_cure_mends_it(
    content: bytes, what: str, project: Path, mend: Mend
) -> None:
    (project / ".env").write_bytes(content)
    found = only(env(project))
    assert what in found.what
    mend(found)
    assert none(env(project))


@pytest.mark.parametrize(
    ("line", "what", "better"),
    [
        ("MYSQL_PASSWORD=sun #moon", "has a # or ${…} in it", "MYSQL_PASSWORD='sun #moon'"),
        ("MYSQL_PASSWORD=sun${moon}", "has a # or ${…} in it", "MYSQL_PASSWORD='sun${moon}'"),
        ('MYSQL_PASSWORD="sun${moon}"', "has a # or ${…} in it", "MYSQL_PASSWORD=sun#moon"),
        ("MYSQL_PASSWORD='sun", "cannot be read", "MYSQL_PASSWORD='sun'"),
    ],
)
def test_a_value_that_is_not_what_it_looks_like_is_found_and_not_shown(
    line: str, what: str, better: str, project: Path
) -> None:
    (project / ".env").write_text(f"{line}\n")
    found = only(env(project))
    assert what in found.what
    assert "sun" not in found.what + found.why + found.cure
    (project / ".env").write_text(f"{better}\nMYSQL_PORT=3307 # mine\n")
    assert none(env(project))


def test_an_env_that_is_a_folder_or_leads_nowhere_or_lies_elsewhere_is_found(project: Path, mend: Mend) -> None:
    file = project / ".env"
    file.unlink()
    assert none(env(project))
    for make, what in (
        (lambda: file.mkdir(), ".env is a folder"),
        (lambda: file.symlink_to(".env"), ".env cannot be read"),
        (lambda: (project / "app/configs/.env").write_text("ENV=local\n"), "wrong folder: app/configs/.env"),
    ):
        make()
        found = only(env(project))
        assert what in found.what
        assert examination.settings(project) == {}
        mend(found)
        assert none(env(project))
        assert file.is_file()
        file.unlink()


@pytest.mark.parametrize("committed", [True, False])
def test_an_env_in_git_is_found_and_its_cure_takes_it_out_of_the_next_commit(
    committed: bool, project: Path, mend: Mend
) -> None:
    author = ["git", "-c", "user.name=Moon", "-c", "user.email=moon@example.org"]
    (project / ".gitignore").write_text(".venv/")
    subprocess.run(["git", "add", "--force", ".env"], cwd=project, check=True)
    if committed:
        subprocess.run([*author, "commit", "-qm", "Oops"], cwd=project, check=True)
    mend(only(env(project)))
    assert none(env(project))
    subprocess.run([*author, "commit", "-qam", "Next"], cwd=project, check=True)
    listed = subprocess.run(["git", "ls-tree", "--name-only", "HEAD"], cwd=project, capture_output=True, text=True)
    assert ".env\n" not in listed.stdout
    assert (project / ".env").exists()
    assert (project / ".gitignore").read_text() == ".venv/\n.env\n"


def test_a_shell_that_names_another_server_is_found(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MYSQL_PORT", "1")
    found = only(env(project))
    assert "MYSQL_PORT is another in your shell" in found.what
    assert found.cure == "unset MYSQL_PORT"


def test_scripts_with_windows_line_ends_are_found_and_mended(project: Path, mend: Mend) -> None:
    (project / "run me.sh").write_bytes(b"echo hello\r\n")
    (project / "check").write_bytes(b"#!/bin/sh\r\ntrue\r\n")
    (project / "notes.txt").write_bytes(b"windows\r\n")
    found = [each for each in examination.line_ends(project) if not isinstance(each, str)]
    assert [each.what.split(" has ")[0] for each in found] == ["check", "run me.sh"]
    for each in found:
        mend(each)
    assert none(examination.line_ends(project))


def test_a_lock_that_is_missing_or_old_is_found_and_mended(project: Path, mend: Mend) -> None:
    missing = only(examination.packages(project))
    assert not missing.wrong
    mend(missing)
    assert none(examination.packages(project))
    file = project / "pyproject.toml"
    file.write_text(file.read_text().replace('    "cryptography==50.0.2",\n', ""))
    old = only(examination.packages(project))
    assert old.what == "uv.lock is not what pyproject.toml asks for."
    mend(old)
    assert none(examination.packages(project))


def test_a_broken_pyproject_is_one_sentence_with_the_line(project: Path) -> None:
    file = project / "pyproject.toml"
    file.write_text(file.read_text().replace("dependencies = [", "dependencies = [[", 1))
    assert "line" in only(examination.packages(project)).what
    file.unlink()
    assert none(examination.packages(project))


def test_an_application_without_a_lifespan_is_found(project: Path) -> None:
    main = project / "app/main.py"
    before = main.read_text()
    main.write_text(before.partition("@asynccontextmanager")[0] + "app = FastAPI()\n")
    main.write_text(main.read_text().replace("from tortoise.contrib.fastapi import RegisterTortoise\n", ""))
    assert "FastAPI(lifespan=lifespan)" in only(examination.application(project)).cure
    main.write_text(before)
    assert none(examination.application(project))


def test_migrations_of_one_number_are_found_and_the_later_one_can_go(project: Path, mend: Mend) -> None:
    (first,) = (project / "migrations/models").glob("0_*.py")
    first.with_name("1_20260101000000_theirs.py").write_text(first.read_text())
    first.with_name("1_20260201000000_ours.py").write_text(first.read_text())
    found = only(examination.application(project))
    assert "the number 1" in found.what
    remove, _and, again = found.cure.partition(" && ")
    assert again == "uv run aerich migrate"
    subprocess.run(["bash", "-c", remove], cwd=project, check=True)
    assert none(examination.application(project))
    assert (project / "migrations/models/1_20260101000000_theirs.py").exists()


def test_standing_below_the_project_is_a_step_ahead(project: Path) -> None:
    found = only(examination.place(project, project / "app"))
    assert not found.wrong
    assert found.cure == f"cd {project}"
    assert none(examination.place(project, project))
