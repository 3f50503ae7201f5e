"""Applications that stand in front of the student's own when a meeting is deleted."""


async def right(request):
    """The student's own."""
    return await request.own()


async def deletes_nothing(request):
    """Says that it was done, and the meeting is still there."""
    status, body = await request.own()
    if status == 204:
        await request.save("meetings", url_code=request.path_params["url_code"])
    return status, body


async def deletes_all(request):
    """Lost its WHERE."""
    status, body = await request.own()
    if status == 204:
        await request.sql("DELETE FROM meetings")
    return status, body


async def lets_anybody(request):
    """Asks who it is, and not whose."""
    status, body = await request.own()
    return (204, None) if status == 403 else (status, body)


async def lets_nobody_in(request):
    """Asks nobody who they are."""
    status, body = await request.own()
    return (204, None) if status == 401 else (status, body)
