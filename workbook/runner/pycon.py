"""Python sessions, run in the project's own Python."""

import json
import shlex
from pathlib import Path

from workbook.lesson.errors import LessonError
from workbook.lesson.model import Session
from workbook.runner.compare import indented
from workbook.runner.shell import Shell, lines_of

_DRIVER = Path(__file__).with_name("pycon_driver.py")


def run_session(shell: Shell, python: str, session: Session) -> list[tuple[str, ...]]:
    """Run a pycon fence as one session.

    Args:
        python: the command that starts the project's Python.

    Returns:
        the lines that each example prints.

    Raises:
        LessonError: Python itself does not start, or the session ends it.
    """
    sources, outputs = shell.ground.root / "session.json", shell.ground.root / "printed.json"
    outputs.unlink(missing_ok=True)
    sources.write_text(json.dumps([exchange.typed for exchange in session.exchanges]), encoding="utf-8")
    ran = shell.run(f"{python} {' '.join(shlex.quote(str(path)) for path in (_DRIVER, sources, outputs))}")
    if not outputs.exists():
        raise LessonError(
            session.place.file,
            session.place.first,
            "this Python session does not come to its end.",
            why=indented(ran.output),
        )
    ground = shell.ground
    return [lines_of(ground.to_show(text)) for text in json.loads(outputs.read_text(encoding="utf-8"))]
