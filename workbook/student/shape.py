"""What a project is, by its files alone: where everything is, which versions it names, what today's would say.

It reads files and runs nothing of the project's. Imports are tried on the workbook's own packages.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from workbook.history.git import try_git
from workbook.history.lock import canonical, read_versions
from workbook.place import CHAPTERS
from workbook.say import _

SHOWN = ("python", "fastapi", "tortoise-orm", "aerich", "pytest")
TODAY = ("tortoise", "aerich", "fastapi", "pydantic_settings", "pytest_asyncio", "httpx")
"""The packages whose imports are tried on today's versions: those that the workbook has itself."""
PLACES = {
    "application": r"\bFastAPI\(|class \w+\(.*FastAPI\b",
    "settings": r"\bBaseSettings\b|\bos\.(environ|getenv)\b|[\"']connections[\"']\s*:|db_url\s*=",
    "models": r"from tortoise[\s\S]*class \w+\(.*Model\b",
}
"""What a file has in it that is none of the tests' or migrations'."""
_REQUIREMENT = re.compile(r"([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*\(?([^;#)]*)")
_TEST = re.compile(r"test_.*\.py|.*_test\.py|conftest\.py")
_NOT_THEIRS = re.compile(r"\.git|\.?venv|node_modules|__pycache__|\..*_cache")
"""Folders that hold nothing which the student wrote; git may know them all the same."""


@dataclass(frozen=True)
class Shape:
    """What a project is, by its files alone: who manages its `packages`, the versions that it `pins`, and `places`.

    These are the files of its `application`, `settings`, `models`, `tests` and `migrations`; `texts` are those of all
    of its Python files and workflows, `code` of those that are no tests or migrations. Paths are relative to `root`.
    """

    root: Path
    packages: str
    pins: dict[str, str]
    places: dict[str, list[Path]]
    texts: dict[Path, str] = field(repr=False)
    code: dict[Path, str] = field(repr=False)

    def asking(self, route: str, *, tests: bool) -> list[Path]:
        """The tests, or the other files, that speak of a route: by its path, whole or in pieces, or by its name."""
        method, _space, path = route.partition(" ")
        whole = path.partition("/{")[0]
        parts = [part for part in whole.split("/") if part.isalpha()]
        sends = re.compile(rf"\.({method.lower()}|request)\(")
        files = {file: text for file, text in self.texts.items() if (file in self.places["tests"]) == tests}
        found = {file: text for file, text in files.items() if sends.search(text)}
        named = [file for file, text in found.items() if whole in text or "url_path_for(" in text]
        return named or [file for file, text in found.items() if parts[1:] and all(part in text for part in parts)]


def files_of(root: Path) -> list[Path]:
    """A project's own files, relative to it: of those that git knows or would take up; without git of all."""
    listed = try_git(root, "ls-files", "-z", "-c", "-o", "--exclude-standard", looking=True)
    paths = {Path(path) for path in listed.stdout.split("\0") if path}
    if listed.returncode:  # no repository
        paths = {file.relative_to(root) for file in root.rglob("*")}
    own = (path for path in paths if not any(map(_NOT_THEIRS.fullmatch, path.parts)))
    return sorted(path for path in own if (root / path).is_file())


def look(root: Path) -> Shape:
    """What a project is, without running any of it."""
    files = [path for path in files_of(root) if path.suffix == ".py"]
    workflows = [file.relative_to(root) for file in root.glob(".github/workflows/*.y*ml")]
    texts = {path: read(root / path) for path in sorted([*files, *workflows])}
    tests = [file for file in texts if _TEST.fullmatch(file.name)]
    made = [file for file, text in texts.items() if re.match(r"\d+_", file.name) and "def upgrade" in text]
    code = {file: text for file, text in texts.items() if file.suffix == ".py" and file not in [*tests, *made]}
    places = {what: [each for each in code if re.search(word, code[each])] for what, word in PLACES.items()}
    own = {part for file in code for part in file.with_suffix("").parts}
    # What lies at the top and imports nothing of the project's is likely a demonstration.
    places["application"].sort(key=lambda file: len(file.parts) == 1 and own.isdisjoint(_imports(code[file])))
    return Shape(root, *_packages(root), places | {"tests": tests, "migrations": made}, texts, code)


def _packages(root: Path) -> tuple[str, dict[str, str]]:
    """Who manages the packages, and the versions that are named or locked."""
    content, listed = read_toml(root / "pyproject.toml"), sorted(root.glob("requirements*.txt"))
    project, poetry = content.get("project", {}), content.get("tool", {}).get("poetry", {})
    asked = [project.get("dependencies", []), *content.get("dependency-groups", {}).values()]
    words = [each for group in [*asked, *(read(file).splitlines() for file in listed)] for each in group]
    pins = {canonical(found[1]): found[2].strip() for each in words if (found := _REQUIREMENT.match(str(each).strip()))}
    for table in (poetry, *poetry.get("group", {}).values(), {"dependencies": poetry.get("dev-dependencies", {})}):
        for name, value in table.get("dependencies", {}).items():
            pins[canonical(name)] = str(value.get("version", "*") if isinstance(value, dict) else value)
    locks = [file for file in (root / "poetry.lock", root / "uv.lock") if file.is_file()]
    locked = {
        canonical(each["name"]): each.get("version", "")
        for file in locks
        for each in read_toml(file).get("package", [])
    }
    pins = {name: locked.get(name) or version.removeprefix("==") for name, version in pins.items()}
    if wished := project.get("requires-python") or pins.get("python") or read(root / ".python-version").strip():
        pins["python"] = wished
    by_poetry = poetry or "poetry" in str(content.get("build-system")) or (root / "poetry.lock").exists()
    manager = (f"Poetry {2 if project else 1}" if by_poetry else "uv") if project or poetry else "pip"
    files = [root / "pyproject.toml", *locks, *(listed if manager == "pip" else [])]
    named = ", ".join(file.name for file in files if file.is_file())
    return f"{manager} ({named})" if named else _("nothing says which"), pins


def outdated(found: Shape) -> Iterator[str]:
    """A sentence on what today's versions would say, when the project pins older ones."""
    today = read_versions(CHAPTERS)
    old = [name for name in SHOWN if name in today and _older(found.pins.get(name, ""), today[name])]
    if old:
        newer = ", ".join(f"{name} {today[name]}" for name in old)
        said = next(_refused(found), _("every name that you import is still there"))
        yield _("You are judged on your own versions. Today's ({newer}) would say: {said}", newer=newer, said=said)


def _refused(found: Shape) -> Iterator[str]:
    """Each import of a project's that today's versions refuse, as Python says it."""
    for path, text in found.texts.items():
        with suppress(SyntaxError):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in TODAY:
                    for name in node.names:
                        if said := _import(node.module, name.name):
                            yield f"{path}:{node.lineno}: {said}"


def _import(module: str, name: str) -> str:
    """What importing a name says here; nothing when it is there."""
    try:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            exec(f"from {module} import {name}", {})
    except Exception as error:
        return f"{type(error).__name__}: {str(error).partition(' (/')[0]}"
    return ""


def _older(wished: str, today: str) -> bool:
    """Whether what is pinned (`0.23.0`, `^0.115`, `>=0.25,<1`) keeps today's version out, by its first two numbers."""
    if wished.startswith(">") and "<" not in wished:
        return False
    numbers = [int(number) for number in re.findall(r"\d+", wished.rpartition("<")[2])[:2]]
    return bool(numbers) and numbers <= [*map(int, today.split(".")[:2])] and not today.startswith(wished)


def _imports(text: str) -> set[str]:
    return set(re.findall(r"^[ \t]*(?:from|import)[ \t]+(\w+)", text, re.MULTILINE))


def read(file: Path) -> str:
    """A file's text, whatever is in it; empty when it cannot be read."""
    with suppress(OSError):
        return file.read_text(encoding="utf-8", errors="replace")
    return ""


def read_toml(file: Path) -> dict[str, Any]:
    """What a file says; nothing when it is no TOML."""
    with suppress(tomllib.TOMLDecodeError):
        return tomllib.loads(read(file))
    return {}
