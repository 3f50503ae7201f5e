"""`POST /v1/meetings` as the documentation of FastAPI and Tortoise shows it: a model, a route, a registration.

`post_throughput.py` serves it beside the template: what these two cost before anything of ours is added. No log, no
rate limit, no deadline, no guarded pool.
"""

import os
import uuid

from fastapi import FastAPI
from pydantic import BaseModel
from tortoise import Model, fields
from tortoise.contrib.fastapi import register_tortoise


class Meeting(Model):
    id = fields.BigIntField(primary_key=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    url_code = fields.CharField(max_length=255, unique=True)

    class Meta:
        table = "meetings"


class CreateMeetingResponse(BaseModel):
    url_code: str


app = FastAPI()


@app.post("/v1/meetings")
async def create_meeting() -> CreateMeetingResponse:
    meeting = await Meeting.create(url_code=uuid.uuid4().hex)
    return CreateMeetingResponse(url_code=meeting.url_code)


credentials = {
    "host": os.environ["MYSQL_HOST"],
    "port": int(os.environ["MYSQL_PORT"]),
    "user": os.environ["MYSQL_USER"],
    "password": os.environ["MYSQL_PASSWORD"],
    "database": os.environ["MYSQL_DB"],
    "minsize": int(os.environ["BENCHMARK_POOL_MINSIZE"]),
    "maxsize": int(os.environ["BENCHMARK_POOL_MAXSIZE"]),
}
register_tortoise(
    app,
    config={
        "connections": {"default": {"engine": "tortoise.backends.mysql", "credentials": credentials}},
        "apps": {"models": {"models": [__name__], "default_connection": "default"}},
    },
)
