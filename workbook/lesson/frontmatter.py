"""The YAML between two `---` at the top of a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from workbook.lesson.errors import LessonError


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The values, the line of each key (of `red`'s tags too, as `red.<tag>`), and the line that closes it."""

    values: Mapping[str, Any]
    lines: Mapping[str, int]
    end: int


def read_front_matter(file: Path, text: str, *, required: set[str], optional: set[str]) -> FrontMatter:
    """Read a page's front matter.

    Args:
        required, optional: the keys that must and may be there.

    Raises:
        LessonError: none there, not YAML, an unknown key, a missing or empty one.
    """
    lines = text.split("\n")
    if lines[0] != "---" or "---" not in lines[1:]:
        raise LessonError(file, 1, "there is no front matter.", way="Start the page with --- and title: …, then ---.")
    end = lines.index("---", 1)
    source = "\n".join(lines[1:end])
    try:
        node = yaml.compose(source)
        values = yaml.safe_load(source)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = 2 + (mark.line if mark else 0)
        what = getattr(error, "problem", None) or "it does not parse"
        raise LessonError(file, line, f"the front matter is not YAML: {what}.") from None
    if not isinstance(values, dict) or not isinstance(node, yaml.MappingNode):
        raise LessonError(file, 2, "the front matter is not a list of keys and values.")
    where = _lines(node)
    known = required | optional
    for key in values:
        if key not in known:
            raise LessonError(
                file,
                where.get(key, 2),
                f"the front matter has an unknown key `{key}`.",
                way=f"Known: {', '.join(sorted(known))}.",
            )
    for key in sorted(required):
        if values.get(key) in (None, "", []):
            raise LessonError(file, where.get(key, end + 1), f"the front matter has no `{key}`.")
    return FrontMatter(values, where, end + 1)


def text_of(file: Path, front: FrontMatter, key: str) -> str:
    """A key's text. Raises LessonError when it is anything else."""
    value = front.values.get(key, "")
    if not isinstance(value, str):
        raise LessonError(file, front.lines[key], f"`{key}` must be text, not {value!r}.", way="Quote it.")
    return value


def list_of(file: Path, front: FrontMatter, key: str) -> tuple[str, ...]:
    """A key's list of texts; empty when the key is missing. Raises LessonError when it is anything else."""
    value = front.values.get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise LessonError(file, front.lines[key], f"`{key}` must be a list of texts.", way=f"Write {key}: [one, two].")
    return tuple(value)


def _lines(node: yaml.MappingNode, prefix: str = "") -> dict[str, int]:
    found: dict[str, int] = {}
    for key, value in node.value:
        name = f"{prefix}{key.value}"
        found[name] = key.start_mark.line + 2
        if isinstance(value, yaml.MappingNode):
            found |= _lines(value, f"{name}.")
    return found
