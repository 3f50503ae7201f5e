"""Listeners on a free port of this machine, for tests of what happens when it is not a MySQL that answers."""

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

HOST = "127.0.0.1"


@contextmanager
def listening(speak: Callable[[socket.socket], object]) -> Iterator[int]:
    """A listener on a free port that speaks to each caller; yields the port."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                speak(self.request)

    with serving(socketserver.ThreadingTCPServer((HOST, 0), Handler)) as port:
        yield port


@contextmanager
def serving(server: socketserver.TCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def silence(caller: socket.socket) -> None:
    """Read and answer nothing until the caller hangs up."""
    while caller.recv(1024):
        pass
