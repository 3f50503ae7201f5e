from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette import status
from starlette.exceptions import HTTPException

from app.exceptions import NotAllowed, NotFound, NotReady, NotSignedIn, NotYours, Taken

STATUS: dict[type[Exception], int] = {
    NotFound: status.HTTP_404_NOT_FOUND,
    NotAllowed: status.HTTP_422_UNPROCESSABLE_CONTENT,
    NotReady: status.HTTP_400_BAD_REQUEST,
    Taken: status.HTTP_409_CONFLICT,
    NotSignedIn: status.HTTP_401_UNAUTHORIZED,
    NotYours: status.HTTP_403_FORBIDDEN,
}
HEADERS = {status.HTTP_401_UNAUTHORIZED: {"WWW-Authenticate": "Bearer"}}  # HTTP wants a 401 to say how to sign in


class ErrorResponse(BaseModel):
    detail: str | list[dict[str, Any]]


RESPONSES: dict[int | str, dict[str, Any]] = {"4XX": {"model": ErrorResponse, "description": "What is wrong"}}


def handle_errors(app: FastAPI) -> None:
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(status.HTTP_400_BAD_REQUEST, on_unreadable)
    for kind in STATUS:
        app.add_exception_handler(kind, on_refusal)


async def on_refusal(request: Request, error: Exception) -> JSONResponse:
    status_code = STATUS[type(error)]
    return JSONResponse({"detail": str(error)}, status_code, HEADERS.get(status_code))


async def on_invalid(request: Request, error: Exception) -> JSONResponse:
    """Where it is wrong and why, but not what came in, as FastAPI does: that can be huge, secret, or no JSON (NaN)."""
    assert isinstance(error, RequestValidationError)
    errors = [{key: each[key] for key in ("type", "loc", "msg")} for each in error.errors()]
    return JSONResponse({"detail": errors}, status.HTTP_422_UNPROCESSABLE_CONTENT)


async def on_unreadable(request: Request, error: Exception) -> JSONResponse:
    """A body that FastAPI cannot even parse is a body that is not valid."""
    assert isinstance(error, HTTPException)
    return JSONResponse({"detail": error.detail}, status.HTTP_422_UNPROCESSABLE_CONTENT)
