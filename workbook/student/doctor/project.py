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

from workbook.student.doctor.machine import Results, said

CONFIG = "app/configs/tortoise_config.py"

_SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|KEY", re.IGNORECASE)
_OPENS = re.compile(r"lifespan\s*=|register_tortoise|RegisterTortoise|Tortoise\.init|TortoiseContext")


def env(project: Path) -> Results:
    """What is wrong with the project's `.env`. That there is none is fine: the defaults serve."""
    file = project / ".env"
    if said("git", "ls-files", "--error-unmatch", ".env", cwd=project)[0] == 0:
        yield "env_in_git", {}
    elsewhere = [each for each in ("app/.env", "app/configs/.env") if (project / each).is_file()]
    if elsewhere and not file.exists():
        yield "env_elsewhere", {"file": elsewhere[0]}
    if not os.path.lexists(file):
        return
    content = file.read_bytes()
    try:
        text = content.decode()
    except UnicodeDecodeError:
        yield "env_not_utf8", {"encoding": "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "cp949"}
        return
    if text.startswith("\ufeff") or "\r\n" in text:
        yield "env_of_windows", {}
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
    key, value = binding.key or "", binding.value or ""
    at = {"number": number, "key": key}
    raw = binding.original.string.strip().partition("=")[2].strip()
    if binding.error:
        yield "line_unread", at
    elif key and known and key.upper() not in known:
        near = difflib.get_close_matches(key.upper(), sorted(known), 1)
        yield ("setting_misspelled", at | {"near": near[0]}) if near else ("setting_unknown", at)
    elif _SECRET.search(key) and (("${" in raw and raw[0] != "'") or (re.search(r"\s#", raw) and raw[0] not in "'\"")):
        yield "secret_unquoted", at
    if key.startswith("MYSQL_") and os.environ.get(key, value) != value:
        yield "shell_wins", at


def place(project: Path, here: Path) -> Results:
    """Whether you stand where the commands are run."""
    if here != project and here.is_relative_to(project):
        yield "below", {"here": here.relative_to(project), "project": project, "quoted": shlex.quote(str(project))}
    yield str(project)


def line_ends(project: Path) -> Results:
    """Each script whose lines end as on Windows."""
    listed = said("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--eol", cwd=project)[1]
    for entry in listed.split("\0"):
        ends, _tab, name = entry.partition("\t")
        script = name.endswith((".sh", "Makefile", "Dockerfile"))
        if re.search(r"w/(?:crlf|mixed)", ends) and (script or (project / name).read_bytes()[:2] == b"#!"):
            yield "script_of_windows", {"script": name, "quoted": shlex.quote(name)}


def packages(project: Path) -> Results:
    """Whether uv's lock is what pyproject.toml asks for today."""
    if (project / "uv.lock").exists():
        uv = shutil.which("uv") or Path(sys.executable).with_name("uv")
        code, output = said(uv, "lock", "--check", "--offline", "--no-progress", cwd=project)
        if code not in (0, 127):
            yield "lock_stale", {"said": " ".join(output.split())[:300]}


def application(project: Path) -> Results:
    """Whether the application opens its database, and its migrations can be put in an order."""
    main = project / "app/main.py"
    text = main.read_text(encoding="utf-8", errors="replace") if main.is_file() else ""
    if "FastAPI(" in text and (project / CONFIG).exists() and not _OPENS.search(text):
        yield "no_lifespan", {}
    names = [file.name for file in migration_files(project)]
    for one, last in pairwise(names):
        number = last.partition("_")[0]
        if one.startswith(f"{number}_"):
            yield "number_twice", {"number": number, "last": last}


def migration_files(project: Path) -> list[Path]:
    """The project's migrations, by name."""
    return sorted((project / "migrations/models").glob("[0-9]*_*.py"))
