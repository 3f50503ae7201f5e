"""What tests of checks share: judge a project, and play the first blocks of a mistake page in it."""

import os
import re
import subprocess
from pathlib import Path

from workbook.history.files import Files
from workbook.lesson.model import Diff, Mistake, Session, WholeFile
from workbook.lesson.reader import read_mistake
from workbook.login import cursor
from workbook.mysql.server import Server
from workbook.place import CHAPTERS
from workbook.runner.ground import uv
from workbook.student.check import Verdict, judge
from workbook.student.checking import PATH, asked
from workbook.student.ground import Ground


def verdicts(root: Path, chapter: str, *names: str, seconds: float = 20) -> dict[str, Verdict]:
    """The verdicts of a chapter's own checks, and of earlier ones that are named, by the check's name."""
    wanted = [(owner, check) for owner, check in asked(chapter) if owner == chapter or check.name in names]
    with Ground(root, path=PATH, seconds=seconds) as ground:
        return {verdict.check.name: verdict for verdict in judge(ground, wanted)}


def missing(found: dict[str, Verdict]) -> dict[str, tuple[str, ...]]:
    """What is missing, with the sentences, by the check's name."""
    return {name: verdict.sentences for name, verdict in found.items() if verdict.state == "missing"}


def page_of(name: str) -> Mistake:
    """A mistake page by `ch36/nothing-saved`."""
    chapter, _, stem = name.partition("/")
    [file] = CHAPTERS.glob(f"{chapter}_*/mistakes/{stem}.md")
    return read_mistake(file)


def play(page: Mistake, root: Path, blocks: int, server: Server, database: str) -> None:
    """Do what the first blocks of a page do: write its files, run its commands, send its SQL."""
    files = Files(page, _tree(root))
    acting = [block for block in page.blocks if isinstance(block, WholeFile | Diff | Session)]
    for block in acting[:blocks]:
        if isinstance(block, Session):
            _run(block, root, server, database)
            files.tree = _tree(root)
        else:
            change = files.take(block)
            (root / block.title).parent.mkdir(parents=True, exist_ok=True)
            (root / block.title).write_text(change.after, encoding="utf-8")


def _tree(root: Path) -> dict[str, str]:
    files = [file for file in root.rglob("*") if file.is_file() and not {".git", ".venv"} & set(file.parts)]
    return {str(file.relative_to(root)): file.read_text(encoding="utf-8", errors="replace") for file in files}


def _run(block: Session, root: Path, server: Server, database: str) -> None:
    for exchange in block.exchanges:
        if block.kind == "mysql":
            with cursor(server) as ask:
                if not exchange.typed.startswith(("DROP DATABASE", "CREATE DATABASE")):
                    ask.execute(f"USE `{database}`")
                ask.execute(re.sub(r"\bwhen2meet_vod\b", database, exchange.typed))
            continue
        identity = ("-c", "user.name=S", "-c", "user.email=s@localhost")
        typed = exchange.typed.replace("git commit", f"git {' '.join(identity)} commit")
        path = f"{Path(uv() or 'uv').parent}:{os.environ['PATH']}"
        done = subprocess.run(["bash", "-c", typed], cwd=root, env=os.environ | {"PATH": path}, capture_output=True)
        assert done.returncode == exchange.exit, done.stdout + done.stderr
