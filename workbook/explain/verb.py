"""`workbook explain`: what is asked, and where the answer comes from."""

import sys
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from workbook.explain import lastcheck
from workbook.explain.belonging import answer_for
from workbook.explain.clinic import read_clinic
from workbook.explain.lastcheck import Fault
from workbook.explain.match import How, match
from workbook.explain.show import WIDTH, show
from workbook.place import CHAPTERS
from workbook.say import Problem, _

MOST_BYTES = 200_000
"""Of a longer text only the end is read: that is where an error stands."""


def explain(file: str | None, chapters: Path = CHAPTERS, *, project: Path | None = None) -> int:
    """Print the clinic's page for an error.

    Args:
        file: the file that holds it; `-` is standard input. None is what was piped, else the last failing check's.
        chapters: the folder of the lessons.
        project: the student's project, which remembers its last failing check.

    Returns:
        the exit code: 0 when the clinic has a page for it, 1 when it has none.

    Raises:
        Problem: there is nothing to explain.
    """
    faults = lastcheck.read(project) if file is None and project else []
    waits = file is None and sys.stdin.isatty()
    pasted = "" if waits and faults else decoded(_read(file or "-")[-MOST_BYTES:])
    if not pasted.strip() and faults:
        return _explain_check(faults, chapters)
    if not pasted.strip():
        raise Problem(
            _("There is nothing to explain: the text is empty."),
            ways=(
                _("Pipe it: uv run pytest 2>&1 | workbook explain"),
                _("Paste it: workbook explain, then Ctrl-D"),
            ),
            code=2,
        )
    answer = match(pasted, read_clinic(chapters))
    show(answer)
    return int(answer.how is How.UNKNOWN)


def _explain_check(faults: list[Fault], chapters: Path) -> int:
    fault = faults[0]
    console = Console(width=min(WIDTH, Console().width), highlight=False)
    console.print(_("The last check said:"))
    console.print(Padding(Text(fault.asks, "bold"), (0, 0, 0, 2)))
    for sentence in fault.sentences:
        console.print(Padding(Text(sentence), (0, 0, 0, 4)))
    print()
    answer = answer_for(fault, read_clinic(chapters))
    show(answer)
    if answer.how is How.UNKNOWN:
        print(_("A hint may help more: workbook hint"))
    print(_("For another error: workbook explain -"))
    return int(answer.how is How.UNKNOWN)


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


def _read(file: str) -> bytes:
    if file == "-":
        if sys.stdin.isatty():
            hint = _("Paste the error, then press Ctrl-D.")
            print(hint, file=sys.stderr)
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
