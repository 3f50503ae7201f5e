from copy import deepcopy
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from asyncmy.constants import CLIENT

from app.configs import config

TORTOISE_APP_MODELS = [
    "app.tortoise_models.user",
    "app.tortoise_models.meeting",
    "app.tortoise_models.participant",
    "app.tortoise_models.participant_date",
    "aerich.models",
]

UTC_OFFSET = datetime.now(ZoneInfo(config.TIME_ZONE)).isoformat()[-6:]  # such as +09:00

# Run by every connection of the pool when it opens, so that all of them behave alike.
SESSION_SETTINGS = (
    f"SET time_zone = '{UTC_OFFSET}',"
    " sql_mode = 'TRADITIONAL,ONLY_FULL_GROUP_BY',"
    " collation_connection = 'utf8mb4_0900_ai_ci',"
    " max_execution_time = 5000,"  # milliseconds; MySQL ends a longer SELECT
    " innodb_lock_wait_timeout = 5,"  # seconds; MySQL ends a longer wait for a locked row
    " lock_wait_timeout = 5"  # seconds; MySQL ends a longer wait for a table that is being changed
)

TORTOISE_ORM: dict[str, Any] = {
    "connections": {
        "default": {
            "engine": "app.database.mysql",
            "credentials": {
                "host": config.MYSQL_HOST,
                "port": config.MYSQL_PORT,
                "user": config.MYSQL_USER,
                "password": config.MYSQL_PASSWORD,
                "database": config.MYSQL_DB,
                "ssl": {"ca": config.MYSQL_SSL_CA} if config.MYSQL_SSL_CA else None,
                "connect_timeout": 5,  # seconds
                "minsize": min(5, config.MYSQL_POOL_SIZE),
                "maxsize": config.MYSQL_POOL_SIZE,
                "init_command": SESSION_SETTINGS,
                "client_flag": CLIENT.FOUND_ROWS,  # UPDATE reports the rows it matched, not the ones it changed
            },
        },
    },
    "apps": {
        "models": {"models": TORTOISE_APP_MODELS},
    },
    "timezone": config.TIME_ZONE,
}

# A migration may work for minutes. Given up by the client, MySQL finishes it all the same, and Aerich does not know.
MIGRATION_ORM = deepcopy(TORTOISE_ORM)
MIGRATION_ORM["connections"]["default"]["credentials"] |= {
    "minsize": 1,
    "maxsize": 1,
    "init_command": f"{SESSION_SETTINGS}, max_execution_time = 0",
}
