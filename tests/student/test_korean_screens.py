"""What a student meets on the way to a MySQL and to a prepared clone is there in both languages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbook.place import CLONE

SPEAKERS = {"Problem", "Unavailable", "Unanswered", "say", "stage", "step", "print", "disk_full"}
"""What brings a sentence to the screen."""

COMMANDS = (" ", "workbook ")
"""How a command begins that stands after a sentence, or alone."""

WORDS = re.compile(r"[A-Za-z']{2,}[:,]? [A-Za-z]{2,}")

FILES = [
    *sorted((CLONE / "workbook" / "mysql").glob("*.py")),
    *sorted((CLONE / "workbook" / "setup").glob("*.py")),
    *(CLONE / "workbook" / name for name in ("up.py", "database.py")),
]


def called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def spoken(node: ast.AST) -> Iterator[str]:
    """The literals below a node that are not inside a `text(en, ko)`."""
    if isinstance(node, ast.Call) and called(node) == "text":
        return
    if isinstance(node, ast.JoinedStr):
        yield "".join(part.value for part in node.values if isinstance(part, ast.Constant))
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for below in ast.iter_child_nodes(node):
        yield from spoken(below)


def in_english_alone(source: str) -> list[str]:
    """The sentences that a file brings to the screen in English alone."""
    calls = [call for call in ast.walk(ast.parse(source)) if isinstance(call, ast.Call)]
    said = [literal for call in calls if called(call) in SPEAKERS for literal in spoken(call)]
    pairs = [call.args for call in calls if called(call) == "text"]
    same = [ast.unparse(en) for en, ko in pairs if ast.unparse(en) == ast.unparse(ko)]
    return [literal for literal in said if WORDS.search(literal) and not literal.startswith(COMMANDS)] + same


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_every_sentence_on_the_screen_has_its_korean(file: Path) -> None:
    assert in_english_alone(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "fault",
    [
        'raise Problem("The disk is full.")',
        'raise Problem(text("a", "가"), ways=(f"Or remove {folder}.",))',
        'say("Docker: starting MySQL")',
        'with stage(f"Looking for it in {place}"): pass',
        'raise Problem(text("The disk is full.", "The disk is full."))',
    ],
)
def test_a_sentence_without_its_korean_is_found(fault: str) -> None:
    assert len(in_english_alone(fault)) == 1
