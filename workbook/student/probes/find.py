"""Find the application, the Tortoise configuration and the model in a project, whatever they are called."""

import ast
import importlib
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

_SKIPPED = {".venv", "venv", "node_modules", "migrations", "__pycache__", ".git", "build", "dist"}


def python_files() -> Iterator[Path]:
    """The project's own Python files that are no tests, those at the top first."""
    files = [file for file in Path.cwd().rglob("*.py") if not _SKIPPED & set(file.relative_to(Path.cwd()).parts)]
    for file in sorted(files, key=lambda file: (len(file.parts), file)):
        name = file.name
        if "tests" not in file.parts and not name.startswith("test_") and name != "conftest.py":
            yield file


def module_of(file: Path) -> str:
    """The name under which a file is imported."""
    parts = list(file.relative_to(Path.cwd()).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def tortoise_config() -> dict[str, Any] | None:
    """The Tortoise configuration: the one that `pyproject.toml` names, else the dictionary that looks like one.

    Raises:
        Exception: whatever importing the module raises.
    """
    named = named_config()
    if named:
        module, _, attribute = named.rpartition(".")
        value = getattr(importlib.import_module(module), attribute, None)
        if isinstance(value, dict):
            return value
    for file in python_files():
        if '"connections"' in _source(file) or "'connections'" in _source(file):
            for value in vars(importlib.import_module(module_of(file))).values():
                if isinstance(value, dict) and {"connections", "apps"} <= value.keys():
                    return value
    return None


def tool_table() -> dict[str, Any]:
    """Aerich's table of `pyproject.toml`: `[tool.tortoise]` today, `[tool.aerich]` in the notes' days."""
    try:
        tools = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8")).get("tool", {})
    except FileNotFoundError:
        return {}
    table = tools.get("tortoise") or tools.get("aerich") or {}
    return table if isinstance(table, dict) else {}


def named_config() -> str:
    """The dotted name of the configuration that Aerich is told; empty when it is told none."""
    return str(tool_table().get("tortoise_orm", ""))


def application() -> Any | None:
    """The FastAPI application. Raises whatever importing its module raises."""
    from fastapi import FastAPI

    for file in python_files():
        if _calls(file, "FastAPI"):
            module = importlib.import_module(module_of(file))
            for value in vars(module).values():
                if isinstance(value, FastAPI):
                    return value
            for name in ("create_app", "make_app", "get_app"):
                if callable(getattr(module, name, None)):
                    return getattr(module, name)()
    return None


def own_modules() -> list[ModuleType]:
    """The modules of the project that are imported."""
    root = str(Path.cwd())
    return [
        module
        for module in list(sys.modules.values())
        if str(getattr(module, "__file__", None) or "").startswith(root) and "site-packages" not in str(module.__file__)
    ]


def _source(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")


def _calls(file: Path, name: str) -> bool:
    """Whether a file calls something of that name. A file that does not parse is taken to: its import says why not."""
    text = _source(file)
    if f"{name}(" not in text:
        return False
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return True
    called = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return any(getattr(func, "id", getattr(func, "attr", "")) == name for func in called)
