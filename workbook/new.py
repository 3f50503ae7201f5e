"""`workbook new my-app`: the template under its own name, in its own git repository, with its own secrets."""

import os
import re
import secrets
import shutil
import subprocess
import warnings
from pathlib import Path

from workbook.account import open_account, require_unknown
from workbook.language import text
from workbook.login import SYSTEM
from workbook.mysql import ladder
from workbook.mysql.server import Server
from workbook.place import CLONE, TEMPLATE
from workbook.problem import Problem
from workbook.progress import say, stage
from workbook.runner.machine import uv

LONGEST = 32
"""Letters of an account's name in MySQL; the name of the database follows from the project's as well."""

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def new(name: str, directory: Path | None = None, *, server: bool = True, template: Path = CLONE) -> Path:
    """Make a project from the template.

    Args:
        name: the project's: small letters, digits, hyphens.
        directory: where it goes; a folder of that name here when None. It must not exist, or be empty.
        server: whether to make its database and its account on the MySQL that answers or can be brought up. Without,
            `.env` holds a password for the server that the project's own compose file makes.
        template: the repository that holds copier.yml.

    Returns:
        the project's folder.

    Raises:
        Problem: the name cannot be used, or something of that name exists already. Nothing of it is touched then.
    """
    database = _require_name(name)
    project = _require_room(directory or Path(name))
    made_here = not project.exists()
    found = ladder.climb(TEMPLATE, use="detached") if server else None
    if found:
        require_unknown(found, database)
    try:
        with stage(text("Copying the template", "템플릿 복사")):
            _copy(template, project, name)
            _rename(project, name, database)
        password = secrets.token_urlsafe(24)
        _write_env(project, found, database, password)
        locked = _lock(project)
        _commit(project)
        if found:
            open_account(found, database, password)
    except BaseException:
        if made_here:
            shutil.rmtree(project, ignore_errors=True)
        raise
    _tell(project, name, found, database)
    if not locked:
        say(
            text(
                "uv.lock is not made yet, and CI installs what it names. Commit it:  uv lock && git add uv.lock",
                "uv.lock을 아직 못 만들었어요. CI는 그 버전을 설치하니 커밋하세요:  uv lock && git add uv.lock",
            )
        )
    return project


def _require_name(name: str) -> str:
    """The name of the database and of the account: the project's, as SQL can have it without quotes."""
    database = name.replace("-", "_")
    if not _NAME.fullmatch(name) or len(name) > LONGEST or database in SYSTEM:
        raise Problem(
            text(f"{name!r} cannot be a project's name.", f"{name!r}은(는) 프로젝트 이름으로 쓸 수 없어요."),
            why=text(
                f"It names the package, the database and the account: at most {LONGEST} small letters and digits, in "
                "words joined by hyphens, and none of MySQL's own databases.",
                f"패키지, 데이터베이스, 계정의 이름이 되니까요. 소문자와 숫자, 하이픈으로 {LONGEST}자까지 쓸 수 있고, "
                "MySQL 자체 데이터베이스 이름은 안 돼요.",
            ),
            ways=("workbook new my-app",),
            code=2,
        )
    return database


def _require_room(directory: Path) -> Path:
    project = directory.expanduser().absolute()
    if project.exists() and (not project.is_dir() or any(project.iterdir())):
        raise Problem(
            text(f"{project} is there already, and it is not empty.", f"{project}이(가) 이미 있고 비어 있지 않아요."),
            ways=(
                text("Choose another folder: workbook new my-app DIR", "다른 폴더를 고르세요: workbook new my-app DIR"),
            ),
            code=2,
        )
    if CLONE in project.resolve().parents:
        raise Problem(
            text(f"{project} lies in the workbook's own repository.", f"{project}은(는) 워크북 저장소 안에 있어요."),
            why=text("A project is a repository of its own.", "프로젝트는 자기만의 저장소여야 해요."),
            ways=(f"workbook new {directory.name} ~/{directory.name}",),
            code=2,
        )
    return project


def _copy(template: Path, project: Path, name: str) -> None:
    from copier import run_copy
    from copier.errors import CopierError, DirtyLocalWarning

    with warnings.catch_warnings():
        # An author's clone may hold changes that are not committed; the copy has them too.
        warnings.simplefilter("ignore", DirtyLocalWarning)
        try:
            # HEAD, not the newest tag: what the person sees in the clone is what they get.
            run_copy(str(template), project, data={"project_name": name}, defaults=True, quiet=True, vcs_ref="HEAD")
        except CopierError as error:
            raise Problem(
                text(f"copier could not copy the template: {error}.", f"copier가 템플릿을 복사하지 못했어요: {error}.")
            ) from error


def _rename(project: Path, name: str, database: str) -> None:
    """The course's names become the project's, in every file.

    To copier these are edits of the owner's: an update merges the template's later changes with them.
    """
    title = " ".join(word.capitalize() for word in name.split("-"))
    names = {"when2meet_vod": database, "When2meet": title, "when2meet": name}
    for file in sorted(path for path in project.rglob("*") if path.is_file() and path.name != ".copier-answers.yml"):
        before = file.read_bytes().decode()
        after = re.sub("|".join(names), lambda found: names[found[0]], before)
        if after != before:
            file.write_bytes(after.encode())


def _write_env(project: Path, server: Server | None, database: str, password: str) -> None:
    values = server.environment(database) if server else {}
    values |= {"MYSQL_USER": database if server else "root", "MYSQL_PASSWORD": password}
    lines = (project / ".env.example").read_text(encoding="utf-8").splitlines()
    settings = [line.partition("=")[0] for line in lines if "=" in line and not line.startswith("#")]
    defaults = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    env = project / ".env"
    env.touch(mode=0o600)
    env.write_text("".join(f"{key}={values.get(key, defaults[key])}\n" for key in settings), encoding="utf-8")


def _lock(project: Path) -> bool:
    """Fix the versions, which the project's own workflow installs; whether uv is here and could."""
    program = uv()
    if program is None:
        return False
    with stage(text("Fixing the versions in uv.lock", "uv.lock에 버전 고정")):
        # In the environment of a command of ours, uv would look at our own virtual environment.
        environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "UV_PYTHON")}
        done = subprocess.run([program, "lock", "--quiet"], cwd=project, env=environment, capture_output=True)
    return done.returncode == 0


def _commit(project: Path) -> None:
    """Make the repository and its first commit, under the person's own name if git knows it."""
    _git(project, "init", "--quiet", "--initial-branch=main")
    _git(project, "add", "--all")
    known = subprocess.run(["git", "config", "user.email"], cwd=project, capture_output=True).returncode == 0
    who = [] if known else ["-c", "user.name=workbook", "-c", "user.email=workbook@localhost"]
    _git(project, *who, "commit", "--quiet", "--no-verify", "--message", "Start from the template")


def _git(project: Path, *arguments: str) -> None:
    done = subprocess.run(["git", *arguments], cwd=project, capture_output=True, text=True, errors="replace")
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it gave no reason"])[-1]
        raise Problem(f"`git {arguments[0]}` failed in {project}: {said}")


def _tell(project: Path, name: str, server: Server | None, database: str) -> None:
    say(text(f"\n{name} is in {project}, with a first commit.", f"\n{name}을(를) {project}에 만들고 첫 커밋을 했어요."))
    if server:
        where = f"{server.host}:{server.port}"
        say(
            text(
                f"Database and account are both called {database}, on {where}; .env has the password.",
                f"데이터베이스와 계정 이름은 모두 {database}이고({where}), 비밀번호는 .env에 있어요.",
            )
        )
    say(text("Next:", "다음 순서:"))
    first = [f"cd {project}"] if server else [f"cd {project}", "docker compose up --wait"]
    for command in [*first, "uv run pytest", "uv run aerich upgrade", "uv run uvicorn app.main:app --reload"]:
        say(f"  {command}")
    say(text("When the template has changed:", "템플릿이 바뀌었을 때:"))
    say("  uvx copier update --vcs-ref=HEAD --defaults")
