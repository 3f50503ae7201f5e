"""The first rung: the MySQL that the environment or `.env` names."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv.parser import parse_stream

from workbook.mysql.probe import probe
from workbook.mysql.server import Server
from workbook.say import Problem, _

DEFAULTS = {
    "MYSQL_HOST": "localhost",
    "MYSQL_PORT": "3306",
    "MYSQL_USER": "root",
    "MYSQL_PASSWORD": "1234",
}
"""The values of the notes, for what is not given."""


@dataclass(frozen=True)
class _Value:
    written: str
    source: str
    """"the environment", or the file's name."""
    place: str
    """The source, with the line where there is one."""


def find(environ: Mapping[str, str], env_file: Path) -> Server | None:
    """Log in to the server that the `MYSQL_*` values name; the environment's win over the file's.

    Args:
        environ: the environment, as `os.environ`.
        env_file: the `.env` file; it may be missing.

    Returns:
        the server, which `stop()` leaves alone; None when neither names a host, a port, a user or a password.

    Raises:
        Unanswered: nothing answers at the address given.
        Problem: a value cannot be used, or what answers is not a MySQL that lets this account in.
    """
    environment = _("the environment")
    given = _from_file(env_file) | {
        name: _Value(environ[name], environment, environment) for name in DEFAULTS if name in environ
    }
    # CI systems and compose files set a variable that they have no value for to nothing; only a password can be that.
    given = {name: value for name, value in given.items() if value.written or name == "MYSQL_PASSWORD"}
    if not given:
        return None
    host, port, user, password = (given[name].written if name in given else DEFAULTS[name] for name in DEFAULTS)
    number = _port(given, port)
    try:
        version = probe(host, number, user, password)
    except Problem as problem:
        problem.why = f"{problem.why} {_provenance(given)}".strip()
        problem.ways += (_("Or take these values away: `make up` then finds another MySQL, or brings one up."),)
        raise
    return Server(host, number, user, password, version, _how(given))


def _from_file(env_file: Path) -> dict[str, _Value]:
    """The connection values in the file, as written: `$` stays `$`, so that a password may hold one."""
    values = {}
    try:
        with env_file.open(encoding="utf-8") as lines:
            for binding in parse_stream(lines):
                written = binding.original.string
                line = binding.original.line + _blank_lines_before(written)
                if binding.error and "MYSQL_" in written:
                    # The name alone: the rest of the line may be a password.
                    name = written.partition("=")[0].strip()
                    raise Problem(
                        _("{env_file}, line {line}, cannot be read: {name}=…", env_file=env_file, line=line, name=name),
                        ways=(
                            _("Write NAME=value, and put a value with quotes or spaces in it between single quotes."),
                        ),
                        code=2,
                    )
                if binding.key in DEFAULTS and binding.value is not None:
                    place = _("{name}, line {line}", name=env_file.name, line=line)
                    values[binding.key] = _Value(binding.value, env_file.name, place)
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        not_text = _("it is not UTF-8 text")
        reason = not_text if isinstance(error, UnicodeDecodeError) else error.strerror
        raise Problem(_("{env_file} cannot be read: {reason}.", env_file=env_file, reason=reason)) from error
    return values


def _blank_lines_before(written: str) -> int:
    """How many line ends the parser took along before the binding itself."""
    return written[: len(written) - len(written.lstrip())].count("\n")


def _port(given: Mapping[str, _Value], written: str) -> int:
    """The port as a number."""
    if written.isascii() and written.isdigit() and 0 < int(written) < 65536:
        return int(written)
    place = given["MYSQL_PORT"].place
    raise Problem(
        _("MYSQL_PORT is not a port number: {written!r} ({place}).", written=written, place=place),
        ways=(_("Give a number from 1 to 65535; MySQL's usual one is 3306."),),
        code=2,
    )


def _how(given: Mapping[str, _Value]) -> str:
    """Which source gave which names: `given by the environment (MYSQL_HOST) and .env (MYSQL_PASSWORD)`."""
    sources: dict[str, list[str]] = {}
    for name in DEFAULTS:
        if name in given:
            sources.setdefault(given[name].source, []).append(name)
    listed = ", ".join(f"{source} ({', '.join(names)})" for source, names in sources.items())
    return _("given by {listed}", listed=listed)


def _provenance(given: Mapping[str, _Value]) -> str:
    """Where each value came from, in a sentence; passwords are not shown."""
    places = [(name, given[name].place) for name in DEFAULTS if name in given]
    parts = [_("{name} comes from {place}", name=name, place=place) for name, place in places]
    defaults = [name for name in DEFAULTS if name not in given]
    if defaults:
        listed = ", ".join(defaults)
        one = len(defaults) == 1
        parts.append(_("{name} is the default", name=listed) if one else _("{names} are the defaults", names=listed))
    return "; ".join(parts) + "."
