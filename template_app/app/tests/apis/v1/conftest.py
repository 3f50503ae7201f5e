from collections.abc import AsyncIterator

import httpx
import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pytest_httpx import HTTPXMock

from app.apis.dependencies import holiday_client, user_or_nobody
from app.main import app
from app.tortoise_models.user import UserModel
from app.utils import passwords


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same algorithm with a thousandth of the work: for tests that are not about the work."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHash([Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)]))


@pytest.fixture
async def signed_in(monkeypatch: pytest.MonkeyPatch) -> UserModel:
    """A user whose requests all requests are, whatever header they have: a stub in the place of the token."""
    user = await UserModel.create(name="하나", password_hash="of no password")
    monkeypatch.setitem(app.dependency_overrides, user_or_nobody, lambda: user)
    return user


@pytest.fixture
async def holidays(httpx_mock: HTTPXMock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[HTTPXMock]:
    """The service that knows the holidays: it answers what a test tells it to, and nothing leaves this machine."""
    async with httpx.AsyncClient(base_url="http://holidays.test/api/v3") as client:
        monkeypatch.setitem(app.dependency_overrides, holiday_client, lambda: client)
        yield httpx_mock
