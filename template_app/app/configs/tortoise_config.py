from typing import Any

from asyncmy.constants import CLIENT

from app.configs import config

TORTOISE_APP_MODELS = [
    "app.tortoise_models.meeting",
    "aerich.models",
]

# Run by every connection of the pool when it opens, so that all of them behave alike.
SESSION_SETTINGS = (
    "SET time_zone = '+09:00',"
    " sql_mode = 'TRADITIONAL,ONLY_FULL_GROUP_BY',"
    " collation_connection = 'utf8mb4_0900_ai_ci',"
    " max_execution_time = 5000,"  # milliseconds; MySQL ends a longer SELECT
    " innodb_lock_wait_timeout = 5"  # seconds; MySQL ends a longer wait for a locked row
)

TORTOISE_ORM: dict[str, Any] = {
    "connections": {
        "default": {
            "engine": "tortoise.backends.mysql",
            "credentials": {
                "host": config.MYSQL_HOST,
                "port": config.MYSQL_PORT,
                "user": config.MYSQL_USER,
                "password": config.MYSQL_PASSWORD,
                "database": config.MYSQL_DB,
                "connect_timeout": 5,  # seconds
                "read_timeout": 10,  # seconds; longer than MySQL's own limits, for a server that fell silent
                "minsize": 5,
                "maxsize": 30,
                "init_command": SESSION_SETTINGS,
                "client_flag": CLIENT.FOUND_ROWS,  # UPDATE reports the rows it matched, not the ones it changed
            },
        },
    },
    "apps": {
        "models": {"models": TORTOISE_APP_MODELS},
    },
    "timezone": "Asia/Seoul",
}
