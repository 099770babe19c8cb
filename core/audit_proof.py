"""Proving the audit trail: every chain row by row, how far it goes, and what earlier proofs have seen."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import F

from core.audit_seals import BEGINNING, digest, proof_digest, seal
from core.models import AuditChain, AuditEvent, AuditProof

_CHUNK = 2000


@dataclass
class Findings:
    """What a walk over all chains found: sentences about what is wrong, and how far each chain goes: {key: [length, hash]}."""

    problems: list[str] = field(default_factory=list)
    reaches: dict[str, list] = field(default_factory=dict)
    rows: int = 0


def verify() -> Iterator[str]:
    """One sentence for each changed, removed or inserted row, cut chain, and proof that is not borne out."""
    yield from look().problems


def look() -> Findings:
    """Walk everything. People may work meanwhile: a chain is read up to where it went when it was come to."""
    found = Findings()
    known = _proofs(found.problems)
    for key in AuditChain.objects.order_by("pk").values_list("key", flat=True):
        _walk(key, known.pop(key, None), found)
    for key, (length, head) in known.items():
        found.problems.append(f"{key}:整条链被删除(以前核对时有 {length} 行)")
        found.reaches[key] = [length, head]
    return found


def _walk(key: str, seen: list | None, found: Findings) -> None:
    chain = AuditChain.objects.filter(key=key).first()
    if chain is None:
        found.problems.append(f"{key}:核对时整条链被删除")
        return
    problems: list[str] = []
    previous, seq, seen_head = BEGINNING, 0, None
    for row in chain.events.filter(seq__lte=chain.length).order_by("seq").iterator(chunk_size=_CHUNK):
        row.chain = chain
        seq += 1
        if row.seq != seq:
            problems.append(f"{key}:缺第 {seq} 行(接着是第 {row.seq} 行)")
            seq = row.seq
        elif row.previous != previous:
            problems.append(f"{key}:第 {row.seq} 行与前一行接不上")
        if row.hash != digest(row):
            problems.append(f"{key}:第 {row.seq} 行被改动")
        previous = row.hash
        found.rows += 1
        if seen and row.seq == seen[0]:
            seen_head = row.hash
    if (seq, previous) != (chain.length, chain.head):
        problems.append(f"{key}:链的末尾被截断(应有 {chain.length} 行,只有 {seq} 行)")
    elif chain.seal != seal(chain):
        problems.append(f"{key}:链的长度被改动(写着 {chain.length} 行)")
    # Asked in one statement, because people go on working.
    if AuditEvent.objects.filter(chain__key=key, seq__gt=F("chain__length")).exists():
        problems.append(f"{key}:链的末尾之后被插入了行")
    is_kept = seen is None or seen_head == seen[1]
    if not is_kept:
        problems.append(f"{key}:以前核对过的第 {seen[0]} 行不见了或换了内容")
    found.problems += problems
    found.reaches[key] = [chain.length, chain.head] if is_kept else seen


def _proofs(problems: list[str]) -> dict[str, list]:
    """How far the chains went at the last proof; what is wrong with the proofs themselves goes to ``problems``."""
    previous, number, reaches = BEGINNING, 0, {}
    for proof in AuditProof.objects.order_by("number").iterator(chunk_size=100):
        number += 1
        if (proof.number, proof.previous) != (number, previous):
            problems.append(f"缺第 {number} 次核对的结果")
            number = proof.number
        if proof.hash != proof_digest(proof):
            problems.append(f"第 {proof.number} 次核对的结果被改动")
        previous, reaches = proof.hash, proof.reaches
    told = AuditEvent.objects.filter(action="audit.proved").count()
    if told > number:
        problems.append(f"最近的核对结果被删除(记录有 {told} 次,只有 {number} 次)")
    return dict(reaches)
