"""How sessions and diffs are drawn: in the colours of their language, with a button that copies what is typed or new.

`mkdocs.yml` names both as formatters of pymdownx.superfences, whose signature they have.
"""

import html
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import BashLexer, MySqlLexer, PythonLexer, find_lexer_class_for_filename
from pygments.lexers.special import TextLexer

from workbook.lesson.blocks import PROMPTS, parse_exchanges
from workbook.lesson.errors import LessonError
from workbook.lesson.model import Place

_TYPED: Mapping[str, type[Lexer]] = {"console": BashLexer, "mysql": MySqlLexer, "pycon": PythonLexer}


def takes(language: str, inputs: dict[str, str], options: dict[str, Any], attrs: dict[str, str], md: object) -> bool:
    """Superfences' validator for diffs: whatever stands behind the language is an option of the formatter."""
    options.update(inputs)
    return True


def session(source: str, language: str, class_name: str, options: Mapping[str, Any], md: object, **_: object) -> str:
    """A console, mysql or pycon fence. Its copy button takes what is typed, without prompts and outputs."""
    try:
        exchanges = parse_exchanges(Place(Path(language), 0, 0), language, source)
    except LessonError:
        exchanges = ()  # an illustration, such as an output alone
    typed = {each.line + further for each in exchanges for further in range(each.typed.count("\n") + 1)}
    lexer = _TYPED[language](stripnl=False)
    rows = []
    for number, line in enumerate(source.split("\n"), 1):
        prompt = next((each for each in PROMPTS[language] if number in typed and line.startswith(each.rstrip())), None)
        if prompt is not None:
            code = highlight(line[len(prompt) :], lexer, HtmlFormatter(nowrap=True)).rstrip("\n")
            rows.append(f'<span class="gp">{html.escape(line[: len(prompt)])}</span>{code}')
        else:
            kind = "gr" if line.startswith(("ERROR ", "Traceback ")) else "go"
            rows.append(f'<span class="{kind}">{html.escape(line)}</span>' if line.strip() else "")
    copied = "\n".join(each.typed for each in exchanges) or source
    return _drawn(f"wb-session wb-{language}", "\n".join(rows) + "\n", copied)


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
    # Each line is a block of its own, so that its background goes from edge to edge; its newline stands inside.
    return _drawn("wb-diff", "".join(rows), "\n".join(line[1:] for line in lines if line.startswith("+")), title)


def lexer_for(title: str) -> Lexer:
    """The lexer for a file of that name; plain text when there is none."""
    lexer: Lexer = (find_lexer_class_for_filename(Path(title).name) or TextLexer)(stripnl=False)
    return lexer


def _drawn(classes: str, code: str, copied: str, title: str = "") -> str:
    button = f'{classes}" data-copy="{html.escape(copied)}"' if copied else f'{classes} no-copy"'
    named = f'<span class="filename">{html.escape(title)}</span>' if title else ""
    return f'<div class="highlight {button}>{named}<pre><code>{code}</code></pre></div>'
