from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS `users` (
    `id` BIGINT NOT NULL PRIMARY KEY AUTO_INCREMENT,
    `created_at` DATETIME(6) NOT NULL,
    `name` VARCHAR(50) NOT NULL UNIQUE,
    `password_hash` VARCHAR(255) NOT NULL
) CHARACTER SET utf8mb4;"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE IF EXISTS `users`;"""


MODELS_STATE = (
    "eJztWltz2jgY/SseP2Vnuh3iQKB9A0patgE6ge7utNPRCFsYTWyZ2nJTpuW/V5Lv1+CWcA"
    "l+CnwXWzpH0nc+kR+yaWnIcF5+dJA94h/l19IPmUATsQ9Z5wtJhqtV5OIGCueGiHZZmLDA"
    "uUNtqFJmXEDDQcykIUe18YpiizArcQ2DGy2VBWKiRyaX4K8uAtTSEV0imzk+f2FmTDT0HT"
    "nB19U9WGBkaInBYo2/W9gBXa+ErYf1IaE3Ipa/cA5Uy3BNEsWv1nRpkTABE8qtOiLIhhTx"
    "N1Db5TPgA/RnGkzKG2wU4o0ylqOhBXQNGpvxHEQ2GYDxZAamgxkAcgWMVItwfNlQHQGAzo"
    "fw9ytFubpqK42r606r2W63Oo0OixXjzbraG28wEVreowRmw7fD8YwPyGIketRyw0bkQAq9"
    "LEFGhL5qI44XgDTLwhvmodhE+TwkM1N8aH7qy+BDmp2AizJ6AkPET7Qs90EQm6A2IcbaXx"
    "gl2M+Go8F01h194K8zHeerIfDrzgbcowjrOmW9uP4rSVb4EOm/4eydxL9KnybjgYDXcqhu"
    "izdGcbNPMh8TdKkFiPUAoBZbw4E1QI1FRqyLvxm++0to53MdxKdYZmj9Dq+H3XYm/A4MRH"
    "S6ZF9bjRJW/+3e9d917y5ajRRTY9+jCNcmAe0KOs6DZWtgCZ1lFYwzibsB+9CbKAG30mpt"
    "gTeLKgRc+DYbXk0W97ETjRvmUL1/gAzBjMdSrKLYrMtUzLQFEqgL7Pgk+Qz8CjtC7HAjem"
    "EFTvhLi7DpRdZ1uK7DdR0+mzrs2gZjUsurxdBBU0QcTPE3VFw04g94dsV5+2oh9Se3t4xP"
    "yaWLjjlvgsarRgPMMXmkjMS5cCi0KeD7JH8H5hOQzCrbfVuQ4UN9LBuvBHy+eVL4IaJVRi"
    "+ec87YUUyNSoI8TNifSJTlI9v0Ffa2YalQDKsCxPGcGuUdCPF4j2RTrOIV5GPLik4/++b9"
    "HTKKKPAF9ofoSaHIPjF5swkWXmANZM5TNi4Z3HKalzxsixuYNKd1E1M3MXUTcw5NzGEvEw"
    "/N69OLF/9qCOSdbVu2iclHnDXwv9sqZoROhqAsOzeWjbBO3qO1oGXIJgCJmrf4C+4LT4yT"
    "IinDzDZ8CMt1ajkyGNh0EfUWdHfa775h/dE2OpLXg90JSF6hnhvy+xKREXblQjKB8VZiEo"
    "Qk71ZRfo6/RPZUDZK/1EKzFpq10DxOoVn1dnFHN4vHxnDVa1k+jbzTyrIMBEnRxWyYlUJv"
    "ztKeCrTgINsvaL3J5DaxA3rD1IE0/jjqDe4uLsXSZ0GYJs6p5G8IdmWwY1l7BDu0nCzacZ"
    "VQtR5ncx+vzSdwNuyvPJf0Qylh9Yc90TO+4n2R6ouyi7Jqb/SUcr+LbKwu5RyB73tKJT2M"
    "Yo7mZvhc1Lpy2Ww3O1fXzfAUCC1lm/9xHf4N2U7Fn9ViKWd9D1XhApBvqgoI++HPEN3Lxj"
    "b/rsmiCtEVviS67I0U5VWqf6aTcUETGaWkewusUumnZGDnFNVDCbgcjIRsCzC9GHX/T8Pd"
    "v5300v0ff0Dv0P+5ufkFhkfBEg=="
)
