"""A port that leads to a server once it is opened, and refuses every connection until then."""

import contextlib
import socket
import threading
from types import TracebackType


class Gate:
    """A port of 127.0.0.1 of our own in front of a server.

    GitHub's preinstalled MySQL is off until a step starts it. Here the server runs already, so a gate stands before it.
    A gate that is never opened is a port on which certainly nobody answers: a job without a MySQL must not find the one
    that its owner develops on.

    Args:
        target: the server's host and port; None for a gate that stays closed.

    Attributes:
        port: the gate's own port.
        bell: a second port; who connects to it opens the gate, and hears the end of the connection when it is open.
    """

    def __init__(self, target: tuple[str, int] | None = None) -> None:
        self._target = target
        # Bound and not listening: the port is ours, and the system refuses who knocks.
        self._door, self._bell = _bound(), _bound()
        self.port: int = self._door.getsockname()[1]
        self.bell: int = self._bell.getsockname()[1]
        if target:
            self._bell.listen()
            threading.Thread(target=self._answer, daemon=True).start()

    def _answer(self) -> None:
        with contextlib.suppress(OSError):  # the gate was closed
            while True:
                with self._bell.accept()[0]:
                    self._door.listen()
                    threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        assert self._target is not None
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._door.accept()
                try:
                    far = socket.create_connection(self._target)
                except OSError:
                    near.close()
                    continue
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()

    def __enter__(self) -> "Gate":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each in (self._bell, self._door):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept
            each.close()


def ring(bell: int) -> None:
    """Open the gate whose bell this is.

    Raises:
        OSError: it has gone.
    """
    with socket.create_connection(("127.0.0.1", bell)) as line:
        line.recv(1)


def _bound() -> socket.socket:
    made = socket.socket()
    made.bind(("127.0.0.1", 0))
    return made


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    """Send what one says to the other, until either is gone; the thread of the other direction closes the other."""
    with contextlib.suppress(OSError), one:
        try:
            while data := one.recv(65536):
                other.sendall(data)
        finally:
            other.shutdown(socket.SHUT_RDWR)
