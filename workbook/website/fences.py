"""How fences are drawn: diffs in the colours of their language, sessions that copy what is typed.

Each formatter has the signature that pymdownx.superfences asks for.
"""

import difflib
import html
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import BashSessionLexer, PythonConsoleLexer, get_lexer_for_filename
from pygments.lexers.special import TextLexer
from pygments.util import ClassNotFound

from workbook.lesson.blocks import parse_exchanges
from workbook.lesson.errors import LessonError
from workbook.lesson.model import Place
from workbook.website.lexer import MySQLSessionLexer

_SESSIONS: Mapping[str, type[Lexer]] = {
    "console": BashSessionLexer,
    "mysql": MySQLSessionLexer,
    "pycon": PythonConsoleLexer,
}
_NAMES = {".env": "x.ini", ".env.example": "x.ini", ".gitignore": "x.ini", ".gitattributes": "x.ini"}


def changed_lines(before: str, after: str) -> list[int]:
    """The numbers, from 1, of the lines of `after` that are not in `before`."""
    matcher = difflib.SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False)
    return [
        number + 1
        for kind, _, _, first, last in matcher.get_opcodes()
        if kind != "equal"
        for number in range(first, last)
    ]


def takes(language: str, inputs: dict[str, str], options: dict[str, Any], attrs: dict[str, str], md: object) -> bool:
    """Superfences' validator: whatever stands behind the language is an option of the formatter."""
    options.update(inputs)
    return True


def session(source: str, language: str, class_name: str, options: Mapping[str, Any], md: object, **_: object) -> str:
    """A console, mysql or pycon fence. Its copy button takes what is typed, without prompts and outputs."""
    try:
        exchanges = parse_exchanges(Place(Path(language), 0, 0), language, source)
        typed = "\n".join(exchange.typed for exchange in exchanges)
    except LessonError:
        typed = source  # an illustration, such as an output alone
    return _drawn(_SESSIONS[language](stripnl=False), source, f"wb-session wb-{language}", copy=typed)


def whole(source: str, language: str, class_name: str, options: Mapping[str, Any], md: object, **_: object) -> str:
    """A whole file beside its diff: not searched, because the diff or an earlier page holds the words already."""
    title = str(options.get("title", ""))
    lines = [int(number) for number in str(options.get("lines", "")).split()]
    return _drawn(lexer_for(title), source, "wb-whole", title=title, lines=lines, searched=False)


def output(source: str, language: str, class_name: str, options: Mapping[str, Any], md: object, **_: object) -> str:
    """What a notebook's cell printed. There is nothing to copy."""
    return _drawn(TextLexer(stripnl=False), source, "wb-output no-copy", title=str(options.get("title", "")))


def diff(source: str, language: str, class_name: str, options: Mapping[str, Any], md: object, **_: object) -> str:
    """A diff in the colours of the file's own language. Its copy button takes the added lines."""
    title = str(options.get("title", ""))
    lines = source.split("\n")
    bare = "\n".join(line[1:] if line[:1] in ("+", "-", " ") else "" for line in lines)
    drawn = highlight(f"{bare}\n", lexer_for(title), HtmlFormatter(nowrap=True)).split("\n")
    rows: list[str] = []
    for line, code in zip(lines, drawn, strict=False):
        if line.startswith("@@"):
            # A bare @@ separates; where nothing is above it, there is nothing to separate.
            if line != "@@" or rows:
                rows.append(f'<span class="wb-hunk">{"⋯" if line == "@@" else html.escape(line)}\n</span>')
        else:
            kind = {"+": "wb-added", "-": "wb-removed"}.get(line[:1], "wb-kept")
            sign = html.escape(line[:1] or " ")
            rows.append(f'<span class="{kind}"><span class="wb-sign">{sign}</span>{code}\n</span>')
    added = "\n".join(line[1:] for line in lines if line.startswith("+"))
    copy = f' data-copy="{html.escape(added)}"' if added else ""
    classes = "highlight wb-diff" if added else "highlight wb-diff no-copy"
    # Each line is a block of its own, so that its background goes from edge to edge; its newline stands inside.
    return f'<div class="{classes}"{copy}>{_named(title)}<pre><code>{"".join(rows)}</code></pre></div>'


def lexer_for(title: str) -> Lexer:
    """The lexer for a file of that name; plain text when there is none."""
    name = Path(title).name
    try:
        lexer: Lexer = get_lexer_for_filename(_NAMES.get(name, name), stripnl=False)
    except ClassNotFound:
        return TextLexer(stripnl=False)
    return lexer


def _named(title: str) -> str:
    return f'<span class="filename">{html.escape(title)}</span>' if title else ""


def _drawn(
    lexer: Lexer,
    source: str,
    classes: str,
    *,
    title: str = "",
    copy: str = "",
    lines: list[int] | None = None,
    searched: bool = True,
) -> str:
    formatter = HtmlFormatter(nowrap=True, hl_lines=lines or [])
    code = highlight(source, lexer, formatter).rstrip("\n")
    extra = f' data-copy="{html.escape(copy)}"' if copy else ""
    extra += "" if searched else " data-search-exclude"
    return f'<div class="highlight {classes}"{extra}>{_named(title)}<pre><code>{code}\n</code></pre></div>'


CUSTOM_FENCES = [
    {"name": name, "class": name, "validator": takes, "format": formatter}
    for name, formatter in [
        *((kind, session) for kind in _SESSIONS),
        ("diff", diff),
        ("whole", whole),
        ("output", output),
    ]
]
"""The setting `custom_fences` of pymdownx.superfences."""
