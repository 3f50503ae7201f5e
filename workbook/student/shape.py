"""What a project is, by its files alone: where everything is, which versions it names, what today's would say.

It reads files and runs nothing of the project's. Imports are tried on the workbook's own packages.
"""

import ast
import importlib
import re
import tomllib
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from workbook.history.git import try_git
from workbook.history.lock import read_versions
from workbook.place import CHAPTERS
from workbook.say import _

SHOWN = ("python", "fastapi", "tortoise-orm", "aerich", "pytest")
TODAY = ("tortoise", "aerich", "fastapi", "pydantic_settings", "pytest_asyncio", "httpx")
"""The packages whose imports are tried on today's versions: those that the workbook has itself."""
NOT_THEIRS = {".venv", "venv", "node_modules", "site-packages", "__pycache__"}
_REQUIREMENT = re.compile(r"([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*\(?([^;#)]*)")
_TEST = re.compile(r"test_.*\.py|.*_test\.py|conftest\.py")


@dataclass(frozen=True)
class Shape:
    """What a project is, by its files alone; `texts` are those of its Python files, by their paths in the project.

    `pins` are the versions that it names, by package; each list of paths is in the order of the files.
    """

    root: Path
    packages: str
    pins: dict[str, str]
    texts: dict[Path, str] = field(repr=False)
    migrations: list[Path]
    workflows: dict[Path, str] = field(repr=False)

    def holding(self, pattern: str, *, tests: bool = False) -> list[Path]:
        """The Python files with a pattern in them: those of the tests, or all others but the migrations."""
        files = [file for file in self.texts if bool(_TEST.fullmatch(file.name)) == tests]
        return [each for each in files if each not in self.migrations and re.search(pattern, self.texts[each])]

    def asking(self, route: str, *, tests: bool) -> list[Path]:
        """The tests, or the other files, that speak of a route: by its path, whole or in pieces, or by its name."""
        method, _space, path = route.partition(" ")
        whole = path.partition("/{")[0]
        parts = [part for part in whole.split("/") if part.isalpha()]
        found = {file: self.texts[file] for file in self.holding(rf"\.({method.lower()}|request)\(", tests=tests)}
        named = [file for file, text in found.items() if whole in text or "url_path_for(" in text]
        return named or [file for file, text in found.items() if parts[1:] and all(part in text for part in parts)]

    @property
    def application(self) -> list[Path]:
        """The files that make an application; one at the top that imports nothing of the project's comes last."""
        own = {file.with_suffix("").parts[0] for file in self.texts}
        found = self.holding(r"\bFastAPI\(|class \w+\(.*FastAPI\b")
        return sorted(found, key=lambda file: len(file.parts) == 1 and own.isdisjoint(_imports(self.texts[file])))

    @property
    def settings(self) -> list[Path]:
        """The files that read settings, or tell Tortoise where the database is."""
        return self.holding(r"\bBaseSettings\b|\bos\.(environ|getenv)\b|[\"']connections[\"']\s*:|db_url\s*=")

    @property
    def models(self) -> list[Path]:
        """The files with models of Tortoise's."""
        return self.holding(r"from tortoise[\s\S]*class \w+\(.*Model\b")

    @property
    def tests(self) -> list[Path]:
        """The files with tests."""
        return [file for file in self.holding("", tests=True) if file.name != "conftest.py"]


def look(root: Path) -> Shape:
    """What a project is, without running any of it."""
    listed = try_git(root, "ls-files", "-z", "-c", "-o", "--exclude-standard", looking=True)
    files = [root / path for path in listed.stdout.split("\0") if path]
    if listed.returncode:  # no repository
        files = [file for file in root.rglob("*.py") if not NOT_THEIRS & {*file.parts}]
    paths = sorted(file.relative_to(root) for file in files if file.suffix == ".py" and file.is_file())
    texts = {path: read(root / path) for path in paths}
    numbered = [path for path in paths if path.name[0].isdigit() and "MODELS_STATE" in texts[path]]
    made = numbered or [path for path in paths if re.match(r"\d+_", path.name) and "def upgrade" in texts[path]]
    workflows = {file.relative_to(root): read(file) for file in sorted(root.glob(".github/workflows/*.y*ml"))}
    return Shape(root, *_packages(root), texts, made, workflows)


def _packages(root: Path) -> tuple[str, dict[str, str]]:
    """Who manages the packages, and the versions that are named or locked."""
    content = _toml(root / "pyproject.toml")
    project, poetry = content.get("project", {}), content.get("tool", {}).get("poetry", {})
    listed = sorted(root.glob("requirements*.txt"))
    asked = [project.get("dependencies", []), *project.get("optional-dependencies", {}).values()]
    asked += [*content.get("dependency-groups", {}).values(), *(read(file).splitlines() for file in listed)]
    words = [each for group in asked for each in group if isinstance(each, str)]
    pins = {_name(found[1]): found[2].strip() for each in words if (found := _REQUIREMENT.match(each.strip()))}
    for table in (poetry, {"dependencies": poetry.get("dev-dependencies", {})}, *poetry.get("group", {}).values()):
        for name, value in table.get("dependencies", {}).items():
            pins[_name(name)] = str(value.get("version", "*") if isinstance(value, dict) else value)
    locks = [file for file in (root / "poetry.lock", root / "uv.lock") if file.is_file()]
    for each in [each for file in locks for each in _toml(file).get("package", [])]:
        if _name(each["name"]) in pins and "version" in each:
            pins[_name(each["name"])] = each["version"]
    pins = {name: version.removeprefix("==") for name, version in pins.items()}
    if wished := project.get("requires-python") or pins.get("python") or read(root / ".python-version").strip():
        pins["python"] = wished
    backend = str(content.get("build-system", {}).get("build-backend", ""))
    by_poetry = bool(poetry) or "poetry" in backend or (root / "poetry.lock").exists()
    manager = (f"Poetry {2 if project else 1}" if by_poetry else "uv") if project or poetry else "pip"
    files = [file for file in (root / "pyproject.toml", *locks, *listed) if file.is_file()]
    named = ", ".join(file.name for file in files if manager == "pip" or file not in listed)
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
            if name == "*" or hasattr(importlib.import_module(module), name):
                return ""
            importlib.import_module(f"{module}.{name}")
    except ModuleNotFoundError as error:
        there = error.name == f"{module}.{name}"
        return f"ImportError: cannot import name '{name}' from '{module}'" if there else f"ModuleNotFoundError: {error}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _older(wished: str, today: str) -> bool:
    """Whether what is pinned (`0.23.0`, `^0.115`, `>=0.25,<1`) keeps today's version out, by its first two numbers."""
    if wished.startswith(">") and "<" not in wished:
        return False
    numbers = [int(number) for number in re.findall(r"\d+", wished.rpartition("<")[2])[:2]]
    return bool(numbers) and numbers <= [*map(int, today.split(".")[:2])] and not today.startswith(wished)


def _imports(text: str) -> set[str]:
    return set(re.findall(r"^[ \t]*(?:from|import)[ \t]+(\w+)", text, re.MULTILINE))


def _name(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def read(file: Path) -> str:
    with suppress(OSError):
        return file.read_text(encoding="utf-8", errors="replace")
    return ""


def _toml(file: Path) -> dict[str, Any]:
    with suppress(tomllib.TOMLDecodeError):
        return tomllib.loads(read(file))
    return {}
