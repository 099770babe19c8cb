"""Reports read a replica that knows everything, else the primary; nobody else ever reads it. With a real streaming replica."""

import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings as given
from django.db import OperationalError, connection, connections, transaction

from core import files, replica
from core.locks import deed
from core.models import Job
from places.models import Place

sys.path.append(str(Path(__file__).resolve().parent.parent.parent / "tools"))
POSTGRES = pytest.mark.skipif(
    not given.DATABASES["default"]["ENGINE"].endswith("postgresql"), reason="only PostgreSQL has replicas"
)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def server(django_db_setup, django_db_blocker):
    """A copy that follows the server of this run."""
    from replica_server import Replica  # noqa: PLC0415 (not there where only SQLite is tried)

    own = connection.settings_dict
    source = f"postgres://{own['USER']}:{own['PASSWORD']}@{own['HOST']}:{own['PORT']}/postgres"
    with tempfile.TemporaryDirectory(prefix="vax-replica-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        made = Replica(Path(folder), Path(folder), source=source, keep=False)
        try:
            made.start()
            yield made
        finally:
            made.stop()
            with django_db_blocker.unblock(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_drop_replication_slot(%s)", [made.slot])


@pytest.fixture
def following(server, settings, monkeypatch):
    """The product with that replica; ``following(port=…)`` moves it."""
    settings.DATABASE_ROUTERS = ["core.replica.Router"]
    settings.DATABASE_REPLICA_SECONDS = 60
    monkeypatch.setattr(replica, "_REST", 1_000.0)  # however slow the machine

    def at(port: int = server.port):
        monkeypatch.setattr(replica, "_resting_until", 0.0)
        if replica.REPLICA in connections.settings:
            connections[replica.REPLICA].close()
            del connections[replica.REPLICA]
        connections.settings[replica.REPLICA] = {**connections.settings["default"], "PORT": port}
        connections[
            replica.REPLICA
        ].alias = "default"  # Django lets a test open no connection of another name

    at()
    with connection.cursor() as cursor:
        cursor.execute(
            "SET synchronous_commit = on"
        )  # as every server that keeps data; that of the tests does not
    yield at
    connection.close()
    connections[replica.REPLICA].close()
    del connections[replica.REPLICA], connections.settings[replica.REPLICA]


def asked_at() -> str:
    """The alias of the server that answers a question about places."""
    return Place.objects.first()._state.db


@pytest.fixture
def place():
    return Place.objects.create(code="150622002000", name="迎泽街道", level="town")


def test_without_one_the_primary_answers(place):
    assert replica.read(asked_at) == "default"
    assert replica.state() == "none"


@POSTGRES
def test_a_report_is_read_there_and_knows_what_was_just_saved(following, place):
    for name in ("一", "二", "三"):
        Place.objects.filter(pk=place.pk).update(name=name)
        assert replica.read(lambda: (asked_at(), Place.objects.get().name)) == ("replica", name)
    assert asked_at() == "default"  # whoever does not say that it is a report
    assert replica.state() == "ok"


@POSTGRES
def test_deeds_and_what_follows_them_are_of_the_primary(following, place):
    def report():
        seen = [asked_at()]
        with deed():
            seen.append(asked_at())
            Place.objects.update(name="新名")
        return [*seen, asked_at()]

    assert replica.read(report) == ["replica", "default", "default"]
    with deed():
        assert replica.read(asked_at) == "default"
    with transaction.atomic():
        assert replica.read(asked_at) == "default"

    def with_progress():
        Job.objects.create(kind="k", title="t")
        return Job.objects.first()._state.db, asked_at()

    assert replica.read(with_progress) == ("default", "replica")


@POSTGRES
def test_what_was_read_there_is_saved_on_the_primary(following, place):
    row = replica.read(lambda: Place.objects.get())
    assert row._state.db == "replica"
    row.name = "改名"
    row.save()
    assert Place.objects.get().name == "改名" and row.children.first() is None


@POSTGRES
def test_behind_or_away_or_no_replica_at_all_the_primary_answers(following, place, server, settings, client):
    settings.DATABASE_REPLICA_SECONDS = 0
    with closing(connections["replica"].copy()) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_wal_replay_pause()")
        try:
            Place.objects.update(name="还没到")
            assert replica.read(lambda: (asked_at(), Place.objects.get().name)) == ("default", "还没到")
            assert client.get("/readyz").json()["replica"] == "behind"
        finally:
            cursor.execute("SELECT pg_wal_replay_resume()")
    settings.DATABASE_REPLICA_SECONDS = 60
    assert replica.read(asked_at) == "default"  # it has a rest
    following()
    assert replica.read(asked_at) == "replica"
    following(port=connection.settings_dict["PORT"])  # the primary itself follows nobody
    assert (replica.read(asked_at), replica.state()) == ("default", "down")
    following(port=1)
    assert (replica.read(asked_at), replica.state()) == ("default", "down")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["replica"]) == (200, "down")
    assert "vax_replica_behind_seconds -1.0" in client.get("/metrics").text


@POSTGRES
def test_one_that_dies_meanwhile_is_not_missed(following, place):
    asked = []

    def report():
        asked.append(asked_at())
        if asked == ["replica"]:
            with connections["replica"].cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return Place.objects.get().name

    assert replica.read(report) == place.name
    assert asked == ["replica", "default"]


@POSTGRES
@pytest.mark.parametrize("server_asked", ["default", "replica"])
def test_what_takes_too_long_is_not_asked_again(following, place, server_asked):
    asked = []

    def report():
        asked.append(server_asked)
        with connections[server_asked].cursor() as cursor:
            cursor.execute("SET statement_timeout = 1; SELECT pg_sleep(9)")

    with pytest.raises(OperationalError, match="statement timeout"):
        replica.read(report)
    assert asked == [server_asked]


def test_a_node_without_the_shared_folder_is_not_ready(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    assert files.where() == "own"
    settings.FILES_ARE_SHARED = True
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["files"]) == (503, "not shared")
    (tmp_path / ".shared").touch()
    assert client.get("/readyz").json()["files"] == "shared"
