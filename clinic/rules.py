"""Where a visit may go: the table of docs/visit-states.md as data. Pure."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from clinic.choices import Stage
from core.errors import NotDue, RuleBroken


class Deed(StrEnum):
    """What can be done to a visit."""

    SCREEN_PASS = "screen_pass"  # noqa: S105 - a step, not a password
    SCREEN_DEFER = "screen_defer"
    SCREEN_CONTRA = "screen_contra"
    CONSENT = "consent"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    DOSE = "dose"
    RELEASE = "release"
    TRANSFER = "transfer"
    LEAVE = "leave"
    VOID = "void"
    CORRECT = "correct"
    TAKE_OVER = "take_over"


NOT_ON_REGISTER = "此人已移出名册,不能登记或接种。请先到村(社区)核实,恢复在册后再来。"
REFUSALS = {
    "NOT_SCREENED": "还没有预检。请先到预检台测体温、健康询问,通过后再来。",
    "NO_CONSENT": "还没有签知情同意书。请先完成知情同意,再接种。",
    "ON_HOLD": "预检结论是暂缓或禁忌,今天不能接种。情况有变,请预检医生重新预检。",
    "NOTHING_SIGNED": "这次到场没有有效的知情同意书,不需要撤回。",
    "ALREADY_DOSED": "今天已经接种,正在留观或已离场,这一步不能再做。",
    "NOT_DOSED": "这次到场没有接种,不用留观。要离开请登记“未完成离场”。",
    "DOSE_REPEATED": "此人那天已有一剂接种记录,一天不能有两剂。请先查清是哪一剂,再更正。",
    "VISIT_OVER": "这次到场已经结束。需要再来时,请重新登记。",
}

_SCREENING = {
    Deed.SCREEN_PASS: Stage.PASSED,
    Deed.SCREEN_DEFER: Stage.DEFERRED,
    Deed.SCREEN_CONTRA: Stage.CONTRAINDICATED,
}
_UNDOSED = dict.fromkeys((Deed.RELEASE, Deed.TRANSFER, Deed.VOID, Deed.CORRECT), "NOT_DOSED") | {
    Deed.TAKE_OVER: Stage.OBSERVING
}
_UNSIGNED = _UNDOSED | {Deed.WITHDRAW: "NOTHING_SIGNED"}
_ON_HOLD = dict.fromkeys((Deed.CONSENT, Deed.REFUSE, Deed.DOSE), "ON_HOLD") | {Deed.LEAVE: "VISIT_OVER"}
_OVER = dict.fromkeys(Deed, "VISIT_OVER")
_DOSED_AND_OVER = {Deed.WITHDRAW: "ALREADY_DOSED", Deed.TAKE_OVER: "DOSE_REPEATED"}

TABLE: dict[str, dict[str, str]] = {
    Stage.CHECKED_IN: _UNSIGNED
    | _SCREENING
    | dict.fromkeys((Deed.CONSENT, Deed.REFUSE, Deed.DOSE), "NOT_SCREENED")
    | {Deed.LEAVE: Stage.ABANDONED},
    Stage.PASSED: _UNSIGNED
    | _SCREENING
    | {
        Deed.CONSENT: Stage.CONSENTED,
        Deed.REFUSE: Stage.REFUSED,
        Deed.DOSE: "NO_CONSENT",
        Deed.LEAVE: Stage.ABANDONED,
    },
    Stage.DEFERRED: _UNSIGNED | _SCREENING | _ON_HOLD,
    Stage.CONTRAINDICATED: _UNSIGNED | _SCREENING | _ON_HOLD,
    Stage.CONSENTED: _UNDOSED
    | _SCREENING
    | {
        Deed.SCREEN_PASS: Stage.CONSENTED,
        Deed.CONSENT: Stage.CONSENTED,
        Deed.REFUSE: Stage.REFUSED,
        Deed.WITHDRAW: Stage.REFUSED,
        Deed.DOSE: Stage.OBSERVING,
        Deed.LEAVE: Stage.ABANDONED,
    },
    Stage.REFUSED: _OVER | _UNSIGNED,
    Stage.OBSERVING: dict.fromkeys(Deed, "ALREADY_DOSED")
    | {
        Deed.RELEASE: Stage.LEFT,
        Deed.TRANSFER: Stage.TRANSFERRED,
        Deed.VOID: Stage.CONSENTED,
        Deed.CORRECT: Stage.OBSERVING,
        Deed.TAKE_OVER: "DOSE_REPEATED",
    },
    Stage.LEFT: _OVER | _DOSED_AND_OVER | dict.fromkeys((Deed.RELEASE, Deed.VOID, Deed.CORRECT), Stage.LEFT),
    Stage.TRANSFERRED: _OVER | _DOSED_AND_OVER | dict.fromkeys((Deed.VOID, Deed.CORRECT), Stage.TRANSFERRED),
    Stage.ABANDONED: _OVER | _UNSIGNED,
}


def step(stage: str, deed: str) -> Stage:
    """The stage after ``deed``; raises RuleBroken with a code of ``REFUSALS`` when the deed is not allowed now."""
    result = TABLE[stage][deed]
    if result in REFUSALS:
        raise RuleBroken(result, REFUSALS[result])
    return Stage(result)


def check_same_day(on: date, today: date) -> None:
    """A pass and a signature are good for the day of the visit."""
    if on != today:
        raise RuleBroken(
            "OTHER_DAY", f"这是 {on:%m月%d日} 的到场登记,预检结论只当天有效。请重新登记、重新预检。"
        )


def check_admissible(status: str, reason: str, due_from: date | None, today: date) -> None:
    """Whether a person with this enrolment status may enter the floor.

    People on hold and with self-reported contraindications come to be screened again; all others need a dose that is
    due. Raises RuleBroken NOT_ON_REGISTER, COMPLETE, INELIGIBLE, CONTRA; NotDue NOT_YET.
    """
    if status == "out":
        raise RuleBroken("NOT_ON_REGISTER", NOT_ON_REGISTER)
    if status == "complete":
        raise RuleBroken("COMPLETE", f"已完成接种,今天不用再种。{reason}")
    if status == "ineligible":
        raise RuleBroken("INELIGIBLE", f"不在本次活动的接种范围:{reason}")
    if status == "contra":
        raise RuleBroken("CONTRA", f"有接种禁忌:{reason}如情况有变,请带病历找医生复核,解除后再登记。")
    if due_from is not None and due_from > today and status != "review":
        raise NotDue("NOT_YET", f"下一剂 {due_from:%Y-%m-%d} 起才能接种,今天间隔未到。请约到这天或以后。")


def check_leaving_on_time(release_due: datetime, now: datetime, reason: str, *, has_doctor: bool) -> None:
    """Nobody leaves before the observation is over without a written reason and a doctor who agrees (S62: 30 minutes).

    Raises RuleBroken TOO_EARLY (no reason), DOCTOR_MISSING.
    """
    if now >= release_due:
        return
    if not reason.strip():
        minutes = -(-(release_due - now) // timedelta(minutes=1))
        raise RuleBroken(
            "TOO_EARLY",
            f"留观还差 {minutes} 分钟。请继续留观;确需提前离开的,写明原因,并由医生同意。",
            "reason",
        )
    if not has_doctor:
        raise RuleBroken("DOCTOR_MISSING", "提前离场须由医生看过并同意,请选择同意的医生。", "doctor")


OVERSTAYED_AFTER = timedelta(minutes=10)  # ours: long enough to be called twice and to say goodbye


def has_overstayed(release_due: datetime, now: datetime) -> bool:
    """True when somebody should have been released long ago: gone without a word, or asleep and not looked at."""
    return now - release_due >= OVERSTAYED_AFTER
