"""Errors that the clinic does not cover, some of them near to one that it does; made by running, not written."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from tempfile import TemporaryDirectory

from workbook.mysql.server import Server
from workbook.replay.ground import Settings
from workbook.replay.shell import Client


def tested(code: str) -> str:
    """A program that runs pytest on a file with this code."""
    run = "raise SystemExit(pytest.main(['-q', '-p', 'no:cacheprovider', str(d)]))"
    file = f"(d / 'test_a.py').write_text({code!r})"
    return f"import pytest, pathlib, tempfile\nd = pathlib.Path(tempfile.mkdtemp())\n{file}\n{run}"


PROGRAMS = {
    "KeyError": "prices = {'tea': 3}\nprices['coffee']",
    "a list's end": "[1, 2, 3][7]",
    "a text's end": "'abc'[9]",
    "division by zero": "def share(total, people):\n    return total / people\nshare(10, 0)",
    "None has no attribute": "order = None\norder.price",
    "a coroutine has no json": "async def get(): ...\nanswer = get()\nanswer.close()\nanswer.json()",
    "an unknown name": "print(MeetingModel)",
    "another unknown name": "def total():\n    return pricse\ntotal()",
    "no such module": "import fastapii",
    "no such name in a module": "from fastapi import FastApi",
    "a name from a package": "from application.configs import settings",
    "a circular import": "import sys\nsys.modules['a'] = type(sys)('a')\nfrom a import config",
    "text and number": "'room ' + 7",
    "a missing argument": "def book(room, day): ...\nbook('A')",
    "too many arguments": "def book(room): ...\nbook('A', 'B')",
    "not callable": "url_code = 'x'\nurl_code()",
    "not a number": "int('3306a')",
    "a bad date": "import datetime\ndatetime.date(2026, 2, 30)",
    "a missing file": "open('no/such/.env')",
    "a directory": "open('/tmp')",
    "not UTF-8": "'회의'.encode('cp949').decode('utf-8')",
    "not JSON": "import json\njson.loads('{\\'a\\': 1}')",
    "a syntax error": "exec('def f(:\\n  pass')",
    "bad indentation": "exec('def f():\\npass')",
    "recursion": "def f():\n    return f()\nf()",
    "unhashable": "{[]: 1}",
    "frozen": "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass A:\n    x: int\nA(1).x = 2",
    "a plain assert": "def test():\n    cart = []\n    assert len(cart) == 1, cart\ntest()",
    "another pytest assert": tested("def test_a():\n    assert 3 == 4\n"),
    "a status of another kind": tested("def test_a():\n    assert 500 == 201\n"),
    "an empty cart, by pytest": tested("def test_a():\n    cart = []\n    assert len(cart) == 1\n"),
    "a missing fixture": tested("def test_a(database): ...\n"),
    "another model's extra field": "from pydantic import BaseModel, ConfigDict\nclass Order(BaseModel):\n"
    "    model_config = ConfigDict(extra='forbid')\n    room: str\nOrder(room='A', colour='red')",
    "a setting that is no number": "from pydantic_settings import BaseSettings\nclass Config(BaseSettings):\n"
    "    SHELVES: int = 3\nConfig(SHELVES='abc')",
    "another enum": "from enum import StrEnum\nfrom pydantic import BaseModel\nclass Size(StrEnum):\n    S = 's'\n"
    "class Shirt(BaseModel):\n    size: Size\nShirt(size='xl')",
    "a port that a web server wants": "import http.server, socket\n"
    "s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()\n"
    "http.server.HTTPServer(('127.0.0.1', s.getsockname()[1]), http.server.BaseHTTPRequestHandler)",
    "a refused web call": "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:9')",
    "two loops, no pytest": "import asyncio\nloop = asyncio.new_event_loop()\nfuture = loop.create_future()\n"
    "async def wait():\n    await future\nasyncio.run(wait())",
    "run in a running loop": "import asyncio\nasync def main():\n"
    "    asyncio.run(asyncio.sleep(0))\nasyncio.run(main())",
    "a timeout": "import asyncio\nasync def main():\n"
    "    await asyncio.wait_for(asyncio.Event().wait(), 0.01)\nasyncio.run(main())",
    "Tortoise's unknown field": "from tortoise.exceptions import FieldError\n"
    'raise FieldError(\'Unknown field "titel" for model "MeetingModel"\')',
    "Redis, not MySQL": "raise ConnectionError('Error 111 connecting to localhost:6379. Connection refused.')",
}
"""Small programs, and what is wrong in each."""

STATEMENTS = {
    "a slip of the hand": "SELEC 1;",
    "an unknown column": "SELECT nam FROM rooms;",
    "an unknown column in WHERE": "SELECT id FROM rooms WHERE nam = 1;",
    "no such table": "SELECT * FROM roms;",
    "a double entry": "INSERT INTO rooms (id, title) VALUES (1, 'a'), (1, 'b');",
    "a column twice": "ALTER TABLE rooms ADD title INT;",
    "too long": "INSERT INTO rooms (title) VALUES ('longer than eight');",
    "no number": "INSERT INTO rooms (id, title) VALUES ('seven', 'a');",
    "the table exists": "CREATE TABLE rooms (id INT);",
    "a foreign key to nothing": "ALTER TABLE rooms ADD FOREIGN KEY (id) REFERENCES nothing (id);",
    "another unknown collation": "SELECT 'a' COLLATE utf8mb4_korean_ci;",
    "an unknown time zone": "SET time_zone = 'Asia/Soul';",
    "GROUP BY": "SELECT title, COUNT(*) FROM rooms GROUP BY id + 1;",
    "an unknown function": "SELECT NOWW();",
}
"""Statements, on a database with one table `rooms`."""


def foreign_errors(server: Server) -> dict[str, str]:
    """Run all of them. Returns what each printed, by its title."""
    with ThreadPoolExecutor(os.cpu_count()) as at_once:
        programs = dict(zip(PROGRAMS, at_once.map(_program, PROGRAMS.values()), strict=True))
    return programs | _statements(server)


def _program(code: str) -> str:
    with TemporaryDirectory() as scratch:
        environment = os.environ | {"TMPDIR": scratch}
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", errors="replace", env=environment)
    assert done.returncode, f"this program has no error: {code}"
    return done.stdout + done.stderr


def _statements(server: Server) -> dict[str, str]:
    database = f"foreign_errors_{os.getpid()}"
    with Client(Settings(server=server, database=database)) as client:
        client.run(f"DROP DATABASE IF EXISTS {database};")
        client.run(f"CREATE DATABASE {database};")
        client.run(f"USE {database};")
        client.run("CREATE TABLE rooms (id INT PRIMARY KEY AUTO_INCREMENT, title VARCHAR(8) NOT NULL);")
        said = {title: "\n".join([f"mysql> {sql}", *client.run(sql)]) for title, sql in STATEMENTS.items()}
        client.run(f"DROP DATABASE {database};")
    assert all("ERROR " in each for each in said.values()), said
    return said
