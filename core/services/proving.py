"""The nightly proof of the audit trail: its result stays, and the next proof is held against it."""

from datetime import datetime

from core import audit
from core.audit_proof import look
from core.audit_seals import BEGINNING, proof_digest
from core.locks import alone, deed
from core.models import AuditProof

SHOWN = 200  # sentences that are kept; how many there were is kept too


def prove(*, by, now: datetime) -> AuditProof:
    """Walk the whole trail and keep what was found, with how far every chain goes. ``by`` is a User, None for the night."""
    found = look()
    with deed():
        alone("audit_proof")
        last = AuditProof.objects.order_by("-number").first()
        proof = AuditProof(
            number=last.number + 1 if last else 1,
            at=now,
            by=by,
            rows=found.rows,
            problem_count=len(found.problems),
            problems=found.problems[:SHOWN],
            reaches=found.reaches,
            previous=last.hash if last else BEGINNING,
        )
        proof.hash = proof_digest(proof)
        proof.save()
        counts = {"chains": len(found.reaches), "rows": found.rows, "problems": len(found.problems)}
        audit.record("audit.proved", actor=by, target=proof, data=counts | {"hash": proof.hash})
    return proof
