"""What the doctor reads in a project's files; after each cure the finding is gone, and looking leaves nothing there."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.student.doctor.conftest import Typed, none, only
from workbook.student.doctor import project as examination
from workbook.student.doctor.machine import Results

pytestmark = pytest.mark.slow

ENV, LINES, LOCK, APP = examination.env, examination.line_ends, examination.packages, examination.application
SETTING = "the application has no setting"
LOCKED = "$ uv lock -q && perl -ni -e 'print unless /cryptography==/' pyproject.toml"
NO_LIFESPAN = "$ perl -ni -e 'print unless /lifespan|RegisterT/' app/main.py && echo 'app = FastAPI()' >> app/main.py"
TWINS = "$ cd migrations/models && cp 0_*.py 1_20260101000000_theirs.py && cp 0_*.py 1_20260201000000_ours.py"


# What is looked at, what is written into `.env` or, after a $, typed in the project, what is found, and the cure.
@pytest.mark.parametrize(
    ("examine", "planted", "what", "cure"),
    [
        (ENV, "MYSQL_DATABASE=scratch\n", f"line 1: {SETTING} MYSQL_DATABASE", "perl -pi"),
        (ENV, "ENV=local\n\nMYSQL_PASSWROD=1234\n", f"line 3: {SETTING} MYSQL_PASSWROD", "perl -pi"),
        (ENV, "ENV=local\nCOLOUR_OF_THE_SKY=blue\n", f"line 2: {SETTING} COLOUR_OF_THE_SKY", "perl -ni"),
        (ENV, "ENV=local\r\n", "saved as Windows does", "perl -pi"),
        (ENV, "\ufeffENV=local\n", "saved as Windows does", "perl -pi"),
        (ENV, "$ echo MYSQL_DB=비밀 | iconv -t cp949 > .env", "saved as Windows does", "iconv -f cp949"),
        (ENV, "$ echo ENV=local | iconv -t utf-16 > .env", "saved as Windows does", "iconv -f utf-16"),
        (ENV, "$ rm .env && mkdir .env", ".env cannot be read", "mv /"),
        (ENV, "$ rm .env && ln -s .env .env", ".env cannot be read", "mv /"),
        (ENV, "$ mv .env app/configs/.env", "wrong folder: app/configs/.env", "mv app/configs/.env .env"),
        (LINES, "$ printf 'echo hello\\r\\n' > 'run me.sh'", "run me.sh has Windows line ends", "perl -pi"),
        (LINES, "$ printf '#!/bin/sh\\r\\ntrue\\r\\n' > check", "check has Windows line ends", "perl -pi"),
        (LINES, "$ printf 'windows\\r\\n' > notes.txt", "", ""),
        (LOCK, LOCKED, "uv.lock is not what pyproject.toml asks for", "uv lock"),
        (LOCK, "$ echo [ > pyproject.toml", "", ""),
        (APP, NO_LIFESPAN, "The application has no lifespan", "In app/main.py: FastAPI(lifespan=lifespan), as in ch33"),
        (APP, TWINS, "the number 1; the later is 1_20260201000000_ours.py", "rm migrations/models/1_20260201"),
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
    examine: Callable[[Path], Results], planted: str, what: str, cure: str, project: Path, typed: Typed
) -> None:
    assert none(examine(project))
    if planted.startswith("$ "):
        typed(planted[2:])
    else:
        (project / ".env").write_bytes(planted.encode())
    if not what:
        assert none(examine(project))
        return
    found = only(examine(project))
    assert what in found.what
    assert found.cure.startswith(cure)
    assert "sun" not in found.what + found.why + found.cure
    if found.cure[0].islower():  # Aerich's part needs a database
        typed(found.cure.removesuffix(" && uv run aerich migrate"))
        assert none(examine(project))


def test_an_env_in_git_is_found_and_its_cure_takes_it_out_of_the_next_commit(project: Path, typed: Typed) -> None:
    commit = "git -c user.name=Moon -c user.email=moon@example.org commit -qm"
    typed(f"printf .venv/ > .gitignore && git add --force .env && {commit} Oops")
    typed(only(ENV(project)).cure)
    assert none(ENV(project))
    listed = typed(f"{commit} Next -a && git ls-tree --name-only HEAD")
    assert ".env\n" not in listed
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
