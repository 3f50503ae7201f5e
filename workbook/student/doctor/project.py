"""The project's files: `.env`, line ends, pyproject.toml and its lock, the application, the migrations' numbers."""

import difflib
import io
import os
import re
import shlex
import shutil
import sys
from itertools import pairwise
from pathlib import Path

from dotenv.parser import Binding, parse_stream

from workbook.say import _
from workbook.student.doctor.machine import Finding, Results, said

CONFIG = "app/configs/tortoise_config.py"

_SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|KEY", re.IGNORECASE)
_OPENS = re.compile(r"lifespan\s*=|register_tortoise|RegisterTortoise|Tortoise\.init|TortoiseContext")


def env(project: Path) -> Results:
    """What is wrong with the project's `.env`. That there is none is fine: the defaults serve."""
    file = project / ".env"
    if said("git", "ls-files", "--error-unmatch", ".env", cwd=project)[0] == 0:
        yield Finding(
            _(".env is in git."),
            _("Whoever clones the repository has the password. What was pushed stays in the history: change it, too."),
            "git rm -r -q --cached .env && printf '\\n.env\\n' >> .gitignore && git add .gitignore",
        )
    elsewhere = [each for each in ("app/.env", "app/configs/.env") if (project / each).is_file()]
    if elsewhere and not file.exists():
        yield Finding(
            _(".env lies in the wrong folder: {file}.", file=elsewhere[0]),
            _("The application looks for it where it is started: in the project's root."),
            f"mv {elsewhere[0]} .env",
        )
    if not os.path.lexists(file):
        return
    content = file.read_bytes()
    try:
        text, cure = content.decode(), "perl -pi -e 's/^\\xEF\\xBB\\xBF// if $. == 1; s/\\r$//' .env"
    except UnicodeDecodeError:
        encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "cp949"
        text, cure = "\ufeff", f"iconv -f {encoding} -t utf-8 .env > .env.new && mv .env.new .env"
    if text.startswith("\ufeff") or "\r\n" in text:
        yield Finding(
            _(".env was saved as Windows does: with a byte order mark (BOM), its line ends (CRLF), or not in UTF-8."),
            _("The application cannot read it, or a carriage return becomes part of the password."),
            cure,
        )
        return
    # The names of the application's settings, without running it.
    configs = [file.read_text(errors="replace") for file in sorted((project / "app/configs").glob("*.py"))]
    setting = re.compile(r"^    (\w+) *: *[\w\[\]|., ]+(?:=|$)", re.MULTILINE)
    known = {name.upper() for each in configs for name in setting.findall(each)}
    for binding in parse_stream(io.StringIO(text)):
        original = binding.original.string
        # The line as an editor counts it: empty lines before it are the parser's part of it.
        yield from _line(binding.original.line + len(original) - len(original.lstrip("\n")), binding, known)


def _line(number: int, binding: Binding, known: set[str]) -> Results:
    key, value, drop = binding.key or "", binding.value or "", f"perl -ni -e 'print if $. != {number}' .env"
    at = {"number": number, "key": key}
    raw = binding.original.string.strip().partition("=")[2].strip()
    if binding.error:
        yield Finding(
            _(".env, line {number}, cannot be read.", number=number),
            _("The setting in it does not count, and nobody says so."),
            _("Write NAME='value' there, with both quotes."),
        )
    elif key and known and key.upper() not in known:
        near = difflib.get_close_matches(key.upper(), sorted(known), 1)
        yield Finding(
            _(".env, line {number}: the application has no setting {key}.", **at),
            _("It refuses to start: Extra inputs are not permitted."),
            f"perl -pi -e 's/{key}/{near[0]}/ if $. == {number}' .env" if near else drop,
        )
    elif _SECRET.search(key) and (("${" in raw and raw[0] != "'") or (re.search(r"\s#", raw) and raw[0] not in "'\"")):
        yield Finding(
            _(".env, line {number}: {key} has a # or ${{…}} in it, without single quotes.", **at),
            _("The value ends before the #, and what stands for ${{…}} is something else.", **at),
            _("Put the value in single quotes: {key}='…'", key=key),
        )
    if key.startswith("MYSQL_") and os.environ.get(key, value) != value:
        yield Finding(
            _("{key} is another in your shell than in .env, line {number}.", **at),
            _("The shell's wins: application, tests and `workbook db status` use another server than .env says."),
            f"unset {key}",
        )


def place(project: Path, here: Path) -> Results:
    """Whether you stand where the commands are run."""
    if here != project and here.is_relative_to(project):
        yield Finding(
            _("You are in {here}, and the project is {project}.", here=here.relative_to(project), project=project),
            _("Commands are run in the project's folder; elsewhere Python finds No module named 'app'."),
            f"cd {shlex.quote(str(project))}",
            wrong=False,
        )
    yield str(project)


def line_ends(project: Path) -> Results:
    """Each script whose lines end as on Windows."""
    listed = said("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--eol", cwd=project)[1]
    for entry in listed.split("\0"):
        ends, _tab, name = entry.partition("\t")
        script = name.endswith((".sh", "Makefile", "Dockerfile"))
        if re.search(r"w/(?:crlf|mixed)", ends) and (script or (project / name).read_bytes()[:2] == b"#!"):
            yield Finding(
                _("{script} has Windows line ends (CRLF).", script=name),
                _("Linux looks for a program whose name ends in a carriage return: `bad interpreter`."),
                f"perl -pi -e 's/\\r$//' {shlex.quote(name)}",
            )


def packages(project: Path) -> Results:
    """Whether uv's lock is what pyproject.toml asks for today."""
    if (project / "uv.lock").exists():
        uv = shutil.which("uv") or Path(sys.executable).with_name("uv")
        code, output = said(uv, "lock", "--check", "--offline", "--no-progress", cwd=project)
        if code not in (0, 127):
            why = _("`uv sync --locked` stops there, in CI, too. uv says:") + f" {' '.join(output.split())[:300]}"
            yield Finding(_("uv.lock is not what pyproject.toml asks for."), why, "uv lock")


def application(project: Path) -> Results:
    """Whether the application opens its database, and its migrations can be put in an order."""
    main = project / "app/main.py"
    text = main.read_text(encoding="utf-8", errors="replace") if main.is_file() else ""
    if "FastAPI(" in text and (project / CONFIG).exists() and not _OPENS.search(text):
        yield Finding(
            _("The application has no lifespan: nothing opens the database."),
            _("Every request that asks it fails: default_connection … cannot be None."),
            _("In app/main.py: FastAPI(lifespan=lifespan), as in ch33"),
        )
    names = [file.name for file in migration_files(project)]
    for one, last in pairwise(names):
        number = last.partition("_")[0]
        if one.startswith(f"{number}_"):
            yield Finding(
                _("Two migrations have the number {number}; the later is {last}.", number=number, last=last),
                _("Each describes the models without the other's change. What the later one does is made anew."),
                f"rm migrations/models/{last} && uv run aerich migrate",
            )


def migration_files(project: Path) -> list[Path]:
    """The project's migrations, by name."""
    return sorted((project / "migrations/models").glob("[0-9]*_*.py"))
