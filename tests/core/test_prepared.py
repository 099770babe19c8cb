"""Statements that PostgreSQL plans once: whatever was refused before, the next one is answered."""

import pytest
from django.db import DatabaseError, connection, transaction

from core.models import Job
from core.prepared import execute

pytestmark = pytest.mark.django_db(transaction=True)
LOOK = "SELECT id, title FROM core_job WHERE kind = %s AND title LIKE '%%x'"
RENAME = "UPDATE core_job SET title = %s WHERE kind = %s"


@pytest.fixture
def job():
    return Job.objects.create(kind="k", title="ax")


def _ask(*statements):
    with connection.cursor() as cursor:
        execute(cursor, *statements)
        return cursor.fetchall()


def test_the_same_answer_however_often_it_is_asked(job):
    for _ in range(4):
        assert _ask((LOOK, ["k"])) == [(job.pk, "ax")]
        assert _ask((LOOK, ["other"])) == []


def test_several_in_one_trip_see_what_those_before_them_did(job, django_assert_num_queries):
    trips = 1 if connection.vendor == "postgresql" else 2
    for title in ("bx", "cx", "dx"):
        with django_assert_num_queries(trips):
            assert _ask((RENAME, [title, "k"]), (LOOK, ["k"])) == [(job.pk, title)]


def test_what_was_refused_before_is_no_hindrance(job):
    """Refused when it was plain, when it was being prepared, and afterwards."""
    wrong = "UPDATE core_job SET total = %s WHERE kind = %s"
    for _ in range(3):
        with pytest.raises(DatabaseError), transaction.atomic():
            _ask((wrong, [-1, "k"]), (LOOK, ["k"]))
    assert _ask((wrong, [7, "k"]), (LOOK, ["k"])) == [(job.pk, "ax")]
    assert _ask((LOOK, ["k"])) == [(job.pk, "ax")]


def test_a_new_connection_has_nothing_prepared(job):
    for _ in range(3):
        assert _ask((LOOK, ["k"])) == [(job.pk, "ax")]
    connection.close()
    for _ in range(3):
        assert _ask((LOOK, ["k"])) == [(job.pk, "ax")]
