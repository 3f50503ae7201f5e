"""Both languages, built by MkDocs, searched for faults, and only then put in the place of what was there; a server.

What a built site must keep: nothing comes from another host, pictures have a text.
"""

import html
import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from workbook.place import CLONE, private
from workbook.say import Problem, _, say, stage

_TAG = re.compile(r"<(img|link|script|iframe|source|video|audio)\b([^>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""")
_STYLE_URL = re.compile(r"""(?:url\(\s*["']?|@import\s+["'])(https?:)?//""")
_ELSEWHERE = re.compile(r"(?!data:)[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_ONLY_FOR_READERS = ("canonical", "alternate", "license")

CONFIGS = {"mkdocs.yml": ".", "mkdocs.ko.yml": "ko"}
"""MkDocs' settings of each language, and the folder of the site that it builds."""


def build(target: Path, *, draft: bool = False) -> None:
    """Build English into a folder and Korean into its folder `ko`. A failed build leaves the folder as it was.

    Raises Problem: anything that MkDocs warns of or `faults` finds, such as a dead link; a draft is built all the same.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    private().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="site-", dir=private()) as scratch:
        built = Path(scratch) / "site"
        with stage(_("Building the site in both languages")):
            said = [*mkdocs(built, strict=not draft), *faults(built)]
        if said and not draft:
            raise Problem(_("The site is built, and something in it is wrong."), why="\n".join(said))
        for fault in said:
            say(fault)
        shutil.rmtree(target, ignore_errors=True)
        shutil.move(built, target)


def mkdocs(folder: Path, *, strict: bool = True) -> list[str]:
    """Let MkDocs build both languages side by side, and give what it warned of; when `strict`, that is a Problem."""
    running = {}
    for config, into in CONFIGS.items():
        command = [sys.executable, "-m", "mkdocs", "build", "-f", config, "-d", str(folder / into)]
        command += ["--strict"] if strict else []
        quiet = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
        running[config] = subprocess.Popen(command, cwd=CLONE, env=quiet, stderr=subprocess.PIPE, text=True)
    outputs = {config: process.communicate()[1].splitlines() for config, process in running.items()}
    # Not by MkDocs' own --quiet: with it, --strict counts no warnings.
    said = {config: [line for line in output if not line.startswith("INFO ")] for config, output in outputs.items()}
    for config, process in running.items():
        if process.returncode:
            raise Problem(_("The site does not build ({config}).", config=config), why="\n".join(said[config]))
    return [line for lines in said.values() for line in lines]


def faults(root: Path) -> list[str]:
    """What a built site loads from another host, and its pictures without a text; links are MkDocs' own to check."""
    found = []
    for file in sorted([*root.rglob("*.html"), *root.rglob("*.css")]):
        name, text = file.relative_to(root).as_posix(), file.read_text(encoding="utf-8")
        if file.suffix == ".css":
            found += [f"{name}: loads something from another host."] if _STYLE_URL.search(text) else []
            continue
        for tag, attributes in dict.fromkeys(_TAG.findall(text)):
            values = {key.lower(): html.unescape("".join(value)) for key, *value in _ATTRIBUTE.findall(attributes)}
            target = values.get("href" if tag.lower() == "link" else "src", "")
            if tag.lower() == "img" and not values.get("alt", "").strip():
                found.append(f"{name}: the image {target[:80]} has no alt text.")
            if _ELSEWHERE.match(target) and values.get("rel") not in _ONLY_FOR_READERS:
                found.append(f"{name}: loads {target}, from another host.")
    return found


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
        with suppress(KeyboardInterrupt):
            http.serve_forever()
        say("")  # the shell's prompt starts on a line of its own
