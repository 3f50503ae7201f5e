"""The canary's one issue is opened, updated, left and closed; a local stand-in plays GitHub's REST API."""

import json
import runpy
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from workbook.place import CLONE

GREEN, RED = "Every page holds with the newest releases: no change.", "## With the newest releases\n\n### ch35-lesson"


class GitHub(BaseHTTPRequestHandler):
    """Issues of one repository, in memory, as far as GitHub's reference says what the canary asks for."""

    issues: list[dict[str, Any]]
    comments: list[str]

    def do_GET(self) -> None:
        assert self.path == "/repos/us/workbook/issues?state=open&labels=canary&per_page=1"
        self.answer([each for each in self.issues if each["state"] == "open" and "canary" in each["labels"]][:1])

    def do_POST(self) -> None:
        said = self.said()
        if self.path == "/repos/us/workbook/issues":
            self.issues.append({"number": len(self.issues) + 1, "state": "open", **said})
            self.answer(self.issues[-1])
        else:
            assert self.path == f"/repos/us/workbook/issues/{len(self.issues)}/comments"
            self.comments.append(said["body"])
            self.answer({})

    def do_PATCH(self) -> None:
        issue = self.issues[int(self.path.removeprefix("/repos/us/workbook/issues/")) - 1]
        issue |= self.said()
        self.answer(issue)

    def said(self) -> dict[str, Any]:
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def answer(self, what: object) -> None:
        assert self.headers["Authorization"] == "Bearer secret"
        body = json.dumps(what).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing."""


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[GitHub]]:
    GitHub.issues, GitHub.comments = [], []
    with ThreadingHTTPServer(("127.0.0.1", 0), GitHub) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("GITHUB_API_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("GITHUB_REPOSITORY", "us/workbook")
        monkeypatch.setenv("GITHUB_TOKEN", "secret")
        yield GitHub
        server.shutdown()


@pytest.fixture
def tell() -> Callable[..., str]:
    return runpy.run_path(str(CLONE / ".github" / "canary.py"))["tell"]


def test_one_issue_is_opened_updated_and_closed_and_the_next_break_opens_another(
    github: type[GitHub], tell: Callable[..., str]
) -> None:
    assert tell([GREEN, GREEN]) == "no issue is open, and none is needed"
    assert tell([RED, GREEN]) == "opened #1"
    assert tell([GREEN, f"{RED} again"]) == "updated #1"
    assert "again" in github.issues[0]["body"]
    assert tell([GREEN, ""]) == "left #1 as it is: a replay did not end"
    assert (github.issues[0]["state"], github.comments) == ("open", [])
    assert tell([GREEN, GREEN]) == "closed #1"
    assert (github.issues[0]["state"], len(github.comments)) == ("closed", 1)
    assert tell([RED, RED]) == "opened #2"
    assert [each["state"] for each in github.issues] == ["closed", "open"]
