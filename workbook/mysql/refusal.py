"""Why a login failed, as one screen: what answers there, what the server said, what to do."""

import re
import socket

from pymysql import MySQLError
from pymysql.constants import ER

from workbook.language import text
from workbook.mysql.stranger import describe
from workbook.problem import Problem

NO_PASSWORD_LOGIN = 1698  # ER_ACCESS_DENIED_NO_PASSWORD_ERROR; PyMySQL's table ends before it

OLDEST = (8, 0, 17)
"""The first MySQL with the collation `utf8mb4_0900_bin`, which the template's `url_code` is kept in."""


class Unanswered(Problem):
    """Nothing answers there at all. The ladder may go on; any other Problem means that something answered wrongly."""


def unfit(host: str, port: int, version: str) -> Problem | None:
    """Why a server of this version cannot be used, if so."""
    # MariaDB puts 5.5.5- before its version, for old replicas that refuse a major version above 5.
    if "mariadb" in version.lower():
        mariadb = version.removeprefix("5.5.5-")
        return Problem(
            text(
                f"{host}:{port} is a MariaDB server ({mariadb}), not MySQL.",
                f"{host}:{port}의 서버는 MySQL이 아니라 MariaDB({mariadb})예요.",
            ),
            why=text(
                "MariaDB began as a copy of MySQL and went its own way: its collations, its logins and its SQL differ, "
                "so what a chapter shows is not what it would print.",
                "MariaDB는 MySQL의 복사본으로 시작했지만 다른 길을 갔어요. 콜레이션, 로그인, SQL이 달라서 "
                "레슨에 나온 것과 다른 출력이 나와요.",
            ),
            ways=(
                text(
                    "Run MySQL 8.0 or newer, on another port if MariaDB must keep this one.",
                    "MySQL 8.0 이상을 실행하세요. 이 포트를 MariaDB가 계속 써야 하면 다른 포트로요.",
                ),
            ),
        )
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:3])
    if numbers < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        return Problem(
            text(
                f"MySQL {version} on {host}:{port} is too old: MySQL {oldest} or newer is needed.",
                f"{host}:{port}의 MySQL {version}은 너무 오래됐어요. MySQL {oldest} 이상이 필요해요.",
            ),
            why=text(
                "The tables use the collation utf8mb4_0900_bin, and older servers do not know it.",
                "테이블이 utf8mb4_0900_bin 콜레이션을 쓰는데, 옛 서버에는 그것이 없어요.",
            ),
            ways=(
                text(
                    "Run a newer MySQL, on another port if the old one must stay.",
                    "더 새로운 MySQL을 실행하세요. 옛 서버를 남겨야 하면 다른 포트로요.",
                ),
            ),
        )
    return None


def refused(host: str, port: int, user: str, error: Exception) -> Problem | None:
    """Why a MySQL server did not let us in; None for an error that is ours."""
    account = f"{user}@{host}"
    if isinstance(error, RuntimeError) and "cryptography" in str(error):
        return Problem(
            text(
                f"The login of {account}, port {port}, needs the Python package `cryptography`, "
                "and it is not installed.",
                f"{account}(포트 {port}) 로그인에는 파이썬 패키지 `cryptography`가 필요한데, 설치되어 있지 않아요.",
            ),
            why=text(
                "Without TLS, the password travels encrypted with the server's RSA key, and that takes this package.",
                "TLS가 없으면 비밀번호를 서버의 RSA 키로 암호화해서 보내는데, 그때 이 패키지를 써요.",
            ),
            ways=(text("Install the pinned packages again:", "고정된 패키지를 다시 설치하세요:") + " make setup",),
        )
    if not isinstance(error, MySQLError):
        return None
    code, said = _code_and_text(error)
    match code:
        case ER.ACCESS_DENIED_ERROR:
            return Problem(
                text(
                    f"MySQL on {host}:{port} does not let {account} in: wrong password, or no such account ({code}).",
                    f"{host}:{port}의 MySQL에 {account}(으)로 로그인할 수 없어요. "
                    f"비밀번호가 틀렸거나 없는 계정이에요({code}).",
                ),
                why=text(f"The server said: {said}.", f"서버의 답: {said}."),
                ways=(
                    text(
                        "Give this account's password in MYSQL_PASSWORD, or another account in MYSQL_USER.",
                        "MYSQL_PASSWORD에 이 계정의 비밀번호를 쓰거나, MYSQL_USER에 다른 계정을 쓰세요.",
                    ),
                ),
            )
        case _ if code == NO_PASSWORD_LOGIN:
            return Problem(
                text(
                    f"MySQL on {host}:{port} does not let {account} in with any password ({code}).",
                    f"{host}:{port}의 MySQL에는 어떤 비밀번호로도 {account}(으)로 로그인할 수 없어요({code}).",
                ),
                why=text(
                    "The account logs in by its operating-system user (auth_socket), which works over the socket only.",
                    "이 계정은 운영체제 사용자로 로그인해요(auth_socket). 그 방식은 소켓으로만 돼요.",
                ),
                ways=(
                    text(
                        "Name an account with a password in MYSQL_USER and MYSQL_PASSWORD.",
                        "MYSQL_USER와 MYSQL_PASSWORD에 비밀번호가 있는 계정을 쓰세요.",
                    ),
                    text("Or give it one:", "또는 비밀번호를 만드세요:")
                    + f" ALTER USER '{user}'@'localhost' IDENTIFIED BY '…';",
                ),
            )
        case ER.CON_COUNT_ERROR | ER.TOO_MANY_USER_CONNECTIONS | ER.USER_LIMIT_REACHED:
            return Problem(
                text(
                    f"MySQL on {host}:{port} has no connection left for {account} ({code}).",
                    f"{host}:{port}의 MySQL에 {account}에게 줄 커넥션이 남아 있지 않아요({code}).",
                ),
                why=text(
                    f"The server said: {said}. Every connection that a pool holds open counts, used or not.",
                    f"서버의 답: {said}. 커넥션 풀이 열어 둔 것은 쓰지 않아도 모두 세요.",
                ),
                ways=(
                    text(
                        "Stop a program that holds some; SHOW PROCESSLIST names them.",
                        "커넥션을 쥐고 있는 프로그램을 멈추세요. SHOW PROCESSLIST에 나와요.",
                    ),
                    text("Or raise the limit there.", "또는 그 서버의 한도를 올리세요."),
                ),
            )
    number = f" ({code})" if code else ""
    return Problem(
        text(
            f"MySQL on {host}:{port} broke off the login of {account}{number}: {said}.",
            f"{host}:{port}의 MySQL이 {account} 로그인을 끊었어요{number}: {said}.",
        ),
        ways=(
            text("See what MySQL's own client says:", "mysql 클라이언트는 뭐라고 하는지 보세요:")
            + f" mysql --host={host} --port={port} --user={user} --password",
        ),
    )


def unreached(host: str, port: int, user: str, timeout: float, error: Exception) -> Problem | None:
    """Why there was not even a greeting."""
    cause = getattr(error, "original_exception", error)
    if isinstance(cause, socket.gaierror | UnicodeError):
        ways = [
            text(
                "Correct MYSQL_HOST; this machine's own name is localhost.",
                "MYSQL_HOST를 고치세요. 이 컴퓨터의 이름은 localhost예요.",
            )
        ]
        if ":" in host:
            only = "MYSQL_HOST takes the name alone; the port goes into MYSQL_PORT."
            ways.insert(0, text(only, "MYSQL_HOST에는 이름만 쓰고, 포트는 MYSQL_PORT에 쓰세요."))
        reason = getattr(cause, "strerror", "") or cause
        why = text(f"Looking it up failed: {reason}.", f"이름을 찾지 못했어요: {reason}.")
        return Problem(
            text(f"No host is called {host!r}.", f"{host!r}(이)라는 호스트는 없어요."), why=why, ways=tuple(ways)
        )
    if isinstance(cause, ConnectionRefusedError):
        return Unanswered(
            text(f"Nothing listens on {host}:{port}.", f"{host}:{port}에는 아무것도 실행되고 있지 않아요."),
            why=text("The connection was refused.", "연결이 거부됐어요."),
        )
    if isinstance(cause, TimeoutError):
        return Unanswered(
            text(
                f"Nobody answers on {host}:{port}: no connection within {timeout:g} seconds.",
                f"{host}:{port}에서 {timeout:g}초 안에 아무도 응답하지 않았어요.",
            )
        )
    if isinstance(cause, OSError):
        unreached = cause.strerror or cause
        return Unanswered(
            text(f"{host}:{port} cannot be reached: {unreached}.", f"{host}:{port}에 연결할 수 없어요: {unreached}.")
        )
    # An error packet in place of the greeting: MySQL has no room for us, or has barred this machine.
    if isinstance(error, MySQLError) and _code_and_text(error)[0] in _INSTEAD_OF_A_GREETING:
        return refused(host, port, user, error)
    found = describe(host, port, min(timeout, 1.0))
    return Problem(
        text(
            f"What listens on {host}:{port} is not MySQL: it is {found}.",
            f"{host}:{port}에 있는 것은 MySQL이 아니에요: {found}.",
        ),
        why=text(
            "MySQL speaks first: it greets whoever connects. A container whose MySQL is still starting does not yet.",
            "MySQL은 연결되면 먼저 말을 걸어요. MySQL이 아직 시작 중인 컨테이너는 그러지 않아요.",
        ),
        ways=(
            text(
                "Name MySQL's own address in MYSQL_HOST and MYSQL_PORT.",
                "MYSQL_HOST와 MYSQL_PORT에 MySQL의 주소를 쓰세요.",
            ),
            text("To see which program has the port:", "어떤 프로그램이 그 포트를 쓰는지 보려면:") + f" lsof -i:{port}",
        ),
    )


_INSTEAD_OF_A_GREETING = (ER.CON_COUNT_ERROR, ER.HOST_IS_BLOCKED, ER.HOST_NOT_PRIVILEGED)


def _code_and_text(error: MySQLError) -> tuple[int, str]:
    """MySQL's number and sentence for an error; 0 when it has no number."""
    if len(error.args) > 1:
        return int(error.args[0]), str(error.args[1]).rstrip(".")
    return 0, str(error)
