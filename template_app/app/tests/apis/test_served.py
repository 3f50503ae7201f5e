import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.status import HTTP_200_OK

from app.tests.apis.v1.given import join, meeting
from app.tests.database import database_of
from app.tests.serving import served
from app.tortoise_models.participant import ParticipantModel
from app.tortoise_models.participant_date import ParticipantDateModel

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@pytest.fixture
async def server(committed: dict[str, Any]) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the served application, with as many connections as it likes."""
    async with (
        served(database_of(committed)) as address,
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


async def test_whatever_is_asked_the_api_keeps_to_its_description(server: httpx.AsyncClient, tmp_path: Path) -> None:
    # Given
    await meeting("aB3")
    (tmp_path / "schemathesis.toml").write_text('parameters = { url_code = "aB3" }')

    # When: Schemathesis makes up requests
    schemathesis = await asyncio.create_subprocess_exec(
        *(str(Path(sys.executable).with_name("schemathesis")), "run", str(server.base_url.join("/openapi.json"))),
        *("--checks", CHECKS, "--phases", "fuzzing", "--max-examples", "10", "--seed", "1", "--no-color"),
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await schemathesis.communicate()

    # Then
    assert schemathesis.returncode == 0, said.decode()
