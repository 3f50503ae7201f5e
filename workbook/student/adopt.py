"""`workbook adopt`: look at a repository that is the student's own, say what it is, and which chapter it has reached.

It reads files, runs nothing of the project's, and writes the progress file alone.
"""

import ast
import importlib
import re
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from rich.cells import cell_len

from workbook.history.git import try_git
from workbook.history.lock import read_versions
from workbook.place import CHAPTERS, CLONE
from workbook.say import Problem, _
from workbook.student.check import reached
from workbook.student.commands import fold
from workbook.student.project import NAME, Progress, chapter, chapters

INDENT = 13
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
        """The tests, or the other files, that name each part of a route, `POST /v1/mysql/meetings`, also in pieces."""
        method, _space, path = route.partition(" ")
        parts = [part for part in path.split("/") if part.isalpha()]
        found = self.holding(rf"\.{method.lower()}\(|\.request\(", tests=tests)
        return [each for each in found if all(part in self.texts[each] for part in parts)]

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


@dataclass(frozen=True)
class Adopted:
    """A project whose progress is written now, its chapter, and what there is to say of it."""

    project: Path
    chapter: str
    told: list[str]


def adopt(name: str | None, directory: Path | None) -> Adopted:
    """Take a project as it is: at the chapter of that `name`, else at the one that its files have reached.

    Without a `directory` the project is around the one that we stand in. Raises Problem: no such chapter; nothing of a
    project is there, or several are; it is the workbook itself; the progress file cannot be written.
    """
    wanted = chapter(name) if name else None
    root = root_of(directory or Path.cwd())
    found = look(root)
    signs = {each.id: reached(each.folder, found, each.route) for each in chapters()}
    missing = next((name for name, sign in signs.items() if sign is False), "")
    come = [each for each in chapters() if signs[each.id] and not "" < missing < each.id]
    now = wanted or [chapters()[0], *come][-1]
    progress = Progress.read(root)
    progress.current = progress.adopted = now.id
    try:
        progress.write(root)
    except OSError as error:
        what = _("{file} cannot be written: {error}", file=root / NAME, error=error.strerror)
        raise Problem(what, ways=(_("Make the folder yours, then run the command again."),), code=2) from error
    taken = _("{root} is taken as it is; only {file} was written.", root=root, file=NAME)
    told = [fold(taken), "", *facts(found), ""]
    if wanted is None:
        told.append(fold(_("By its files it has reached {id}: {title}.", id=now.id, title=now.title)))
        if later := [name for name in signs if name > now.id and signs[name]]:
            told.append(_("Of later chapters it has something, too: {ids}", ids=", ".join(later)))
        told.append(_("Another one: workbook adopt ch35"))
    return Adopted(root, now.id, told)


def root_of(place: Path) -> Path:
    """The project around a folder, or the only one just below it. Raises Problem: none, several, or the workbook."""
    place = place.expanduser().absolute()
    if place.resolve().is_relative_to(CLONE):
        what = _("{target} lies in the workbook itself.", target=place)
        raise Problem(what, ways=(_("Go into your own repository, then run the command again."),), code=2)
    top = next((each for each in (place, *place.parents) if (each / ".git").exists()), place)
    around = [each for each in (place, *place.parents) if each.is_relative_to(top)]
    if found := next(filter(_declares, around), None) or next(filter(is_project, reversed(around)), None):
        return found
    below = [each for each in sorted(place.iterdir()) if is_project(each)] if place.is_dir() else []
    if len(below) == 1 or (not below and (top / ".git").exists()):
        return below[0] if below else top
    named = ", ".join(each.name for each in below)
    what = _("{place} holds several projects: {named}.", place=place, named=named)
    if not below:
        what = _("{place} holds no project: neither a pyproject.toml or requirements.txt, nor FastAPI.", place=place)
    ways = (_("Name yours: workbook adopt ch35 DIR"), _("Or begin the course: workbook start ch32 ~/when2meet"))
    raise Problem(what, ways=ways, code=2)


def is_project(folder: Path) -> bool:
    """Whether a folder says which packages it needs, or holds an application; below it only where it has a `.git`."""
    if not folder.is_dir() or folder.name.startswith(".") or folder.resolve().is_relative_to(CLONE):
        return False
    code = [*folder.glob("*.py"), *(folder.glob("*/*.py") if (folder / ".git").exists() else ())]
    return _declares(folder) or any("FastAPI(" in _read(file) for file in code)


def _declares(folder: Path) -> bool:
    return (folder / "pyproject.toml").is_file() or any(folder.glob("requirements*.txt"))


def look(root: Path) -> Shape:
    """What a project is, without running any of it."""
    listed = try_git(root, "ls-files", "-z", "-c", "-o", "--exclude-standard", looking=True)
    files = [root / path for path in listed.stdout.split("\0") if path]
    if listed.returncode:  # no repository
        files = [file for file in root.rglob("*.py") if not NOT_THEIRS & {*file.parts}]
    paths = sorted(file.relative_to(root) for file in files if file.suffix == ".py" and file.is_file())
    texts = {path: _read(root / path) for path in paths}
    numbered = [path for path in paths if path.name[0].isdigit() and "MODELS_STATE" in texts[path]]
    made = numbered or [path for path in paths if re.match(r"\d+_", path.name) and "def upgrade" in texts[path]]
    workflows = {file.relative_to(root): _read(file) for file in sorted(root.glob(".github/workflows/*.y*ml"))}
    return Shape(root, *_packages(root), texts, made, workflows)


def _packages(root: Path) -> tuple[str, dict[str, str]]:
    """Who manages the packages, and the versions that are named or locked."""
    content = _toml(root / "pyproject.toml")
    project, poetry = content.get("project", {}), content.get("tool", {}).get("poetry", {})
    listed = sorted(root.glob("requirements*.txt"))
    asked = [project.get("dependencies", []), *project.get("optional-dependencies", {}).values()]
    asked += [*content.get("dependency-groups", {}).values(), *(_read(file).splitlines() for file in listed)]
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
    if wished := project.get("requires-python") or pins.get("python") or _read(root / ".python-version").strip():
        pins["python"] = wished
    backend = str(content.get("build-system", {}).get("build-backend", ""))
    by_poetry = bool(poetry) or "poetry" in backend or (root / "poetry.lock").exists()
    manager = (f"Poetry {2 if project else 1}" if by_poetry else "uv") if project or poetry else "pip"
    files = [file for file in (root / "pyproject.toml", *locks, *listed) if file.is_file()]
    named = ", ".join(file.name for file in files if manager == "pip" or file not in listed)
    return f"{manager} ({named})" if named else _("nothing says which"), pins


def facts(found: Shape) -> Iterator[str]:
    """What a project is, a line each, with what is not there."""
    folders = {
        _("application"): found.application,
        _("settings"): found.settings,
        _("models"): found.models,
        _("tests"): found.tests,
        _("migrations"): found.migrations,
    }
    named = [f"{name} {found.pins[name]}".strip() for name in SHOWN if name in found.pins]
    lines = {_("packages"): found.packages, _("versions"): ", ".join(named)}
    lines |= {what: _places(files) for what, files in folders.items()}
    if not (found.root / ".env").exists():
        lines[".env"] = _("none; the environment and the defaults of your settings serve")
    for what, seen in lines.items():
        yield fold(what + " " * (INDENT - cell_len(what)) + (seen or _("none was found")), hanging=INDENT)
    yield from map(fold, outdated(found))


def outdated(found: Shape) -> Iterator[str]:
    """A sentence on what today's versions would say, when the project pins older ones."""
    today = read_versions(CHAPTERS)
    old = [name for name in SHOWN if name in today and _older(found.pins.get(name, ""), today[name])]
    if old:
        newer = ", ".join(f"{name} {today[name]}" for name in old)
        said = next(_refused(found), _("every name that you import is still there"))
        yield _("You are judged on your own versions. Today's ({newer}) would say:\n  {said}", newer=newer, said=said)


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
    """Whether a version that is pinned (`0.23.0`, `^0.115`, `~=8.3`) is an older one than today's, in two numbers."""
    numbers = [int(number) for number in re.findall(r"\d+", wished)[:2]]
    return not wished.startswith((">", "<", "*")) and bool(numbers) and numbers < [*map(int, today.split(".")[:2])]


def _places(files: Iterable[Path]) -> str:
    """Files in words; of many in one folder the folder."""
    folders: dict[Path, list[Path]] = {}
    for file in files:
        folders.setdefault(file.parent, []).append(file)
    return ", ".join(str(all[0]) if len(all) == 1 else f"{folder} ({len(all)})" for folder, all in folders.items())


def _imports(text: str) -> set[str]:
    return set(re.findall(r"^[ \t]*(?:from|import)[ \t]+(\w+)", text, re.MULTILINE))


def _name(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _read(file: Path) -> str:
    with suppress(OSError):
        return file.read_text(encoding="utf-8", errors="replace")
    return ""


def _toml(file: Path) -> dict[str, Any]:
    with suppress(tomllib.TOMLDecodeError):
        return tomllib.loads(_read(file))
    return {}
