from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.status import HTTP_400_BAD_REQUEST, HTTP_404_NOT_FOUND, HTTP_422_UNPROCESSABLE_CONTENT

from app.exceptions import NotAllowed, NotFound, NotReady

STATUS: dict[type[Exception], int] = {
    NotFound: HTTP_404_NOT_FOUND,
    NotAllowed: HTTP_422_UNPROCESSABLE_CONTENT,
    NotReady: HTTP_400_BAD_REQUEST,
}


class ErrorResponse(BaseModel):
    detail: str | list[dict[str, Any]]


RESPONSES: dict[int | str, dict[str, Any]] = {"4XX": {"model": ErrorResponse, "description": "What is wrong"}}


def handle_errors(app: FastAPI) -> None:
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTP_400_BAD_REQUEST, on_unreadable)
    for kind in STATUS:
        app.add_exception_handler(kind, on_refusal)


async def on_refusal(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, STATUS[type(error)])


async def on_invalid(request: Request, error: Exception) -> JSONResponse:
    """Where it is wrong and why, but not what came in, as FastAPI does: that can be huge, secret, or no JSON (NaN)."""
    assert isinstance(error, RequestValidationError)
    errors = [{key: each[key] for key in ("type", "loc", "msg")} for each in error.errors()]
    return JSONResponse({"detail": errors}, HTTP_422_UNPROCESSABLE_CONTENT)


async def on_unreadable(request: Request, error: Exception) -> JSONResponse:
    """A body that FastAPI cannot even parse is a body that is not valid."""
    assert isinstance(error, HTTPException)
    return JSONResponse({"detail": error.detail}, HTTP_422_UNPROCESSABLE_CONTENT)
