"""Another key for the blind index of identity numbers, while nobody works: all rows in one transaction, or none.

The ring names the new key ``idx``, the one before ``was``, and keeps the key of the audit trail as ``aud``.
"""

from collections.abc import Callable

from core import audit, bulk
from core.crypto import key_ring
from core.errors import RuleBroken
from core.idnumbers import number_family
from core.locks import alone, deed
from residents.models import ResidentIdentifier

_CHUNK = 2000


@deed()
def reindex(*, step: Callable[[int], None] = lambda done: None) -> dict[str, int]:
    """Give every number its index under the present key. Returns how many were ``changed`` and ``unchanged``.

    Raises RuleBroken: INDEX_AUDIT (the audit trail would not be readable any more), INDEX_FORMER (``was`` is missing or is
    not the key that the rows carry).
    """
    alone("rotate_index")
    if not audit.has_its_key():
        raise RuleBroken(
            "INDEX_AUDIT", "审计链不能用现在的密钥核对。请在密钥环里写上“aud:”加原来的 idx 密钥,再运行。"
        )
    changed, unchanged, last = 0, 0, 0
    rows = ResidentIdentifier.objects.order_by("pk").only("pk", "id_type", "number", "number_hash")
    while chunk := list(rows.filter(pk__gt=last)[:_CHUNK]):
        last = chunk[-1].pk
        anew = [(row.pk, index) for row in chunk if (index := _index_of(row)) != row.number_hash]
        bulk.update(ResidentIdentifier, ["number_hash"], anew)
        changed, unchanged = changed + len(anew), unchanged + len(chunk) - len(anew)
        step(changed + unchanged)
    audit.record("keys.reindexed", actor=None, data={"changed": changed, "unchanged": unchanged})
    return {"changed": changed, "unchanged": unchanged}


def _index_of(row: ResidentIdentifier) -> str:
    text = f"{number_family(row.id_type)}:{row.number}"
    ring = key_ring()
    anew = ring.blind_index(text)
    if row.number_hash not in (anew, ring.former_blind_index(text)):
        raise RuleBroken(
            "INDEX_FORMER",
            f"第 {row.pk} 号证件的查找码不是用密钥环里的 idx 或 was 算出的,没有改动任何内容。请核对“was:”后面的密钥。",
        )
    return anew
