from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.security import OAuth2PasswordRequestForm
from starlette.status import HTTP_201_CREATED

from app.dtos.create_token_response import CreateTokenResponse
from app.dtos.create_user_request import CreateUserRequest
from app.dtos.create_user_response import CreateUserResponse
from app.services.user_service import service_create_user, service_sign_in

user_router = APIRouter(prefix="/v1", tags=["User"])


@user_router.post("/users", name="users:create", status_code=HTTP_201_CREATED)
async def api_create_user(body: CreateUserRequest) -> CreateUserResponse:
    """Makes an account."""
    user = await service_create_user(body.name, body.password)
    return CreateUserResponse(id=user.id, name=user.name)


@user_router.post("/token", name="token:create")
async def api_create_token(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> CreateTokenResponse:
    """Signs in: gives a token for an hour."""
    return CreateTokenResponse(access_token=await service_sign_in(form.username, form.password))
