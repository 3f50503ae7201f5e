"""How long a new user waits: `make up` in a fresh clone with an empty home directory, cold and warm.

    python3 benchmarks/first_run.py [--user NAME] [--keep]

Clones the committed state of this repository into a temporary directory, runs `make up` there until it serves, creates
a meeting, stops it with Ctrl-C; then again, where it must find the meeting. With --user (as root) all of it runs as
that ordinary user. uv's and apt's caches are empty each time: they lie in the empty home and in the clone.
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


def main() -> int:
    """Run the two rounds and print their seconds; the exit code is 1 when a meeting was lost or a process was left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--user", help="run as this ordinary user (needs root)")
    parser.add_argument("--keep", action="store_true", help="keep the clone, to look at it")
    arguments = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="first-run-"))
    home, clone = base / "home", base / "clone"
    home.mkdir()
    subprocess.run(["git", "clone", "-q", str(CLONE), str(clone)], check=True)
    if arguments.user:
        entry = pwd.getpwnam(arguments.user)
        subprocess.run(["chown", "-R", f"{entry.pw_uid}:{entry.pw_gid}", str(base)], check=True)
    keep = ("PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "PIP_CERT", "PIP_INDEX_URL", "UV_INDEX_URL", "LANG", "HTTPS_PROXY")
    environment = {name: os.environ[name] for name in keep if name in os.environ} | {"HOME": str(home)}
    codes = []
    try:
        for round_name in ("cold", "warm"):
            codes.append(run_once(round_name, clone, environment, arguments.user, codes))
    finally:
        if not arguments.keep:
            shutil.rmtree(base, ignore_errors=True)
        else:
            print(clone)
    left = subprocess.run(["pgrep", "-f", str(clone)], capture_output=True, text=True).stdout.split()
    print(f"processes left behind: {len(left)}")
    return 1 if left else 0


def run_once(name: str, clone: Path, environment: dict[str, str], user: str | None, before: list[str]) -> str:
    """One `make up`: wait until it serves, make a meeting, look whether the earlier ones are there, Ctrl-C."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options: dict[str, object] = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    start = time.monotonic()
    process = subprocess.Popen(
        ["make", "up", f"PORT={port}"],
        cwd=clone,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        **options,  # type: ignore[call-overload]
    )
    assert process.stdout
    for line in process.stdout:
        print(f"  | {line}", end="")
        if line.startswith("Stop"):
            break
    else:
        sys.exit(f"make up ended with {process.wait()}")
    print(f"{name}: make up serves after {time.monotonic() - start:.1f} s")
    try:
        code = make_a_meeting(port, clone, environment, before, options)
    finally:
        start = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        process.stdout.read()
        ended = process.wait()
    print(f"{name}: stopped with exit code {ended} after {time.monotonic() - start:.1f} s")
    return code


def make_a_meeting(
    port: int, clone: Path, environment: dict[str, str], before: list[str], options: dict[str, object]
) -> str:
    """POST a meeting; check that the table holds it and those of before."""
    with urllib.request.urlopen(
        urllib.request.Request(f"http://localhost:{port}/v1/mysql/meetings", method="POST")
    ) as response:
        code = str(json.load(response)["url_code"])
    listing = subprocess.run(
        [".venv/bin/workbook", "db", "shell"],
        cwd=clone,
        env=environment,
        input="SELECT url_code FROM meetings;\n",
        capture_output=True,
        text=True,
        **options,  # type: ignore[call-overload]
    )
    rows = listing.stdout.split()[1:]
    assert sorted(rows) == sorted([*before, code]), (rows, before, code, listing.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
