import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import Depends, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from tortoise.contrib.fastapi import RegisterTortoise

from app.apis.deadline import Deadline
from app.apis.docs import serve_docs
from app.apis.errors import RESPONSES, handle_errors
from app.apis.health import health_router
from app.apis.limit import BodyLimit, limit
from app.apis.v1.meeting_router import meeting_router
from app.apis.v1.participant_router import participant_date_router, participant_router
from app.apis.v1.user_router import user_router
from app.configs import config
from app.configs.base_config import Env
from app.configs.tortoise_config import TORTOISE_ORM
from app.logs import configure_logs, with_log

configure_logs(config.LOG_LEVEL)
OPENAPI_URL = None if config.ENV is Env.PROD else "/openapi.json"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    async with (
        RegisterTortoise(app, config=TORTOISE_ORM),
        httpx.AsyncClient(base_url=config.HOLIDAYS_URL) as holidays,
    ):
        gc.freeze()  # what is there now stays: it is not looked through again
        gc.set_threshold(50_000, 50, 50)
        yield {"holidays": holidays}


app = FastAPI(
    title="When2meet",
    lifespan=lifespan,
    docs_url=None,
    redoc_url=None,
    openapi_url=OPENAPI_URL,
    responses=RESPONSES,
    dependencies=[Depends(limit)],
)
handle_errors(app)
app.add_middleware(BodyLimit)
app.add_middleware(Deadline)
app.add_middleware(
    CORSMiddleware,
    allow_origins=config.CORS_ORIGINS,
    allow_methods=["*"],
    allow_headers=["*"],
    expose_headers=["Retry-After"],
)
serve_docs(app)
app.include_router(meeting_router)
app.include_router(participant_router)
app.include_router(participant_date_router)
app.include_router(user_router)
app.include_router(health_router)
app.middleware_stack = with_log(app.build_middleware_stack())  # outside of all others: the last line
