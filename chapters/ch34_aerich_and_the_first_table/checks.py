"""What chapter 34 asks: a table that the migrations build, as the models say, and that the student's database has."""

import re

from workbook.language import text
from workbook.login import cursor, quoted
from workbook.mysql.server import Server
from workbook.student.check import Check
from workbook.student.ground import Ground
from workbook.student.seen import Broken, Seen, sentence
from workbook.student.server import tables
from workbook.student.testrun import models_database

COLUMN = "url_code"
DEFAULT = re.compile(r" DEFAULT (?!CHARSET)(?:'(?:[^']|'')*'|\S+)")


def migrations_build_the_table(ground: Ground) -> list[str]:
    """The migrations run on an empty database and make a table with a unique, case-sensitive code and a BIGINT key."""
    try:
        seen = _schema(ground)
    except Broken as broken:
        return [str(broken)]
    if not seen.first("files"):
        return [
            text(
                "There is no migration of Aerich's: no file 0_…_init.py in migrations/models.",
                "Aerich 마이그레이션이 없어요: migrations/models에 0_…_init.py 파일이 없어요.",
            )
        ]
    if seen.error and not seen.first("migrated"):
        said = sentence(seen.error)
        return [
            text(
                f"The migrations do not run on an empty database: {said}", f"빈 DB에서 마이그레이션이 실패해요: {said}"
            )
        ]
    table = _table_with_code(ground.server, ground.database)
    if table is None:
        return [
            text(
                f"The migrations make no table with a column {COLUMN}.",
                f"마이그레이션이 {COLUMN} 컬럼이 있는 테이블을 만들지 않아요.",
            )
        ]
    return _faults(ground.server, ground.database, table)


def models_match_migrations(ground: Ground) -> list[str]:
    """What the migrations build is what the models describe."""
    seen = _schema(ground)
    if not seen.first("migrated"):
        raise Broken(sentence(seen.error) if seen.error else text("No migration ran.", "실행된 마이그레이션이 없어요."))
    models = f"{ground.databases.prefix}_models_test"
    found = _differences(tables(ground.server, models), tables(ground.server, ground.database))
    return [
        text(
            f"The models have it, the migrations do not build it: {each}",
            f"모델에는 있는데 마이그레이션에는 없어요: {each}",
        )
        for each in found[0]
    ] + [
        text(
            f"The migrations build it, the models do not have it: {each}",
            f"마이그레이션에는 있는데 모델에는 없어요: {each}",
        )
        for each in found[1]
    ]


def your_database_is_migrated(ground: Ground) -> list[str]:
    """The student's own database has what the migrations build. It is read, and nothing else."""
    seen = _schema(ground)
    own = ground.own
    if not seen.first("migrated") or own.error:
        error = seen.error or own.error
        raise Broken(sentence(error) if error else text("No migration ran.", "실행된 마이그레이션이 없어요."))
    host, port, user, password = (own.first(name) for name in ("host", "port", "user", "password"))
    server = Server(str(host), int(port), str(user), str(password), "", "")
    name = str(own.first("database"))
    migrated = {table: made for table, made in tables(ground.server, ground.database).items() if table != "aerich"}
    missing, other = _differences(migrated, tables(server, name))
    return [
        text(f"Your database {name} lacks: {each}", f"내 데이터베이스 {name}에 없어요: {each}") for each in missing
    ] + [
        text(
            f"Your database {name} has, and no migration made it: {each}", f"내 데이터베이스 {name}에만 있어요: {each}"
        )
        for each in other
        if each.partition(":")[0] in migrated
    ]


def _schema(ground: Ground) -> Seen:
    if ground.own.error:
        raise Broken(sentence(ground.own.error))
    seen = ground.probe("schema", **models_database(ground))
    if seen.error and seen.first("config") is None:
        raise Broken(sentence(seen.error))
    return seen


def _table_with_code(server: Server, database: str) -> str | None:
    with cursor(server) as ask:
        ask.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = %s AND column_name = %s",
            (database, COLUMN),
        )
        row = ask.fetchone()
    return str(row[0]) if row else None


def _faults(server: Server, database: str, table: str) -> list[str]:
    with cursor(server, database) as ask:
        ask.execute(f"SHOW FULL COLUMNS FROM {quoted(table)}")
        columns = {str(row[0]): [str(value) for value in row] for row in ask.fetchall()}
        ask.execute(f"SHOW INDEX FROM {quoted(table)} WHERE Column_name = %s AND Non_unique = 0", (COLUMN,))
        unique = ask.fetchall()
    found = []
    keys = [column[1] for column in columns.values() if column[4] == "PRI"]
    if not keys or not keys[0].startswith("bigint"):
        found.append(
            text(f"The key of {table} is {keys}, not a BIGINT.", f"{table}의 키가 BIGINT가 아니라 {keys}이에요.")
        )
    if not unique:
        found.append(text(f"{table}.{COLUMN} is not unique.", f"{table}.{COLUMN}에 UNIQUE가 없어요."))
    if not columns[COLUMN][2].endswith(("_bin", "_cs")):
        found.append(
            text(
                f"{table}.{COLUMN} takes aB3 and Ab3 for the same code: its collation is {columns[COLUMN][2]}.",
                f"{table}.{COLUMN}은 aB3과 Ab3을 같은 코드로 봐요: 콜레이션이 {columns[COLUMN][2]}이에요.",
            )
        )
    return found


def _differences(wanted: dict[str, str], found: dict[str, str]) -> tuple[list[str], list[str]]:
    """Lines of tables that the second lacks, and lines that only the second has, as `table: line`."""
    lines = [_lines(each) for each in (wanted, found)]
    return sorted(lines[0] - lines[1]), sorted(lines[1] - lines[0])


def _lines(made: dict[str, str]) -> set[str]:
    found = set()
    for table, statement in made.items():
        if table == "aerich":
            continue
        for line in re.sub(r" AUTO_INCREMENT=\d+", "", statement).splitlines():
            # Aerich gives a new column a default for the rows that are there, Tortoise gives a new table none.
            found.add(f"{table}: {DEFAULT.sub('', line.strip(' ,'))}")
    return found


CHECKS = [
    Check(
        name="migrations_build_the_table",
        asks=text("The migrations build the meetings table", "마이그레이션이 meetings 테이블을 만들어요"),
        why=text(
            "Every other machine gets its tables from these files; and a link with a wrong letter must find nothing.",
            "다른 컴퓨터는 이 파일로 테이블을 만들어요. 그리고 글자 하나가 다른 링크는 아무것도 찾지 못해야 해요.",
        ),
        see="SHOW CREATE TABLE meetings;",
        hints=(
            text(
                "Does Aerich know the model, and does the column compare letters by case?",
                "Aerich가 모델을 아나요? 컬럼이 대소문자를 구별하나요?",
            ),
            text(
                "ch34, 'Register the model', 'Set up Aerich', 'Two codes that are one'.",
                "34장 'Register the model', 'Set up Aerich', 'Two codes that are one'.",
            ),
            text(
                "List the model's module in TORTOISE_APP_MODELS; give the column COLLATE utf8mb4_0900_bin; then "
                "uv run aerich migrate and uv run aerich upgrade (the first time: aerich init-db).",
                "TORTOISE_APP_MODELS에 모델의 모듈을 넣고, 컬럼에 COLLATE utf8mb4_0900_bin을 주고, "
                "uv run aerich migrate, uv run aerich upgrade (처음이면 aerich init-db).",
            ),
        ),
        look=migrations_build_the_table,
    ),
    Check(
        name="models_match_migrations",
        asks=text("The migrations build what the models describe", "마이그레이션이 모델대로 테이블을 만들어요"),
        why=text(
            "A column that only the model knows works nowhere but in your head.",
            "모델에만 있는 컬럼은 어디에서도 동작하지 않아요.",
        ),
        see="uv run aerich migrate  ->  No changes detected",
        hints=(
            text("Which came last, the model or the migration?", "모델과 마이그레이션 중 무엇을 나중에 바꿨나요?"),
            text("ch34, 'Change the model, migrate, upgrade'.", "34장 'Change the model, migrate, upgrade'."),
            "uv run aerich migrate --name what_changed && uv run aerich upgrade",
        ),
        look=models_match_migrations,
    ),
    Check(
        name="your_database_is_migrated",
        asks=text(
            "Your own database has what the migrations build", "내 데이터베이스에 마이그레이션이 적용되어 있어요"
        ),
        why=text(
            "A migration that was written and not run is a plan. The server meets the old table.",
            "작성만 하고 실행하지 않은 마이그레이션은 계획일 뿐이에요.",
        ),
        see="uv run aerich heads  ->  No available heads.",
        hints=(
            text("Writing a migration and running it are two commands.", "마이그레이션 작성과 실행은 다른 명령이에요."),
            text(
                "ch34, 'Change the model, migrate, upgrade', and its mistakes.",
                "34장 'Change the model, migrate, upgrade'와 실수 페이지.",
            ),
            text(
                "uv run aerich upgrade; if it says that nothing is to do, compare SHOW CREATE TABLE with the files.",
                "uv run aerich upgrade. 할 일이 없다고 하면 SHOW CREATE TABLE과 파일을 비교하세요.",
            ),
        ),
        look=your_database_is_migrated,
    ),
]
