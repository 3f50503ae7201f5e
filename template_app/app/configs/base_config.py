from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).parents[2]
LOCAL_SECRET = "anybody can read this one, so it is for your own machine"


class Env(StrEnum):
    LOCAL = "local"
    STAGE = "stage"
    PROD = "prod"


class Config(BaseSettings):
    """Settings: the environment first, then the project's `.env`, then these defaults."""

    # A refused setting may be a password: the error does not show it.
    model_config = SettingsConfigDict(env_file=PROJECT / ".env", env_file_encoding="utf-8", hide_input_in_errors=True)

    ENV: Env = Env.LOCAL
    TIME_ZONE: str = "Asia/Seoul"
    LOG_LEVEL: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    MYSQL_HOST: str = "localhost"
    MYSQL_PORT: int = 3306
    MYSQL_USER: str = "root"
    MYSQL_PASSWORD: str = "1234"
    MYSQL_DB: str = "when2meet_vod"
    MYSQL_POOL_SIZE: int = 30
    MYSQL_SSL_CA: str = ""

    JWT_SECRET: Annotated[str, Field(min_length=32)] = LOCAL_SECRET  # signs the tokens; HS256 wants 32 bytes

    HOLIDAYS_URL: str = "https://date.nager.at/api/v3"

    CORS_ORIGINS: list[str] = []  # whose pages may call us from a browser, such as ["https://when2meet.example"]
    # How many requests of one address are served, such as 100/minute; all of them on your own machine.
    RATE: Annotated[str, Field(pattern=r"^(|\d+/(second|minute|hour|day))$")] = ""
    RATE_STORAGE: str = "async+memory://"  # or async+redis://host:6379, where several processes count together

    @model_validator(mode="after")
    def production_has_a_secret(self) -> Self:
        if self.ENV is Env.PROD and self.JWT_SECRET == LOCAL_SECRET:
            raise ValueError("ENV=prod needs a JWT_SECRET of its own")
        return self
