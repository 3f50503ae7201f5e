"""A newer version breaks a chapter: the canary names chapter, fence, line and package, and keeps one issue about it."""

import json
import runpy
import shutil
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest

from tests.lesson.course import lesson, line_of, write_course
from tests.setup.wheels import make_wheel
from workbook.history.git import git
from workbook.place import CLONE

NOT_COPIED = shutil.ignore_patterns("chapters", ".git", ".venv", ".workbook", "site", "__pycache__", ".*cache")
TYPED = "$ uv run --quiet --no-project --with {0}==1.0.0 python -c 'import {0}; print({0}.WORD)'"
QUIET = lesson(
    '```toml title="pyproject.toml"\n[project]\nname = "fixture"\nversion = "0"\nrequires-python = ">=3.11"\n```\n\n'
    f"```console\n{TYPED.format('quiet')}\nhush\n$ git init -q\n$ git add -A\n$ git commit -m 'Begin'\n```\n"
)
POLITE = lesson(f"```text\nNothing is run here.\n```\n\n```console\n$ true\n{TYPED.format('polite')}\nhello\n```\n")
NEWEST = {"1.0.0": {"quiet": "hush", "polite": "hello"}, "1.1.0": {"quiet": "hush"}, "2.0.0": {"polite": "good day"}}
GREEN, RED = "Every page holds with the newest releases: no change.", "## With the newest releases\n\n### ch35-lesson"


@pytest.mark.slow
def test_a_planted_break_is_red_with_chapter_fence_line_and_package(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version, words in NEWEST.items():
        for name, word in words.items():
            make_wheel(tmp_path / "wheels", name, version, {f"{name}.py": f"WORD = {word!r}\n".encode()})
    clone = tmp_path / "workbook"
    shutil.copytree(CLONE, clone, ignore=NOT_COPIED, symlinks=True)
    write_course(clone / "chapters", QUIET, POLITE)
    (clone / "chapters" / "versions.toml").write_text('[versions]\npolite = "1.0.0"\nquiet = "1.0.0"\n')
    git(clone, "init", "-q")
    git(clone, "add", "-A")
    git(clone, "commit", "-q", "-m", "All")
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path / "wheels"))
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))

    done = subprocess.run([sys.executable, clone / ".github" / "canary.py", "replay"], capture_output=True, text=True)

    assert done.returncode == 1, done.stdout + done.stderr
    line = line_of(POLITE, "hello")
    place = f"`chapters/ch02_fixture/lesson.md:{line}`, in the fence 'console' of line {line - 3}"
    head = "## With the newest releases\n\nTried: polite 1.0.0 → 2.0.0, quiet 1.0.0 → 1.1.0.\n\n### ch02-lesson\n\n"
    assert done.stdout.startswith(f"{head}- where: {place}\n- package: **polite 1.0.0 → 2.0.0**\n")
    assert "good day" in done.stdout
    assert "ch01" not in done.stdout
    assert done.stdout.strip() in (tmp_path / "output").read_text()
    assert git(clone, "status", "--porcelain", "--", "chapters") == "", "the lessons are as they were"


class GitHub(BaseHTTPRequestHandler):
    """Issues of one repository, in memory, as far as the canary asks for what GitHub's reference describes."""

    issues: ClassVar[list[dict[str, Any]]] = []
    comments: ClassVar[list[str]] = []

    def answer(self) -> None:
        assert self.headers["Authorization"] == "Bearer secret"
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)) or "{}")
        match self.command, self.path.removeprefix("/repos/us/workbook/issues"):
            case "GET", "?state=open&labels=canary&per_page=1":
                found: Any = [each for each in self.issues if each["state"] == "open" and "canary" in each["labels"]]
            case "POST", "":
                self.issues.append(found := {"number": len(self.issues) + 1, "state": "open", **said})
            case "POST", path:
                assert path == f"/{len(self.issues)}/comments"
                self.comments.append(found := said["body"])
            case "PATCH", path:
                (found := self.issues[int(path[1:]) - 1]).update(said)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(found).encode())

    do_GET = do_POST = do_PATCH = answer
    log_message = lambda *_: None  # noqa: E731


def test_one_issue_is_opened_updated_left_and_closed_and_the_next_break_opens_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tell = runpy.run_path(str(CLONE / ".github" / "canary.py"))["tell"]
    with ThreadingHTTPServer(("127.0.0.1", 0), GitHub) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("GITHUB_API_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("GITHUB_REPOSITORY", "us/workbook")
        monkeypatch.setenv("GITHUB_TOKEN", "secret")
        assert tell([GREEN, GREEN]) == "no issue is open, and none is needed"
        assert tell([RED, GREEN]) == "opened #1"
        assert tell([GREEN, f"{RED} again"]) == "updated #1"
        assert "again" in GitHub.issues[0]["body"]
        assert tell([GREEN, ""]) == "left #1 as it is: a replay did not end"
        assert (GitHub.issues[0]["state"], GitHub.comments) == ("open", [])
        assert tell([GREEN, GREEN]) == "closed #1"
        assert (GitHub.issues[0]["state"], len(GitHub.comments)) == ("closed", 1)
        assert tell([RED, RED]) == "opened #2"
        server.shutdown()
