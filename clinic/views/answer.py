"""One scan, one answer: what the desk says to this person."""

from dataclasses import dataclass

from clinic.services import visits
from residents.models import Enrolment


@dataclass(frozen=True)
class Answer:
    """One big word for one scan, why, and what to do next."""

    tone: str  # done, due, hold, stop
    word: str
    reason: str
    may_check_in: bool = False


_WORDS = {
    "DOSE_TODAY": ("hold", "今天已接种"),
    "COMPLETE": ("hold", "已接种"),
    "NOT_YET": ("hold", "未到时间"),
    "CONTRA": ("stop", "不可接种"),
    "INELIGIBLE": ("stop", "不在接种范围"),
    "NOT_ON_REGISTER": ("stop", "不在册"),
    "ON_FLOOR_ALREADY": ("due", "已在现场"),
    "LEFT_OPEN": ("due", "上次未离场"),
    "CAMPAIGN_CLOSED": ("stop", "活动已结束"),
}


IS_HERE = {_WORDS["ON_FLOOR_ALREADY"][1], _WORDS["LEFT_OPEN"][1]}


def answer_for(enrolment: Enrolment, today, due: str, *, has_vaccine: bool) -> Answer:
    """What the desk says to this person; ``due`` and ``has_vaccine`` speak of this site's stock."""
    refusal = visits.why_not_admitted(enrolment, today)
    if refusal is not None:
        return Answer(*_WORDS.get(refusal.code, ("stop", "不能登记")), refusal.message)
    if enrolment.status == "review":
        reason = f"{enrolment.status_reason.rstrip('。')}。可以登记,由预检医生鉴定。"
        return Answer("hold", "待医生鉴定", reason, True)
    if enrolment.status == "hold" and enrolment.hold_until and enrolment.hold_until > today:
        reason = (
            f"{enrolment.status_reason.rstrip('。')},{enrolment.hold_until} 起可种。已恢复的可登记重新预检。"
        )
        return Answer("hold", "暂缓", reason, True)
    return Answer("done", "可登记", due, True) if has_vaccine else Answer("hold", "本点缺苗", due, True)
