import re
import runpy

import httpx
import pytest
from starlette.status import HTTP_200_OK, HTTP_404_NOT_FOUND

from app import main
from app.configs import config
from app.configs.base_config import Env


async def test_docs_name_no_other_host(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")

    assert page.status_code == HTTP_200_OK
    assert "://" not in page.text


async def test_docs_load_nothing_that_is_missing(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")

    addresses = re.findall(r"""(?:href=|src=|url: )["']([^"']+)""", page.text)
    assert len(addresses) >= 4  # style sheet, icon, script, description
    for address in addresses:
        response = await client.get(page.url.join(address))
        assert response.status_code == HTTP_200_OK, address


async def test_production_describes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "ENV", Env.PROD)
    app = runpy.run_path(main.__file__)["app"]

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
        for path in ("/docs", "/openapi.json", "/redoc", "/swagger-ui/swagger-ui.css"):
            assert (await client.get(path)).status_code == HTTP_404_NOT_FOUND, path
