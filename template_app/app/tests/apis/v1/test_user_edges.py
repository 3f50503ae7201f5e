import httpx
import pytest
from starlette.status import HTTP_201_CREATED, HTTP_422_UNPROCESSABLE_CONTENT

from app.tests.apis.v1.given import sign_up
from app.tortoise_models.user import UserModel

pytestmark = pytest.mark.usefixtures("quick_hashes")


@pytest.mark.parametrize(
    ("name", "password"),
    [("김", "a" * 8), ("a" * 50, "a" * 128), ("하나", "비밀번호여덟글자"), ("하나", "\x00" * 8)],
)
async def test_the_shortest_and_the_longest_are_taken(client: httpx.AsyncClient, name: str, password: str) -> None:
    response = await sign_up(client, name, password)

    assert response.status_code == HTTP_201_CREATED
    assert await UserModel.all().values("name") == [{"name": name}]


@pytest.mark.parametrize("name", [None, "", " ", "a" * 51, "a\n", 7])
async def test_what_is_no_name_is_refused(client: httpx.AsyncClient, name: object) -> None:
    response = await sign_up(client, name)

    assert response.status_code == HTTP_422_UNPROCESSABLE_CONTENT
    assert await UserModel.all().count() == 0


@pytest.mark.parametrize("password", [None, "", "1234567", "a" * 129, 12345678])
async def test_what_is_no_password_is_refused_and_not_sent_back(client: httpx.AsyncClient, password: object) -> None:
    response = await sign_up(client, "하나", password)

    assert response.status_code == HTTP_422_UNPROCESSABLE_CONTENT
    assert [error["loc"] for error in response.json()["errors"]] == [["body", "password"]]
    assert str(password or "input") not in response.text
    assert await UserModel.all().count() == 0
