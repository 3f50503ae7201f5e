"""What the doctor reads in a project's files; after each cure the finding is gone, and looking leaves nothing there."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.student.doctor.conftest import Mend, none, only
from workbook.student.doctor import project as examination
from workbook.student.doctor.machine import Results

pytestmark = pytest.mark.slow

ENV, LINES, LOCK, APP = examination.env, examination.line_ends, examination.packages, examination.application
SETTING = "the application has no setting"


def written(file: str, content: bytes | str) -> Callable[[Path], object]:
    """Plants a file."""
    return lambda project: (project / file).write_bytes(content if isinstance(content, bytes) else content.encode())


def folder(project: Path) -> None:
    (project / ".env").unlink()
    (project / ".env").mkdir()


def loop(project: Path) -> None:
    (project / ".env").unlink()
    (project / ".env").symlink_to(".env")


def elsewhere(project: Path) -> None:
    (project / ".env").rename(project / "app/configs/.env")


def lock(project: Path) -> None:
    """Without a pin that it was written for."""
    subprocess.run([Path(sys.executable).with_name("uv"), "lock", "-q"], cwd=project, check=True)
    file = project / "pyproject.toml"
    file.write_text(file.read_text().replace('    "cryptography==50.0.2",\n', ""))


def no_lifespan(project: Path) -> None:
    text = (project / "app/main.py").read_text().partition("@asynccontextmanager")[0] + "app = FastAPI()\n"
    imported = "from tortoise.contrib.fastapi import RegisterTortoise\n"
    (project / "app/main.py").write_text(text.replace(imported, ""))


def twins(project: Path) -> None:
    (first,) = (project / "migrations/models").glob("0_*.py")
    first.with_name("1_20260101000000_theirs.py").write_text(first.read_text())
    first.with_name("1_20260201000000_ours.py").write_text(first.read_text())


@pytest.mark.parametrize(
    ("examine", "plant", "what", "cure"),
    [
        (ENV, "MYSQL_DATABASE=scratch\n", f"line 1: {SETTING} MYSQL_DATABASE", "perl -pi"),
        (ENV, "ENV=local\n\nMYSQL_PASSWROD=1234\n", f"line 3: {SETTING} MYSQL_PASSWROD", "perl -pi"),
        (ENV, "ENV=local\nCOLOUR_OF_THE_SKY=blue\n", f"line 2: {SETTING} COLOUR_OF_THE_SKY", "perl -ni"),
        (ENV, "ENV=local\r\n", "saved as Windows does", "perl -pi"),
        (ENV, b"\xef\xbb\xbfENV=local\n", "saved as Windows does", "perl -pi"),
        (ENV, "MYSQL_DB=비밀\n".encode("cp949"), "saved as Windows does", "iconv -f cp949"),
        (ENV, "ENV=local\n".encode("utf-16"), "saved as Windows does", "iconv -f utf-16"),
        (ENV, folder, ".env cannot be read", "mv /"),
        (ENV, loop, ".env cannot be read", "mv /"),
        (ENV, elsewhere, "wrong folder: app/configs/.env", "mv app/configs/.env .env"),
        (LINES, written("run me.sh", b"echo hello\r\n"), "run me.sh has Windows line ends", "perl -pi"),
        (LINES, written("check", b"#!/bin/sh\r\ntrue\r\n"), "check has Windows line ends", "perl -pi"),
        (LINES, written("notes.txt", b"windows\r\n"), "", ""),
        (LOCK, lock, "uv.lock is not what pyproject.toml asks for", "uv lock"),
        (LOCK, written("pyproject.toml", "["), "", ""),
        (APP, no_lifespan, "The application has no lifespan", "In app/main.py: FastAPI(lifespan=lifespan), as in ch33"),
        (APP, twins, "the number 1; the later is 1_20260201000000_ours.py", "rm migrations/models/1_20260201"),
        # A secret is never shown.
        (ENV, "MYSQL_PASSWORD=sun #moon\n", "has a # or ${…} in it", "Put the value in single quotes"),
        (ENV, "MYSQL_PASSWORD=sun${moon}\n", "has a # or ${…} in it", "Put the value in single quotes"),
        (ENV, 'MYSQL_PASSWORD="sun${moon}"\n', "has a # or ${…} in it", "Put the value in single quotes"),
        (ENV, "MYSQL_PASSWORD='sun\n", "line 1, cannot be read", "Write NAME='value' there"),
        (ENV, "MYSQL_PASSWORD='sun ${moon} #'\nMYSQL_PORT=3307 # mine\n", "", ""),
        (ENV, "MYSQL_PASSWORD=sun#moon\n", "", ""),
    ],
)  # fmt: skip
def test_what_stands_wrong_in_a_file_is_found_and_its_cure_mends_it(
    examine: Callable[[Path], Results],
    plant: Callable[[Path], object] | bytes | str,
    what: str,
    cure: str,
    project: Path,
    mend: Mend,
) -> None:
    assert none(examine(project))
    (plant if callable(plant) else written(".env", plant))(project)
    if not what:
        assert none(examine(project))
        return
    found = only(examine(project))
    assert what in found.what
    assert found.cure.startswith(cure)
    assert "sun" not in found.what + found.why + found.cure
    if found.cure[0].islower():  # Aerich's part needs a database
        mend(found._replace(cure=found.cure.removesuffix(" && uv run aerich migrate")))
        assert none(examine(project))


def test_an_env_in_git_is_found_and_its_cure_takes_it_out_of_the_next_commit(project: Path, mend: Mend) -> None:
    author = ["git", "-c", "user.name=Moon", "-c", "user.email=moon@example.org"]
    (project / ".gitignore").write_text(".venv/")
    subprocess.run(["git", "add", "--force", ".env"], cwd=project, check=True)
    subprocess.run([*author, "commit", "-qm", "Oops"], cwd=project, check=True)
    mend(only(ENV(project)))
    assert none(ENV(project))
    subprocess.run([*author, "commit", "-qam", "Next"], cwd=project, check=True)
    listed = subprocess.run(["git", "ls-tree", "--name-only", "HEAD"], cwd=project, capture_output=True, text=True)
    assert ".env\n" not in listed.stdout
    assert (project / ".env").exists()
    assert (project / ".gitignore").read_text() == ".venv/\n.env\n"


def test_a_shell_that_names_another_server_is_found_and_standing_below_is_a_step_ahead(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MYSQL_PORT", "1")
    found = only(ENV(project))
    assert ("MYSQL_PORT is another in your shell" in found.what, found.cure) == (True, "unset MYSQL_PORT")
    found = only(examination.place(project, project / "app"))
    assert (found.wrong, found.cure) == (False, f"cd {project}")
    assert none(examination.place(project, project))
