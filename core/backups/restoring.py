"""A backup is put back: first beside the database in use, where it is checked, then in its place in one step.

Killed at any moment, it leaves the old data or the new in use, whole; a copy left beside is removed by the next restore.
"""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from core import audit
from core.backups import archive, keys
from core.backups.making import engine
from core.choices import JobState
from core.errors import RuleBroken
from core.models import Job

_OVER = "系统从备份恢复,这项任务没有做完。请重新开始;已完成的部分不会重复。"


def restore(
    path: Path,
    *,
    replace: bool,
    despite: bool,
    repair: Callable[[date], dict],
    check: Callable[[], list[str]],
    now: datetime,
) -> dict:
    """Put the backup at ``path`` in place of the database.

    ``replace`` allows a database with accounts in it to be replaced, ``despite`` puts in place what the checks found wrong.
    ``repair(day of the backup)`` puts right what is derived from facts and says what it wrote; ``check()`` then looks through
    the restored data and returns a sentence for each problem. Returns counts, ``repaired``, ``problems`` and ``is_left`` (True
    when an earlier restore was cut off). Raises RuleBroken when nothing was changed.
    """
    with archive.reading(path) as (source, manifest):
        _fits(manifest)
        if wrong := archive.damaged(source, manifest):
            raise RuleBroken("DAMAGED", f"备份文件已损坏,未恢复。损坏的部分:{'、'.join(wrong[:5])}")
        here = engine()
        here.refuse_others()
        if _is_used() and not replace:
            raise RuleBroken(
                "NOT_EMPTY",
                "这里已有数据,未恢复。确定要用备份代替现有数据时,请加 --replace(先另做一份备份)。",
            )
        is_left = here.forget()
        with source.open(here.PART) as stream:
            here.load(stream)
        with here.looking_at_copy():
            problems = [*_differing(manifest["rows"]), *_bring_up(path, manifest, now)]
            repaired = repair(timezone.localdate(datetime.fromisoformat(manifest["made_at"])))
            problems += check()
        if problems and not despite:
            here.forget()
            raise RuleBroken("PROBLEMS", "\n".join(["恢复的数据有问题,没有换上,原来的数据还在:", *problems]))
        files = archive.unpack_files(source, manifest)
        cache.clear()  # log-ins and tasks of the data that goes: a task would meet a job that has its number by chance
        here.put_in_place()
        removed = archive.remove_other_files(manifest)
    return {
        "made_at": manifest["made_at"],
        "rows": sum(manifest["rows"].values()),
        "files": files,
        "files_removed": removed,
        "is_left": is_left,
        "repaired": repaired,
        "problems": problems,
    }


def _fits(manifest: dict) -> None:
    """Raises RuleBroken when this program, engine or ring of keys cannot take the backup."""
    if manifest["engine"] != connection.vendor:
        raise RuleBroken(
            "OTHER_ENGINE",
            f"这是 {manifest['engine']} 的备份,这里的数据库是 {connection.vendor}。请把 DATABASE_URL 指向同一种数据库。",
        )
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    unknown = [f"{app}.{name}" for app, name in manifest["migrations"] if (app, name) not in known]
    if unknown:
        raise RuleBroken(
            "NEWER",
            f"这个备份由更新的版本({manifest['version']})生成,请先升级程序。多出:{'、'.join(unknown[:3])}",
        )
    keys.require(manifest["keys"])


def _is_used() -> bool:
    with connection.cursor() as cursor:
        if "accounts_user" not in connection.introspection.table_names(cursor):
            return False
        cursor.execute("SELECT 1 FROM accounts_user LIMIT 1")
        return cursor.fetchone() is not None


def _differing(rows: dict[str, int]) -> list[str]:
    """What the manifest counted and the copy has not, before anything is written to it."""
    found = []
    with connection.cursor() as cursor:
        for table, expected in rows.items():
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608 (names of our own manifest, checked by its hash)
            (count,) = cursor.fetchone()
            if count != expected:
                found.append(f"{table}: 备份时 {expected} 行,恢复后 {count} 行")
    return found


def _bring_up(path: Path, manifest: dict, now: datetime) -> list[str]:
    """The copy as the running program needs it: migrated, nobody logged in, no job that waits for a process that is gone."""
    call_command("migrate", verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_session")
    open_jobs = Job.objects.filter(state__in=(JobState.WAITING, JobState.RUNNING))
    open_jobs.update(state=JobState.FAILED, finished_at=timezone.now(), message=_OVER)
    audit.record(
        "backup.restored",
        actor=None,
        data={"file": path.name, "made_at": manifest["made_at"], "at": now.isoformat()},
    )
    return list(keys.undecipherable())
