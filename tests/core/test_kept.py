"""Statements that are built once: the same rows and columns as the ORM's own, whatever values come next."""

import uuid

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from core.kept import Hole, Kept, insert, save
from core.locks import deed
from core.models import AuditChain, ChangeNote, Job
from residents.models import Enrolment, Resident, ResidentIdentifier
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db


def _columns(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_rows_come_as_the_orm_reads_them(town, campaign, today, django_assert_num_queries):
    one, other = (make_enrolled(town.village, campaign, today) for _ in range(2))
    documents = ResidentIdentifier.objects.filter(resident=OuterRef("resident"), number_hash=Hole("digest"))
    rows = Enrolment.objects.select_related("resident__village", "last_product").annotate(
        has=Exists(documents)
    )
    kept = Kept(lambda: rows.filter(resident__uid=Hole("uid"), resident__birth_date__lte=Hole("born")))
    for row in (one, other):
        person = row.resident
        said = {"uid": person.uid, "born": person.birth_date}
        digest = person.identifiers.get().number_hash
        with django_assert_num_queries(1):
            [found] = kept(**said, digest=digest)
            village = found.resident.village
        assert (found, found.resident, village) == (row, person, town.village)
        assert _columns(found) == _columns(Enrolment.objects.get(pk=row.pk))
        assert _columns(found.resident) == _columns(Resident.objects.get(pk=person.pk))
        assert found.last_product is None, "nothing joined"
        assert (found.has, kept.first(**said, digest="x").has) == (True, False)
        assert kept(uid=uuid.uuid4(), born=today, digest="") == []


def test_what_is_not_asked_for_is_read_when_it_is_wanted(town, campaign, today, django_assert_num_queries):
    row = make_enrolled(town.village, campaign, today)
    kept = Kept(
        lambda: Enrolment.objects.select_related("resident").only("resident__name").filter(pk=Hole("pk"))
    )
    [found] = kept(pk=row.pk)
    with django_assert_num_queries(0):
        assert found.resident.name == row.resident.name
    with django_assert_num_queries(1):
        assert found.resident.sex == row.resident.sex


def test_columns_of_json_are_read_and_written():
    made = Job(kind="k", title="龘", result={"词": [1, None]})
    insert(made)
    read = Kept(lambda: Job.objects.filter(uid=Hole("uid"))).first(uid=made.uid)
    assert (read, read.title, read.result) == (made, "龘", {"词": [1, None]})
    assert read.created_at is not None


@pytest.mark.parametrize("count", [1, 2, 20])
def test_new_rows_know_their_keys(count, today):
    rows = [ChangeNote(topic="t", place_code=str(n), day=today) for n in range(count)]
    insert(*rows)
    assert [ChangeNote.objects.get(pk=row.pk).place_code for row in rows] == [row.place_code for row in rows]
    assert not any(row._state.adding for row in rows)


def test_a_constraint_refuses_as_ever():
    insert(AuditChain(key="x"))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(AuditChain(key="x"))


def test_only_the_named_columns_are_saved():
    job = Job.objects.create(kind="k", title="old")
    job.title, job.kind, job.beat_at = "new", "other", timezone.now()
    save(job, "title", "beat_at")
    found = Job.objects.get(pk=job.pk)
    assert (found.title, found.kind, found.beat_at) == ("new", "k", job.beat_at)


def test_a_row_that_is_gone_is_not_saved():
    job = Job.objects.create(kind="k")
    Job.objects.all().delete()
    with pytest.raises(DatabaseError, match="not there"):
        save(job, "title")


@pytest.mark.django_db(transaction=True)
def test_how_long_to_wait_is_said_once_for_a_connection(django_assert_num_queries):
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL only")
    for _ in range(2):
        connection.close()
        with deed():
            pass
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            assert cursor.fetchone() == ("3s",)
        with django_assert_num_queries(2), deed():  # its beginning and its end
            pass


def test_columns_are_saved_only_while_another_has_one_of_these_values():
    job = Job.objects.create(kind="k", title="old", state="queued")
    job.title = "new"
    assert save(job, "title", state=("running", "queued")) is True
    job.title = "newer"
    assert save(job, "title", state=("running",)) is False
    assert Job.objects.get(pk=job.pk).title == "new"


def test_nobody_is_found_where_nobody_can_be_meant():
    assert Kept(lambda: Job.objects.filter(pk__in=[], uid=Hole("uid")))(uid=uuid.uuid4()) == []
