"""The audit chain is proved row by row: a changed, removed or inserted row is found, even when the triggers are gone."""

import json

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from core import audit
from core.models import AuditChain, AuditEvent


@pytest.fixture
def trail(cast):
    """Five deeds of the office after what made the cast."""
    for n in range(5):
        audit.record("test.deed", actor=cast.town, data={"n": n})
    return AuditEvent.objects.filter(actor=cast.town, action="test.deed").order_by("seq")


@pytest.fixture
def unguarded(trail):
    """The tables as somebody with full rights on the database has them."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SET CONSTRAINTS ALL IMMEDIATE"
            )  # the rows of this very transaction are settled first
            cursor.execute("ALTER TABLE core_auditevent DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER core_auditevent_no_update")
            cursor.execute("DROP TRIGGER core_auditevent_no_delete")
    yield trail
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE core_auditevent ENABLE TRIGGER USER")


def test_untouched_trail_is_whole(trail):
    assert list(audit.verify()) == []


@pytest.mark.parametrize("deed", ["update", "delete"])
def test_database_refuses_to_change_or_delete(deed, trail):
    rows = AuditEvent.objects.filter(pk=trail[2].pk)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(action="x") if deed == "update" else rows.delete()
    assert trail.count() == 5


@pytest.mark.parametrize(
    "change",
    [
        {"action": "test.other"},
        {"data": {"n": 99}},
        {"place_code": "150622002000"},
        {"ip": "10.0.0.1"},
        {"actor_id": None},
    ],
)
def test_changed_row_is_found(change, unguarded):
    row = unguarded[2]
    AuditEvent.objects.filter(pk=row.pk).update(**change)
    found = list(audit.verify())
    assert len(found) == 1
    assert f"row {row.seq} was changed" in found[0]


def test_changed_time_is_found(unguarded):
    row = unguarded[2]
    AuditEvent.objects.filter(pk=row.pk).update(at=unguarded[0].at.replace(year=2020))
    assert [f"row {row.seq} was changed" in line for line in audit.verify()] == [True]


def test_removed_row_is_found(unguarded):
    row = unguarded[2]
    AuditEvent.objects.filter(pk=row.pk).delete()
    assert any(f"row {row.seq} is missing" in line for line in audit.verify())


def test_removed_end_is_found(unguarded):
    AuditEvent.objects.filter(pk=unguarded[4].pk).delete()
    assert any("end of the chain" in line for line in audit.verify())


def test_inserted_row_is_found(unguarded):
    last = unguarded[4]
    AuditEvent.objects.create(
        chain=last.chain,
        seq=last.seq + 1,
        at=last.at,
        actor=last.actor,
        action="test.deed",
        previous=last.hash,
        hash="f" * 64,
    )
    found = list(audit.verify())
    assert any("was changed" in line for line in found)
    assert any("end of the chain" in line for line in found)


def test_one_chain_per_actor(trail, cast):
    audit.record("test.deed", actor=cast.cadre01)
    audit.record("test.deed", actor=None)
    keys = set(AuditChain.objects.values_list("key", flat=True))
    assert {f"user:{cast.town.pk}", f"user:{cast.cadre01.pk}", "system"} <= keys


def test_command_says_whole_or_what_is_wrong(unguarded, capsys):
    call_command("verify_audit")
    assert "完整" in capsys.readouterr().out
    AuditEvent.objects.filter(pk=unguarded[2].pk).update(action="x")
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_audit", json=True)
    assert stopped.value.code == 1
    assert len(json.loads(capsys.readouterr().out)["problems"]) == 1
