"""One JSON object a line on standard output, one line a request, and in no line a value that somebody sent."""

import json
import logging
import sys
import time
from contextvars import ContextVar
from datetime import UTC, datetime
from traceback import extract_tb
from typing import Any
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

request_id: ContextVar[str] = ContextVar("request_id", default="-")
log = logging.getLogger(__name__)


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id.get(),
        }
        if record.exc_info and record.exc_info[0]:  # its kind and places, not its text: that may hold what was sent
            places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(record.exc_info[2])]
            line |= {"error": record.exc_info[0].__name__, "at": places[-10:]}
        return json.dumps(line | getattr(record, "fields", {}))


def configure_logs(level: str) -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    handler.setLevel(level)  # Uvicorn's loggers have a level of their own
    logging.basicConfig(level=level, handlers=[handler])
    logging.getLogger("httpx").setLevel(logging.WARNING)  # at INFO it tells of each request that we send
    for name in ("uvicorn", "uvicorn.access"):  # Uvicorn gave them handlers of their own before it imported us
        logging.getLogger(name).handlers.clear()
    logging.getLogger("uvicorn").propagate = True
    logging.getLogger("uvicorn.error").addFilter(lambda record: record.msg != "Exception in ASGI application\n")  # told


def with_log(app: ASGIApp) -> ASGIApp:
    """Around all of it. For its line a layer inside leaves `scope["error"]`, a fault, or `scope["why"]`, a sentence."""

    async def logged(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        request_id.set(uuid4().hex)
        started, code = time.perf_counter(), 500

        async def send_with_id(message: Message) -> None:
            nonlocal code
            if message["type"] == "http.response.start":
                code = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id.get()
            await send(message)

        try:
            await app(scope, receive, send_with_id)
        except Exception as raised:
            scope["error"] = raised
            raise
        finally:
            error, why = scope.get("error"), scope.get("why")
            level = logging.ERROR if error else logging.WARNING if why or code >= 500 else logging.INFO
            route = getattr(scope.get("route"), "path", "-")  # not the path: whoever has a code in it may use it
            spent = round((time.perf_counter() - started) * 1000, 1)
            fields = {"method": scope["method"], "route": route, "status": code, "milliseconds": spent}
            log.log(level, why or "request", exc_info=error, extra={"fields": fields})

    return logged
