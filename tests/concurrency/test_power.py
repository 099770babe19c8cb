"""The power goes while SQLite is written: the disk shuts down without a flush (bench/chaos/disk.py), then it is read again."""

import os
import signal
import sqlite3
from contextlib import closing

import pytest
from django.db import connection, connections

from bench.chaos.disk import Disk
from core import audit, audit_proof
from core.locks import deed
from core.models import AuditEvent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]
ENOUGH, CANNOT = 40, 3


def test_what_sqlite_has_acknowledged_is_there_and_the_chain_holds(cast, tmp_path, on_postgresql):
    """In a process of its own: it leaves the mounts of all others."""
    if on_postgresql:
        pytest.skip("make chaos cuts the power of PostgreSQL")
    own = connection.settings_dict["NAME"]
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            os._exit(_play(own, tmp_path, cast.town))
        except BaseException as error:
            os.write(2, f"{error!r}\n".encode())
            os._exit(1)
    code = os.WEXITSTATUS(os.waitpid(child, 0)[1])
    if code == CANNOT:
        pytest.skip("takes Linux, root and loop devices")
    assert code == 0


def _play(database: str, folder, user) -> int:
    disk = Disk(folder, keep=False)
    if disk.why_not:
        return CANNOT
    try:
        path = disk.folder / "db.sqlite3"
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(path)) as copy:
            source.backup(copy)
        os.sync()
        connection.settings_dict["NAME"] = str(path)
        hasty = connection.settings_dict["OPTIONS"]["init_command"]
        connection.settings_dict["OPTIONS"]["init_command"] = hasty.replace("=OFF", "=FULL")
        acknowledged = _write_until_the_power_goes(disk, user)
        disk.again()
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            assert cursor.fetchone() == ("ok",)
        there = AuditEvent.objects.filter(action="test.deed").count()
        assert acknowledged <= there <= acknowledged + 1, f"{acknowledged} acknowledged, {there} there"
        assert list(audit_proof.verify()) == []
        connections.close_all()
        return 0
    finally:
        disk.close()


def _write_until_the_power_goes(disk: Disk, user) -> int:
    """How many deeds were acknowledged, each by one byte after its commit."""
    told, tell = os.pipe()
    writer = os.fork()
    if writer == 0:
        try:
            while True:
                with deed():
                    audit.record("test.deed", actor=user)
                os.write(tell, b".")
        finally:
            os._exit(1)  # what the parent cleans up is not ours
    os.close(tell)
    acknowledged = len(os.read(told, 1))
    while acknowledged < ENOUGH:
        acknowledged += len(os.read(told, 1))
    disk.cut()
    os.kill(writer, signal.SIGKILL)
    os.waitpid(writer, 0)
    while more := os.read(told, 1024):
        acknowledged += len(more)
    return acknowledged
