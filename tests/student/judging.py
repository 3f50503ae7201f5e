"""What tests of checks share: judge a project, and plant in it what a mistake page or a chapter's planted.toml says."""

import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from workbook.history.files import Files
from workbook.lesson.model import Diff, Mistake, Session, WholeFile
from workbook.mysql.login import cursor
from workbook.mysql.server import Server
from workbook.place import CHAPTERS
from workbook.replay.ground import uv
from workbook.student import checking
from workbook.student.check import Check, Verdict
from workbook.student.ground import Ground
from workbook.student.start import commit_all, is_clean


def planted(chapter: str) -> dict[str, Any]:
    """What a chapter's `planted.toml` says: `mistakes` (the sentences that a page earns), `fault`s, `right` ones."""
    (file,) = CHAPTERS.glob(f"{chapter}_*/planted.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def verdicts(root: Path, only: list[Check], server: Server, *, seconds: float = 120) -> dict[str, Verdict]:
    """The verdicts by the checks' names: those of `only`, of which the last is of the chapter that is under way."""
    with Ground(root, server=server, seconds=seconds) as ground:
        return {each.check.name: each for each in checking.verdicts(ground, only[-1].chapter, only)}


def checks(chapter: str, *names: str) -> list[Check]:
    """A chapter's own checks, and of earlier ones those that are named."""
    return [each for each in checking.asked(chapter) if each.chapter == chapter or each.name in names]


def missing(found: dict[str, Verdict]) -> dict[str, tuple[str, ...]]:
    """What is missing, with the sentences, by the check's name."""
    return {name: verdict.sentences for name, verdict in found.items() if verdict.state == "missing"}


def said(found: dict[str, Verdict]) -> set[str]:
    """The sentences that were said, as `check.id`."""
    return {f"{name}.{each}" for name, verdict in found.items() for each in verdict.ids}


def play(page: Mistake, root: Path, server: Server, database: str) -> None:
    """Do what the first blocks of a page do, as many as plant it: write its files, run its commands, send its SQL."""
    files = Files(page, _tree(root))
    acting = [block for block in page.blocks if isinstance(block, WholeFile | Diff | Session)]
    for block in acting[: page.plant]:
        if isinstance(block, Session):
            _run(block, root, server, database)
            files.tree = _tree(root)
        else:
            change = files.take(block)
            (root / block.title).parent.mkdir(parents=True, exist_ok=True)
            (root / block.title).write_text(change.after, encoding="utf-8")


def plant(fault: dict[str, Any], root: Path, server: Server, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do what data says: `env`, `sql`, `remove` (patterns), `write`, `replace`. It is committed, for the workflow."""
    for name, value in fault.get("env", {}).items():
        monkeypatch.delenv(name) if value is None else monkeypatch.setenv(name, value)
    if "sql" in fault:
        _ask(fault["sql"], server, database)
    for path in fault.get("remove", ()):
        files = list(root.glob(path))
        assert files, f"there is no {path}"
        for file in files:
            file.unlink()
    for path, text in fault.get("write", {}).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    for path, pairs in fault.get("replace", {}).items():
        text = (root / path).read_text(encoding="utf-8")
        for old, new in pairs.items():
            assert old in text, f"{path} has no {old!r}"
            text = text.replace(old, new)
        (root / path).write_text(text, encoding="utf-8")
    if fault and (root / ".github").exists() and not is_clean(root):
        commit_all(root, "Planted")


def _tree(root: Path) -> dict[str, str]:
    files = [file for file in root.rglob("*") if file.is_file() and not {".git", ".venv"} & set(file.parts)]
    return {str(file.relative_to(root)): file.read_text(encoding="utf-8", errors="replace") for file in files}


def _ask(statement: str, server: Server, database: str) -> None:
    with cursor(server) as ask:
        if not statement.startswith(("DROP DATABASE", "CREATE DATABASE")):
            ask.execute(f"USE `{database}`")
        ask.execute(re.sub(r"\bwhen2meet_vod\b", database, statement))


def _run(block: Session, root: Path, server: Server, database: str) -> None:
    for exchange in block.exchanges:
        if block.kind == "mysql":
            _ask(exchange.typed, server, database)
            continue
        typed = exchange.typed.replace("git commit", "git -c user.name=S -c user.email=s@localhost commit")
        path = f"{Path(uv() or 'uv').parent}:{os.environ['PATH']}"
        done = subprocess.run(["bash", "-c", typed], cwd=root, env=os.environ | {"PATH": path}, capture_output=True)
        assert done.returncode == exchange.exit, done.stdout + done.stderr
