"""Applications that stand in front of the student's own when a meeting is changed."""

from datetime import date, timedelta

TITLE = "PATCH /v1/meetings/{url_code}/title"


async def right(request):
    """Asks the table whether the meeting is there when the student's own has set its range."""
    status, body = await request.own()
    code = request.path_params["url_code"]
    found = await request.sql("SELECT id FROM meetings WHERE url_code = %s", code)
    return (
        (404, {"detail": f"meeting with url_code: {code} not found"}) if status == 200 and not found else (status, body)
    )


async def right_title(request, route=TITLE):
    """The same for a title."""
    status, body = await request.own()
    code = request.path_params["url_code"]
    found = await request.sql("SELECT id FROM meetings WHERE url_code = %s", code)
    return (
        (404, {"detail": f"meeting with url_code: {code} not found"}) if status == 204 and not found else (status, body)
    )


async def keeps_no_range(request):
    """Answers well and takes the range away again."""
    status, body = await request.own()
    if status == 200:
        await request.sql("UPDATE meetings SET start_date = NULL, end_date = NULL")
    return status, body


async def sets_it_twice(request):
    """Forgets the range that was set."""
    code = request.path_params["url_code"]
    await request.sql("UPDATE meetings SET start_date = NULL, end_date = NULL WHERE url_code = %s", code)
    return await request.own()


async def allows_63_days(request):
    """Counts one day too many."""
    status, body = await request.own()
    if status != 422:
        return status, body
    asked = await request.json()
    try:
        days = date.fromisoformat(asked["end_date"]) - date.fromisoformat(asked["start_date"])
    except (TypeError, ValueError):
        return status, body
    return (200, {"title": "", "location": "", **asked}) if days == timedelta(63) else (status, body)


async def saves_no_title(request, route=TITLE):
    """Answers well and takes the title away again."""
    status, body = await request.own()
    if status == 204:
        await request.sql("UPDATE meetings SET title = ''")
    return status, body


async def titles_all(request, route=TITLE):
    """Lost its WHERE."""
    status, body = await request.own()
    if status == 204:
        await request.sql("UPDATE meetings SET title = %s", (await request.json())["title"])
    return status, body


async def titles_nobody(request, route=TITLE):
    """Says that it was done for a meeting that is not there."""
    status, body = await request.own()
    return (204, None) if status == 404 else (status, body)
