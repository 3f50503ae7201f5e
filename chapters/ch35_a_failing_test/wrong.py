"""Applications that stand in front of the student's own for one test, and answer rightly or wrongly.

They know nothing of its routers and services; `request.save` saves a row by the student's own model. A test that is
green with a wrong one cannot tell it from a right one.
"""

import string
import uuid

DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase


def _code():
    number, code = uuid.uuid4().int, ""
    number |= 2**127 if number > 2**64 else 0  # so that all codes are of one length, but one that a test has fixed
    while number or not code:
        number, digit = divmod(number, 62)
        code = DIGITS[digit] + code
    return code


async def right(request):
    """Saves a meeting and answers its code; one that a token gives a host is the student's own to make."""
    if request.headers.get("authorization"):
        return await request.own()
    code = _code()
    await request.save("meetings", url_code=code)
    return 200, {"url_code": code}


async def saves_nothing(request):
    """Answers as if it had saved."""
    return 200, {"url_code": _code()}


async def answers_another_code(request):
    """Saves a meeting and answers a code that is not its own."""
    await request.save("meetings", url_code=_code())
    return 200, {"url_code": _code()}


async def saves_and_deletes(request):
    """Saves a meeting, answers its code, and deletes it before anybody looks."""
    code = _code()
    await request.save("meetings", url_code=code)
    await request.sql("DELETE FROM meetings WHERE url_code = %s", code)
    return 200, {"url_code": code}


async def saves_two(request):
    """Saves a second meeting that nobody asked for."""
    await request.save("meetings", url_code=_code())
    return await right(request)


async def answers_201(request):
    """Does all that is asked for under another status."""
    return 201, (await right(request))[1]
