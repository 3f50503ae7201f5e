"""Applications that answer a chapter's request rightly or wrongly, put in place of the student's own for one test.

They stand in front of the application, so they need to know nothing of its routers and services; the model they find
by its table. A test that is green with a wrong one cannot tell it from a right one.
"""

import json
import secrets
import string
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
RIGHT = "right"

Answer = tuple[int, Any]


def _code() -> str:
    return "".join(secrets.choice(DIGITS) for _ in range(21)) + "w"


def _model() -> Any:
    """The model of the table `meetings`, else the one with a `url_code`."""
    from tortoise import Tortoise

    models = [model for app in (Tortoise.apps or {}).values() for model in app.values()]
    for model in models:
        if model._meta.db_table == "meetings":
            return model
    return next(model for model in models if "url_code" in model._meta.fields_map)


async def _save(code: str) -> None:
    await _model().create(url_code=code)


async def right() -> Answer:
    """Saves a meeting and answers its code."""
    code = _code()
    await _save(code)
    return 200, {"url_code": code}


async def saves_nothing() -> Answer:
    """Answers as if it had saved."""
    return 200, {"url_code": _code()}


async def answers_another_code() -> Answer:
    """Saves a meeting and answers a code that is not its own."""
    await _save(_code())
    return 200, {"url_code": _code()}


async def saves_two() -> Answer:
    """Saves a second meeting that nobody asked for."""
    await _save(_code())
    return await right()


async def answers_201() -> Answer:
    """Does all that is asked for under another status."""
    return 201, (await right())[1]


_first: list[str] = []


async def same_code_twice() -> Answer:
    """Gives every meeting after the first the first one's code, and saves no further one."""
    if not _first:
        _first.append(_code())
        await _save(_first[0])
    return 200, {"url_code": _first[0]}


PLANTS: dict[str, Callable[[], Awaitable[Answer]]] = {
    each.__name__: each
    for each in (right, saves_nothing, answers_another_code, saves_two, answers_201, same_code_twice)
}


class Field:
    """Where plants are put: in front of every FastAPI application, on one path.

    Attributes:
        active: the plant that answers now, or None for the student's own.
        calls: how many POST requests came to the path since it was last set to 0.
        posted: the paths of all POST requests since then.
    """

    def __init__(self, path: str) -> None:
        """Take the place of `FastAPI.__call__`."""
        from fastapi import FastAPI

        self.active: str | None = None
        self.calls = 0
        self.posted: set[str] = set()
        original = FastAPI.__call__

        async def call(app: Any, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
            posts = scope["type"] == "http" and scope["method"] == "POST"
            if posts:
                self.posted.add(scope["path"])
            if posts and scope["path"] == path:
                self.calls += 1
                if self.active is not None:
                    await _answer(send, *await PLANTS[self.active]())
                    return
            await original(app, scope, receive, send)

        FastAPI.__call__ = call  # type: ignore[method-assign,assignment]

    def plant(self, name: str | None) -> None:
        """Put a plant in place, fresh; None takes it out."""
        _first.clear()
        self.active = name
        self.calls = 0
        self.posted.clear()


async def _answer(send: Any, status: int, value: Any) -> None:
    body = json.dumps(value).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
