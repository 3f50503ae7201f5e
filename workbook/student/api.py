"""The student's application, as a client speaks to it through the probe."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partialmethod
from json import dumps, loads
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from workbook.student.ground import Probe


@dataclass(frozen=True)
class Answer:
    """What the application answered; `raised` is the error that it let through, if any.

    `taken` says whether it asked for the `uuids` that it was given; `statements` is the SQL that it sent, of each
    connection, without what prepares one (`SET …`). The names of `headers` are small; `lent` are the connections of
    the pool that have not come back.
    """

    status: int | None
    body: str
    raised: str
    taken: bool
    statements: list[str]
    headers: dict[str, str]
    lent: int

    @property
    def json(self) -> Any:
        """The body, read as JSON; None when it is none."""
        try:
            return loads(self.body)
        except ValueError:
            return None

    @property
    def fields(self) -> dict[str, Any]:
        """The body as a JSON object; empty when it is none."""
        return self.json if isinstance(self.json, dict) else {}


class Api:
    """The application, as a client speaks to it; `paths` are those that its description, at `description`, names."""

    def __init__(self, probe: Probe, paths: list[str], description: str) -> None:
        self.probe, self.paths, self.description = probe, paths, description

    def send(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        form: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        uuids: Iterable[int] = (),
        **odd: Any,
    ) -> Answer:
        """Send a request with a body (JSON, a form) or none; `uuids` are what the application's `uuid4` gives next.

        A header of no value is left out. What may be odd: `hang_up="BEGIN"`, the client hangs up at such a statement;
        `endless=True`, the body does not end, and an hour passes; `held=True`, all connections are in use.
        """
        kind = {"content-type": "application/x-www-form-urlencoded"} if form else {}
        body = urlencode(form) if form else "" if json is None else dumps(json)
        headers = kind | (headers or {})
        request = {"method": method, "path": path, "body": body, "headers": headers, "numbers": list(uuids), "odd": odd}
        return Answer(**self.probe.ask("send", **request))

    def run(self, file: Path, function: str, *arguments: Any) -> Any:
        """What a coroutine of a file gives, which is awaited beside the application, on its connections."""
        return self.probe.ask("run", file=str(file), function=function, arguments=arguments)["gives"]

    get = partialmethod(send, "GET")
    post = partialmethod(send, "POST")
    patch = partialmethod(send, "PATCH")
    delete = partialmethod(send, "DELETE")
