import pytest
from tortoise.connection import get_connection
from tortoise.exceptions import IntegrityError

from app.configs.tortoise_config import UTC_OFFSET
from app.tortoise_models.meeting import MeetingModel


async def test_url_codes_that_differ_in_case_are_two_meetings() -> None:
    first = await MeetingModel.create_meeting("aB3")
    second = await MeetingModel.create_meeting("Ab3")

    assert await MeetingModel.get(url_code="aB3") == first
    assert await MeetingModel.get(url_code="Ab3") == second
    assert await MeetingModel.all().count() == 2


@pytest.mark.parametrize("url_code", ["AB3", "aB3 ", " aB3", "áB3", "회의", "aB3\u200b", ""])
async def test_only_the_exact_url_code_finds_a_meeting(url_code: str) -> None:
    await MeetingModel.create_meeting("aB3")

    assert await MeetingModel.filter(url_code=url_code).count() == 0


async def test_a_url_code_is_used_once() -> None:
    await MeetingModel.create_meeting("aB3")

    with pytest.raises(IntegrityError, match="Duplicate entry 'aB3'"):
        await MeetingModel.create_meeting("aB3")

    assert await MeetingModel.all().count() == 1


async def test_an_update_to_the_same_value_still_counts_its_row() -> None:
    await MeetingModel.create_meeting("aB3")

    assert await MeetingModel.filter(url_code="aB3").update(url_code="aB3") == 1
    assert await MeetingModel.filter(url_code="aB3").count() == 1


async def test_created_at_is_the_time_of_our_zone() -> None:
    await MeetingModel.create_meeting("aB3")

    [row] = await get_connection("default").execute_query_dict(
        "SELECT TIMESTAMPDIFF(SECOND, created_at, CONVERT_TZ(UTC_TIMESTAMP(6), '+00:00', %s)) AS ago FROM meetings",
        [UTC_OFFSET],
    )
    assert abs(row["ago"]) < 60
