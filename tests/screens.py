"""What a person sees on the screen, for the lessons: `python -m tests.screens` looks anew at what chapter 37 leaves.

It shows `/docs` in a browser, and a green and a red run of `workbook ci` in both languages, as it really prints them.
"""

import io
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from html import escape
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from tests.pictures import FOLDER
from tests.rehearsal.conftest import commit
from workbook.guarded import Guarded
from workbook.history.build import history_until
from workbook.mysql import free_port
from workbook.place import CHAPTERS

BREAKS = "app/apis/v1/meeting_router.py", 'prefix="/v1', 'prefix="/v2'
"""The file, and what is changed in it, so that the tests are red."""
COLOURS = TerminalTheme(
    (24, 31, 40), (230, 237, 243), [(0, 0, 0), (255, 123, 114), (86, 211, 100)] + [(230, 237, 243)] * 5
)
TITLES = {
    ("green", "en"): "workbook ci in a terminal: every step is ok, and the job passed.",
    ("green", "ko"): "터미널에서 실행한 workbook ci: 모든 스텝이 ok이고 잡이 통과했어요.",
    ("red", "en"): "workbook ci in a terminal: the step Run the tests failed, and below stands what it says is wrong.",
    ("red", "ko"): "터미널에서 실행한 workbook ci: Run the tests 스텝이 실패했고, 무엇이 잘못됐는지 그 아래에 나와요.",
}


def terminal(printed: str, title: str) -> str:
    """What a program printed, with its colours, as an SVG of a terminal; its fonts are the reader's own."""
    text = Text.from_ansi(printed.strip("\n"))
    columns = max(line.cell_len for line in text.split())
    console = Console(record=True, width=columns, file=io.StringIO(), force_terminal=True)
    console.print(text, soft_wrap=True)
    drawn = console.export_svg(title="", theme=COLOURS, unique_id="screen")
    drawn = re.sub(r"@font-face \{.*?\}", "", drawn, flags=re.DOTALL).replace("Fira Code", "ui-monospace")
    drawn = re.sub(r'<!--.*?-->| textLength="[^"]*"', "", drawn)  # the length takes Korean letters for narrow ones
    shown = f"<title>{escape(title)}</title>\n<desc>{escape(text.plain)}</desc>"
    head = re.search(r"<svg [^>]*>", drawn)
    assert head
    drawn = drawn.replace(head[0], f'{head[0][:-1]} width="{8.6 * columns:.0f}" role="img">\n{shown}', 1)
    return "\n".join(line.rstrip() for line in drawn.splitlines()) + "\n"


def runs(project: Path) -> None:
    """Run a project's workflow as it is and with an error, in both languages, and draw what is printed."""
    subprocess.run([Path(sys.executable).with_name("uv"), "lock", "--quiet"], cwd=project, check=True)
    commit(project, "Run the tests on every push")
    for colour in ("green", "red"):
        if colour == "red":
            file, right, wrong = BREAKS
            (project / file).write_text((project / file).read_text().replace(right, wrong))
            commit(project, "Call it the second version")
        for language, end in (("en", ""), ("ko", ".ko")):
            command = [sys.executable, "-m", "workbook", "--lang", language, "ci"]
            seen = os.environ | {"FORCE_COLOR": "1", "TTY_INTERACTIVE": "0"}
            done = subprocess.run(command, cwd=project, env=seen, stdout=subprocess.PIPE, text=True)
            assert done.returncode == (colour == "red")
            printed = re.sub(r"\x1b\[\?\d+[hl]", "", done.stdout)
            if colour == "red":  # what follows is pytest's own
                printed = printed.rsplit("\n\n", 1)[0] + "\n\n…"
            (FOLDER / f"ci-{colour}{end}.svg").write_text(terminal(printed, TITLES[colour, language]))


def swagger(project: Path) -> None:
    """Serve a project, and photograph `/docs` with its first call open."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "app.main:app", "--port", str(port), "--log-level", "error"]
    server = Guarded(command, patience=5, cwd=project)
    try:
        while server.poll() is None:
            with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/openapi.json"):
                break
            time.sleep(0.1)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 820, "height": 600})
            page.goto(f"http://127.0.0.1:{port}/docs")
            page.locator(".opblock-summary").first.click()
            page.locator(".responses-table").first.wait_for()
            page.locator(".swagger-ui").first.screenshot(path=FOLDER / "docs.png", animations="disabled")
            browser.close()
    finally:
        server.stop()


if __name__ == "__main__":
    with history_until(CHAPTERS, "ch37") as history:
        swagger(history.repository)
        runs(history.repository)
