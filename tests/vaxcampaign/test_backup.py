"""A backup holds everything of one moment and no key; what is restored was checked first, and nothing is ever half there."""

import json
import os
import signal
import time
import zipfile
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from threading import Thread

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from core import audit
from core.backups import archive, making, postgres, restoring, sqlite
from core.choices import JobState
from core.crypto import KeyRing
from core.errors import RuleBroken
from core.models import AuditEvent, Job
from places.models import Site
from residents.models import Enrolment, Resident, ResidentIdentifier
from tests.factories.people import make_enrolled
from tests.factories.stock import deliver, make_lot
from vaxcampaign.management.commands import restore as command

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]


@pytest.fixture
def at_work(town, campaign, cast, site, today, client_as, settings, tmp_path):
    """A township with two people, stock, a file, a log-in and a job under way."""
    settings.MEDIA_ROOT = tmp_path / "files"
    (tmp_path / "files" / "census").mkdir(parents=True)
    (tmp_path / "files" / "census" / "a.xlsx").write_bytes(b"the village's list")
    client_as(cast.town)
    deliver(site, [(make_lot(), 20)])
    Job.objects.create(kind="export", title="导出", state=JobState.WAITING)
    audit.record("test.deed", actor=cast.town)
    return [make_enrolled(town.village, campaign, today, name=name) for name in ("王建国", "李秀英")]


@contextmanager
def another_machine(tmp_path):
    """An empty database and an empty folder."""
    own = connection.settings_dict["NAME"]
    connections.close_all()
    if connection.vendor == "sqlite":
        name = str(tmp_path / "fresh.sqlite3")
    else:
        name = f"{own}_fresh"
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")
            cursor.execute(f"CREATE DATABASE {name}")
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = own
        if connection.vendor == "postgresql":
            with connection._nodb_cursor() as cursor:
                cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def restored(path: Path, **options) -> dict:
    out = StringIO()
    connections.close_all()
    call_command("restore", str(path), json=True, stdout=out, **options)
    return json.loads(out.getvalue())


def refused(path: Path, **options) -> str:
    out = StringIO()
    connections.close_all()
    with pytest.raises(SystemExit) as ended:
        call_command("restore", str(path), json=True, stdout=out, **options)
    assert ended.value.code == 1
    return json.loads(out.getvalue())["code"]


def made(tmp_path: Path) -> Path:
    path, _ = making.make(tmp_path / "backups", now=timezone.now())
    return path


def test_everything_of_one_moment_comes_back_on_an_empty_machine(at_work, tmp_path, settings, monkeypatch):
    """Somebody goes on working while the backup is being written: what came later is not in it, in no table."""
    number = ResidentIdentifier.objects.order_by("pk").first().number
    begin = archive.Writer.part

    def late_comer():
        Site.objects.create(code="late", name="后来的接种点", place_id=Site.objects.first().place_id)
        connection.close()

    @contextmanager
    def part(self, name, **options):
        with begin(self, name, **options) as stream:
            if name.startswith("database."):
                other = Thread(target=late_comer)
                other.start()
                other.join()
            yield stream

    monkeypatch.setattr(archive.Writer, "part", part)
    path = made(tmp_path)
    assert (path.stat().st_mode & 0o077, Job.objects.get(kind="backup").state) == (0, JobState.DONE)
    assert (
        AuditEvent.objects.filter(action="backup.made").count()
        == Site.objects.filter(code="late").count()
        == 1
    )
    with zipfile.ZipFile(path) as opened:
        content = b"".join(opened.read(name) for name in opened.namelist())
    for secret in [settings.SECRET_KEY, *settings.FIELD_ENCRYPTION_KEYS.split(",")]:
        assert secret.rpartition(":")[2].encode() not in content

    settings.MEDIA_ROOT = tmp_path / "fresh files"
    with another_machine(tmp_path):
        assert restored(path)["problems"] == []
        assert [person.name for person in Resident.objects.order_by("pk")] == ["王建国", "李秀英"]
        assert ResidentIdentifier.objects.order_by("pk").first().number == number
        assert not Site.objects.filter(code="late").exists()
        assert (tmp_path / "fresh files" / "census" / "a.xlsx").read_bytes() == b"the village's list"
        job = Job.objects.get(kind="export")
        assert job.state == JobState.FAILED and "请重新开始" in job.message
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM django_session")
            assert cursor.fetchone() == (0,)
        assert AuditEvent.objects.filter(action="backup.restored").count() == 1
        # And once more from there: what was restored can be backed up, and takes the place of what is there.
        again = made(tmp_path / "again")
        assert refused(again) == "NOT_EMPTY"
        (tmp_path / "fresh files" / "of the replaced data").write_bytes(b"x")
        assert restored(again, replace=True)["files_removed"] == 1
        assert (Resident.objects.count(), AuditEvent.objects.filter(action="backup.made").count()) == (2, 0)


def test_what_cannot_be_right_is_refused_and_changes_nothing(at_work, tmp_path, settings, monkeypatch):
    path = made(tmp_path)
    before = Resident.objects.count(), AuditEvent.objects.count()

    cut_off = tmp_path / "cut.zip"
    cut_off.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert refused(cut_off, replace=True) == "NOT_A_BACKUP"

    changed = tmp_path / "changed.zip"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"another list" if name.endswith("a.xlsx") else old.read(name))
    assert refused(changed, replace=True) == "DAMAGED"

    ring = KeyRing(settings.FIELD_ENCRYPTION_KEYS.replace("t1:", "t2:"))
    monkeypatch.setattr("core.crypto.key_ring", lambda: ring)
    assert refused(path, replace=True) == "WRONG_KEYS"
    monkeypatch.undo()

    monkeypatch.setattr(command, "problems", lambda: ["verify_ledger: 1"])
    assert refused(path, replace=True) == "PROBLEMS"
    monkeypatch.undo()

    other = connections.create_connection("default")  # the web server was not stopped
    with other.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM residents_resident")
    assert refused(path, replace=True) == "IN_USE"
    other.close()
    assert (Resident.objects.count(), AuditEvent.objects.count()) == before


def test_a_restore_says_what_it_has_put_right(at_work, tmp_path):
    """A row that was wrong in the backup already is told apart from one that only time has moved."""
    Enrolment.objects.filter(pk=at_work[0].pk).update(status_reason="never so")
    path = made(tmp_path)
    out = StringIO()
    connections.close_all()
    call_command("restore", str(path), replace=True, stdout=out)
    assert "1 条在备份那天就与事实不符" in out.getvalue() and "status_reason" in out.getvalue()
    assert restored(made(tmp_path / "again"), replace=True)["repaired"] == {
        "wrong": 0,
        "written": 0,
        "columns": {},
    }


@pytest.mark.parametrize("where", ["load", "check", "put_in_place"])
def test_killed_in_the_middle_the_old_data_is_served_and_the_next_restore_clears_up(
    at_work, tmp_path, settings, where
):
    path = made(tmp_path)
    Resident.objects.update(name="改过名")
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            here = making.engine()

            def die(*args):
                os.kill(os.getpid(), signal.SIGKILL)

            if where == "load":
                before = here.load
                here.load = lambda stream: before(_Dying(stream))
            elif where == "put_in_place":
                here.put_in_place = die
            check = die if where == "check" else list
            about = {"replace": True, "despite": False, "repair": lambda day: {}}
            restoring.restore(path, **about, check=check, now=timezone.now())
        finally:
            os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    _wait_until_alone()

    assert set(Resident.objects.values_list("name", flat=True)) == {"改过名"}
    done = restored(path, replace=True)
    # A dump that was cut off leaves nothing on PostgreSQL: loading is one transaction there.
    assert done["is_left"] is not (where == "load" and connection.vendor == "postgresql")
    assert Resident.objects.filter(name="王建国").exists()


class _Dying:
    """A dump of which only a part can be read before the power goes."""

    def __init__(self, stream):
        self._stream, self._left = stream, 2

    def read(self, size: int) -> bytes:
        self._left -= 1
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)
        return self._stream.read(4096)


def _wait_until_alone() -> None:
    """The server needs a moment to see that the killed client is gone."""
    until = time.monotonic() + 60
    while True:
        try:
            return making.engine().refuse_others()
        except RuleBroken:
            assert time.monotonic() < until


def test_a_machine_without_the_programs_is_told_what_to_install(tmp_path, monkeypatch, on_postgresql):
    if not on_postgresql:
        assert making.engine() is sqlite
        return
    monkeypatch.setattr(postgres, "_folders", list)
    with pytest.raises(RuleBroken, match="postgresql-client-"):
        made(tmp_path)
    assert Job.objects.get(kind="backup").state == JobState.FAILED
