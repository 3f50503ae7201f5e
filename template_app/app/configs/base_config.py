from enum import StrEnum
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).parents[2]


class Env(StrEnum):
    LOCAL = "local"
    STAGE = "stage"
    PROD = "prod"


class Config(BaseSettings):
    """Settings: the environment first, then the project's `.env`, then these defaults."""

    model_config = SettingsConfigDict(env_file=PROJECT / ".env", env_file_encoding="utf-8")

    ENV: Env = Env.LOCAL
    TIME_ZONE: str = "Asia/Seoul"

    MYSQL_HOST: str = "localhost"
    MYSQL_PORT: int = 3306
    MYSQL_USER: str = "root"
    MYSQL_PASSWORD: str = "1234"
    MYSQL_DB: str = "when2meet_vod"
    MYSQL_POOL_SIZE: int = 30
    MYSQL_SSL_CA: str = ""
