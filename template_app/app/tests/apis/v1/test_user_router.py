import asyncio
from typing import Any

import httpx
import pytest
from starlette.status import HTTP_201_CREATED, HTTP_409_CONFLICT

from app.tests.apis.v1.given import PASSWORD, sign_up
from app.tortoise_models.user import UserModel

pytestmark = pytest.mark.usefixtures("quick_hashes")


async def test_a_user_is_saved_and_the_password_is_not(client: httpx.AsyncClient) -> None:
    # When
    response = await sign_up(client, "하나")

    # Then
    assert response.status_code == HTTP_201_CREATED
    [user] = await UserModel.all().values()
    assert response.json() == {"id": user["id"], "name": "하나"}
    assert user["password_hash"].startswith("$argon2id$")
    assert PASSWORD not in str(user)


@pytest.mark.parametrize("name", ["Mina", "MINA"])
async def test_a_name_that_is_taken_is_taken_in_any_case(client: httpx.AsyncClient, name: str) -> None:
    # Given
    await sign_up(client, "Mina")

    # When
    response = await sign_up(client, name)

    # Then
    assert response.status_code == HTTP_409_CONFLICT
    assert response.json()["detail"] == f"user with name: {name} already exists"
    assert await UserModel.all().values("name") == [{"name": "Mina"}]


async def test_of_all_who_take_a_name_at_once_one_gets_it(committed: dict[str, Any], client: httpx.AsyncClient) -> None:
    # When
    answers = await asyncio.gather(*(sign_up(client, "하나") for _ in range(10)))

    # Then
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [HTTP_201_CREATED] + [HTTP_409_CONFLICT] * 9
    assert await UserModel.all().count() == 1
