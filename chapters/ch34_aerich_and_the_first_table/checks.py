"""How chapter 34 looks: a table that the migrations build, as the models say, and that the student's database has."""

from workbook.student.shape import Shape
from workbook.student.vocabulary import Found, Rows, Schema, Settings, check, only_in, tables

COLUMN = """
    SELECT c.table_name, c.collation_name, k.data_type, EXISTS (
        SELECT * FROM information_schema.statistics s
        WHERE s.table_schema = c.table_schema AND s.table_name = c.table_name
        AND s.column_name = c.column_name AND s.non_unique = 0)
    FROM information_schema.columns c LEFT JOIN information_schema.columns k
        ON k.table_schema = c.table_schema AND k.table_name = c.table_name AND k.column_key = 'PRI'
    WHERE c.table_schema = DATABASE() AND c.column_name = %s
"""


@check(after="ch33/settings_import", broken="fails")
def migrations_build_the_table(schema: Schema, rows: Rows) -> Found:
    """The migrations run on an empty database and make a table with a unique, case-sensitive code and a BIGINT key."""
    if not schema.files or schema.failed:
        yield ("fails", {"said": schema.failed}) if schema.files else ("no_file", {})
        return
    found = rows(COLUMN, "url_code")
    if not found:
        yield "no_table", {"column": "url_code"}
    for table, collation, key, unique in found:
        if key != "bigint":
            yield "key", {"table": table, "key": key}
        if not unique:
            yield "twice", {"table": table, "column": "url_code"}
        if not collation.endswith(("_bin", "_cs")):
            yield "one_case", {"table": table, "column": "url_code", "collation": collation}


@check(after="ch33/settings_import")
def models_match_migrations(schema: Schema) -> Found:
    """What the migrations build is what the models describe."""
    for line in only_in(schema.modelled, schema.sound().migrated):
        yield "only_models", {"line": line}
    for line in only_in(schema.migrated, schema.modelled):
        yield "only_migrations", {"line": line}


@check(after="ch33/settings_import")
def your_database_is_migrated(schema: Schema, settings: Settings) -> Found:
    """The student's own database has what the migrations build. It is read, and nothing else."""
    own = tables(settings.server(), settings.database)
    for line in only_in(schema.sound().migrated, own):
        yield "lacks", {"name": settings.database, "line": line}
    for line in only_in({name: own[name] for name in own.keys() & schema.migrated.keys()}, schema.migrated):
        yield "has_more", {"name": settings.database, "line": line}


def reached(project: Shape, route: str) -> bool:
    """There are migrations."""
    return bool(project.places["migrations"])
