"""The audit chain is proved row by row: a changed, removed or inserted row is found, even when the triggers are gone."""

import json
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from core import audit, audit_proof
from core.audit_seals import seal
from core.models import AuditChain, AuditEvent, AuditProof
from core.services.proving import prove


@pytest.fixture
def trail(cast):
    """Five deeds of the office after what made the cast."""
    for n in range(5):
        audit.record("test.deed", actor=cast.town, data={"n": n})
    return AuditEvent.objects.filter(actor=cast.town, action="test.deed").order_by("seq")


@contextmanager
def without_guard(table):
    """The table as somebody with full rights on the database has it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SET CONSTRAINTS ALL IMMEDIATE"
            )  # the rows of this very transaction are settled first
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            cursor.execute(f"DROP TRIGGER {table}_no_update")
            cursor.execute(f"DROP TRIGGER {table}_no_delete")
    yield
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture
def unguarded(trail):
    with without_guard("core_auditevent"):
        yield trail


def test_untouched_trail_is_whole(trail):
    assert list(audit_proof.verify()) == []


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
    found = list(audit_proof.verify())
    assert len(found) == 1
    assert f"第 {row.seq} 行被改动" in found[0]


def test_changed_time_is_found(unguarded):
    row = unguarded[2]
    AuditEvent.objects.filter(pk=row.pk).update(at=unguarded[0].at.replace(year=2020))
    assert [f"第 {row.seq} 行被改动" in line for line in audit_proof.verify()] == [True]


def test_removed_row_is_found(unguarded):
    row = unguarded[2]
    AuditEvent.objects.filter(pk=row.pk).delete()
    assert any(f"缺第 {row.seq} 行" in line for line in audit_proof.verify())


def test_removed_end_is_found(unguarded):
    AuditEvent.objects.filter(pk=unguarded[4].pk).delete()
    assert any("末尾" in line for line in audit_proof.verify())


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
    assert [line.endswith("末尾之后被插入了行") for line in audit_proof.verify()] == [True]


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


def run(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def cut(row):
    """Remove what comes after ``row``, and say that the chain has always ended there."""
    run("DELETE FROM core_auditevent WHERE chain_id = %s AND seq > %s", row.chain_id, row.seq)
    run("UPDATE core_auditchain SET length = %s, head = %s WHERE id = %s", row.seq, row.hash, row.chain_id)


def test_an_end_removed_together_with_its_count_is_found_and_stays_found(unguarded, cast):
    cut(unguarded[1])
    assert [line.endswith("链的长度被改动(写着 2 行)") for line in audit_proof.verify()] == [True]
    audit.record("test.deed", actor=cast.town)  # the next honest row does not heal the chain
    assert [line.endswith("链的长度被改动(写着 3 行)") for line in audit_proof.verify()] == [True]


def test_an_old_end_put_back_with_its_own_seal_is_found_by_what_was_seen_before(unguarded, cast):
    """Somebody kept the row of the chain of an earlier hour, seal and all."""
    chain = AuditChain.objects.get(key=f"user:{cast.town.pk}")
    seal_of_old = seal(AuditChain(key=chain.key, length=2, head=unguarded[1].hash))
    assert prove(by=None, now=timezone.now()).problem_count == 0
    cut(unguarded[1])
    run("UPDATE core_auditchain SET seal = %s WHERE id = %s", seal_of_old, chain.pk)
    for _ in range(2):  # and is not forgotten by the next night
        proof = prove(by=None, now=timezone.now())
        assert proof.problems == [f"{chain.key}:以前核对过的第 5 行不见了或换了内容"]


def test_a_whole_chain_removed_is_found(unguarded, cast):
    prove(by=None, now=timezone.now())
    chain = unguarded[0].chain_id
    run("DELETE FROM core_auditevent WHERE chain_id = %s", chain)
    run("DELETE FROM core_auditchain WHERE id = %s", chain)
    assert list(audit_proof.verify()) == [f"user:{cast.town.pk}:整条链被删除(以前核对时有 5 行)"]


def test_a_row_taken_along_from_elsewhere_is_found(unguarded, cast):
    """A true row of another chain, moved behind the end of this one; and two rows that change places."""
    audit.record("test.deed", actor=cast.cadre01)
    other = AuditEvent.objects.get(actor=cast.cadre01)
    run("UPDATE core_auditevent SET chain_id = %s, seq = 6 WHERE id = %s", unguarded[0].chain_id, other.pk)
    found = list(audit_proof.verify())
    assert any("末尾之后被插入" in line for line in found)
    assert any(line.startswith(f"user:{cast.cadre01.pk}") and "截断" in line for line in found)
    for seq, pk in [(99, unguarded[1].pk), (2, unguarded[2].pk), (3, unguarded[1].pk)]:
        run("UPDATE core_auditevent SET seq = %s WHERE id = %s", seq, pk)
    assert any("第 2 行被改动" in line for line in audit_proof.verify())


def test_proofs_that_are_changed_or_removed_are_found(trail, cast):
    for _ in range(3):
        prove(by=cast.auditor, now=timezone.now())
    assert list(audit_proof.verify()) == []
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditProof.objects.update(problem_count=0)
    with without_guard("core_auditproof"):
        run("UPDATE core_auditproof SET problems = '[\"x\"]' WHERE number = 2")
        assert list(audit_proof.verify()) == ["第 2 次核对的结果被改动"]
        run("DELETE FROM core_auditproof WHERE number = 2")
        assert list(audit_proof.verify()) == ["缺第 2 次核对的结果"]
        run("DELETE FROM core_auditproof")
        assert list(audit_proof.verify()) == ["最近的核对结果被删除(记录有 3 次,只有 0 次)"]
