"""One real MySQL for the whole run.

The process that was started (not xdist's workers) brings up a throwaway server before the first test and lets go of it
after the last; the workers find it in the environment. There is no skip: without a MySQL, nothing runs.
"""

import json
import os
from dataclasses import fields

import pytest

from workbook.mysql.server import Server

pytest_plugins = ["workbook.collect"]

HANDED_ON = "WORKBOOK_TEST_SERVER"
"""Where the workers find the server: its values as JSON."""


def pytest_configure(config: pytest.Config) -> None:
    """Bring up the server, unless a process above has done so."""
    # The tests compare English sentences; on a Korean machine the commands would answer in Korean.
    os.environ.pop("WORKBOOK_LANG", None)
    os.environ["LC_ALL"] = "C.UTF-8"
    if HANDED_ON in os.environ or config.option.collectonly or config.option.help:
        return
    from workbook.mysql import ladder
    from workbook.place import TEMPLATE
    from workbook.say import Problem

    try:
        server = ladder.climb(TEMPLATE, use="test")
    except Problem as problem:
        pytest.exit(f"\n{problem}", returncode=1)
    config.add_cleanup(server.stop)
    config.add_cleanup(lambda: os.environ.pop(HANDED_ON, None))
    values = {field.name: getattr(server, field.name) for field in fields(server) if field.name != "stop"}
    os.environ[HANDED_ON] = json.dumps(values)


def pytest_report_header() -> str | None:
    """Say which MySQL the tests run on."""
    return f"mysql: {_server().sentence}" if HANDED_ON in os.environ else None


@pytest.fixture(scope="session")
def mysql() -> Server:
    """The MySQL of this run. Tests make databases of their own in it, and drop them."""
    return _server()


def _server() -> Server:
    return Server(**json.loads(os.environ[HANDED_ON]))
