"""`workbook explain`: from the error on the screen to the page of the clinic that knows it, 80 columns wide."""

import re
import sys
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from workbook.clinic import lastcheck
from workbook.clinic.clinic import Answer, How, file_of, match, read_clinic, title_of
from workbook.lesson.errors import shown
from workbook.place import CHAPTERS
from workbook.say import Problem, _, korean, marked

MOST = 200_000
"""Of a longer text only so many letters at its end are read: that is where an error stands."""

_CAUSES = marked("The clinic knows this error, with {count} causes. Compare each with what you did last.")

_TITLED = re.compile(r"^(`{3,}\w*) title=\"([^\"]+)\"$", re.MULTILINE)
_COMMENT = re.compile(r"^<!--.*?-->\n", re.MULTILINE | re.DOTALL)


def explain(file: str | None, *, project: Path | None = None) -> int:
    """Print the clinic's page for an error.

    Args:
        file: the file that holds it; `-` is standard input. None is what was piped, else what the last failing
            `workbook check` or `workbook ci` said.
        project: the student's project, which remembers that.

    Returns:
        the exit code: 0 when the clinic has a page for it, 1 when it has none. Raises Problem when there is nothing.
    """
    fault = next(iter(lastcheck.read(project) if file is None and project else []), None)
    pasted = "" if fault and sys.stdin.isatty() else _read(file or "-")
    console = Console(width=min(80, Console().width), highlight=False)
    if pasted.strip():
        answer = match(pasted, read_clinic(CHAPTERS))
        show(answer, console)
    elif fault:
        console.print(_("The last check said:") if fault.check else _("The last workbook ci said:"))
        console.print(Padding(Text(fault.asks, "bold"), (0, 0, 0, 2)))
        console.print(Padding(Text("\n".join(fault.sentences)), (0, 0, 1, 4)))
        answer = lastcheck.answer_for(fault, read_clinic(CHAPTERS))
        show(answer, console)
        if answer.how is How.UNKNOWN and fault.check:
            console.print(_("A hint may help more: workbook hint"))
        console.print(_("For another error: workbook explain -"))
    else:
        raise Problem(
            _("There is nothing to explain: the text is empty."),
            ways=(_("Pipe it: uv run pytest 2>&1 | workbook explain"), _("Paste it: workbook explain, then Ctrl-D")),
            code=2,
        )
    return int(answer.how not in (How.CERTAIN, How.LIKELY))


def show(answer: Answer, console: Console) -> None:
    """Print the answer: how sure it is, then the page, or each of them, or the nearest."""
    from rich.markdown import Markdown

    count = len(answer.pages)
    verdict = _CAUSES if answer.how is How.CERTAIN and count > 1 else answer.how.value
    console.print(_(verdict, count=count) + "\n", markup=False)
    for number, page in enumerate(answer.pages, 1):
        where = shown(file_of(page))
        # Never broken, so that a path can be copied and an error searched for.
        if answer.how is How.UNKNOWN:
            console.print(f"{number}. {title_of(page)}\n   {page.error}\n   {where}\n", markup=False, soft_wrap=True)
            continue
        console.rule(style="dim")
        console.print(title_of(page), style="bold", markup=False)
        console.print(f"  {page.error}\n", markup=False, soft_wrap=True)
        console.print(Markdown(told(file_of(page).read_text(encoding="utf-8"))))
        console.print(_("\nThe whole page:") + f"\n{where}\n", markup=False, soft_wrap=True)


def told(page: str) -> str:
    """What a page says from its cause on; the whole page when it names none. Its fences keep their file's name."""
    body = _COMMENT.sub("", page.split("\n---\n", 1)[-1])
    causes = ("cause", korean()[marked("cause")])
    cause = re.search(rf"^(?:## |\*\*)[^\n]*?(?:{'|'.join(causes)})", body, re.MULTILINE | re.IGNORECASE)
    kept = body[cause.start() :] if cause else re.sub(r"\A\s*# .*\n", "", body)
    return _TITLED.sub(r"`\2`\n\n\1", kept)


def _read(file: str) -> str:
    """What a terminal or an editor saved: UTF-8, PowerShell's UTF-16, Korean Windows' code page 949; its end."""
    if file == "-" and sys.stdin.isatty():
        print(_("Paste the error, then press Ctrl-D."), file=sys.stderr)
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise Problem(_("{file} cannot be read: {strerror}.", file=file, strerror=error.strerror), code=2) from error
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8", "cp949")
    for encoding in encodings:
        with suppress(UnicodeDecodeError):
            return content.decode(encoding)[-MOST:]
    return content.decode("utf-8", errors="replace")[-MOST:]
