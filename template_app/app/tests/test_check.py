from typing import Any

import pytest
from fastapi import FastAPI

import app.check
from app.apis.health import health_router
from app.check import NOT_HERE, check
from app.configs import config
from app.configs.base_config import Env
from app.migrate import FILES

PRODUCTION = {
    "ENV": Env.PROD,
    "LOG_LEVEL": "INFO",
    "JWT_SECRET": "not a real one, yet as long as a real one, and of many characters",
    "MYSQL_HOST": "db.example.com",
    "MYSQL_USER": "app",
    "MYSQL_PASSWORD": "neither is this one",
    "MYSQL_SSL_CA": "/etc/ssl/mysql-ca.pem",
    "CORS_ORIGINS": ["https://app.example.com"],
    "RATE": "100/minute",
    "RATE_STORAGE": "async+redis://redis.example.com:6379",
}
# Those of the course's notes, and ours.
POINTS = ["ENV", "secret", "debug", "docs", "CORS", "password", "account", "TLS", "log level", "rate limit"]
POINTS += ["health", "drift", "HTTPS", "error tracking", "migrations", "backups", "monitoring", "visitors"]


def application(**settings: Any) -> FastAPI:
    application = FastAPI(**{"openapi_url": None} | settings)
    application.include_router(health_router)
    return application


@pytest.fixture(autouse=True)
def production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.check, "app", application())
    for name, value in PRODUCTION.items():
        monkeypatch.setattr(config, name, value)


async def faults() -> list[str]:
    return [name for name, holds, _ in await check() if not holds]


async def test_good_settings_have_no_fault() -> None:
    assert await faults() == []


@pytest.mark.parametrize(
    ("setting", "value", "fault"),
    [
        ("ENV", Env.STAGE, "ENV"),
        ("JWT_SECRET", "a secret of 32 characters and mor", "secret"),
        ("JWT_SECRET", "secret" * 11, "secret"),
        ("CORS_ORIGINS", ["*"], "CORS"),
        ("CORS_ORIGINS", ["https://app.example.com", "http://app.example.com"], "CORS"),
        ("MYSQL_PASSWORD", "1234", "password"),
        ("MYSQL_PASSWORD", "1234" * 4, "password"),
        ("MYSQL_USER", "root", "account"),
        ("MYSQL_SSL_CA", "", "TLS"),
        ("LOG_LEVEL", "DEBUG", "log level"),
        ("RATE", "", "rate limit"),
        ("RATE_STORAGE", "async+memory://", "rate limit"),
    ],
)
async def test_a_bad_setting_is_named(monkeypatch: pytest.MonkeyPatch, setting: str, value: Any, fault: str) -> None:
    monkeypatch.setattr(config, setting, value)

    assert await faults() == [fault]


async def test_a_private_network_needs_no_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "MYSQL_SSL_CA", "")
    monkeypatch.setattr(config, "MYSQL_HOST", "mysql.railway.internal")

    assert await faults() == []


@pytest.mark.parametrize(
    ("faulty", "fault"),
    [
        (application(debug=True), "debug"),
        (application(openapi_url="/openapi.json"), "docs"),
        (FastAPI(openapi_url=None), "health"),
    ],
)
async def test_a_bad_application_is_named(monkeypatch: pytest.MonkeyPatch, faulty: FastAPI, fault: str) -> None:
    monkeypatch.setattr(app.check, "app", faulty)

    assert await faults() == [fault]


async def test_a_model_without_its_migration_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for files in (FILES[:-1], []):
        monkeypatch.setattr(app.check, "FILES", files)

        assert await faults() == ["drift"]


@pytest.mark.parametrize("setting", [None, "LOG_LEVEL"])
def test_each_point_is_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], setting: str | None
) -> None:
    if setting:
        monkeypatch.setattr(config, setting, "DEBUG")

    with pytest.raises(SystemExit) as end:
        app.check.main()

    lines = capsys.readouterr().out.splitlines()
    assert [line[:15].strip() for line in lines] == POINTS
    assert [line[:15].strip() for line in lines if " FAULT: " in line] == (["log level"] if setting else [])
    assert [line[:15].strip() for line in lines if "cannot be checked here" in line] == list(NOT_HERE)
    assert end.value.code == bool(setting)
