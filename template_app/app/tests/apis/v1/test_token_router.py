import httpx
import pytest
from starlette.status import HTTP_200_OK, HTTP_401_UNAUTHORIZED, HTTP_422_UNPROCESSABLE_CONTENT

from app.main import app
from app.tests.apis.v1.given import sign_in, sign_up
from app.utils.tokens import user_id_in

pytestmark = pytest.mark.usefixtures("quick_hashes")


async def test_who_signs_in_gets_a_token(client: httpx.AsyncClient) -> None:
    # Given
    hana, garam = [(await sign_up(client, name)).json() for name in ("하나", "가람")]

    # When
    answers = [await sign_in(client, user["name"]) for user in (hana, garam)]

    # Then
    assert [answer.status_code for answer in answers] == [HTTP_200_OK] * 2
    assert [answer.json().keys() for answer in answers] == [{"access_token", "token_type"}] * 2
    assert [answer.json()["token_type"] for answer in answers] == ["bearer"] * 2
    assert [user_id_in(answer.json()["access_token"]) for answer in answers] == [hana["id"], garam["id"]]


@pytest.mark.parametrize(
    ("name", "password"),
    [("하나", "Correct horse"), ("가람", "correct horse"), ("하" * 51, "correct horse"), ("하나", "\x00")],
    ids=["wrong", "unknown", "too long", "NUL"],
)
async def test_who_does_not_sign_in_is_not_told_why(client: httpx.AsyncClient, name: str, password: str) -> None:
    # Given
    await sign_up(client, "하나")

    # When
    response = await sign_in(client, name, password)

    # Then
    assert response.status_code == HTTP_401_UNAUTHORIZED
    assert response.json()["detail"] == "name or password is wrong"
    assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_a_token_is_asked_for_with_a_form(client: httpx.AsyncClient) -> None:
    response = await client.post(
        app.url_path_for("token:create"), json={"username": "하나", "password": "correct horse"}
    )

    assert response.status_code == HTTP_422_UNPROCESSABLE_CONTENT
