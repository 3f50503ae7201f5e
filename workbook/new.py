"""`workbook new my-app`: the template under its own name, in its own git repository, with its own secrets."""

import keyword
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import tomllib
import warnings
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import yaml

from workbook.history.git import commit, persons_git, try_git
from workbook.history.lock import canonical
from workbook.history.publish import COPIED
from workbook.mysql import ladder
from workbook.mysql.login import SYSTEM, open_account, require_unknown
from workbook.mysql.server import Server
from workbook.place import CLONE, COURSE, TEMPLATE
from workbook.replay.ground import uv
from workbook.say import Problem, _, say, stage

LONGEST = 32
"""Letters of an account's name in MySQL; the name of the database follows from the project's as well."""

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def new(
    name: str,
    directory: Path | None = None,
    *,
    server: bool = True,
    bare: bool = False,
    template: Path = COURSE,
) -> Path:
    """Make a project from the template.

    Args:
        name: the project's: small letters, digits, hyphens.
        directory: where it goes; a folder of that name here when None. It must not exist, or be empty.
        server: whether to make its database and its account on the MySQL that answers or can be brought up. Without,
            `.env` holds a password for the server that the project's own compose file makes.
        bare: whether to leave out the example; the project's first migration is then its owner's to make.
        template: the repository that holds copier.yml.

    Returns the project's folder. Raises Problem: the name cannot be used, or something of that name exists already.
    Nothing of it is touched then.
    """
    database = _require_name(name)
    project = _require_room(directory or Path(name))
    made_here = not project.exists()
    found = ladder.climb(TEMPLATE, use="detached") if server else None
    if found:
        require_unknown(found, database)
    try:
        with stage(_("Copying the template")):
            _copy(template, project, {"project_name": name, "example": not bare})
        password = secrets.token_urlsafe(24)
        _write_env(project, found, database, password)
        unlocked = _lock(project)
        _commit(project)
        if found:
            open_account(found, database, password)
    except BaseException:
        if made_here:
            shutil.rmtree(project, ignore_errors=True)
        raise
    _tell(project, name, found, database, bare)
    if unlocked:
        say(_("uv.lock is not made yet: {reason}. Make it and commit it:  uv lock && git add uv.lock", reason=unlocked))
    return project


def _require_name(name: str) -> str:
    """The name of the database and of the account: the project's, as SQL can have it without quotes."""
    database = name.replace("-", "_")
    if not _NAME.fullmatch(name) or len(name) > LONGEST or database in SYSTEM or _is_taken(name, database):
        raise Problem(
            _("{name!r} cannot be a project's name.", name=name),
            why=_(
                "It names the package, the database and the account: at most {longest} small letters and "
                "digits, in words joined by hyphens, and neither one of MySQL's own databases, nor a word or module of "
                "Python's, a word of YAML's, or a package that the project installs.",
                longest=LONGEST,
            ),
            ways=("workbook new my-app",),
            code=2,
        )
    return database


def _is_taken(name: str, module: str) -> bool:
    """Whether Python, YAML or uv would read the name as something of theirs: uv, a project that depends on itself."""
    declared = tomllib.loads((TEMPLATE / "pyproject.toml").read_text(encoding="utf-8"))
    wanted, packages = [*declared["project"]["dependencies"], *declared["dependency-groups"]["dev"]], set[str]()
    while wanted:
        asked = wanted.pop()
        package = canonical(re.split(r"[^\w.-]", asked, maxsplit=1)[0])
        if package not in packages:
            packages.add(package)
            with suppress(PackageNotFoundError):
                extras = {each: re.search(r"extra == .([\w-]+)", each) for each in requires(package) or ()}
                wanted += [each for each, extra in extras.items() if not extra or extra[1] in asked]
    is_word = keyword.iskeyword(module) or module in sys.stdlib_module_names or yaml.safe_load(name) != name
    return is_word or name in packages


def _require_room(directory: Path) -> Path:
    project, another = directory.expanduser().absolute(), _("Choose another folder: workbook new my-app DIR")
    above = project
    try:
        above = next(each for each in (project, *project.parents) if each.exists())
        tempfile.TemporaryFile(dir=above).close()
    except OSError as error:
        what = _("{project} cannot be made in {folder}: {error}", project=project, folder=above, error=error.strerror)
        raise Problem(what, ways=(another,), code=2) from error
    if project.exists() and (not project.is_dir() or any(project.iterdir())):
        raise Problem(_("{project} is there already, and it is not empty.", project=project), ways=(another,), code=2)
    if CLONE in project.resolve().parents:
        raise Problem(
            _("{project} lies in the workbook's own repository.", project=project),
            why=_("A project is a repository of its own."),
            ways=(f"workbook new {directory.name} ~/{directory.name}",),
            code=2,
        )
    return project


def _copy(template: Path, project: Path, answers: dict[str, str | bool]) -> None:
    from copier import run_copy
    from copier.errors import CopierError, DirtyLocalWarning

    with warnings.catch_warnings():
        # An author's clone may hold changes that are not committed; the copy has them too.
        warnings.simplefilter("ignore", DirtyLocalWarning)
        try:
            run_copy(str(template), project, data=answers, defaults=True, quiet=True, vcs_ref=_version(template))
        except CopierError as error:
            raise Problem(_("copier could not copy the template: {error}.", error=error)) from error


def _version(template: Path) -> str:
    """The template's last version, by which copier finds the way to the next; HEAD when the clone has changed since."""
    tags = try_git(template, "tag", "--list", "--sort=-version:refname", "[0-9]*.[0-9]*.[0-9]*").stdout.split()
    unchanged = tags and try_git(template, "diff", "--quiet", tags[0], "--", *COPIED).returncode == 0
    return tags[0] if unchanged else "HEAD"


def _write_env(project: Path, server: Server | None, database: str, password: str) -> None:
    values = server.environment(database) if server else {}
    values |= {"MYSQL_USER": database if server else "root", "MYSQL_PASSWORD": password}
    example = (project / ".env.example").read_text(encoding="utf-8")
    settings = re.findall(r"(?m)^(\w+)=(.*)$", example)
    env = project / ".env"
    env.touch(mode=0o600)
    env.write_text("".join(f"{key}={values.get(key, usual)}\n" for key, usual in settings), encoding="utf-8")


def _lock(project: Path) -> str:
    """Fix the versions, which the project's own workflow installs; why not, when uv is not here or cannot."""
    program = uv()
    if program is None:
        return _("uv is not here")
    with stage(_("Fixing the versions in uv.lock")):
        # In the environment of a command of ours, uv would look at our own virtual environment.
        environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "UV_PYTHON")}
        done = subprocess.run([program, "lock", "--quiet"], cwd=project, env=environment, capture_output=True)
    said = done.stderr.decode(errors="replace").strip().splitlines() or [_("it gave no reason")]
    return said[0].removeprefix("error: ") if done.returncode else ""


def _commit(project: Path) -> None:
    """Make the repository and its first commit, under the person's own name if git knows it."""
    persons_git(project, "init", "--quiet", "--initial-branch=main")
    persons_git(project, "add", "--all")
    commit(project, "Start from the template", name="workbook")


def _tell(project: Path, name: str, server: Server | None, database: str, bare: bool) -> None:
    say(_("\n{name}, with a first commit:\n  {project}", name=name, project=project))
    if server:
        at = {"database": database, "where": f"{server.host}:{server.port}"}
        say(_("Database and account are both called {database}, on {where}; .env has the password.", **at))
    first = [f"cd {project}"] if server else [f"cd {project}", "docker compose up --wait db"]
    tables = ["uv run aerich init-db", "uv run pytest"] if bare else ["uv run pytest", "uv run python -m app.migrate"]
    say("\n  ".join([_("Next:"), *first, *tables, "uv run uvicorn app.main:app --reload"]))
    answers = yaml.safe_load((project / ".copier-answers.yml").read_text(encoding="utf-8"))
    if "_commit" in answers:  # a template without git, as a wheel brings it, has no versions
        say(_("When the template has changed:") + "\n  uvx copier update --defaults && uv lock")
        if Path(answers["_src_path"]).exists():
            say(_("Updates come from a folder of this machine's:\n  {source}", source=answers["_src_path"]))
            say(_("Once the workbook is published, put its address there, as _src_path in .copier-answers.yml."))
