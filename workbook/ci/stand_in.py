"""The programs that stand in for those which would change this machine, or need GitHub's.

A script of the same name lies first on the job's PATH and runs this file, which uses the standard library alone:

    python -I -S stand_in.py SETTINGS NAME ARGUMENTS...

SETTINGS is a JSON file: `ports` maps the ports that the workflow knows to those here, `bell` is the port that opens the
gate before the preinstalled MySQL (null for none), `socket` where its socket would be, `mysql` and `mysqladmin` the
commands of the real clients (null when this machine has none). What is left out is said in a line for the report.
"""

import argparse
import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

NOT_HERE = "not run here: "
"""How a stand-in says what it leaves out."""

CLIENTS = ("mysql", "mysqladmin")
GITHUBS = ("curl", "gh", "go", "java", "jq", "mysqldump", "node", "npm", "npx", "pipx", "psql", "wget", "yarn", "zip")
"""What GitHub's machines have, and this one may lack: then we fail in their place, and say so."""
HARMLESS = ("sudo", "systemctl", "service", "timedatectl", "apt-get", "apt")
"""Without what these do, the steps that follow mostly do the same here."""
NAMES = (*HARMLESS, *CLIENTS, "docker", "docker-compose")
"""What a job finds of these names is us."""


def run(settings: dict[str, Any], name: str, arguments: list[str]) -> int:
    """Do what the program of that name would do, as far as it can be done here.

    Returns:
        its exit code.
    """
    command = [name, *arguments]
    if name == "sudo":
        while len(command) > 1 and (command[1].startswith("-") or "=" in command[1]):
            del command[1 : 3 if command[1] in ("-u", "-g", "-h", "-p") else 2]
        init_script = re.fullmatch(r"/etc/init\.d/(\w+)", command[1] if len(command) > 1 else "")
        rest = ["service", init_script[1], *command[2:]] if init_script else command[1:]
        if rest and rest[0] in NAMES:
            return run(settings, rest[0], rest[1:])
    if name in CLIENTS and settings[name]:
        return _client(settings, name, arguments)
    starts_mysql = {"start", "restart"} & set(command) and any(re.fullmatch(r"mysqld?(\.service)?", x) for x in command)
    if name in ("systemctl", "service") and starts_mysql and settings["bell"]:
        with socket.create_connection(("127.0.0.1", settings["bell"])) as line:
            line.recv(1)
        return 0
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
    ports, preinstalled = settings["ports"], settings["bell"] is not None
    if asked.host == "localhost" and asked.protocol.lower() != "tcp":
        # By a socket: the preinstalled server has one while it runs, a service container has none.
        where = ["--host=localhost", "--protocol=SOCKET", f"--socket={settings['socket']}"]
        if preinstalled and _answers(ports["3306"]):
            where = ["--host=127.0.0.1", "--protocol=TCP", f"--port={ports['3306']}"]
    elif asked.host not in ("localhost", "127.0.0.1", "::1"):
        where = [f"--host={asked.host}", f"--port={asked.port}"]
    elif asked.port in ports or asked.port == str(ports.get("0")):
        where = ["--host=127.0.0.1", "--protocol=TCP", f"--port={ports.get(asked.port, asked.port)}"]
    else:
        # Somebody of this machine's owner's may listen there.
        print(
            f"ERROR 2003 (HY000): Can't connect to MySQL server on '{asked.host}:{asked.port}' (111)", file=sys.stderr
        )
        return 1
    told: str | None = None
    if preinstalled:
        others = [_of_our_accounts(each) for each in others]
        if name == "mysql" and not any(re.match(r"-[A-Zst]*e|--execute", each) for each in others):
            told = _of_our_accounts(sys.stdin.read())
    return subprocess.run([*settings[name], *others, *where], input=told, text=True, check=False).returncode


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def _of_our_accounts(sql: str) -> str:
    """The preinstalled server's root is `root@localhost`; ours is `root@'%'`, for it may sit in a container."""
    return re.sub(r"@\s*(['\"`]?)localhost\1", "@'%'", sql)


if __name__ == "__main__":
    sys.exit(run(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), sys.argv[2], sys.argv[3:]))
