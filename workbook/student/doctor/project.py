"""The project's files: `.env`, line ends, pyproject.toml and its lock, the application, the migrations' numbers."""

import ast
import difflib
import io
import os
import re
import shlex
import shutil
import sys
import tomllib
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

from dotenv.parser import Binding, parse_stream

from workbook.place import CLONE, PROGRESS
from workbook.student.doctor.machine import Results, said
from workbook.student.shape import look

_SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|KEY", re.IGNORECASE)
_OPENS = {"lifespan", "on_startup", "register_tortoise", "on_event", "add_event_handler", "lifespan_context"}
"""The names by which code that runs at the start is handed to an application: keywords, calls, an attribute."""

_CURLY = tuple("\u201c\u201d\u2018\u2019")
_NOT_EMPTY = {"ENV", "MYSQL_HOST", "MYSQL_PORT", "MYSQL_USER", "MYSQL_DB"}
"""Settings whose empty value is none: the application refuses it, or the workbook takes another in its place."""


def env(project: Path) -> Results:
    """What is wrong with the project's `.env`. That there is none is fine: the defaults serve."""
    file = project / ".env"
    code, kept = said("git", "ls-files", "--", ".env", "*/.env", cwd=project)
    if code == 0 and kept:
        yield "env_in_git", {"files": ", ".join(kept.splitlines()), "quoted": shlex.join(kept.splitlines())}
    elif os.path.lexists(file) and said("git", "check-ignore", "-q", ".env", cwd=project)[0] == 1:
        yield "env_not_ignored", {}
    elsewhere = [each for each in ("app/.env", "app/configs/.env") if (project / each).is_file()]
    if elsewhere and not file.exists():
        yield "env_elsewhere", {"file": elsewhere[0]}
    if not os.path.lexists(file):
        return
    content = file.read_bytes()
    text = content.decode(errors="replace")
    if "\0" in text or "\ufffd" in text:
        marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        yield "env_not_utf8", {"encoding": "utf-16" if marked else "utf-16le" if b"\0" in content else "cp949"}
        return
    if text.startswith("\ufeff") or "\r\n" in text:
        yield "env_of_windows", {}
        return
    # The names of the application's settings, without running it.
    configs = [file.read_text(errors="replace") for file in sorted((project / "app/configs").glob("*.py"))]
    setting = re.compile(r"^    (\w+) *: *[\w\[\]|., ]+(?:=|$)", re.MULTILINE)
    known = {name.upper() for each in configs for name in setting.findall(each)}
    first: dict[str, int] = {}
    for binding in parse_stream(io.StringIO(text)):
        original, name = binding.original.string, (binding.key or "").upper()
        # The line as an editor counts it: empty lines before it are the parser's part of it.
        number = binding.original.line + len(original) - len(original.lstrip("\n"))
        yield from _line(number, binding, known)
        if name in first:
            yield "setting_twice", {"number": first[name], "key": name, "last": number}
        first |= {name: number} if name else {}


def _line(number: int, binding: Binding, known: set[str]) -> Results:
    key, value = binding.key or "", binding.value or ""
    at = {"number": number, "key": key}
    raw = binding.original.string.strip().partition("=")[2].strip()
    if binding.error or (key and binding.value is None):
        yield "line_unread", at
    elif raw[:1] in _CURLY:
        yield "quotes_curly", at
    elif key.upper() in _NOT_EMPTY and not value:
        yield "setting_empty", at
    elif key.upper() == "MYSQL_PORT" and not (value.isdecimal() and 0 < int(value) < 65536):
        yield "port_unusable", at
    elif key and known and key.upper() not in known:
        near = difflib.get_close_matches(key.upper(), sorted(known), 1)
        yield ("setting_misspelled", at | {"near": near[0]}) if near else ("setting_unknown", at)
    elif _SECRET.search(key) and (("${" in raw and raw[0] != "'") or (re.search(r"\s#", raw) and raw[0] not in "'\"")):
        yield "secret_unquoted", at
    if key.startswith("MYSQL_") and os.environ.get(key, value) != value:
        yield "shell_wins", at


def is_project(folder: Path) -> bool:
    """Whether a folder is the root of a project of the course, also of one that the workbook did not make."""
    if (folder / PROGRESS).exists() or (folder / "app/configs").is_dir():
        return True
    declaring = [file for file in (folder / "pyproject.toml", folder / "requirements.txt") if file.is_file()]
    return any("tortoise-orm" in file.read_text(encoding="utf-8", errors="replace") for file in declaring)


def place(project: Path | None, here: Path) -> Results:
    """Whether you stand where the commands are run."""
    if project is None:
        # In the workbook's own folder there is the template.
        below = [] if here == CLONE else [each for each in sorted(here.iterdir()) if each.is_dir() and is_project(each)]
        if below:
            names = ", ".join(each.name for each in below)
            yield "above", {"here": here, "below": names, "quoted": shlex.quote(str(below[0]))}
        else:
            yield "no_project", {"here": here}
        return
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
    """Whether pyproject.toml can be read, and the lock beside it is what it asks for today."""
    file, lock = project / "pyproject.toml", project / "uv.lock"
    if not os.path.lexists(file):
        return
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        content = None  # which uv says better
    if content is not None and not lock.exists() and ("poetry" in content.get("tool", {}) or "project" not in content):
        if "poetry" in content.get("tool", {}) and not (project / "poetry.lock").exists():
            yield "no_lock", {"lock": "poetry.lock", "cure": "poetry lock"}
        return
    uv = shutil.which("uv") or Path(sys.executable).with_name("uv")
    code, output = said(uv, "lock", "--check", "--offline", "--no-progress", cwd=project)
    told = " ".join(re.sub(r"^(Using|warning: ).*\n|^ *\|.*\n|^ *\d+ \| .*\n", "", output, flags=re.MULTILINE).split())
    if code == 2 and "`uv.lock`" in told:
        yield "lock_broken", {"said": told[:300]}
    elif code == 2:
        yield "pyproject_broken", {"said": told[:300]}
    elif code not in (0, 127) and lock.exists():
        yield "lock_stale", {"said": told[:300]}
    elif code not in (0, 127):
        yield "no_lock", {"lock": lock.name, "cure": "uv lock"}


def application(project: Path) -> Results:
    """Whether the application opens its database, and its migrations can be put in an order."""
    made: list[dict[str, object]] = []
    opened = False
    for file, text in look(project).code.items():
        with suppress(SyntaxError, ValueError):
            for node in ast.walk(ast.parse(text)):
                name = next((getattr(node, each) for each in ("arg", "attr", "id") if hasattr(node, each)), None)
                opened = opened or name in _OPENS
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("FastAPI"):
                    made.append({"file": file, "number": node.lineno})
    if made and not opened and uses_tortoise(project):
        yield "no_lifespan", made[-1]
    names = [file.name for file in migration_files(project)]
    for one, last in pairwise(names):
        number = last.partition("_")[0]
        if one.startswith(f"{number}_"):
            yield "number_twice", {"number": number, "last": last}


def uses_tortoise(project: Path) -> bool:
    """Whether the project's code speaks of Tortoise."""
    return any("tortoise" in text for text in look(project).code.values())


def migration_files(project: Path) -> list[Path]:
    """The project's migrations, by name."""
    return sorted((project / "migrations/models").glob("[0-9]*_*.py"))
