"""A backup is made: consistent while people work, proved by its manifest, remembered as a job."""

import time
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from core import audit
from core.backups import archive, keys, postgres, sqlite
from core.choices import JobState
from core.errors import RuleBroken
from core.models import Job

KIND, TITLE, NAME = "backup", "备份", "vaxcampaign-"
_DEAD = timedelta(days=1)  # an unfinished file of that age is nobody's work any more


def engine():
    """The module of the engine in use: ``dump``, ``refuse_others``, ``load``, ``looking_at_copy``, ``put_in_place``, ``forget``."""
    return postgres if connection.vendor == "postgresql" else sqlite


def make(folder: Path, *, now: datetime, keep: int = 0) -> tuple[Path, dict]:
    """Write a backup into ``folder`` and, with ``keep``, remove all but the latest so many. Returns its path and manifest.

    Raises RuleBroken when a program of PostgreSQL fails and OSError when the folder takes no more; the job then says so.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _tidy(folder)
    job = Job.objects.create(kind=KIND, title=TITLE, state=JobState.RUNNING, started_at=now, beat_at=now)
    try:
        path = folder / f"{NAME}{timezone.localtime(now):%Y%m%d-%H%M%S}.zip"
        manifest = _write(path, now)
    except (RuleBroken, OSError) as error:
        _end(job, JobState.FAILED, str(error))
        raise
    size, digest = path.stat().st_size, _fingerprint(manifest)
    _end(job, JobState.DONE, f"{path.name},{size // 1024} KB")
    audit.record("backup.made", actor=None, data={"file": path.name, "bytes": size, "manifest": digest})
    for old in sorted(folder.glob(f"{NAME}*.zip"))[:-keep] if keep else []:
        old.unlink()
    return path, manifest


def _write(path: Path, now: datetime) -> dict:
    with archive.writing(path) as writer:
        rows = engine().dump(writer, path.parent)
        files = writer.add_files()
        about = {
            "made_at": now.isoformat(),
            "engine": connection.vendor,
            "server": ".".join(map(str, connection.get_database_version())),
            "migrations": sorted(map(list, MigrationRecorder(connection).applied_migrations())),
            "rows": rows,
            "files": files,
            "keys": keys.proof(),
        }
        return archive.finish(writer, about)


def _fingerprint(manifest: dict) -> str:
    """The SHA-256 of the database in it: enough to know the file again by the audit trail."""
    return next(part["sha256"] for name, part in manifest["members"].items() if name.startswith("database."))


def _end(job: Job, state: str, message: str) -> None:
    ended = {"state": state, "message": message[:500], "finished_at": timezone.now()}
    Job.objects.filter(pk=job.pk).update(**ended)


def _tidy(folder: Path) -> None:
    """Remove what backups that were killed have left: it holds people's data."""
    for path in folder.glob(f"{NAME}*.part"):
        if path.stat().st_mtime < time.time() - _DEAD.total_seconds():
            path.unlink()
