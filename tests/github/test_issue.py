"""The canary's one issue is opened, updated, left and closed; a local stand-in plays GitHub's REST API."""

import json
import runpy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from workbook.place import CLONE

GREEN, RED = "Every page holds with the newest releases: no change.", "## With the newest releases\n\n### ch35-lesson"
ISSUES = "/repos/us/workbook/issues"


class GitHub(BaseHTTPRequestHandler):
    """Issues of one repository, in memory, as far as the canary asks for what GitHub's reference describes."""

    issues: list[dict[str, Any]] = []  # noqa: RUF012 - a handler is made anew for each request
    comments: list[str] = []  # noqa: RUF012

    def answer(self) -> None:
        assert self.headers["Authorization"] == "Bearer secret"
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)) or "{}")
        match self.command, self.path.removeprefix(ISSUES):
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

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing."""


def test_one_issue_is_opened_updated_and_closed_and_the_next_break_opens_another(
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
