"""How long a new user waits: `make up` in a fresh clone with an empty home directory, cold and warm.

    python3 benchmarks/first_run.py [--user NAME] [--set NAME=VALUE …]

Clones the committed state of this repository into a temporary directory, runs `make up` there until it serves, creates
a meeting, stops it with Ctrl-C; then twice again, where it must find the meeting. With --user (as root) all of it runs
as that ordinary user. uv's and apt's caches are empty each time: they lie in the empty home and in the clone. Of this
shell's environment only KEEP is handed on; --set adds what a stranger's has, such as PYTHONDONTWRITEBYTECODE=1.

Each part of a run is shown in seconds (wall clock) and as a share of the run. Parts end at the lines that `make up`
prints, so together they are the whole.
"""

import argparse
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

CLONE = Path(__file__).resolve().parents[1]
KEEP = ("PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "PIP_CERT", "PIP_INDEX_URL", "UV_INDEX_URL", "LANG", "HTTPS_PROXY")


def main() -> int:
    """Run the three rounds and print their seconds; exit code 1 when a meeting was lost or a process was left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--user", help="run as this ordinary user (needs root)")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a variable of the environment"
    )
    given = parser.parse_args()
    user, added = given.user, dict(each.split("=", 1) for each in given.set)
    base = Path(tempfile.mkdtemp(prefix="first-run-"))
    home, clone = base / "home", base / "clone"
    home.mkdir()
    subprocess.run(["git", "clone", "-q", str(CLONE), str(clone)], check=True)
    environment = {name: os.environ[name] for name in KEEP if name in os.environ} | {"HOME": str(home)} | added
    run = {"cwd": clone, "env": environment, "text": True}
    if user:
        entry = pwd.getpwnam(user)
        subprocess.run(["chown", "-R", f"{entry.pw_uid}:{entry.pw_gid}", str(base)], check=True)
        run |= {"user": user, "group": entry.pw_gid, "extra_groups": []}
    codes: list[str] = []
    try:
        for name in ("cold", "warm", "warm again"):
            once(name, run, codes)
    finally:
        shutil.rmtree(base, ignore_errors=True)
    left = subprocess.run(["pgrep", "-f", str(clone)], capture_output=True, text=True).stdout.split()
    print(f"processes left behind: {len(left)}")
    return 1 if left else 0


def once(name: str, run: dict[str, object], codes: list[str]) -> None:
    """One `make up`: wait until it serves, make a meeting, look whether those before (`codes`) are there, Ctrl-C."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    start = last = time.monotonic()
    part, parts = "make looks for a Python; setup", dict[str, float]()
    process: subprocess.Popen[str] = subprocess.Popen(
        ["make", "up", f"PORT={port}"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True, **run
    )  # type: ignore[call-overload]
    assert process.stdout
    for line in process.stdout:
        print(f"  | {line}", end="")
        now = time.monotonic()
        parts[part], last = parts.get(part, 0) + now - last, now
        if line.startswith(("Setup: nothing", "Ready in")):
            part = "`workbook up` is imported; a given MySQL and a Docker engine are looked for"
        elif line.endswith(" …\n"):
            part = line.strip(" …\n")
        elif line.startswith("  ") and line.strip().partition(":")[0] == part:
            part = "the application starts" if "migrations" in part else "in between"
        if line.startswith("Stop"):
            break
    else:
        sys.exit(f"make up ended with {process.wait()}")
    total = last - start
    print(f"{name}: make up serves after {total:.1f} s")
    for part, seconds in parts.items():
        print(f"  {seconds:6.2f} s {seconds / total:5.0%}  {part}")
    try:
        post = urllib.request.Request(f"http://localhost:{port}/v1/meetings", method="POST")
        with urllib.request.urlopen(post) as response:
            codes.append(str(json.load(response)["url_code"]))
        shell, query = [".venv/bin/workbook", "db", "shell"], "SELECT url_code FROM when2meet_demo.meetings;\n"
        listing = subprocess.run(shell, input=query, capture_output=True, **run)  # type: ignore[call-overload]
        assert sorted(listing.stdout.split()[1:]) == sorted(codes), (listing.stdout, codes, listing.stderr)
    finally:
        start = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        process.stdout.read()
        ended = process.wait()
    print(f"{name}: stopped with exit code {ended} after {time.monotonic() - start:.1f} s")


if __name__ == "__main__":
    sys.exit(main())
