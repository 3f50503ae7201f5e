"""One more application that stands in front of the student's own for one test; chapter 35's do so here, too."""


async def same_code_twice(request):
    """Gives every meeting after the first the first one's code, and saves no further one."""
    if "code" not in request.memory:
        request.memory["code"] = "00000000000000000000aB"
        await request.save("meetings", url_code=request.memory["code"])
    return 200, {"url_code": request.memory["code"]}
