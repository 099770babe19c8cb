"""A correction as people read it: what was recorded beside what is right, and what confirming it will do."""

from django.utils import timezone

from clinic.choices import BodySite, CorrectionKind
from clinic.models import Correction, Dose
from core.dates import day_zh

KINDS = {  # kind → (when to choose it, what confirming does)
    CorrectionKind.LOT: (
        "疫苗没拿错,登记时选错了批号。",
        "原批号退回库存 1 剂,实际批号记领用 1 剂;留观照常。",
    ),
    CorrectionKind.VACCINE: (
        "实际打的是另一个品种(另一厂家)。",
        "换成实际的疫苗和批号,库存跟着更正,下一剂按实际品种重新推算。",
    ),
    CorrectionKind.PERSON: (
        "针打在另一个人身上,却记到了这个人名下。",
        "这一剂、留观和异常反应转到实际受种者名下,库存不变;原来的人恢复为没有接种这一剂。",
    ),
    CorrectionKind.DETAILS: (
        "人和疫苗都对,时间或左右臂记错了。",
        "按实际的时间、部位重新生成记录,留观时间跟着改。",
    ),
    CorrectionKind.NOT_GIVEN: (
        "登记了,但针没有打下去。",
        "这一剂作废,库存退回 1 剂;人还在的可以接着接种。疫苗已抽出、不能再用的,请疫苗管理员另记损耗。",
    ),
    CorrectionKind.TWICE: (
        "同一针登记了两遍,只留一遍。",
        "这一次登记作废,库存退回 1 剂;异常反应转到保留的那一次。",
    ),
}


def moment(at) -> str:
    """A time for these pages: 11月21日 周六 09:05."""
    return f"{day_zh(timezone.localdate(at))} {timezone.localtime(at):%H:%M}"


def dose_words(dose: Dose) -> str:
    """A dose in one line, to tell it from another one of the same person."""
    return f"第{dose.record.dose_number}剂 {moment(dose.given_at)} {dose.site} 批号 {dose.lot}"


def recorded(dose: Dose) -> list[tuple[str, str]]:
    """(word, value) of what stands in the record."""
    person = dose.record.resident
    document = person.primary_identifier
    return [
        ("受种者", f"{person.name}({document.masked if document else '无证件'})"),
        ("疫苗", str(dose.lot.presentation.vaccine)),
        ("批号", f"{dose.lot},有效期至 {dose.lot.expires_on}"),
        ("时间", moment(dose.given_at)),
        ("部位", dose.get_body_site_display()),
        ("接种员", str(dose.by)),
    ]


def comparison(row: Correction) -> list[tuple[str, str, str, bool]]:
    """(word, recorded, right, differs) line by line."""
    right = dict(recorded(row.dose))
    if row.lot is not None:
        right["疫苗"] = str(row.lot.presentation.vaccine)
        right["批号"] = f"{row.lot},有效期至 {row.lot.expires_on}"
    if row.enrolment is not None:
        person = row.enrolment.resident
        document = person.primary_identifier
        right["受种者"] = f"{person.name}({document.masked if document else '无证件'})"
    if row.given_at is not None:
        right["时间"] = moment(row.given_at)
    if row.body_site:
        right["部位"] = BodySite(row.body_site).label
    if row.kind == CorrectionKind.NOT_GIVEN:
        right = dict.fromkeys(right, "没有接种")
    if row.twin is not None:
        right = dict.fromkeys(right, "重复,不保留")
    return [(word, was, right[word], was != right[word]) for word, was in recorded(row.dose)]


def story(row: Correction) -> str:
    """A correction in one sentence, as timelines show it."""
    words = f"{row.get_kind_display()}:{row.reason}。{moment(row.proposed_at)} {row.proposed_by}提出"
    if row.is_open:
        return f"{words},等第二人确认"
    words = f"{words};{moment(row.decided_at)} {row.decided_by}{_DECIDED[row.state]}"
    return f"{words}:{row.answer}" if row.answer else words


_DECIDED = {"done": "确认更正", "refused": "不同意", "withdrawn": "撤回"}
