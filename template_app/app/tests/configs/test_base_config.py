from pathlib import Path

import pytest
from pydantic import ValidationError

from app.configs.base_config import Config, Env

ENV_FILE = Config.model_config["env_file"]


@pytest.fixture(autouse=True)
def dotenv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `.env` of the test's own, not there yet, and an environment without our settings."""
    monkeypatch.setitem(Config.model_config, "env_file", tmp_path / ".env")
    for name in Config.model_fields:
        monkeypatch.delenv(name, raising=False)
    return tmp_path / ".env"


def test_dotenv_is_the_projects_in_whatever_folder_you_are(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.rootpath / ".env" == ENV_FILE


def test_without_settings_the_defaults_are_local() -> None:
    config = Config()

    assert config.ENV is Env.LOCAL
    assert (config.MYSQL_HOST, config.MYSQL_PORT, config.MYSQL_DB) == ("localhost", 3306, "when2meet_vod")


def test_dotenv_is_read(dotenv: Path) -> None:
    dotenv.write_text("ENV=stage\nMYSQL_PORT=3307\n")

    config = Config()

    assert (config.ENV, config.MYSQL_PORT) == (Env.STAGE, 3307)


def test_the_environment_wins_over_dotenv(dotenv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dotenv.write_text("MYSQL_DB=from_dotenv\n")
    monkeypatch.setenv("MYSQL_DB", "from_environment")

    assert Config().MYSQL_DB == "from_environment"


def test_an_invalid_env_is_refused(dotenv: Path) -> None:
    dotenv.write_text("ENV=invalid\n")

    with pytest.raises(ValidationError, match="Input should be 'local', 'stage' or 'prod'"):
        Config()


def test_a_misspelt_setting_in_dotenv_is_refused(dotenv: Path) -> None:
    dotenv.write_text("MYSQL_DATABASE=when2meet\n")

    with pytest.raises(ValidationError, match="mysql_database"):
        Config()


def test_a_rate_is_a_number_in_a_time(dotenv: Path) -> None:
    dotenv.write_text("RATE=100/minute\n")
    assert Config().RATE == "100/minute"

    dotenv.write_text("RATE=fast\n")
    with pytest.raises(ValidationError, match="RATE"):
        Config()


def test_production_needs_a_secret_of_its_own(dotenv: Path) -> None:
    dotenv.write_text("ENV=prod\n")
    with pytest.raises(ValidationError, match="ENV=prod needs a JWT_SECRET of its own"):
        Config()

    dotenv.write_text(f"ENV=prod\nJWT_SECRET={'s' * 32}\n")
    assert Config().ENV is Env.PROD


def test_a_short_secret_is_refused_and_not_shown(dotenv: Path) -> None:
    dotenv.write_text(f"JWT_SECRET={'s' * 31}\n")

    with pytest.raises(ValidationError, match="at least 32 characters") as refused:
        Config()
    assert "sss" not in str(refused.value)
