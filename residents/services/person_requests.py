"""Requests of people about their own data: access, correction, deletion (个人信息保护法 art. 44–47)."""

from datetime import datetime
from uuid import UUID

from core import audit
from core.errors import RuleBroken
from core.locks import alone, deed
from residents.choices import RequestKind, RequestOutcome
from residents.models import PersonRequest, Resident

# 疫苗管理法 art. 39 and 个人信息保护法 art. 47: no deletion before the time of keeping is over.
STATUTORY = (
    "预防接种记录依法须保存至疫苗有效期满后不少于五年(疫苗管理法),保存期限未满不能删除(个人信息保护法第四十七条);"
    "除保存和采取必要的安全保护措施之外,不作他用。"
)


@deed()
def take_down(
    *, resident: Resident, kind: str, asker: str, words: str, actor, key: UUID, now: datetime
) -> PersonRequest:
    """Note a request. A repeated ``key`` returns the first one."""
    if found := PersonRequest.objects.filter(key=key).first():
        return found
    row = PersonRequest.objects.create(
        key=key, resident=resident, kind=kind, asker=asker, words=words, taken_at=now, taken_by=actor
    )
    about = {"target": row, "subject": resident, "place_code": resident.village_code}
    audit.record("person_request.registered", actor=actor, data={"kind": kind}, **about)
    return row


@deed()
def answer(
    row: PersonRequest, *, outcome: str, reason: str, answer: str, actor, now: datetime
) -> PersonRequest:
    """Decide, once, with the reason and how the person was told.

    Raises RuleBroken: REQUEST_OVER (answered before), STATUTORY (who was vaccinated is not deleted).
    """
    alone("person_request")
    row = PersonRequest.objects.select_related("resident").get(pk=row.pk)
    if row.outcome:
        raise RuleBroken("REQUEST_OVER", "这份请求已经答复过。请刷新页面查看。")
    is_deletion = row.kind == RequestKind.DELETE and outcome == RequestOutcome.DONE
    if is_deletion and row.resident.records.exists():
        raise RuleBroken(
            "STATUTORY", f"这个人有接种记录,不能全部删除:{STATUTORY}请选“部分照办”或“不照办”。", "outcome"
        )
    row.outcome, row.reason, row.answer = outcome, reason, answer
    row.decided_at, row.decided_by = now, actor
    row.save(update_fields=["outcome", "reason", "answer", "decided_at", "decided_by"])
    about = {"target": row, "subject": row.resident, "place_code": row.resident.village_code}
    data = {"kind": row.kind, "outcome": outcome, "reason": reason}
    audit.record("person_request.replied", actor=actor, data=data, **about)
    return row
