"""Send a request to an ASGI application in this process, with nothing but the convention itself."""

from typing import Any

from . import report


async def send(app: Any, method: str, path: str, body: bytes = b"") -> dict[str, Any]:
    """What the application answers.

    Returns:
        `status`, `body` (text), and `error` when it raised something.
    """
    headers = [(b"host", b"test"), (b"content-length", str(len(body)).encode())]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 50000),
        "server": ("test", 80),
    }
    answer: dict[str, Any] = {"status": None, "body": ""}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def take(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answer["status"] = message["status"]
        elif message["type"] == "http.response.body":
            answer["body"] += message.get("body", b"").decode(errors="replace")

    try:
        await app(scope, receive, take)
    except Exception as error:
        answer["error"] = report.place_of(error)
    return answer
