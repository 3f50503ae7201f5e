from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS `participant_dates` (
    `id` BIGINT NOT NULL PRIMARY KEY AUTO_INCREMENT,
    `created_at` DATETIME(6) NOT NULL,
    `date` DATE NOT NULL,
    `enabled` BOOL NOT NULL,
    `starred` BOOL NOT NULL,
    `participant_id` BIGINT NOT NULL,
    UNIQUE KEY `uid_participant_partici_a052ca` (`participant_id`, `date`),
    CONSTRAINT `fk_particip_particip_fd5df47b` FOREIGN KEY (`participant_id`) REFERENCES `participants` (`id`) ON DELETE CASCADE
) CHARACTER SET utf8mb4;"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE IF EXISTS `participant_dates`;"""


MODELS_STATE = (
    "eJztWVtz2jgU/iseP6Uz3Q5xSKD7BpRs2QboBPYy7XQ0whZGE1mmttyU6ea/ryRf5Htxl7"
    "IQeAIfnWNJ36cjfUf+pjuuhYj/aowQw9Qeiyf9V+2bTqGD+J/S9peaDtdr1SoMDC5IGBB6"
    "SiNc+MyDJuP2JSQ+4iYL+aaH1wy7lFtpQIgwuiZ35FHKFFD8OUCAuTZiK+Txho+fuBlTC3"
    "1Ffvy4fgBLjIiVGTK2RN/SDthmLW19bI8ou5W+osMFMF0SOFT5rzds5dIkAFMmrDaiyIMM"
    "iR6YF4gZiAFGk40nFQ5WuYSjTMVYaAkDwlIzXgBl0wGYTOdgNpwDoDfAyHSpwJcP1ZcA2G"
    "IIv7w2jKurjtG6uuletzud626ry33leItNnadwMAqt8FUSs9Fvo8lcDMjlJIbsCsOTjIEM"
    "hlGSDIW+6SGBF4CsyMIb3sKwg8p5yEbm+LCi0Ffxnzw7MRd19MQGxY9alvsgiE/QmlKyiR"
    "ZGDfbz0Xg4m/fG70V3ju9/JhK/3nwoWgxp3eSsFzcvsmQlL9H+Gs3fauJR+zCdDCW8rs9s"
    "T/ao/OYfdDEmGDAXUPcRQCu1hmNrjBr3VKwHHuFMWqjI+QD6aIaojxn+ggYr6JWTn35Bjn"
    "oO4Y+Q/f/mogO/AoKozVb80bi+ruH6z9794G3v/oJ7vdAG07s7zqcWsGXXWbRB63WrBRaY"
    "ZpmdRDGGDJIZqbjwGfQYEHlSnoHlBGSj6rJvCzIiqA8l8WrAF8mTww9RqzF66ZhTxo5hRs"
    "o2gcq8TwJ2k/TbgKXrB5b0DXKbuCaUw2oAcTrmjHIVykJOLh9SkkYYFtB8eISeBTItio41"
    "3zOxiddQjK0oOqPo23f3iFRREAns9+pNicg+MnnzFC+82BrLHIGka7hV2BabHMPJWyCFtp"
    "yS6Fv0VIVbSfFShm11AZPn9FzEnIuYcxFzCkWM/G1wsMb++ztUD7BiaSBeoqshULa3bVkm"
    "Zl9x0sD/aKlYEDoFgors3LoewjZ9hzaSlhGfAKRm2eKvuC88Mk6qpAw3e/AxOa5zy5HDwK"
    "eLWLige7NB7w2vj7bRkeI82J2AFCfUc0N+XyJSYVcvJDMYbyUmQULybhXlx3QneqhqkP7p"
    "LDTPQvMsNA9TaDa9XdzRzeKhMdz0WlZMo2y3cl2CIK26mE2icugteNjPAi3eyPYLWn86vc"
    "tkQH+U25Amf4z7w/uLS7n0uRNmmX0q+w3Bawx2KmqPYCeWo0U7rRKansfF2O+fzUewN+zv"
    "eK6ph3LC6j/WRM/4ivdlri4qLsqmtdHPlPs95GFzpZcI/KilVtJD5XMwN8OnotaNy3an3b"
    "26aSe7QGKpS/7v6/AvyPMbflZLhZz0PVSDC0CRVA0QjtyfIbqXrdYW6HKvSnRlWxZd3iND"
    "ZSfV77PppKKIVCH52gKbTPtHI9g/RvVQA64AIyPbYkwvxr2/83AP7qb9fP0nXtBv9sF494"
    "fZ07+eLGAA"
)
