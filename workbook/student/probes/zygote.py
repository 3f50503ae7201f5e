"""A process that has imported the packages, and forks for every probe: importing is most of what a probe costs.

It reads a JSON object a line from standard input, and writes one a line to standard output:

    {"id": 1, "module": "…", "cwd": "…", "env": {…}, "log": "…"}   ->   {"id": 1, "pid": 4711}
                                                                        {"ended": 4711, "code": 0}

It ends with its standard input. The project's own code is imported by the forks alone.
"""

import contextlib
import importlib
import json
import os
import runpy
import select
import signal
import sys
import traceback
from typing import Any

PACKAGES = (
    "pydantic_settings",
    "fastapi",
    "tortoise",
    "tortoise.backends.mysql.client",
    "tortoise.contrib.fastapi",
    "aerich",
)
"""What probes and projects import. One that is missing is missing in the forks too, and they say so."""


def main() -> None:
    """Import, then fork as asked."""
    for name in PACKAGES:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    waiting = b""
    while True:
        ready, _, _ = select.select([0, woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
            _reap()
        if 0 in ready:
            read = os.read(0, 65536)
            if not read:
                return
            *requests, waiting = (waiting + read).split(b"\n")
            for request in requests:
                _fork(json.loads(request))


def _fork(request: dict[str, Any]) -> None:
    sys.stdout.flush()
    process = os.fork()
    if process:
        _tell(id=request["id"], pid=process)
        return
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        code = _become(request)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _become(request: dict[str, Any]) -> int:
    """Be what `python -m module` would be in that folder."""
    os.setsid()
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for target, source in ((0, nothing), (1, log), (2, log)):
        os.dup2(source, target)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    sys.path[0] = request["cwd"]
    importlib.invalidate_caches()
    runpy.run_module(request["module"], run_name="__main__", alter_sys=True)
    return 0


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while True:
            process, status = os.waitpid(-1, os.WNOHANG)
            if not process:
                return
            _tell(ended=process, code=os.waitstatus_to_exitcode(status))


def _tell(**values: int) -> None:
    print(json.dumps(values), flush=True)


if __name__ == "__main__":
    main()
