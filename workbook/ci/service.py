"""What a job expects of MySQL: a service container, the server that GitHub's machines have installed, or none."""

import re
from dataclasses import dataclass, field
from typing import Any

from workbook.say import _

MYSQL_PORT = 3306

ANY_PORT = 0
"""The port of a service that publishes a lone `3306`: GitHub picks one, and steps ask for it by an expression."""

_SECRET = re.compile(r"\$\{\{\s*secrets\.(\w+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Service:
    """A MySQL service container, as the workflow describes it.

    Attributes:
        name: the service's id.
        image: for example `mysql:8.4`.
        environment: what the image is told; secrets are made up, other expressions of GitHub's count as empty.
        ports: the ports of the runner that lead to MySQL's; `ANY_PORT` for one that GitHub picks.
        health: whether GitHub waits until MySQL answers.
    """

    name: str
    image: str
    environment: dict[str, str] = field(default_factory=dict)
    ports: tuple[int, ...] = ()
    health: bool = False

    @property
    def refusal(self) -> str:
        """Why the image would stop at once, or nothing. These are the rules of its entry point."""
        root = ("MYSQL_ROOT_PASSWORD", "MYSQL_ALLOW_EMPTY_PASSWORD", "MYSQL_RANDOM_ROOT_PASSWORD")
        if not any(self.environment.get(name) for name in root):
            return _("It wants one of {root}.", root=", ".join(root))
        if self.environment.get("MYSQL_USER") == "root":
            return _("MYSQL_USER is for a further user and must not be root; leave it out of the service's env.")
        if self.environment.get("MYSQL_USER") and not self.environment.get("MYSQL_PASSWORD"):
            return _("MYSQL_USER needs MYSQL_PASSWORD beside it.")
        return ""


def mysql_service(job: dict[str, Any]) -> Service | None:
    """The job's first MySQL service."""
    for name, described in (job.get("services") or {}).items():
        settings = described if isinstance(described, dict) else {"image": described}
        image = str(settings.get("image"))
        if re.fullmatch(r"(.*/)?mysql(-server)?([:@].*)?", image, re.IGNORECASE):
            environment = {key: _plain(value) for key, value in (settings.get("env") or {}).items()}
            ports = tuple(port for each in settings.get("ports") or [] for port in _published(str(each)))
            return Service(str(name), image, environment, ports, "--health-cmd" in str(settings.get("options") or ""))
    return None


def other_services(job: dict[str, Any]) -> list[str]:
    """The job's services that nothing here stands in for, by name."""
    mysql = mysql_service(job)
    return [str(name) for name in job.get("services") or {} if not mysql or name != mysql.name]


def mentions_mysql(job: dict[str, Any], settings: dict[str, Any]) -> bool:
    """Whether the job, or the workflow's own `env`, speaks of MySQL at all."""
    return "mysql" in f"{job}{settings}".lower()


def secrets_of(job: dict[str, Any]) -> dict[str, str]:
    """The secrets that a service's `env` names, with the values that stand for them here.

    The server takes them as passwords and the steps use them to log in, so any value does when both have the same.
    """
    return {name: f"made-up-{name}" for name in _SECRET.findall(str(job.get("services") or ""))}


def _plain(value: Any) -> str:
    plain = str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
    return re.sub(r"\$\{\{.*?\}\}", "", _SECRET.sub(r"made-up-\1", plain), flags=re.DOTALL)


def _published(port: str) -> list[int]:
    """The runner's port of a mapping such as `3307:3306` that leads to MySQL's."""
    *before, inside = port.removesuffix("/tcp").split(":")
    if inside != str(MYSQL_PORT):
        return []
    return [int(before[-1]) if before and before[-1].isdecimal() else ANY_PORT]
