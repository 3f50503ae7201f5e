import asyncio
import runpy

import httpx
import pytest

from app import main
from app.configs import config

OURS = "https://when2meet.example"


@pytest.mark.parametrize(("origin", "status"), [(OURS, 200), ("https://evil.example", 400), (f"{OURS}:8443", 400)])
async def test_pages_of_our_origins_may_call_us(origin: str, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "CORS_ORIGINS", [OURS])
    monkeypatch.setattr("app.apis.deadline.SECONDS", 0)
    app = runpy.run_path(main.__file__)["app"]
    app.add_api_route("/late", asyncio.Event().wait)
    asks = {"Origin": origin, "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "X-Any"}

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
        preflight = await client.options("/livez", headers=asks)
        late = await client.get("/late", headers={"Origin": origin})

    allowed = OURS if status == 200 else None
    assert (preflight.status_code, preflight.headers.get("Access-Control-Allow-Origin")) == (status, allowed)
    assert (late.status_code, late.headers.get("Access-Control-Allow-Origin")) == (503, allowed)  # to be read, too
