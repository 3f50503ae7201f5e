"""Finds a project's imports, configuration and applications from inside. It imports nothing of the workbook."""

import faulthandler
import importlib
import importlib.util
import inspect
import os
import re
import signal
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Who has waited too long ends us by this signal, and reads where we were. Pytest puts another file in the place of 2.
faulthandler.register(signal.SIGUSR1, file=os.dup(2), chain=True)

SKIPPED = {"migrations", "tests", "build", "dist"}
"""Folders that hold no application. What git ignores, and what others wrote, is not in our copy."""


def modules(word: str) -> Iterator[Path]:
    """The project's own Python files with a word in them that are no tests, those at the top first."""
    for file in sorted(Path.cwd().rglob("*.py"), key=lambda file: (len(file.parts), file)):
        test = re.match(r"test_|conftest\.py", file.name) or SKIPPED & set(file.relative_to(Path.cwd()).parts)
        if not test and word in file.read_text(encoding="utf-8", errors="replace"):
            yield file


def names(file: Path) -> set[str]:
    """The first names of what a file imports: `app` of `from app.configs import config`."""
    text = file.read_text(encoding="utf-8", errors="replace")
    return set(re.findall(r"^[ \t]*(?:from|import)[ \t]+(\w+)", text, re.MULTILINE))


def roots() -> list[str]:
    """Where the project's imports begin: at its top, and in folders (`src`) that hold what else nobody could import."""
    files, found = list(modules("")), [Path.cwd()]
    parts = {part for file in files for part in (file.with_suffix(""), *file.parents) if Path.cwd() in part.parents}
    for name in sorted({name for file in files for name in names(file)}):
        places = [part.parent for part in parts if part.name == name]
        if places and name not in sys.modules and not importlib.util.find_spec(name):
            found.append(min(places, key=lambda place: len(place.parts)))
    return [str(place) for place in dict.fromkeys(found)]


def imported(file: Path) -> Any:
    """The module that a file is, under the name by which the project's own imports know it. Raises what it raises."""
    own = [Path(place) for place in sys.path if Path(place) == Path.cwd() or Path.cwd() in Path(place).parents]
    for root in sorted(own, key=lambda place: -len(place.parts)):
        if file.is_relative_to(root):
            parts = list(file.relative_to(root).with_suffix("").parts)
            there = (place for place in own if (place / parts[0]).is_dir() or (place / f"{parts[0]}.py").exists())
            if root == next(there):
                return importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    raise ImportError(f"nothing leads to {file}")


def aerich() -> dict[str, Any]:
    """Aerich's table of `pyproject.toml`: `[tool.tortoise]` today, `[tool.aerich]` in the notes' days."""
    file = Path("pyproject.toml")
    tools = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}) if file.exists() else {}
    return tools.get("tortoise") or tools.get("aerich") or {}


def configuration(migrations: bool = False) -> dict[str, Any] | None:
    """The Tortoise configuration: the one that `pyproject.toml` names, else the dictionary that looks like one.

    Migrations may have one of their own, beside the application's, which the course calls `TORTOISE_ORM`.
    """
    module, _, attribute = str(aerich().get("tortoise_orm", "")).rpartition(".")
    named = [attribute] if migrations else ["TORTOISE_ORM", attribute]
    values = [getattr(importlib.import_module(module), name, None) for name in named] if module else []
    for value in values:
        if isinstance(value, dict):
            return value
    failed: list[BaseException] = []
    for file in modules("connections"):
        try:
            values = list(vars(imported(file)).values())
        except BaseException as error:  # which may be a neighbour's
            failed.append(error)
            continue
        for value in values:
            if isinstance(value, dict) and {"connections", "apps"} <= value.keys():
                return value
    if failed:
        raise failed[0]
    return None


def described(app: Any) -> list[str]:
    """The paths of an application, and of those that are mounted below it."""
    mounted = [(route.path, route.app) for route in app.routes if hasattr(getattr(route, "app", None), "openapi")]
    return [*app.openapi()["paths"], *(prefix + path for prefix, inner in mounted for path in described(inner))]


def rank(file: Path, paths: list[str], path: str) -> tuple[bool, bool, int]:
    """How likely an application is the chapter's: it has the path, it is no demonstration at the top, it has most."""
    known = {re.sub(r"{.*?}", "{}", each) for each in paths}
    own = {part for each in modules("") for part in each.relative_to(Path.cwd()).with_suffix("").parts}
    demonstration = file.parent == Path.cwd() and own.isdisjoint(names(file))
    return not path or re.sub(r"{.*?}", "{}", path) in known, not demonstration, len(paths)


def applications(module: Any) -> tuple[list[Any], list[str], set[str]]:
    """A module's applications, or its factories'; the factories that want arguments; the names to look for further."""
    from fastapi import FastAPI

    own = {name: value for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__}
    kinds = {name for name, value in own.items() if inspect.isclass(value) and issubclass(value, FastAPI)}
    makers = {name: value for name, value in own.items() if _makes(inspect.unwrap(value), kinds | {"FastAPI"})}
    wanting = [name for name, make in makers.items() if _required(make)]
    apps = [value for value in vars(module).values() if isinstance(value, FastAPI)]
    if not apps:
        made = [make() for name, make in makers.items() if name not in wanting]
        apps = [app for app in made if isinstance(app, FastAPI)]
    return apps, wanting, kinds | makers.keys()


def _makes(function: Any, kinds: set[str]) -> bool:
    """Whether a function returns an application: it says so, or names a class of applications and returns something."""
    if not inspect.isfunction(function) or inspect.iscoroutinefunction(function):
        return False
    says = {*re.findall(r"\w+", str(inspect.signature(function).return_annotation))}
    returns = re.search(r"^\s+return \w", inspect.getsource(function), re.MULTILINE)
    return bool(kinds & says) or bool(returns and kinds & {*function.__code__.co_names})


def _required(function: Any) -> bool:
    """Whether a function cannot be called without arguments."""
    given = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    parameters = inspect.signature(function).parameters.values()
    return any(each.default is each.empty and each.kind not in given for each in parameters)
