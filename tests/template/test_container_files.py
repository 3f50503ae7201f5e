"""The template's Dockerfile, .dockerignore and compose file, read without an engine. Each fault is planted."""

import re
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import pytest
import yaml

from workbook.place import TEMPLATE

NAMES = ("Dockerfile", ".dockerignore", "compose.yaml")
COMES_IN = {"!app", "!migrations", "!pyproject.toml", "!uv.lock"}
STAYS_OUT = {"app/tests", "**/.env", "**/__pycache__"}
VERSION = r"[\w./-]+:\d[\w.-]*"


@pytest.fixture
def files() -> dict[str, str]:
    return {name: (TEMPLATE / name).read_text(encoding="utf-8") for name in NAMES}


def faults(files: dict[str, str]) -> list[str]:
    """What is wrong with the three files."""
    hosts = [f"{name} names a host" for name in NAMES if re.search(r"https?://(?!127\.0\.0\.1)", files[name])]
    ignored = [line for line in files[".dockerignore"].splitlines() if line and not line.startswith("#")]
    if ignored[0] != "*" or {line for line in ignored if line.startswith("!")} != COMES_IN:
        hosts.append("what comes in is not named")
    hosts += [f"{path} comes in" for path in STAYS_OUT - set(ignored)]
    return [*hosts, *image_faults(files["Dockerfile"]), *compose_faults(files)]


def image_faults(text: str) -> Iterator[str]:
    """What is wrong with the steps of a Dockerfile."""
    lines = re.sub(r"\\\n\s*", "", re.sub(r"(?m)^\s*#.*\n", "", text)).splitlines()
    steps = [(word, rest) for word, _space, rest in (line.partition(" ") for line in lines if line)]
    start = max(at for at, (word, _rest) in enumerate(steps) if word == "FROM")
    words, last, said = [word for word, _rest in steps[start:]], dict(steps[start:]), "\n".join(lines)
    stages = set()
    for image, name in re.findall(r"(?m)^FROM (\S+)(?: AS (\w+))?$", said):
        if image not in stages and not re.fullmatch(VERSION, image):
            yield f"{image} has no version"
        stages.add(name)
    for needed in (f" uv=={version('uv')}\n", " UV_NO_BUILD=1 ", "uv sync --locked --no-dev\n"):
        if needed not in said:
            yield f"{needed.strip()} is not there"
    if {"RUN", "ADD"} & set(words):
        yield "more than copies makes the image that runs"
    if not re.fullmatch(r"([1-9]\d*):\1", last.get("USER", "")):
        yield "USER is root, or a name"
    elif "COPY" in words[words.index("USER") :] or "--chown" in said:
        yield "the user owns what is copied"
    asked = last.get("HEALTHCHECK", "").partition("CMD ")[2]
    if not re.match(r"\[.*/readyz", asked):
        yield "no HEALTHCHECK asks /readyz"
    if not last.get("CMD", "").startswith("["):
        yield "CMD is no list: a shell would get the SIGTERM"


def compose_faults(files: dict[str, str]) -> Iterator[str]:
    """What is wrong with the services of the compose file, but for what its schema says."""
    services: dict[str, Any] = yaml.safe_load(files["compose.yaml"])["services"]
    for name, service in services.items():
        if not re.fullmatch(VERSION, service.get("image", "own:1")):
            yield f"the image of {name} has no version"
        yield from (f"{name}: {port} is open to the network" for port in service.get("ports", ()) if port[:4] != "127.")
        for other, when in service.get("depends_on", {}).items():
            if when["condition"] == "service_healthy" and "test" not in services[other].get("healthcheck", {}):
                yield f"{name} waits for a health of {other} that nobody asks for"
    if services["api"]["depends_on"].get("migrate") != {"condition": "service_completed_successfully"}:
        yield "api does not wait for the migrations"
    if services["migrate"]["depends_on"].get("db") != {"condition": "service_healthy"}:
        yield "migrate does not wait for the database"
    if services["migrate"].get("healthcheck") != {"disable": True}:
        yield "migrate would be asked whether it is ready"
    if any(key in services["api"]["environment"] for key in ("MYSQL_PASSWORD", "JWT_SECRET")):
        yield "a secret is in the file"
    patience = int(services["api"].get("stop_grace_period", "10s").removesuffix("s"))
    if patience <= int(re.findall(r'graceful-shutdown", "(\d+)"', files["Dockerfile"])[0]):
        yield "api is killed before it has ended its requests"


def test_they_are_as_a_container_needs_them(files: dict[str, str]) -> None:
    assert faults(files) == []


@pytest.mark.parametrize(
    ("name", "right", "wrong", "said"),
    [
        ("Dockerfile", "python:3.13-slim", "python:latest", "python:latest has no version"),
        ("Dockerfile", " UV_NO_BUILD=1", "", "UV_NO_BUILD=1 is not there"),
        ("Dockerfile", " --no-dev", "", "uv sync --locked --no-dev is not there"),
        ("Dockerfile", "uv==", "uv>=", f"uv=={version('uv')} is not there"),
        ("Dockerfile", "FROM python\n", "FROM build\nRUN apt-get install gcc\n", "more than copies makes"),
        ("Dockerfile", "USER 10001:10001\n", "", "USER is root"),
        ("Dockerfile", "USER 10001:10001", "USER 0:0", "USER is root"),
        ("Dockerfile", "USER 10001:10001", "USER app", "USER is root, or a name"),
        ("Dockerfile", "COPY app", "COPY --chown=10001 app", "the user owns"),
        ("Dockerfile", "/readyz", "/livez", "no HEALTHCHECK asks /readyz"),
        ("Dockerfile", "HEALTHCHECK", "# HEALTHCHECK", "no HEALTHCHECK"),
        ("Dockerfile", 'CMD ["uvicorn"', 'CMD uvicorn "app', "CMD is no list"),
        ("Dockerfile", " uv==", " --index-url https://example.org/simple uv==", "Dockerfile names a host"),
        (".dockerignore", "*\n", "", "what comes in is not named"),
        (".dockerignore", "!app", "!app\n!.env", "what comes in is not named"),
        (".dockerignore", "app/tests\n", "", "app/tests comes in"),
        ("compose.yaml", "redis:8-alpine", "redis", "the image of redis has no version"),
        ("compose.yaml", "127.0.0.1:${PORT", "${PORT", "is open to the network"),
        ("compose.yaml", "test: [CMD, redis-cli, ping]", "disable: true", "nobody asks for"),
        ("compose.yaml", "service_completed_successfully", "service_started", "api does not wait"),
        ("compose.yaml", "disable: true", "disable: false", "migrate would be asked"),
        ("compose.yaml", "RATE_STORAGE: ", "JWT_SECRET: ", "a secret is in the file"),
        ("compose.yaml", "stop_grace_period: 15s", "stop_grace_period: 10s", "api is killed before"),
    ],
)
def test_a_fault_is_named(files: dict[str, str], name: str, right: str, wrong: str, said: str) -> None:
    assert right in files[name]
    files[name] = files[name].replace(right, wrong, 1)
    assert any(said in fault for fault in faults(files)), faults(files)
