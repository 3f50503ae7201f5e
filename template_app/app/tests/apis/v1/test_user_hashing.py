import asyncio
from itertools import accumulate

import httpx
import pytest
from starlette.status import HTTP_201_CREATED

from app.main import app
from app.tests.apis.v1.given import sign_up
from app.utils import passwords


@pytest.fixture
def marks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """1 is written down when a password begins to be hashed, and -1 when it is."""
    marks = []
    real = passwords.HASHER.hash

    def watched(password: str) -> str:
        marks.append(1)
        password_hash = real(password)
        marks.append(-1)
        return password_hash

    monkeypatch.setattr(passwords.HASHER, "hash", watched)
    return marks


async def test_while_a_password_is_hashed_others_are_served(client: httpx.AsyncClient, marks: list[int]) -> None:
    # When
    signing_up = asyncio.create_task(sign_up(client, "하나"))
    served = 0
    while not signing_up.done():
        await client.get(app.url_path_for("meetings:get", url_code="aB3"))
        served += marks == [1]

    # Then
    assert (await signing_up).status_code == HTTP_201_CREATED
    assert served > 0


async def test_two_passwords_are_hashed_at_once_and_no_more(client: httpx.AsyncClient, marks: list[int]) -> None:
    # When
    answers = await asyncio.gather(*(sign_up(client, name) for name in ("하나", "가람", "미나", "민수")))

    # Then
    assert [answer.status_code for answer in answers] == [HTTP_201_CREATED] * 4
    assert max(accumulate(marks)) <= 2
