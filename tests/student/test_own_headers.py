"""A wrong application that passes on what the student's own answers passes on its headers, too."""

import asyncio
import importlib
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from workbook.student.ground import PROBE

PROBLEM = "application/problem+json"


@pytest.mark.parametrize(("status", "kept"), [(404, PROBLEM), (200, "application/json")])
def test_an_answer_of_the_same_status_keeps_its_media_type(
    status: int, kept: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where the plugin looks for a project
    monkeypatch.syspath_prepend(str(PROBE))
    monkeypatch.setattr(FastAPI, "__call__", FastAPI.__call__)  # which is put back at the end
    plugin: Any = importlib.import_module("workbook_plugin")
    for name in ("divert", "listen"):  # this process goes on to log in elsewhere
        monkeypatch.setattr(plugin.workbook_wire, name, lambda change: None)
    watcher = plugin.Watcher({})
    watcher._stand_in_front()
    app = FastAPI()

    @app.get("/v1/rooms")
    async def room() -> JSONResponse:
        return JSONResponse({"detail": "no room"}, 404, media_type=PROBLEM)

    async def other_words(request: Any) -> tuple[int, Any]:
        return status, (await request.own())[1] | {"detail": "nothing"}

    watcher.active = ("GET /v1/rooms", other_words)

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
            return await client.get("/v1/rooms")

    answer = asyncio.run(ask())

    assert (answer.status_code, answer.headers["Content-Type"], answer.json()) == (status, kept, {"detail": "nothing"})
