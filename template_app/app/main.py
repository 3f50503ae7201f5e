from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from tortoise.contrib.fastapi import RegisterTortoise

from app.apis.docs import serve_docs
from app.apis.v1.meeting_router import mysql_router
from app.configs.tortoise_config import TORTOISE_ORM


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with RegisterTortoise(app, config=TORTOISE_ORM):
        yield


app = FastAPI(title="When2meet", lifespan=lifespan, docs_url=None, redoc_url=None)
serve_docs(app)
app.include_router(mysql_router)
