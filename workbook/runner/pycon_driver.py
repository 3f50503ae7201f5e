"""Run in the project's own Python: a session of `python -m asyncio`, its examples read and its outputs written as JSON.

It imports nothing of the workbook, which is not installed there.
"""

import ast
import asyncio
import contextlib
import inspect
import io
import json
import sys
import traceback
import types


def main(sources: str, outputs: str) -> None:
    """Read a list of examples from the first file, write a list of what they print to the second."""
    with open(sources, encoding="utf-8") as file:
        examples = json.load(file)
    # The session's own modules come from the project, as in `python -m asyncio`.
    sys.path[0] = ""
    names = {"__name__": "__main__", "__builtins__": __builtins__, "asyncio": asyncio}
    printed = []
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    for example in examples:
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            _run(example, names, loop)
        printed.append(said.getvalue())
    with contextlib.suppress(BaseException):
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(loop.shutdown_asyncgens())
    with open(outputs, "w", encoding="utf-8") as file:
        json.dump(printed, file)


def _run(example: str, names: dict[str, object], loop: asyncio.AbstractEventLoop) -> None:
    try:
        code = compile(example + "\n", "<console>", "single", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)

        async def run() -> None:
            # In a coroutine of its own, as the REPL does: code without `await` finds the running loop too.
            result = types.FunctionType(code, names)()
            if inspect.iscoroutine(result):
                await result

        loop.run_until_complete(run())
    except BaseException as error:
        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_code.co_filename != "<console>":
            trace = trace.tb_next
        traceback.print_exception(type(error), error.with_traceback(trace), trace)


main(*sys.argv[1:])
