"""Rows by the thousand: the same values come out as went in, on both engines."""

import uuid
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core import bulk
from core.models import AuditChain, ChangeNote, Job
from residents.models import ResidentIdentifier
from tests.factories.people import make_resident

pytestmark = pytest.mark.django_db(transaction=True)

AWKWARD = ['"', "a\tb", "a,b", "\\N", "\\.", "x\n\\.\ny", "龘𠮷", "", " "]


def _put(titles):
    with transaction.atomic():
        ids = bulk.reserve(Job, len(titles))
        rows = [(pk, "k", title, {"t": title}) for pk, title in zip(ids, titles, strict=True)]
        bulk.insert(Job, ("id", "kind", "title", "result"), rows)
    return ids


@pytest.mark.parametrize("titles", [AWKWARD, [t for t in AWKWARD if "\\." not in t]])
def test_every_text_comes_back_as_it_went_in(titles):
    ids = _put(titles)
    jobs = {job.pk: job for job in Job.objects.all()}
    assert [jobs[pk].title for pk in ids] == titles
    assert [jobs[pk].result for pk in ids] == [{"t": title} for title in titles]


def test_left_out_columns_get_their_defaults():
    before = timezone.now()
    one, two = (Job.objects.get(pk=pk) for pk in _put(["a", "b"]))
    assert one.uid != two.uid
    assert isinstance(one.uid, uuid.UUID)
    assert before <= one.created_at <= timezone.now()
    assert one.beat_at is None
    assert one.created_by is None
    assert one.cancel_asked is False
    assert one.state == Job(kind="k").state


def test_reserved_keys_are_nobody_elses():
    AuditChain.objects.create(key="before")
    with transaction.atomic():
        ids = list(bulk.reserve(AuditChain, 3))
        bulk.insert(AuditChain, ("id", "key"), [(pk, f"row {pk}") for pk in ids])
    after = AuditChain.objects.create(key="after")
    assert len({*ids, after.pk, AuditChain.objects.get(key="before").pk}) == 5
    assert ids == sorted(ids)


def test_encrypted_and_day_columns(town):
    person = make_resident(town.village)
    row = (person.pk, "03", "E12345678", "h" * 64, "E****5678", "5678", ["ID_REGION"])
    columns = ("resident_id", "id_type", "number", "number_hash", "masked", "last4", "flags")
    bulk.insert(ResidentIdentifier, columns, [row])
    kept = ResidentIdentifier.objects.get(last4="5678")
    assert (kept.number, kept.flags) == ("E12345678", ["ID_REGION"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM residents_residentidentifier WHERE last4 = '5678'")
        assert "E12345678" not in cursor.fetchone()[0]
    bulk.insert(ChangeNote, ("topic", "place_code", "day"), [("t", "1", date(2026, 2, 28))])
    assert ChangeNote.objects.get(topic="t").day == date(2026, 2, 28)


def test_constraints_hold_and_nothing_is_nothing():
    bulk.insert(AuditChain, ("key",), [])
    with pytest.raises(IntegrityError):  # also where nobody opened a transaction
        bulk.insert(AuditChain, ("key",), [("same",), ("same",)])
    assert not AuditChain.objects.filter(key="same").exists()


def test_many_rows_are_changed_by_key():
    one, two, three = (AuditChain.objects.create(key=name) for name in ("one", "two", "three"))
    bulk.update(AuditChain, ("length", "head"), [(one.pk, 7, "x"), (three.pk, 9, "y")])
    rows = AuditChain.objects.order_by("pk").values_list("length", "head")
    assert list(rows) == [(7, "x"), (0, "0" * 64), (9, "y")]
    job = Job.objects.create(kind="k", title="t")
    now = timezone.now()
    bulk.update(Job, ("started_at", "result", "cancel_asked"), [(job.pk, now, {"n": "龘"}, True)])
    job.refresh_from_db()
    assert (job.started_at, job.result, job.cancel_asked) == (now, {"n": "龘"}, True)
    bulk.update(Job, ("started_at", "created_by"), [(job.pk, None, None)])
    job.refresh_from_db()
    assert job.started_at is None
    assert two.length == 0


def test_what_a_query_answers_is_inserted_with_what_is_the_same_for_all():
    day = date(2026, 2, 28)
    bulk.insert(
        ChangeNote,
        ("place_code", "day"),
        [("1", day), ("2", day)],
        made=bulk.alike(ChangeNote, 2, topic="old"),
    )
    found = ChangeNote.objects.filter(topic="old").values_list("place_code", "day")
    assert bulk.insert_found(ChangeNote, ("place_code", "day"), found, topic="new") == 2
    assert bulk.insert_found(ChangeNote, ("place_code", "day"), found.filter(place_code="3"), topic="x") == 0
    rows = ChangeNote.objects.order_by("topic", "place_code").values_list("topic", "place_code", "day")
    assert list(rows) == [("new", "1", day), ("new", "2", day), ("old", "1", day), ("old", "2", day)]
