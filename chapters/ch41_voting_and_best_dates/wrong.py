"""Applications that stand in front of the student's own when somebody votes, and when a meeting is read."""

VOTE, READ = "PATCH /v1/participant_dates/{vote}", "GET /v1/meetings/{url_code}"
VOTES = {"on": {"enabled": 1}, "off": {"enabled": 0, "starred": 0}, "unstar": {"starred": 0}}
VOTES["star"] = {"enabled": 1, "starred": 1}


async def right(request, route=VOTE):
    """Sets the columns itself when the student's own has answered, and asks itself whose day it is."""
    asked = await request.json()
    if not isinstance(asked, dict):
        return await request.own()
    code, number = (asked.get(name) for name in ("meeting_url_code", "participant_date_id"))
    whose = "SELECT meeting_id FROM participants JOIN participant_dates d ON d.participant_id = participants.id"
    theirs = await request.sql(f"{whose} WHERE d.id = %s AND meeting_id <> %s", number, code)
    if theirs and await request.sql("SELECT id FROM meetings WHERE url_code = %s", code):
        return 404, {"detail": f"participant date with id: {number} not found"}
    status, body = await request.own()
    return (
        await _shown(request, status, body, **VOTES[request.path_params["vote"]]) if status == 200 else (status, body)
    )


async def off_keeps_the_star(request, route=VOTE):
    """Does not take the star away from a day that is off."""
    before, status, body = await _voted(request, "off")
    return await _shown(request, status, body, starred=before["starred"]) if before else (status, body)


async def star_leaves_it_off(request, route=VOTE):
    """Gives a star to a day on which one cannot come."""
    before, status, body = await _voted(request, "star")
    return await _shown(request, status, body, enabled=before["enabled"]) if before else (status, body)


async def unstar_is_off(request, route=VOTE):
    """Takes the day away with the star."""
    before, status, body = await _voted(request, "unstar")
    return await _shown(request, status, body, enabled=0) if before else (status, body)


async def saves_no_vote(request, route=VOTE):
    """Answers well, and the table stays as it was."""
    before, status, body = await _voted(request, "on", "off", "star", "unstar")
    if before:
        await _set(request, before["id"], enabled=before["enabled"], starred=before["starred"])
    return status, body


async def second_is_404(request, route=VOTE):
    """Takes rows that did not change for rows that are not there."""
    before, status, body = await _voted(request, "on", "off", "star", "unstar")
    same = before and await _row(request) == before
    return (404, {"detail": f"participant date with id: {before['id']} not found"}) if same else (status, body)


async def votes_anywhere(request, route=VOTE):
    """Does not ask whose day it is."""
    status, body = await request.own()
    row = await _row(request) if status == 404 else None
    if row is None:
        return status, body
    await _set(request, row["id"], enabled=0, starred=0)
    return 200, body


async def votes_for_all(request, route=VOTE):
    """Takes the day for all days."""
    before, status, body = await _voted(request, "on", "off", "star", "unstar")
    row = await _row(request) if before else None
    if row:
        await request.sql("UPDATE participant_dates SET enabled = %s, starred = %s", row["enabled"], row["starred"])
    return status, body


async def best_ignores_stars(request, route=READ):
    """Asks only how many can come, and when."""
    return _with_best(*await request.own(), lambda enabled, starred, day: (-enabled, day))


async def best_is_the_latest(request, route=READ):
    """Takes the latest of days that are equally good."""
    return _with_best(*await request.own(), lambda enabled, starred, day: (-enabled, -starred), back=True)


async def four_best(request, route=READ):
    """Names one day more."""
    return _with_best(*await request.own(), lambda enabled, starred, day: (-enabled, -starred, day), most=4)


async def best_for_nobody(request, route=READ):
    """Names the first day where nobody has joined."""
    status, body = await request.own()
    if status == 200 and body.get("start_date") and not body.get("participants"):
        body["best_dates"] = [body["start_date"]]
    return status, body


async def _row(request):
    asked = await request.json()
    number = asked.get("participant_date_id") if isinstance(asked, dict) else None
    found = await request.sql("SELECT id, enabled, starred FROM participant_dates WHERE id = %s", number)
    return found[0] if found else None


async def _set(request, number, **columns):
    for name, value in columns.items():
        await request.sql(f"UPDATE participant_dates SET {name} = %s WHERE id = %s", value, number)


async def _voted(request, *words):
    """The row before one of these votes, if it was one that was taken, and what the student's own answers."""
    before = await _row(request) if request.path_params["vote"] in words else None
    status, body = await request.own()
    return before if status == 200 else None, status, body


async def _shown(request, status, body, **columns):
    """Set columns of the day, in the table and in the answer."""
    number = (await request.json())["participant_date_id"]
    await _set(request, number, **columns)
    for day in [day for each in body.get("participants", ()) for day in each.get("dates", ())]:
        day |= {name: bool(value) for name, value in columns.items()} if day["id"] == number else {}
    return status, body


def _with_best(status, body, key, *, most=3, back=False):
    if status != 200 or "participants" not in body:
        return status, body
    counts = {}
    for vote in [day for each in body["participants"] for day in each["dates"] if day["enabled"]]:
        enabled, starred = counts.get(vote["date"], (0, 0))
        counts[vote["date"]] = enabled + 1, starred + vote["starred"]
    days = sorted(counts, reverse=back)
    return status, body | {"best_dates": sorted(days, key=lambda day: key(*counts[day], day))[:most]}
