"""`workbook explain`: where the error comes from, and the answer in the terminal, 80 columns wide."""

import re
import sys
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from workbook.explain import lastcheck
from workbook.explain.clinic import Page, file_of, read_clinic, title_of
from workbook.explain.lastcheck import Fault, answer_for
from workbook.explain.match import Answer, How, match
from workbook.lesson.errors import shown
from workbook.place import CHAPTERS
from workbook.say import Problem, _, korean, marked

WIDTH = 80

MOST_BYTES = 200_000
"""Of a longer text only the end is read: that is where an error stands."""

_TITLED = re.compile(r"^(`{3,}\w*) title=\"([^\"]+)\"$", re.MULTILINE)
_COMMENT = re.compile(r"^<!--.*?-->\n", re.MULTILINE | re.DOTALL)


def explain(file: str | None, chapters: Path = CHAPTERS, *, project: Path | None = None) -> int:
    """Print the clinic's page for an error.

    Args:
        file: the file that holds it; `-` is standard input. None is what was piped, else what the last failing
            `workbook check` or `workbook ci` said.
        chapters: the folder of the lessons.
        project: the student's project, which remembers that.

    Returns:
        the exit code: 0 when the clinic has a page for it, 1 when it has none.

    Raises:
        Problem: there is nothing to explain.
    """
    command, faults = lastcheck.read(project) if file is None and project else ("", [])
    waits = file is None and sys.stdin.isatty()
    pasted = "" if waits and faults else decoded(_read(file or "-")[-MOST_BYTES:])
    if not pasted.strip() and not faults:
        raise Problem(
            _("There is nothing to explain: the text is empty."),
            ways=(
                _("Pipe it: uv run pytest 2>&1 | workbook explain"),
                _("Paste it: workbook explain, then Ctrl-D"),
            ),
            code=2,
        )
    clinic = read_clinic(chapters)
    if pasted.strip():
        answer = match(pasted, clinic)
        show(answer)
    else:
        fault = faults[0]
        _show_fault(command, fault)
        answer = answer_for(fault, clinic)
        show(answer)
        if answer.how is How.UNKNOWN and command == "check":
            print(_("A hint may help more: workbook hint"))
        print(_("For another error: workbook explain -"))
    return int(answer.how not in (How.CERTAIN, How.LIKELY))


def show(answer: Answer, console: Console | None = None) -> None:
    """Print the answer: how sure it is, then the page, or each of them, or the nearest."""
    console = console or _console()
    console.print(f"{_verdict(answer)}\n", markup=False)
    for number, page in enumerate(answer.pages, 1):
        if answer.how is How.UNKNOWN:
            lines = f"{number}. {title_of(page)}\n   {page.error}\n   {shown(file_of(page))}\n"
            console.print(lines, markup=False, soft_wrap=True)
        else:
            _print_page(console, page)


def told(page: str) -> str:
    """What a page says from its cause on; the whole page when it names none. Its fences keep their file's name."""
    body = _COMMENT.sub("", page.split("\n---\n", 1)[-1])
    causes = ("cause", korean()[marked("cause")])
    cause = re.search(rf"^(?:## |\*\*)[^\n]*?(?:{'|'.join(causes)})", body, re.MULTILINE | re.IGNORECASE)
    kept = body[cause.start() :] if cause else re.sub(r"\A\s*# .*\n", "", body)
    return _TITLED.sub(r"`\2`\n\n\1", kept)


def decoded(content: bytes) -> str:
    """The text of what a terminal or an editor saved: UTF-8, PowerShell's UTF-16, Korean Windows' code page 949."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    for encoding in ("utf-8", "cp949"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("utf-8", errors="replace")


def _console() -> Console:
    return Console(width=min(WIDTH, Console().width), highlight=False)


def _show_fault(command: str, fault: Fault) -> None:
    console = _console()
    console.print(_("The last check said:") if command == "check" else _("The last workbook ci said:"))
    console.print(Padding(Text(fault.asks, "bold"), (0, 0, 0, 2)))
    for sentence in fault.sentences:
        console.print(Padding(Text(sentence), (0, 0, 0, 4)))
    print()


def _verdict(answer: Answer) -> str:
    count = len(answer.pages)
    match answer.how:
        case How.SUCCESS:
            return _("This is no error: the command did what it should. There is nothing to explain.")
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
    from rich.markdown import Markdown

    console.rule(style="dim")
    console.print(title_of(page), style="bold", markup=False)
    # Never broken, so that a path can be copied and an error searched for.
    console.print(f"  {page.error}\n", markup=False, soft_wrap=True)
    console.print(Markdown(told(file_of(page).read_text(encoding="utf-8"))))
    console.print(_("\nThe whole page:") + f"\n{shown(file_of(page))}\n", markup=False, soft_wrap=True)


def _read(file: str) -> bytes:
    if file == "-":
        if sys.stdin.isatty():
            print(_("Paste the error, then press Ctrl-D."), file=sys.stderr)
        try:
            return sys.stdin.buffer.read()
        except KeyboardInterrupt:
            return b""
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise Problem(
            _("{file} cannot be read: {strerror}.", file=file, strerror=error.strerror),
            code=2,
        ) from error
