"""Every error in one shape, RFC 9457. What went wrong inside goes to the log, never into an answer."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette import status
from starlette.exceptions import HTTPException
from tortoise.exceptions import DBConnectionError

from app.database.mysql import ERRORS, NoConnection, code_of
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
DUPLICATE = 1062
LATER = {0, 1040, 1053, 1205, 1213, 2003, 2006, 2013, 3024}  # MySQL is gone, full, stopping, or waited for a lock
FAULT = "something went wrong here, and it is in our log"


class Problem(BaseModel):
    title: str
    status: int
    detail: str
    errors: list[dict[str, Any]] = []


CONTENT = {"application/problem+json": {"schema": Problem.model_json_schema()}}
RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "What is wrong with the request", "content": CONTENT},
    "5XX": {"description": "It cannot be served now", "content": CONTENT},
}


def problem(code: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any) -> JSONResponse:
    body = Problem(title=HTTPStatus(code).phrase, status=code, detail=detail, **more)
    return JSONResponse(body.model_dump(exclude_unset=True), code, headers, media_type="application/problem+json")


def handle_errors(app: FastAPI) -> None:
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_invalid)
    for kind in STATUS:
        app.add_exception_handler(kind, on_refusal)
    for kind in ERRORS:
        app.add_exception_handler(kind, on_database)
    app.add_exception_handler(Exception, on_fault)


async def on_refusal(request: Request, error: Exception) -> JSONResponse:
    code = STATUS[type(error)]
    return problem(code, str(error), HEADERS.get(code))


async def on_invalid(request: Request, error: Exception) -> JSONResponse:
    """Where it is wrong and why, but not what came in, as FastAPI does: that can be huge, secret, or no JSON (NaN)."""
    assert isinstance(error, RequestValidationError)
    errors = [{key: each[key] for key in ("type", "loc", "msg")} for each in error.errors()]
    return problem(status.HTTP_422_UNPROCESSABLE_CONTENT, "the request is not valid", errors=errors)


async def on_http(request: Request, error: Exception) -> JSONResponse:
    """What FastAPI itself refuses. Its 400 is a body that it cannot even parse: that is one that is not valid."""
    assert isinstance(error, HTTPException)
    unreadable = error.status_code == status.HTTP_400_BAD_REQUEST
    code = status.HTTP_422_UNPROCESSABLE_CONTENT if unreadable else error.status_code
    return problem(code, error.detail, error.headers)


async def on_database(request: Request, error: Exception) -> JSONResponse:
    code = code_of(error)
    if code == DUPLICATE:
        return problem(status.HTTP_409_CONFLICT, "that exists already")
    if code in LATER or isinstance(error, NoConnection | DBConnectionError):
        request.scope["why"] = repr(error.__context__ or error)
        return problem(status.HTTP_503_SERVICE_UNAVAILABLE, "the database is busy: try again", {"Retry-After": "1"})
    request.scope["error"] = (type(error), error, error.__traceback__)  # Starlette takes its traceback away
    return problem(status.HTTP_500_INTERNAL_SERVER_ERROR, FAULT)


async def on_fault(request: Request, error: Exception) -> JSONResponse:
    """A bug. Uvicorn logs it and closes the connection: a client that is not told loses its next request in it."""
    return problem(status.HTTP_500_INTERNAL_SERVER_ERROR, FAULT, {"Connection": "close"})
