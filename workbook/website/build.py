"""Both languages, built strictly by MkDocs, and only then put in the place of what was there; and a server for them."""

import os
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from workbook.place import CLONE, private
from workbook.say import Problem, _, say, stage
from workbook.website.verify import faults

CONFIGS = {"mkdocs.yml": ".", "mkdocs.ko.yml": "ko"}
"""MkDocs' settings of each language, and the folder of the site that it builds."""


def build(target: Path, *, draft: bool = False) -> None:
    """Build English into a folder and Korean into its folder `ko`. A failed build leaves the folder as it was.

    Args:
        draft: build in spite of what is wrong, and say it.

    Raises:
        Problem: anything that MkDocs warns of or `verify.faults` finds, such as a link that leads nowhere.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    private().mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix="site-", dir=private()))
    try:
        with stage(_("Building the site in both languages")):
            said = [*mkdocs(scratch, strict=not draft), *faults(scratch)]
        if said and not draft:
            raise Problem(_("The site is built, and something in it is wrong."), why="\n".join(said))
        for fault in said:
            say(fault)
        scratch.chmod(0o755)
        shutil.rmtree(target, ignore_errors=True)
        shutil.move(scratch, target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def mkdocs(folder: Path, *, strict: bool = True) -> list[str]:
    """Let MkDocs build both languages side by side, and give what it warned of.

    Raises:
        Problem: MkDocs failed; with `strict` also when it warned of anything.
    """
    running = {}
    for config, into in CONFIGS.items():
        command = [sys.executable, "-m", "mkdocs", "build", "-f", config, "-d", str(folder / into)]
        running[config] = subprocess.Popen(
            [*command, *(["--strict"] if strict else [])],
            cwd=CLONE,
            env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
            stderr=subprocess.PIPE,
            text=True,
        )
    outputs = {config: process.communicate()[1].splitlines() for config, process in running.items()}
    # Not by MkDocs' own --quiet: with it, --strict counts no warnings.
    said = {config: [line for line in output if not line.startswith("INFO ")] for config, output in outputs.items()}
    for config, process in running.items():
        if process.returncode:
            raise Problem(_("The site does not build ({config}).", config=config), why="\n".join(said[config]))
    return [line for lines in said.values() for line in lines]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing: a reader's clicks are no news."""


def server(folder: Path, port: int) -> ThreadingHTTPServer:
    """A server of a folder on 127.0.0.1, listening; 0 takes a free port. Raises Problem when the port is not free."""
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), partial(_Quiet, directory=str(folder)))
    except OSError as error:
        what = _("Port {port} cannot be used: {why}.", port=port, why=error.strerror)
        raise Problem(what, ways=("make docs PORT=8101",)) from None


def serve(folder: Path, port: int) -> None:
    """Serve until Ctrl-C. Raises Problem when the port is not free."""
    with server(folder, port) as http:
        home = f"http://127.0.0.1:{http.server_port}/"
        say(_("English: {home}\nKorean: {home}ko/\nStop: Ctrl-C", home=home))
        try:
            http.serve_forever()
        except KeyboardInterrupt:
            say("")
