import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.status import HTTP_200_OK

from app.configs.base_config import PROJECT
from app.main import app
from app.tests.apis.v1.given import START, join, meeting
from app.tests.database import database_of
from app.tests.serving import served, stand_in
from app.tortoise_models.participant import ParticipantModel
from app.tortoise_models.participant_date import ParticipantDateModel
from app.tortoise_models.user import UserModel
from app.utils.tokens import token_for

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@pytest.fixture
async def server(committed: dict[str, Any]) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the served application, with as many connections as it likes. Nobody outside is asked."""
    async with (
        stand_in(json.dumps([{"date": START.isoformat(), "localName": "쉬는 날"}]).encode()) as holidays,
        served(database_of(committed), HOLIDAYS_URL=holidays, MYSQL_POOL_SIZE="50") as address,
        httpx.AsyncClient(base_url=address, timeout=60) as client,  # seconds
    ):
        yield client


async def test_of_fifty_who_join_at_once_nobody_is_lost_or_there_twice(server: httpx.AsyncClient) -> None:
    # Given
    await meeting("aB3", days=62)
    names = [f"참가자 {number}" for number in range(50)]

    # When
    answers = await asyncio.gather(*(join(server, "aB3", name) for name in names))

    # Then
    assert {answer.status_code for answer in answers} == {HTTP_200_OK}
    told = {answer.json()["participant_id"]: name for answer, name in zip(answers, names, strict=True)}
    assert dict(await ParticipantModel.filter(meeting_id="aB3").values_list("id", "name")) == told
    days = await ParticipantDateModel.all().values_list("id", flat=True)
    assert sorted(days) == sorted(day["id"] for answer in answers for day in answer.json()["participant_dates"])
    assert len(days) == 50 * 62


async def test_the_served_application_asks_the_service_of_its_settings(server: httpx.AsyncClient) -> None:
    await meeting("aB3", days=1)

    response = await server.get(app.url_path_for("meetings:get_holidays", url_code="aB3"))

    assert response.json() == {"holidays": [{"date": START.isoformat(), "name": "쉬는 날"}], "complete": True}


async def test_whatever_is_asked_the_api_keeps_to_its_description(server: httpx.AsyncClient, tmp_path: Path) -> None:
    # Given
    await meeting("aB3")
    token = token_for((await UserModel.create(name="하나", password_hash="of no password")).id)
    known = f'parameters = {{ url_code = "aB3" }}\nheaders = {{ Authorization = "Bearer {token}" }}'
    (tmp_path / "schemathesis.toml").write_text(known)

    # When: Schemathesis makes up requests
    schemathesis = await asyncio.create_subprocess_exec(
        *(str(Path(sys.executable).with_name("schemathesis")), "run", str(server.base_url.join("/openapi.json"))),
        *("--checks", CHECKS, "--phases", "fuzzing", "--max-examples", "4", "--seed", "1", "--no-color"),
        cwd=tmp_path,
        env=os.environ | {"HYPOTHESIS_STORAGE_DIRECTORY": str(PROJECT / ".hypothesis")},
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await schemathesis.communicate()

    # Then
    assert schemathesis.returncode == 0, said.decode()
