"""Deeds: one transaction, one lock order, work before the commit, and a clear word when somebody else holds the row."""

import threading

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.db.transaction import TransactionManagementError

from core import changes
from core.errors import Busy, Gone
from core.locks import before_commit, deed, keep_locked, lock, lock_all, lock_found, lock_in, lock_one, part
from core.models import AuditChain, ChangeNote
from inventory.models import StockLevel
from residents.models import Enrolment
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db


def test_a_lock_needs_a_deed():
    with pytest.raises(RuntimeError, match="open deed"):
        lock(AuditChain, [1])


def test_locking_against_the_order_fails_at_once(town, campaign, today):
    enrolment = make_enrolled(town.village, campaign, today)
    chain = AuditChain.objects.create(key="x")
    with deed():
        lock_one(AuditChain, chain.pk)
        with pytest.raises(RuntimeError, match="residents.enrolment asked for after core.auditchain"):
            lock_one(Enrolment, enrolment.pk)


def test_rows_already_held_may_be_asked_for_again(town, campaign, today):
    enrolment = make_enrolled(town.village, campaign, today)
    chain = AuditChain.objects.create(key="x")
    with deed():
        lock_one(Enrolment, enrolment.pk)
        lock_one(AuditChain, chain.pk)
        assert lock_one(Enrolment, enrolment.pk) == enrolment


def test_rows_already_held_need_not_be_read_again(town, campaign, today, django_assert_num_queries):
    enrolment = make_enrolled(town.village, campaign, today)
    with deed():
        lock_one(Enrolment, enrolment.pk)
        with django_assert_num_queries(0):
            keep_locked(Enrolment, [enrolment.pk])


def test_what_a_failed_part_had_locked_is_not_held_any_more(town, campaign, today, django_assert_num_queries):
    enrolment = make_enrolled(town.village, campaign, today)
    chain = AuditChain.objects.create(key="x")
    with deed():
        with pytest.raises(ValueError, match="part"), deed():
            lock_one(Enrolment, enrolment.pk)
            lock_one(AuditChain, chain.pk)
            raise ValueError("part")
        with django_assert_num_queries(1):
            keep_locked(Enrolment, [enrolment.pk])


def test_what_a_part_refuses_ends_the_whole_deed_whoever_catches_it():
    @part()
    def refuse():
        AuditChain.objects.create(key="x")
        raise ValueError("part")

    with pytest.raises(TransactionManagementError), deed():
        with pytest.raises(ValueError, match="part"):
            refuse()
        AuditChain.objects.create(key="y")
    with deed(), pytest.raises(ValueError, match="part"), deed():
        refuse()
    with pytest.raises(ValueError, match="part"):
        refuse()
    assert not AuditChain.objects.filter(key__in="xy").exists()


def test_all_rows_of_a_key_are_held_and_one_is_read_with_what_it_points_to(town, campaign, today):
    enrolment = make_enrolled(town.village, campaign, today)
    rows = Enrolment.objects.select_related("resident")
    for call in (lambda: lock_all(Enrolment, resident=enrolment.resident_id), lambda: lock_in(rows, 1)):
        with pytest.raises(RuntimeError, match="open deed"):
            call()
    with deed():
        assert lock_all(Enrolment, resident=enrolment.resident_id) == [enrolment.pk]
        row = lock_in(rows, enrolment.pk)
        assert Enrolment.resident.is_cached(row)
        keep_locked(Enrolment, [enrolment.pk])
        with pytest.raises(Gone):
            lock_in(rows, 0)


def test_a_day_is_noted_once_in_a_deed(today):
    with deed():
        changes.note([("150622002001", today)])
        changes.note([("150622002001", today), ("150622002002", today)])
    assert ChangeNote.objects.count() == 2


def test_a_row_is_found_and_held_by_its_own_key(town, campaign, today):
    enrolment = make_enrolled(town.village, campaign, today)
    chain = AuditChain.objects.create(key="x")
    with pytest.raises(RuntimeError, match="open deed"):
        lock_found(AuditChain, key="x")
    with deed():
        assert lock_found(AuditChain, key="nobody") is None
        assert lock_found(AuditChain, key="x") == chain
        assert lock_one(AuditChain, chain.pk) == chain, "held already"
        with pytest.raises(RuntimeError, match="residents.enrolment asked for after core.auditchain"):
            lock_found(Enrolment, pk=enrolment.pk)


def test_a_missing_row_is_said(db):
    with deed(), pytest.raises(Gone):
        lock(StockLevel, [424242])


def test_work_before_the_commit_runs_once_and_forgets_what_failed():
    done = []

    def work(items):
        done.append(list(items))

    with deed():
        before_commit(work, "kept")
        with pytest.raises(ValueError, match="inner"), deed():
            before_commit(work, "dropped")
            raise ValueError("inner")
        before_commit(work, "also kept")
        assert done == []
    assert done == [["kept", "also kept"]]
    assert before_commit(work, "no deed is running") is False


@pytest.mark.django_db(transaction=True)
def test_a_row_that_somebody_holds_becomes_busy(monkeypatch, on_postgresql):
    """On PostgreSQL the wait ends with the lock time-out; on SQLite with the driver's own."""
    chain = AuditChain.objects.create(key="held")
    monkeypatch.setattr("core.locks.LOCK_TIMEOUT", "100ms")
    if not on_postgresql:
        connection.ensure_connection()
        connection.cursor().execute("PRAGMA busy_timeout = 100")
    held, release = threading.Event(), threading.Event()

    def holder():
        try:
            with transaction.atomic():
                AuditChain.objects.select_for_update().get(pk=chain.pk)
                AuditChain.objects.filter(pk=chain.pk).update(length=1)
                held.set()
                release.wait(10)
        finally:
            connections.close_all()

    thread = threading.Thread(target=holder)
    thread.start()
    try:
        assert held.wait(10)
        with pytest.raises(Busy) as refused, deed():
            lock_one(AuditChain, chain.pk)
    finally:
        release.set()
        thread.join()
        connection.close()
    assert "再试" in refused.value.message


def test_other_database_errors_are_not_called_busy():
    with pytest.raises(OperationalError), deed():
        raise OperationalError("disk I/O error")
