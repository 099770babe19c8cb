"""What makes the audit trail provable: a keyed hash of each row, of how far each chain goes, and of each proof."""

import json
from datetime import datetime

from core.crypto import key_ring
from core.models import AuditChain, AuditEvent, AuditProof

BEGINNING = "0" * 64


def digest(row: AuditEvent) -> str:
    """The hash of a row, which covers its predecessor's."""
    content = [
        row.chain.key,
        row.seq,
        _moment(row.at),
        row.actor_id,
        row.action,
        row.target,
        row.subject,
        row.place_code,
        row.data,
        row.ip,
        row.request_id,
        row.previous,
    ]
    return _hash("audit", content)


def seal(chain: AuditChain) -> str:
    """Of the length and head of a chain: whoever cuts off its end cannot write the seal of the shorter one."""
    return _hash("audit-end", [chain.key, chain.length, chain.head])


def proof_digest(proof: AuditProof) -> str:
    """The hash of a proof, which covers the one before."""
    content = [proof.number, _moment(proof.at), proof.rows, proof.problems, proof.reaches, proof.previous]
    return _hash("audit-proof", content)


def _hash(what: str, content: list) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return key_ring().audit_mac(what.encode() + text.encode()).hex()


def _moment(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)
