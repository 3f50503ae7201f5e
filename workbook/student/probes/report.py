"""How a probe tells what it saw: one JSON object a line, in the file that `WORKBOOK_PROBE` names."""

import asyncio
import faulthandler
import json
import os
import sys
import time
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TextIO

_started = time.monotonic()
_file: list[TextIO] = []


def tell(**values: object) -> None:
    """Write down what was seen."""
    with open(os.environ["WORKBOOK_PROBE"], "a", encoding="utf-8") as file:
        file.write(json.dumps(values, default=str) + "\n")


def watch() -> None:
    """When the time is over, write down where the program hangs. Call it again: pytest forgets it at a failure."""
    seconds = float(os.environ.get("WORKBOOK_PATIENCE", "0"))
    if seconds:
        if not _file:
            _file.append(open(os.environ["WORKBOOK_PROBE"] + ".hangs", "w", encoding="utf-8"))  # noqa: SIM115
        faulthandler.dump_traceback_later(max(0.1, seconds - (time.monotonic() - _started)), file=_file[0])


def place_of(error: BaseException) -> dict[str, Any]:
    """An error: its type, what it says, and the deepest line of the project that it came through."""
    project = str(Path.cwd())
    where, line = "", 0
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename.startswith(project) and "site-packages" not in frame.filename:
            where, line = frame.filename, frame.lineno or 0
    if isinstance(error, SyntaxError) and error.filename:
        where, line = error.filename, error.lineno or 0
    return {"type": type(error).__name__, "says": _said(error), "file": where, "line": line}


def _said(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return error.msg or "invalid syntax"
    return str(error).strip() or type(error).__name__


def run(main: Callable[[], Awaitable[None]]) -> None:
    """Run a probe; what the student's code raises becomes an `error` line, also `sys.exit`."""
    watch()
    try:
        asyncio.run(_await(main))
    except BaseException as error:
        tell(error=place_of(error))
        sys.exit(0)


async def _await(main: Callable[[], Awaitable[None]]) -> None:
    await main()
