from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.configs import config
from app.utils.tokens import token_for, user_id_in

LATER = datetime.now(UTC) + timedelta(hours=1)
EARLIER = datetime.now(UTC) - timedelta(seconds=1)
OURS = {"sub": "7", "exp": LATER}


def signed(claims: dict[str, Any], secret: str = config.JWT_SECRET) -> str:
    return jwt.encode(claims, secret, "HS256")


NO_TOKENS = {
    "too old": signed({"sub": "7", "exp": EARLIER}),
    "without an end": signed({"sub": "7"}),
    "about nobody": signed({"exp": LATER}),
    "about a name": signed({"sub": "하나", "exp": LATER}),
    "signed by another": signed(OURS, "a secret that somebody else has made up"),
    "not signed": jwt.encode(OURS, "", "none"),
    "no token": "7",
    "nothing": "",
}


@settings(deadline=None)
@given(st.integers(1, 2**63 - 1))
def test_a_token_tells_whose_it_is(user_id: int) -> None:
    assert user_id_in(token_for(user_id)) == user_id


def test_a_token_is_good_for_an_hour() -> None:
    claims = jwt.decode(token_for(7), options={"verify_signature": False})

    assert claims["sub"] == "7"
    assert 0 < claims["exp"] - datetime.now(UTC).timestamp() <= 3600


@pytest.mark.parametrize("token", NO_TOKENS.values(), ids=NO_TOKENS)
def test_what_is_no_token_of_ours_is_refused(token: str) -> None:
    with pytest.raises((jwt.InvalidTokenError, ValueError)):
        user_id_in(token)


@settings(deadline=None)
@given(st.text())
def test_no_text_is_a_token(text: str) -> None:
    with pytest.raises((jwt.InvalidTokenError, ValueError)):
        user_id_in(text)
