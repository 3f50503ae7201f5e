"""Applications that stand in front of the student's own for one test, and answer rightly or wrongly.

They know nothing of its routers and services; `request.save` saves a row by the student's own model. A test that is
green with a wrong one cannot tell it from a right one.
"""

import secrets
import string


def _code():
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(21)) + "w"


async def right(request):
    """Saves a meeting and answers its code."""
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


async def saves_two(request):
    """Saves a second meeting that nobody asked for."""
    await request.save("meetings", url_code=_code())
    return await right(request)


async def answers_201(request):
    """Does all that is asked for under another status."""
    return 201, (await right(request))[1]
