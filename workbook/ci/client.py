"""`mysql` and `mysqladmin` for a job: they reach our server wherever GitHub's would be, and nothing else.

As much of the two as a workflow needs: a login, statements from `-e` or standard input, results as tab-separated lines.
"""

import argparse
import json
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pymysql
from pymysql.constants import CLIENT

SOCKET = "/var/run/mysqld/mysqld.sock"
LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where MySQL is for this job.

    Attributes:
        ports: the ports that the workflow knows (as text), and the ones here.
        socket: whether GitHub's machine would have MySQL's socket: the preinstalled server has one, a service has none.
        bell: the bell of the gate that a `start` opens; None when there is nothing to start.
    """

    ports: dict[str, int]
    socket: bool
    bell: int | None

    def save(self, file: Path) -> None:
        """Write them for the stand-ins."""
        file.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def load(cls, file: str) -> "Settings":
        """Read what `save` wrote."""
        return cls(**json.loads(Path(file).read_text(encoding="utf-8")))


class _Refused(Exception):
    """What the client prints before it exits with 1."""


def run(settings: Settings, name: str, arguments: Sequence[str]) -> int:
    """Log in and do what the command asks.

    Returns:
        the client's exit code.
    """
    options, words = _options(arguments)
    try:
        if name == "mysqladmin":
            return _admin(settings, options, words)
        text = options.execute if options.execute is not None else sys.stdin.read()
        with _connect(settings, options, options.database or (words[0] if words else None)) as connection:
            _execute(connection, _for_our_accounts(text) if settings.socket else text, names=not options.skip_names)
    except _Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    return 0


def _admin(settings: Settings, options: argparse.Namespace, words: list[str]) -> int:
    with _connect(settings, options, None) as connection:
        if words[:1] == ["ping"]:
            print("mysqld is alive")
        elif words[:1] == ["create"] and words[1:]:
            _execute(connection, f"CREATE DATABASE `{words[1]}`", names=False)
    return 0


def _options(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("-u", "--user", default="root")
    parser.add_argument("-h", "--host")
    parser.add_argument("-P", "--port", default="3306")
    parser.add_argument("-D", "--database")
    parser.add_argument("-e", "--execute")
    parser.add_argument("--password", default=os.environ.get("MYSQL_PWD", ""))
    parser.add_argument("--protocol", default="")
    parser.add_argument("-N", "--skip-column-names", dest="skip_names", action="store_true")
    parser.add_argument("words", nargs="*")
    # `-p1234` is the password; after a lone `-p` the client would ask for one, and nobody is there to answer.
    spelt = [f"--password={each[2:]}" if re.match(r"-p(?!-)", each) else each for each in arguments]
    options, _ = parser.parse_known_intermixed_args(spelt)
    return options, options.words


def _connect(settings: Settings, options: argparse.Namespace, database: str | None) -> "pymysql.connections.Connection":
    port = settings.ports.get(options.port)
    over_tcp = options.protocol.lower() == "tcp" or options.host not in (None, "localhost")
    no_socket = f"ERROR 2002 (HY000): Can't connect to local MySQL server through socket '{SOCKET}' (2)"
    if not over_tcp:
        if not settings.socket:
            raise _Refused(no_socket)
        port = settings.ports["3306"]
    if options.host and options.host not in LOCAL:
        raise _Refused(f"ERROR 2005 (HY000): Unknown MySQL server host '{options.host}' (-2)")
    nobody = f"ERROR 2003 (HY000): Can't connect to MySQL server on '{options.host}:{options.port}' (111)"
    if port is None:
        raise _Refused(nobody)
    try:
        return pymysql.connect(
            host="127.0.0.1",
            port=port,
            user=options.user,
            password=options.password.encode(),
            database=database,
            charset="utf8mb4",
            autocommit=True,
            client_flag=CLIENT.MULTI_STATEMENTS,
        )
    except pymysql.MySQLError as error:
        raise _Refused((nobody if over_tcp else no_socket) if error.args[0] == 2003 else _error(error)) from None


def _execute(connection: "pymysql.connections.Connection", text: str, *, names: bool) -> None:
    if not text.strip().strip(";"):
        return
    with connection.cursor() as cursor:
        try:
            more: bool | None = True
            cursor.execute(text)
            while more:
                if cursor.description and names:
                    print("\t".join(column[0] for column in cursor.description))
                for row in cursor.fetchall() if cursor.description else ():
                    print("\t".join("NULL" if value is None else str(value) for value in row))
                more = cursor.nextset()
        except pymysql.MySQLError as error:
            raise _Refused(_error(error)) from None


def _error(error: pymysql.MySQLError) -> str:
    code, said = (*error.args, "")[:2]
    return f"ERROR {code} ({getattr(error, 'sqlstate', None) or 'HY000'}): {said}"


def _for_our_accounts(text: str) -> str:
    """The preinstalled server's root is `root@localhost`; ours is `root@'%'`, for it may sit in a container."""
    return re.sub(r"@\s*(['\"`]?)localhost\1", "@'%'", text)
