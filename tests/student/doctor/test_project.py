"""What the doctor reads in a project's files; after each cure the finding is gone, and looking leaves nothing there."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.student.conftest import lock
from tests.student.doctor.conftest import MOON, Typed, none, only
from workbook.student.doctor import project as examination
from workbook.student.doctor.machine import Results

pytestmark = pytest.mark.slow

ENV, LINES, LOCK, APP = examination.env, examination.line_ends, examination.packages, examination.application
SETTING = "the application has no setting"
LOCKED = "$ perl -ni -e 'print unless /cryptography==/' pyproject.toml"
MAIN = "app/main.py"
NOT_PASSED = f"perl -pi -e 's/ lifespan=lifespan,//' {MAIN}"
OPENED_BY = f"$ {NOT_PASSED} && echo '{{}}' >> {MAIN}"
IN_A_FACTORY = f"$ rm {MAIN}; printf 'from fastapi import FastAPI\nmake = lambda: FastAPI({{}})\n' > app/made.py"
PASS_IT = "perl -pi -e 's/FastAPI\\((?=\\s|\\))/FastAPI(lifespan=lifespan, /' app/*.py"
BY_HAND = {
    "Mend it there": "git checkout -q pyproject.toml",
    "In app/": PASS_IT,
    "Put the value in single quotes": "perl -pi -e 's/=\"?(.*?)\"?$/=\\x27$1\\x27/' .env",
    "Write NAME='value' there": "perl -ni -e 'print qq(MYSQL_PORT=\\x273306\\x27\n) if $. == 1' .env",
}
"""What a person does whom a cure tells it in words."""
POETRY = "printf '[tool.poetry]\\nname = \"mine\"\\n' > pyproject.toml"
TWINS = "$ cd migrations/models && cp 0_*.py 9_20260101000000_theirs.py && cp 0_*.py 9_20260201000000_ours.py"


# What is looked at, what is written into `.env` or, after a $, typed in the project, what is found, and the cure.
@pytest.mark.parametrize(
    ("examine", "planted", "what", "cure"),
    [
        (ENV, "ENV=local\n\nMYSQL_PASSWROD=1234\n", f"line 3: {SETTING} MYSQL_PASSWROD", "perl -pi"),
        (ENV, "ENV=local\nCOLOUR_OF_THE_SKY=blue\n", f"line 2: {SETTING} COLOUR_OF_THE_SKY", "perl -ni"),
        (ENV, "ENV=local\r\n", "saved as Windows does", "perl -pi"),
        (ENV, "\ufeffENV=local\n", "saved as Windows does", "perl -pi"),
        (ENV, "$ echo MYSQL_DB=비밀 | iconv -t cp949 > .env", "saved as Windows does", "iconv -f cp949"),
        (ENV, "$ echo ENV=local | iconv -t utf-16 > .env", "saved as Windows does", "iconv -f utf-16"),
        (ENV, "$ rm .env && mkdir .env", ".env cannot be read", "mv /"),
        (ENV, "$ mv .env app/configs/.env", "wrong folder: app/configs/.env", "mv app/configs/.env .env"),
        (LINES, "$ printf 'echo hello\\r\\n' > 'run me.sh'", "run me.sh has Windows line ends", "perl -pi"),
        (LINES, "$ printf '#!/bin/sh\\r\\ntrue\\r\\n' > check", "check has Windows line ends", "perl -pi"),
        (LINES, "$ printf 'windows\\r\\n' > notes.txt", "", ""),
        (LOCK, LOCKED, "uv.lock is not what pyproject.toml asks for", "uv lock"),
        (LOCK, "$ printf '<<<<<<< HEAD\\n' > uv.lock", "uv.lock is no lock", "rm uv.lock && uv lock"),
        (LOCK, "$ echo [ > pyproject.toml", "pyproject.toml cannot be read: TOML parse error at line", "Mend it there"),
        (LOCK, "$ perl -pi -e 's/httpx==/httpx=/' pyproject.toml", "no such comparison operator", "Mend it there"),
        (LOCK, "$ rm uv.lock", "There is no uv.lock", "uv lock"),
        (LOCK, f"$ rm uv.lock && {POETRY}", "There is no poetry.lock", "poetry lock"),
        (LOCK, f"$ rm uv.lock && {POETRY} && touch poetry.lock", "", ""),
        (LOCK, "$ rm uv.lock pyproject.toml", "", ""),
        (APP, OPENED_BY.format("# register_tortoise(app)"), "app/main.py, line ", "In app/main.py: FastAPI("),
        (APP, IN_A_FACTORY.format(""), "app/made.py, line 2: the application has no lifespan", "In app/made.py"),
        (APP, IN_A_FACTORY.format("on_startup=[print]"), "", ""),
        (APP, OPENED_BY.format("register_tortoise(app, config=TORTOISE_ORM)"), "", ""),
        (APP, OPENED_BY.format('app.on_event("startup")(print)'), "", ""),
        (APP, OPENED_BY.format("app.router.lifespan_context = lifespan"), "", ""),
        (APP, "$ echo 'def f(:' > app/half.py", "", ""),
        (APP, TWINS, "the number 9; the later is 9_20260201000000_ours.py", "rm migrations/models/9_20260201"),
        # A secret is never shown.
        (ENV, "MYSQL_PASSWORD=sun #moon\n", "has a # or ${…} in it", "Put the value in single quotes"),
        (ENV, 'MYSQL_PASSWORD="sun${moon}"\n', "has a # or ${…} in it", "Put the value in single quotes"),
        (ENV, "MYSQL_PASSWORD='sun\n", "line 1, cannot be read", "Write NAME='value' there"),
        (ENV, "MYSQL_PORT\n", "line 1, cannot be read", "Write NAME='value' there"),
        (ENV, "ENV=local\nMYSQL_HOST=''\n", "line 2: MYSQL_HOST has no value", "perl -ni"),
        (ENV, "mysql_port=33O6\n", "line 1: mysql_port is no port", "perl -ni"),
        (ENV, "MYSQL_PORT=70000\n", "line 1: MYSQL_PORT is no port", "perl -ni"),
        (ENV, "MYSQL_DB=a\nENV=local\nMYSQL_DB=b\n", "line 1: MYSQL_DB stands again in line 3", "perl -ni"),
        (ENV, "MYSQL_PASSWORD=“sun”\n", "line 1: “ and ” are no quotes", "perl -CSD"),
        (ENV, "$ printf '.venv/\\n' > .gitignore", "The next `git add .` takes .env", "printf"),
        (ENV, "$ mkdir -p app/x && touch .env app/x/.env && git add -f app/x/.env", "app/x/.env is in git", "git rm"),
        (ENV, "$ iconv -t utf-16le .env > .e && mv .e .env", "saved as Windows does", "iconv -f utf-16le"),
        (ENV, "$ rm .env && ln -s nowhere .env", ".env cannot be read", "mv /"),
        (ENV, "MYSQL_PASSWORD=\nMYSQL_PORT=\"3306\" \nMYSQL_HOST='localhost'\nexport MYSQL_DB=a\n", "", ""),
        (ENV, "MYSQL_PASSWORD='sun ${moon} #'\nMYSQL_PORT=3307 # mine\n", "", ""),
        (ENV, "MYSQL_PASSWORD=sun#moon\n", "", ""),
    ],
)  # fmt: skip
def test_what_stands_wrong_in_a_file_is_found_and_its_cure_mends_it(
    examine: Callable[[Path], Results], planted: str, what: str, cure: str, project: Path, typed: Typed
) -> None:
    if examine is LOCK:
        lock(project)
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
    by_hand = [do for start, do in BY_HAND.items() if found.cure.startswith(start)]
    if found.cure != "poetry lock":  # Aerich's part needs a database
        typed(by_hand[0] if by_hand else found.cure.removesuffix(" && uv run aerich migrate"))
        assert none(examine(project))


def test_an_env_in_git_is_found_and_its_cure_takes_it_out_of_the_next_commit(project: Path, typed: Typed) -> None:
    commit = f"git {' '.join(MOON)} commit -qm"
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
