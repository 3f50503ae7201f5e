"""What routes ask for by `Depends`, and what tests put something else in the place of."""

from typing import Annotated

import httpx
from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer

from app.exceptions import NotSignedIn
from app.services.user_service import find_user
from app.tortoise_models.user import UserModel

bearer = OAuth2PasswordBearer(tokenUrl="v1/token", auto_error=False)


async def user_or_nobody(token: Annotated[str | None, Depends(bearer)]) -> UserModel | None:
    return None if token is None else await find_user(token)


UserOrNobody = Annotated[UserModel | None, Depends(user_or_nobody)]


async def current_user(user: UserOrNobody) -> UserModel:
    if user is None:
        raise NotSignedIn("sign in first")
    return user


CurrentUser = Annotated[UserModel, Depends(current_user)]


def holiday_client(request: Request) -> httpx.AsyncClient:
    client: httpx.AsyncClient = request.state.holidays  # opened and closed by the lifespan
    return client


HolidayClient = Annotated[httpx.AsyncClient, Depends(holiday_client)]
