"""Names what sits on a port where a MySQL server was expected."""

import socket

from workbook.language import text

# A server that speaks first does so whatever it is asked; one that waits to be asked answers one of these.
_HTTP_REQUEST = b"GET / HTTP/1.0\r\n\r\n"
_POSTGRESQL_SSL_REQUEST = bytes.fromhex("0000000804d2162f")

_ANSWERS: tuple[tuple[bytes, tuple[tuple[bytes, str, str], ...]], ...] = (
    (
        _HTTP_REQUEST,
        (
            (b"HTTP/", "an HTTP server", "HTTP 서버"),
            (b"\x15\x03", "a TLS server (HTTPS, perhaps)", "TLS 서버(아마 HTTPS)"),
            (b"-ERR", "a Redis server", "Redis 서버"),
            (b"SSH-", "an SSH server", "SSH 서버"),
            # A notice frame of the X Protocol: five bytes long, type 11.
            (
                b"\x05\x00\x00\x00\x0b",
                "MySQL's X Protocol; the classic protocol has its own port, usually 3306",
                "MySQL의 X 프로토콜, 일반 프로토콜의 포트는 따로 있고 보통 3306",
            ),
        ),
    ),
    (
        _POSTGRESQL_SSL_REQUEST,
        ((b"S", "a PostgreSQL server", "PostgreSQL 서버"), (b"N", "a PostgreSQL server", "PostgreSQL 서버")),
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
        for prefix, name, korean in names:
            if answer.startswith(prefix):
                return text(name, korean)
        said = said or answer
    if said:
        return text(f"something that says {said[:20]!r}", f"{said[:20]!r}라고 답하는 프로그램")
    return text("something that says nothing", "아무 말도 하지 않는 프로그램")


def _ask(host: str, port: int, request: bytes, timeout: float) -> bytes:
    """The first bytes that come back; empty when none do."""
    try:
        with socket.create_connection((host, port), timeout) as connection:
            connection.sendall(request)
            return connection.recv(64)
    except OSError:
        return b""
