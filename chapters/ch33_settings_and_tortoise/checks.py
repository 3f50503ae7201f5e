"""How chapter 33 looks: settings that are read, connections that are all alike, an application."""

from workbook.student.shape import Shape
from workbook.student.vocabulary import Api, Found, Git, Moot, Pool, Settings, SettingsWith, check

FROM_FILE, FROM_ENVIRONMENT = "workbook_named_in_the_file", "workbook_named_in_the_environment"
ALIKE = ("time_zone", "sql_mode", "collation_connection", "max_execution_time", "innodb_lock_wait_timeout")
KOREAN = {"+09:00", "Asia/Seoul"}


@check(broken="broken")
def settings_import(settings: Settings) -> Found:
    """The configuration is imported with the student's own `.env`."""
    if not settings.found:
        yield "absent", {}


@check(after=settings_import)
def env_file_is_read(settings: Settings, settings_with: SettingsWith) -> Found:
    """`MYSQL_DB` in `.env` decides; a variable of the environment wins over it."""
    dotenv = f"MYSQL_DB={FROM_FILE}"
    from_file, over_it = settings_with(dotenv), settings_with(dotenv, MYSQL_DB=FROM_ENVIRONMENT)
    read, wins = from_file.database == FROM_FILE, over_it.database == FROM_ENVIRONMENT
    if not read and not (wins and settings.file):
        raise Moot("only_environment" if wins else "other_names")
    if not read:
        yield "unread", {"said": FROM_FILE, "used": from_file.database}
    elif not wins:
        yield "file_wins", {"used": over_it.database}


@check(after=settings_import)
def wrong_env_is_refused(settings: Settings, settings_with: SettingsWith) -> Found:
    """With `ENV=invalid` the application does not start."""
    if settings_with("", ENV="invalid").error:
        return
    if not settings.has_env:
        raise Moot("nobody_reads")
    yield "taken", {}


@check(after=settings_import)
def reaches_mysql(settings: Settings) -> Found:
    """The application's own settings log in, to a database that is there."""
    said = settings.refusal()
    if said:
        yield "refused", {"said": said}


@check(after=settings_import)
def sessions_are_alike(pool: Pool) -> Found:
    """Every connection of the pool has the same session, on the clock of Korea."""
    for name in ALIKE:
        values = pool.values(name)
        if name == "time_zone" and values <= KOREAN:
            continue
        if len(values) > 1:
            yield "differ", {"name": name, "values": ", ".join(sorted(values))}
        elif name == "time_zone":
            yield "other_clock", {"zone": values.pop()}


@check(after=settings_import)
def updates_count_matches(pool: Pool) -> Found:
    """An UPDATE to the value that is there counts its row."""
    if set(pool.matched) != {1}:
        yield "changed", {}


@check()
def cryptography_is_there(packages: dict[str, str]) -> Found:
    """The package that a login needs when the server does not remember the user."""
    if "cryptography" not in packages:
        yield "absent", {}


@check(after=settings_import, broken="broken")
def application_describes_itself(application: Api) -> Found:
    """There is an application, and it serves `/openapi.json`, or says where else."""
    answer = application.get(application.description)
    if answer.raised:
        yield "broken", {"said": answer.raised}
    elif answer.status != 200 or "openapi" not in (answer.json or ()):
        yield "refused", {"path": application.description, "status": answer.status}


@check()
def secrets_stay_home(git: Git) -> Found:
    """No commit of the branch holds `.env`."""
    commits = git("log", "--format=%h", "--diff-filter=A", "--", ".env").split()
    if commits:
        yield "committed", {"commit": commits[-1]}


def reached(project: Shape, route: str) -> bool:
    """There are settings and an application."""
    return bool(project.places["settings"] and project.places["application"])
