"""Applications that stand in front of the student's own when somebody joins or leaves."""

DELETE = "DELETE /v1/participants/{participant_id}"


async def right(request):
    """Answers what the student's own answers."""
    return await request.own()


async def right_delete(request, route=DELETE):
    """The same for who leaves."""
    return await request.own()


async def saves_nobody(request):
    """Answers well and takes the participant away again."""
    status, body = await request.own()
    if status == 200:
        await request.sql("DELETE FROM participants WHERE id = %s", body["participant_id"])
    return status, body


async def forgets_the_last_day(request):
    """Counts one day too few."""
    status, body = await request.own()
    if status == 200:
        last = body["participant_dates"].pop()
        await request.sql("DELETE FROM participant_dates WHERE id = %s", last["id"])
    return status, body


async def disables_the_days(request):
    """Saves days on which nobody can come."""
    status, body = await request.own()
    if status == 200:
        await request.sql("UPDATE participant_dates SET enabled = FALSE")
    return status, body


async def joins_anything(request):
    """Says that somebody joined a meeting that is not there, or has no range."""
    status, body = await request.own()
    return (200, {"participant_id": 1, "participant_dates": []}) if status in (400, 404) else (status, body)


async def leaves_a_half(request):
    """Keeps the participant when the days could not be saved."""
    try:
        return await request.own()
    except Exception:
        asked = await request.json()
        columns = "INSERT INTO participants (created_at, name, meeting_id) VALUES (NOW(), %s, %s)"
        await request.sql(columns, asked["name"], asked["meeting_url_code"])
        raise


async def deletes_everybody(request, route=DELETE):
    """Lost its WHERE."""
    status, body = await request.own()
    if status == 204:
        await request.sql("DELETE FROM participants")
    return status, body


async def deletes_nobody(request, route=DELETE):
    """Says that it was done for somebody who is not there."""
    status, body = await request.own()
    return (204, None) if status == 404 else (status, body)


async def keeps_their_days(request, route=DELETE):
    """Leaves the days behind, as without a foreign key."""
    if not await request.sql("SELECT id FROM participants WHERE id = %s", request.path_params["participant_id"]):
        return await request.own()
    await request.sql("SET foreign_key_checks = 0")
    await request.sql("DELETE FROM participants WHERE id = %s", request.path_params["participant_id"])
    await request.sql("SET foreign_key_checks = 1")
    return 204, None
