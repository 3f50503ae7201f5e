"""The programs that stand in for those which would change this machine, or need GitHub's.

A script of the same name lies first on the job's PATH and runs this file, which uses the standard library alone:

    python -I -S stand_in.py SETTINGS NAME ARGUMENTS...

SETTINGS is a JSON file: `ports` maps the ports that the workflow knows to those here, `preinstalled` is whether MySQL
is the one that GitHub's machines have, `mysql` and `mysqladmin` the commands of the real clients (missing when this
machine has none). What is left out is said in a line for the report.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

NOT_HERE = "not run here: "
"""How a stand-in says what it leaves out."""

CLIENTS = ("mysql", "mysqladmin")
HARMLESS = ("sudo", "systemctl", "service", "timedatectl", "apt-get", "apt")
"""Without what these do, the steps that follow mostly do the same here."""
NAMES = (*HARMLESS, *CLIENTS, "docker", "docker-compose", "pip", "pip3")
"""What a job finds of these names is us."""

STARTS_MYSQL = re.compile(
    r"^[^#\n]*(\bsystemctl\s[^#;&|\n]*(\b(re)?start|--now)\s[^#;&|\n]*\bmysqld?\b"
    r"|(\bservice\s+|/etc/init\.d/)mysqld?\s+(re)?start\b)",
    re.MULTILINE,
)
"""The line of a script that starts the MySQL which GitHub's machines have installed."""


def run(settings: dict[str, Any], name: str, arguments: list[str]) -> int:
    """Do what the program of that name would do, as far as it can be done here; its exit code."""
    command = [name, *arguments]
    if name == "sudo":
        while len(command) > 1 and (command[1].startswith("-") or "=" in command[1]):
            del command[1 : 3 if command[1] in ("-u", "-g", "-h", "-p") else 2]
        if len(command) > 1 and command[1] in NAMES:
            return run(settings, command[1], command[2:])
    if name in CLIENTS and settings.get(name):
        return _client(settings, name, arguments)
    if settings["preinstalled"] and STARTS_MYSQL.search(" ".join(command)):
        return 0  # it runs already
    print(NOT_HERE + " ".join(command), flush=True)
    return 0 if name in HARMLESS else 127


def _client(settings: dict[str, Any], name: str, arguments: list[str]) -> int:
    """The real client, led to our server wherever GitHub's would be."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    # As the clients themselves take them: manual of MySQL, *Environment Variables*.
    parser.add_argument("-h", "--host", default=os.environ.get("MYSQL_HOST" if name == "mysql" else "") or "localhost")
    parser.add_argument("-P", "--port", default=os.environ.get("MYSQL_TCP_PORT") or "3306")
    parser.add_argument("--protocol", default="")
    asked, others = parser.parse_known_args(arguments)
    host, port, ports = asked.host, asked.port, settings["ports"]
    if by_socket := host == "localhost" and asked.protocol.lower() != "tcp":
        port = "3306"
    where = ["--protocol=TCP", f"--host={host}", f"--port={port}"]
    if by_socket and not settings["preinstalled"]:
        where = ["--protocol=SOCKET", "--socket=/nowhere/mysqld.sock"]  # a service container has none here
    elif host in ("localhost", "127.0.0.1", "::1"):
        if port not in ports and port != str(ports.get("0")):
            # Somebody of this machine's owner's may listen there.
            print(f"ERROR 2003 (HY000): Can't connect to MySQL server on '{host}:{port}' (111)", file=sys.stderr)
            return 1
        where = ["--protocol=TCP", "--host=127.0.0.1", f"--port={ports.get(port, port)}"]
    told: str | None = None
    if settings["preinstalled"]:
        others = [_of_our_accounts(each) for each in others]
        if name == "mysql" and not any(re.match(r"-[A-Zst]*e|--execute", each) for each in others):
            told = _of_our_accounts(sys.stdin.read())
    return subprocess.run([*settings[name], *others, *where], input=told, text=True, check=False).returncode


def _of_our_accounts(sql: str) -> str:
    """The preinstalled server's root is `root@localhost`; ours is `root@'%'`, for it may sit in a container."""
    return re.sub(r"@\s*(['\"`]?)localhost\1", "@'%'", sql)


if __name__ == "__main__":
    sys.exit(run(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), sys.argv[2], sys.argv[3:]))
