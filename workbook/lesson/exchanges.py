"""Sessions: what is typed at a prompt, and what is printed then."""

import re
from collections.abc import Sequence

from workbook.lesson.errors import LessonError
from workbook.lesson.model import Exchange, Line, Place

PROMPTS = {"console": ("$ ", "> "), "mysql": ("mysql> ", "    -> "), "pycon": (">>> ", "... ")}
"""By kind of session: the prompt, and the prompt of a continued line."""


def parse_exchanges(place: Place, kind: str, content: str) -> tuple[Exchange, ...]:
    """What a session's fence shows being typed, and the output under each.

    Raises:
        LessonError: nothing is typed, output before the first prompt, a statement without its semicolon.
    """
    prompt, further = PROMPTS[kind]
    lines = [Line(number, text) for number, text in enumerate(content.removesuffix("\n").split("\n"), place.first + 1)]
    groups: list[list[Line]] = []
    for line in lines:
        if _starts(line.text, prompt):
            groups.append([line])
        elif groups:
            groups[-1].append(line)
        elif line.text.strip():
            raise LessonError(
                place.file, line.number, f"this {kind} fence shows output before anything is typed after `{prompt}`."
            )
    if not groups:
        raise LessonError(
            place.file, place.first, f"this {kind} fence types nothing.", way=f"Start what is typed with `{prompt}`."
        )
    return tuple(_exchange(place, kind, group, prompt, further) for group in groups)


def _starts(text: str, prompt: str) -> bool:
    return text.startswith(prompt) or text == prompt.rstrip()


def _exchange(place: Place, kind: str, group: Sequence[Line], prompt: str, further: str) -> Exchange:
    typed = [group[0].text[len(prompt) :]]
    rest = list(group[1:])
    while rest and _starts(rest[0].text, further) and not (kind == "mysql" and _complete(typed)):
        typed.append(rest.pop(0).text[len(further) :])
    if kind == "mysql" and not _complete(typed):
        raise LessonError(
            place.file,
            group[0].number,
            "this statement does not end with ; or \\G.",
            way="Further lines start with `    -> `.",
        )
    if not "".join(typed).strip():
        raise LessonError(place.file, group[0].number, f"nothing is typed after `{prompt}`.")
    output_line = rest[0].number if rest else group[len(typed) - 1].number + 1
    while rest and not rest[0].text.strip():
        output_line = rest.pop(0).number + 1
    while rest and not rest[-1].text.strip():
        rest.pop()
    return Exchange(group[0].number, "\n".join(typed), tuple(line.text for line in rest), output_line)


def _complete(typed: Sequence[str]) -> bool:
    return re.search(r"(;|\\G)\s*$", typed[-1]) is not None
