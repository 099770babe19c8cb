"""Statuses in the words of the screen. Pure; the same words on lists, person pages, exports and rosters."""

from dataclasses import dataclass
from datetime import date

from core.dates import age_on
from residents.choices import EnrolmentStatus


@dataclass(frozen=True)
class StatusWord:
    """``kind`` picks the colour and icon of the tag (done, due, hold, stop, plain), ``word`` says it, ``detail`` the day."""

    kind: str
    word: str
    detail: str = ""

    @property
    def pair(self) -> tuple[str, str]:
        """For ``status_tag``."""
        return self.kind, self.word

    def __str__(self) -> str:
        return f"{self.word} {self.detail}".strip()


_FIXED = {
    EnrolmentStatus.CONTRA: StatusWord("stop", "禁忌"),
    EnrolmentStatus.REVIEW: StatusWord("hold", "待核实"),
    EnrolmentStatus.INELIGIBLE: StatusWord("plain", "不在接种范围"),
    EnrolmentStatus.COMPLETE: StatusWord("done", "已完成"),
    EnrolmentStatus.OUT: StatusWord("plain", "不在册"),
}


def status_word(enrolment, today: date) -> StatusWord:
    """The status of an Enrolment (None: not in the campaign) as it reads on ``today``."""
    if enrolment is None:
        return StatusWord("plain", "未列入")
    if enrolment.status in _FIXED:
        return _FIXED[enrolment.status]
    if enrolment.status == EnrolmentStatus.HOLD and (
        enrolment.hold_until is None or enrolment.hold_until > today
    ):
        until = f"至{enrolment.hold_until:%m-%d}" if enrolment.hold_until else ""
        return StatusWord("hold", "暂缓", until)
    dose = f"第{enrolment.next_dose}剂" if enrolment.next_dose else ""
    if enrolment.due_from is None:
        return StatusWord("due", "待接种", dose)
    if enrolment.due_from > today:
        return StatusWord("plain", "未到期", f"{dose} {enrolment.due_from:%m-%d}起".strip())
    if enrolment.due_to and enrolment.due_to < today:
        return StatusWord("due", "已超期", dose)
    return StatusWord("due", "可接种", dose)


def two_ages(born: date, listed_on: date, today: date) -> str:
    """The two ages of a campaign: on its fixed day for the list, on the day of the dose for what may be given (S28)."""
    return (
        f"名单按 {listed_on} 的年龄算:{max(age_on(born, listed_on), 0)} 周岁;"
        f"能不能打按接种当天的年龄算,今天 {age_on(born, today)} 周岁。"
    )
