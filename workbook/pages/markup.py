"""Pieces of Markdown that the pages are made of; a file as Python-Markdown is to read it; how its fences are drawn."""

import base64
import difflib
import html
import json
import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import BashLexer, MySqlLexer, PythonLexer, find_lexer_class_for_filename
from pygments.lexers.special import TextLexer

from workbook.history.files import Change
from workbook.lesson.blocks import PROMPTS, commit_message, parse_exchanges
from workbook.lesson.errors import LessonError
from workbook.lesson.markdown import ALONE, BEFORE_A_FENCE, walk
from workbook.lesson.model import Diff, Place
from workbook.say import Problem, _

_LINE = re.compile(r"^(?=.)", re.MULTILINE)  # the start of each that is not empty
_TITLE = re.compile(r'title="([^"]*)"')
_CODE_OR_LINK = re.compile(
    r"^ *(?P<ticks>`{3,})[^`\n]*\n.*?^ *(?P=ticks) *$"  # a fence
    r"|(?P<tick>`+)(?!`)(?:(?!\n\n).)+?(?<!`)(?P=tick)(?!`)"  # code in a line
    r"|\]\((?P<target>[^)\s]+)\)",
    re.MULTILINE | re.DOTALL,
)
_TYPED: Mapping[str, type[Lexer]] = {"console": BashLexer, "mysql": MySqlLexer, "pycon": PythonLexer}


def fenced(language: str, title: str, text: str, *attributes: str) -> str:
    """A fence that holds a text whatever is in it, with attributes of Material's, such as `.no-copy`."""
    ticks = "`" * max(3, 1 + max((len(found) for found in re.findall(r"`{3,}", text)), default=0))
    head = " ".join([language, *attributes, *([f'title="{title}"'] if title else [])])
    return f"{ticks}{f'{{ .{head} }}' if attributes else head}\n{text.rstrip()}\n{ticks}"


def whole(title: str, after: str, before: str = "") -> str:
    """A whole file, the lines that are new in it marked. It is not searched: a diff or another page has its words."""
    kinds = difflib.SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False).get_opcodes()
    new = [str(at + 1) for kind, _a, _b, first, last in kinds if kind != "equal" for at in range(first, last)]
    marked = [f'hl_lines="{" ".join(new)}"'] if before and new else []
    return fenced(lexer_for(title).aliases[0], title, after, *marked, 'data-search-exclude=""')


def change(diff: str, title: str, before: str, after: str) -> str:
    """A diff's fence and the file after it, as two tabs."""
    tabs = ((_("The change"), diff), (_("The whole file"), whole(title, after, before)))
    return "\n\n".join(f'=== "{label}"\n\n{_LINE.sub("    ", block)}' for label, block in tabs)


def heading(level: int, text: str, slug: str) -> str:
    """A heading with an id that is the same in both languages."""
    return f"{'#' * level} {text} {{#{slug}}}"


def boxed(css: str, *paragraphs: str) -> str:
    """Paragraphs in a `div` of a class; the empty ones are left out."""
    return "\n\n".join([f'<div class="{css}" markdown>', *filter(None, paragraphs), "</div>"])


def escaped(text: str) -> str:
    """Plain text that Markdown leaves as it is, also in a cell of a table."""
    return re.sub(r"([\\`*_\[\]<>|])", r"\\\1", text)


def code(text: str) -> str:
    """Text as code, in one line, also when it holds backticks."""
    flat = " ".join(text.split())
    return f"`` {flat} ``" if "`" in flat else f"`{flat}`"


def mended(text: str, file: str, page: str, known: Mapping[str, str]) -> str:
    """The links of a text, which lead from file to file of the repository, turned to lead from page to page.

    `known` has the page that stands for a file of the repository; a link of which no page is known stays, so that
    MkDocs names it. Links that start with a slash count from the repository's root.
    """

    def mend(match: re.Match[str]) -> str:
        parts = urlsplit(match["target"] or "")
        wanted = posixpath.normpath(posixpath.join("/", posixpath.dirname(file), parts.path)).lstrip("/")
        if not parts.path or parts.scheme or parts.netloc or wanted not in known:
            return match[0]
        path = posixpath.relpath(known[wanted], posixpath.dirname(page) or ".")
        return f"]({urlunsplit(('', '', path, parts.query, parts.fragment))})"

    return _CODE_OR_LINK.sub(mend, text)


def rewrite(
    text: str,
    file: str,
    *,
    changes: Sequence[Change] = (),
    commits: Sequence[str] = (),
    inserts: Mapping[str, Callable[[], str]] = MappingProxyType({}),
) -> str:
    """A page's text as Python-Markdown is to read it: tabs for diffs, ids for headings, comments as notes.

    `changes` is what each titled fence does, in order; `commits` the page of the commit that each command makes;
    `inserts` makes Markdown, by the name of the comment whose place it takes. Raises Problem: an unknown comment.
    """
    lines = text.split("\n")
    new: dict[int, str | None] = {}
    left, named = list(changes), list(commits)
    above = 0  # the last heading's line
    for part in walk(text):
        first, last = part.first - 1, part.last
        here: str | None = None
        if part.kind == "heading":
            above = first
        elif part.kind == "li":
            # CommonMark lets an item's further lines stand under its text; Python-Markdown wants four spaces.
            new |= {at: re.sub(r"^ {2,3}(?=\S)", "    ", lines[at]) for at in range(first + 1, last)}
        elif part.kind == "path":
            new |= {number: None for number in range(first, last + 1)}  # the site shows the fence's title
        elif part.kind == "comment":
            here = ""
            name, _colon, value = part.text.partition(":")
            if name == "section":
                new[above] = f"{lines[above]} {{#{value.split()[0]}}}"
            elif name == "not run":
                reason = _("Shown, not run here: {reason}", reason=value.strip())
                here = f'\n<p class="wb-note">{reason}</p>\n'
            elif name in inserts:
                here = f"\n{inserts[name]()}\n"
            elif name not in BEFORE_A_FENCE | ALONE:
                raise Problem(f"{file}: nothing is known of the comment <!-- {name} -->.")
        elif part.kind == "html":
            for number in range(first, last):
                line = (new.get(number) or lines[number]).replace("<details>", '<details markdown="block">')
                new[number] = line.replace("<summary>", '<summary markdown="span">')
        elif part.kind == "fence" and not part.depth:
            here = "\n".join(lines[first:last])
            title = _TITLE.search(part.info)
            if title and left and left[0].block.title == title[1]:
                done = left.pop(0)
                if isinstance(done.block, Diff):
                    here = f"\n{change(here, done.block.title, done.before or '', done.after)}\n"
            elif part.info == "console":
                for line in part.text.split("\n"):
                    if named and line.startswith("$ ") and commit_message(line[2:]) is not None:
                        label = _("Commit {name}: its files", name=posixpath.basename(named[0])[:-3])
                        here += f"\n\n[{label}](/{named.pop(0)}){{ .wb-commit-link }}\n"
        if here is not None:
            new |= {number: None for number in range(first, last)} | {first: here}
    kept = [new.get(number, line) for number, line in enumerate(lines)]
    return "\n".join(line for line in kept if line is not None)


def draw(text: str, file: str) -> tuple[str, dict[str, bytes]]:
    """A committed notebook, with the outputs of its last run, as Markdown; its pictures and itself, by file name."""
    name = posixpath.basename(file)
    beside = {name: text.encode()}
    parts: list[str] = []
    for number, cell in enumerate(json.loads(text)["cells"], 1):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source)
        elif source.strip():
            parts.append(fenced("python", "", source))
            for place, output in enumerate(cell["outputs"], 1):
                data = output.get("data", {})
                if "image/png" in data:
                    alt = cell["metadata"].get("alt", "").strip().replace("]", ")")
                    picture = f"{name.removesuffix('.ipynb')}-{number}-{place}.png"
                    beside[picture] = base64.b64decode("".join(data["image/png"]))
                    parts.append(f"![{alt}]({picture}){{ .wb-plot }}")
                elif printed := "".join(output.get("text") or data.get("text/plain", "")).strip("\n"):
                    parts.append(fenced("text", _("Output"), printed, ".wb-output", ".no-copy"))
    # As HTML: a link to the notebook in Markdown leads to this page.
    label = _("Download this notebook")
    button = f'<p><a class="md-button" href="../{name}" download>{label}</a></p>'
    return "\n\n".join([*parts[:1], button, *parts[1:]]) + "\n", beside


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
