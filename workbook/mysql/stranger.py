"""Names what sits on a port where a MySQL server was expected."""

import socket

from workbook.say import _, marked

# A server that speaks first does so whatever it is asked; one that waits to be asked answers one of these.
_HTTP_REQUEST = b"GET / HTTP/1.0\r\n\r\n"
_POSTGRESQL_SSL_REQUEST = bytes.fromhex("0000000804d2162f")

_ANSWERS: tuple[tuple[bytes, tuple[tuple[bytes, str], ...]], ...] = (
    (
        _HTTP_REQUEST,
        (
            (b"HTTP/", marked("an HTTP server")),
            (b"\x15\x03", marked("a TLS server (HTTPS, perhaps)")),
            (b"-ERR", marked("a Redis server")),
            (b"SSH-", marked("an SSH server")),
            # A notice frame of the X Protocol: five bytes long, type 11.
            (
                b"\x05\x00\x00\x00\x0b",
                marked("MySQL's X Protocol; the classic protocol has its own port, usually 3306"),
            ),
        ),
    ),
    (
        _POSTGRESQL_SSL_REQUEST,
        ((b"S", marked("a PostgreSQL server")), (b"N", marked("a PostgreSQL server"))),
    ),
)


def describe(host: str, port: int, timeout: float) -> str:
    """Ask whatever takes connections on this port what it is.

    Args:
        host, port: where.
        timeout: seconds to wait for each of two answers.

    Returns:
        a noun for it ("an HTTP server"), or what it does instead of saying.
    """
    said = b""
    for request, names in _ANSWERS:
        answer = _ask(host, port, request, timeout)
        for prefix, name in names:
            if answer.startswith(prefix):
                return _(name)
        said = said or answer
    if said:
        return _("something that says {said!r}", said=said[:20])
    return _("something that says nothing")


def _ask(host: str, port: int, request: bytes, timeout: float) -> bytes:
    """The first bytes that come back; empty when none do."""
    try:
        with socket.create_connection((host, port), timeout) as connection:
            connection.sendall(request)
            return connection.recv(64)
    except OSError:
        return b""
