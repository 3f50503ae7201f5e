"""Tokens say whose request it is. Everybody can read one; only we can sign one."""

from datetime import UTC, datetime, timedelta

import jwt

from app.configs import config

GOOD_FOR = timedelta(hours=1)


def token_for(user_id: int) -> str:
    claims = {"sub": str(user_id), "exp": datetime.now(UTC) + GOOD_FOR}
    return jwt.encode(claims, config.JWT_SECRET, "HS256")


def user_id_in(token: str) -> int:
    """Raises jwt.InvalidTokenError or ValueError for a token that is not ours, is too old, or has no end."""
    claims = jwt.decode(token, config.JWT_SECRET, ["HS256"], options={"require": ["sub", "exp"]})
    return int(claims["sub"])
