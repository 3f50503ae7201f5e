import re

import httpx
from starlette.status import HTTP_200_OK


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
