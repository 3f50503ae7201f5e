"""Applications that stand in front of the student's own when somebody joins or leaves."""

LEAVE = "DELETE /v1/participants/{participant_id}"


async def right(request):
    """The student's own, for whom a meeting that has a range is a meeting."""
    return await request.own()


async def right_leaving(request, route=LEAVE):
    """The student's own, when somebody leaves."""
    return await request.own()


async def saves_nobody(request):
    """Answers well and takes the participant away again."""
    status, body = await request.own()
    if status == 200:
        await request.sql("DELETE FROM participants WHERE id = %s", body["participant_id"])
    return status, body


async def forgets_a_day(request):
    """Answers every day and takes the last one away again."""
    status, body = await request.own()
    if status == 200:
        await request.sql("DELETE FROM participant_dates ORDER BY id DESC LIMIT 1")
    return status, body


async def saves_days_off(request):
    """Saves days on which nobody can come."""
    status, body = await request.own()
    if status == 200:
        await request.sql("UPDATE participant_dates SET enabled = 0")
    return status, body


async def joins_nowhere(request):
    """Takes any code for a meeting's."""
    status, body = await request.own()
    return (200, {"participant_id": 1, "participant_dates": []}) if status == 404 else (status, body)


async def joins_without_a_range(request):
    """Lets people join a meeting that has no days."""
    status, body = await request.own()
    return (200, {"participant_id": 1, "participant_dates": []}) if status == 400 else (status, body)


async def deletes_nobody(request, route=LEAVE):
    """Says that somebody has left."""
    found = await request.sql("SELECT id FROM participants WHERE id = %s", request.path_params["participant_id"])
    return (204, None) if found else await request.own()


async def deletes_all(request, route=LEAVE):
    """Lost its WHERE."""
    status, body = await request.own()
    if status == 204:
        await request.sql("DELETE FROM participants")
    return status, body
