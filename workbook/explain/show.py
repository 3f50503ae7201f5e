"""An answer in the terminal: what the page says, 80 columns wide."""

import re
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown

from workbook.explain.clinic import Page
from workbook.explain.match import Answer, How
from workbook.lesson.errors import shown
from workbook.say import _, language

WIDTH = 80

_CAUSE = re.compile(r"cause|원인|이유|까닭|왜", re.IGNORECASE)
_CURE = re.compile(r"cure|해결|고치|고친|바로잡|처방", re.IGNORECASE)
_LEAD = re.compile(r"^(?:## +(?P<heading>.+)|\*\*(?P<bold>[^*]+)\*\*)", re.MULTILINE)
_FENCE = re.compile(r"^(`{3,}).*?^\1`*$\n?", re.MULTILINE | re.DOTALL)
_TITLED = re.compile(r"^(`{3,}\w*) title=\"([^\"]+)\"$", re.MULTILINE)
_COMMENT = re.compile(r"^<!--.*?-->\n", re.MULTILINE | re.DOTALL)


def show(answer: Answer, console: Console | None = None) -> None:
    """Print the answer: how sure it is, then the page, or each of them, or the three nearest."""
    console = console or Console(width=min(WIDTH, Console().width), highlight=False)
    console.print(f"{_verdict(answer)}\n", markup=False)
    for number, page in enumerate(answer.pages, 1):
        if answer.how is How.UNKNOWN:
            _print_line(console, f"{number}. {title_of(page)}")
            _print_line(console, f"   {page.mistake.error}")
            _print_line(console, f"   {shown(file_of(page))}\n")
        else:
            _print_page(console, page)


def _verdict(answer: Answer) -> str:
    count = len(answer.pages)
    match answer.how:
        case How.CERTAIN if count == 1:
            return _("The clinic knows this error.")
        case How.CERTAIN:
            return _(
                "The clinic knows this error, with {count} causes. Compare each with what you did last.", count=count
            )
        case How.LIKELY if count == 1:
            return _("This may be it. The words are the same, but other mistakes can end in them too.")
        case How.LIKELY:
            return _(
                "It may be one of these {count}. The words are the same, but other mistakes can end in them too.",
                count=count,
            )
        case _:
            return _(
                "I don't know this one. The three nearest pages of the clinic, which may have nothing to do with it:"
            )


def _print_page(console: Console, page: Page) -> None:
    console.rule(style="dim")
    console.print(title_of(page), style="bold", markup=False)
    _print_line(console, f"  {page.mistake.error}\n")
    console.print(Markdown(told(file_of(page).read_text(encoding="utf-8"))))
    _print_line(console, _("\nThe whole page:") + f"\n{shown(file_of(page))}\n")


def _print_line(console: Console, line: str) -> None:
    """A line that is never broken, so that a path can be copied and an error searched for."""
    console.print(line, markup=False, soft_wrap=True)


def told(page: str) -> str:
    """The sections of a page that say the cause and the cure; the whole page when it names none.

    A section starts at a heading or at a paragraph that opens in bold. Its fences keep their file's name as a line.
    """
    body = page.split("\n---\n", 1)[-1]
    fences = [match.span() for match in _FENCE.finditer(body)]
    leads = [lead for lead in _LEAD.finditer(body) if not any(start <= lead.start() < end for start, end in fences)]
    ends = [lead.start() for lead in leads[1:]] + [len(body)]
    sections = [
        body[lead.start() : end]
        for lead, end in zip(leads, ends, strict=True)
        if _CAUSE.search(name := lead["heading"] or lead["bold"]) or _CURE.search(name)
    ]
    kept = "\n".join(sections) if sections else re.sub(r"\A\s*# .*\n", "", body)
    return _TITLED.sub(r"`\2`\n\n\1", _COMMENT.sub("", kept))


def title_of(page: Page) -> str:
    """A page's heading, in the reader's language."""
    heading = re.search(r"^# (.+)$", file_of(page).read_text(encoding="utf-8"), re.MULTILINE)
    return (heading[1] if heading else page.mistake.title).replace("`", "")


def file_of(page: Page) -> Path:
    """The page in the reader's language, if it is translated."""
    translated = page.mistake.file.with_suffix(".ko.md")
    return translated if language() == "ko" and translated.exists() else page.mistake.file
