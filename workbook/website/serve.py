"""The built site on a local port."""

import errno
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from workbook.say import Problem


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing: a reader's clicks are no news."""


def server(folder: Path, port: int) -> ThreadingHTTPServer:
    """A server of a folder on 127.0.0.1, listening; 0 takes a free port.

    Raises:
        Problem: the port is taken.
    """
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), partial(_Quiet, directory=str(folder)))
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        why = "is taken" if error.errno == errno.EADDRINUSE else "is not for everybody"
        raise Problem(f"Port {port} {why}.", ways=(f"make docs PORT={port + 1 if port >= 1024 else 8100}",)) from None


def serve(folder: Path, port: int) -> None:
    """Serve until Ctrl-C. Raises Problem when the port is taken."""
    with server(folder, port) as http:
        home = f"http://127.0.0.1:{http.server_port}/"
        print(f"{home}     English\n{home}ko/  한국어\nStop: Ctrl-C", flush=True)
        try:
            http.serve_forever()
        except KeyboardInterrupt:
            print()
