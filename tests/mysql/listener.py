"""Who answers: a listener on a free port that is no MySQL, and an account of the test's own on the real server."""

import os
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from workbook.login import cursor
from workbook.mysql.server import Server

HOST = "127.0.0.1"


@contextmanager
def listening(speak: Callable[[socket.socket], object]) -> Iterator[int]:
    """A listener on a free port that speaks to each caller; yields the port."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                speak(self.request)

    with socketserver.ThreadingTCPServer((HOST, 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def silence(caller: socket.socket) -> None:
    """Read and answer nothing until the caller hangs up."""
    while caller.recv(1024):
        pass


@contextmanager
def account(server: Server, password: str, state: str = "") -> Iterator[str]:
    """An account of this process's own on the real server; yields its name."""
    name = f"d_account_{os.getpid()}"
    with cursor(server) as ask:
        ask.execute(f"CREATE USER {name} IDENTIFIED BY %s {state}", (password,))
        try:
            yield name
        finally:
            ask.execute(f"DROP USER {name}")
