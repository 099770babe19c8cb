"""What a correction must fulfil, asked when it is proposed and again when it is confirmed. Reads only."""

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from clinic import rules
from clinic.choices import BodySite, CorrectionKind, Outcome
from clinic.models import Correction, Dose, Visit
from core.errors import RuleBroken
from inventory.choices import LotState
from inventory.models import Lot, StockLevel
from residents.models import Consent, Enrolment
from residents.services.consents import current_consent

VOIDED = "这一剂已经作废或更正过,不用再做。请刷新页面看最新的记录。"

NOT_ENROLLED = (
    "此人没有登记在这种疫苗的接种活动里。本镇居民请在居民页补登记;外镇群众请与其所在镇联系,登记后再提出更正。"
)


def check_counted(dose: Dose) -> Dose:
    """``dose`` freshly read. Raises RuleBroken VOIDED_ALREADY when it does not count any more."""
    row = Dose.objects.counted().select_related("record__vaccine", "lot__presentation__vaccine", "site")
    row = row.select_related("visit__enrolment__resident", "visit__enrolment__campaign").filter(pk=dose.pk)
    if (found := row.first()) is None:
        raise RuleBroken("VOIDED_ALREADY", VOIDED)
    return found


def check_right(row: Correction, now: datetime) -> None:
    """Raise RuleBroken when what ``row`` calls right cannot be, or is what the record says anyway.

    VOIDED_ALREADY; LOT_MISSING, LOT_SAME, LOT_OTHER_VACCINE, LOT_SAME_VACCINE, DOSE_OTHER_DISEASE, LOT_NOT_HERE;
    PERSON_MISSING, PERSON_SAME, PERSON_OTHER_CAMPAIGN, PERSON_GONE, ON_FLOOR_ALREADY; NOTHING_CHANGED, DOSE_FUTURE,
    LEFT_BEFORE, DOSE_TOO_OLD, ONSET; DOSE_REPEATED; HAS_REACTION; TWIN_MISSING, TWIN_OTHER.
    """
    if row.dose.record.voided_at is not None:
        raise RuleBroken("VOIDED_ALREADY", VOIDED)
    _CHECKS[CorrectionKind(row.kind)](row, now)


def _check_lot(row: Correction, now: datetime) -> None:
    if row.lot is None:
        raise RuleBroken("LOT_MISSING", "请选择实际接种的批号,再提出更正。", "lot")
    if row.lot_id == row.dose.lot_id:
        raise RuleBroken("LOT_SAME", "选的批号和登记的一样,不用更正。", "lot")
    had, has = row.dose.lot.presentation.vaccine, row.lot.presentation.vaccine
    if row.kind == CorrectionKind.LOT and had != has:
        raise RuleBroken("LOT_OTHER_VACCINE", "这个批号是另一种疫苗。请返回,选“疫苗品种录错”再更正。", "lot")
    if row.kind == CorrectionKind.VACCINE and had == has:
        raise RuleBroken("LOT_SAME_VACCINE", "这个批号是同一种疫苗。请返回,选“批号录错”再更正。", "lot")
    if has.disease != row.dose.record.disease:
        raise RuleBroken(
            "DOSE_OTHER_DISEASE", f"{has}不属于本次接种活动。请立即报告镇办,按接种差错处理。", "lot"
        )
    if not StockLevel.objects.filter(site=row.dose.site, lot=row.lot).exists():
        raise RuleBroken("LOT_NOT_HERE", "本接种点没有登记过这个批号。请先请疫苗管理员登记入库。", "lot")


def _check_person(row: Correction, now: datetime) -> None:
    who = row.enrolment
    if who is None:
        raise RuleBroken("PERSON_MISSING", "请填实际受种者的排队号或证件号码。", "who")
    mine = row.dose.visit.enrolment
    if who.resident_id == mine.resident_id:
        raise RuleBroken("PERSON_SAME", "这就是登记的人,不用更正。请核对实际是谁。", "who")
    of, own = who.campaign, mine.campaign
    if (of.disease, of.season) != (own.disease, own.season):
        raise RuleBroken("PERSON_OTHER_CAMPAIGN", NOT_ENROLLED, "who")
    if who.resident.removed_on is not None or who.resident.merged_into_id is not None:
        raise RuleBroken("PERSON_GONE", "此人的档案已移出或已合并。请先在居民页核实档案,再更正。", "who")
    _check_day_free(row, who, timezone.localdate(row.dose.given_at))
    against = Q(enrolment__campaign__disease=of.disease, enrolment__campaign__season=of.season)
    here = (
        Visit.objects.on_floor().filter(against, enrolment__resident=who.resident_id).select_related("site")
    )
    target = visit_to_take_over(row)
    if elsewhere := here.exclude(pk=target.pk if target else None).first():
        raise RuleBroken(
            "ON_FLOOR_ALREADY",
            f"此人现在{elsewhere.site}的到场({elsewhere.queue_no}号)还没有结束。请先结束那次到场,再更正。",
            "who",
        )


def _check_day_free(row: Correction, who: Enrolment, day) -> None:
    record = row.dose.record
    same = who.resident.records.counted().filter(disease=record.disease, season=record.season, given_on=day)
    if same.exclude(pk=record.pk).exists():
        raise RuleBroken("DOSE_REPEATED", rules.REFUSALS["DOSE_REPEATED"])


def _check_details(row: Correction, now: datetime) -> None:
    dose = row.dose
    if row.body_site and row.body_site not in BodySite.values:
        raise RuleBroken("BODY_SITE", "请选择实际的接种部位。", "body_site")
    same_time = row.given_at is None or row.given_at == dose.given_at
    if same_time and row.body_site in ("", dose.body_site):
        raise RuleBroken("NOTHING_CHANGED", "时间和部位都和登记的一样。请填写实际的时间或部位。")
    if same_time:
        return
    if row.given_at > now:
        raise RuleBroken("DOSE_FUTURE", "接种时间不能晚于现在,请核对。", "given_at")
    left_at = dose.visit.left_at
    if left_at and row.given_at > left_at:
        at = timezone.localtime(left_at)
        raise RuleBroken(
            "LEFT_BEFORE", f"此人 {at:%m月%d日 %H:%M} 已离场,接种不会在这以后。请核对时间。", "given_at"
        )
    if timezone.localdate(row.given_at) < dose.visit.enrolment.campaign.starts_on:
        raise RuleBroken("DOSE_TOO_OLD", "接种时间在本次接种活动开始之前。请核对年、月、日。", "given_at")
    _check_onset(row, row.given_at, "given_at")
    _check_day_free(row, dose.visit.enrolment, timezone.localdate(row.given_at))


def _check_onset(row: Correction, given_at: datetime, field: str) -> None:
    if row.dose.adverse_events.filter(onset_at__lt=given_at).exists():
        raise RuleBroken("ONSET", "这一剂的异常反应发生在这个时间之前。请核对时间。", field)


def _check_not_given(row: Correction, now: datetime) -> None:
    if row.dose.adverse_events.exists():
        raise RuleBroken(
            "HAS_REACTION",
            "这一剂有异常反应病例,说明确实接种过,不能按“没有接种”作废。记错人的,请选“记到了别人名下”。",
        )


def _check_twice(row: Correction, now: datetime) -> None:
    if row.twin is None:
        raise RuleBroken("TWIN_MISSING", "请选择保留哪一次登记,再提出更正。", "twin")
    twin = row.twin
    same_person = twin.record.resident_id == row.dose.record.resident_id
    if twin.pk == row.dose_id or not same_person or twin.record.voided_at is not None:
        raise RuleBroken("TWIN_OTHER", "要保留的必须是同一个人另一次有效的登记。请重新选择。", "twin")
    if twin.record.disease != row.dose.record.disease:
        raise RuleBroken("TWIN_OTHER", "要保留的那次是另一种病的疫苗,不是同一剂。请重新选择。", "twin")
    _check_onset(row, twin.given_at, "twin")


_CHECKS = {
    CorrectionKind.LOT: _check_lot,
    CorrectionKind.VACCINE: _check_lot,
    CorrectionKind.PERSON: _check_person,
    CorrectionKind.DETAILS: _check_details,
    CorrectionKind.NOT_GIVEN: _check_not_given,
    CorrectionKind.TWICE: _check_twice,
}


def visit_to_take_over(row: Correction) -> Visit | None:
    """Where a dose that went into another person belongs: that person's visit of the same day and site that is still on
    the floor, else the last one that ended without a dose; None when the person was not there by the books."""
    if row.enrolment is None:
        return None
    day = Visit.objects.filter(enrolment=row.enrolment, site=row.dose.site_id, on=row.dose.visit.on)
    open_to = [stage for stage, deeds in rules.TABLE.items() if deeds[rules.Deed.TAKE_OVER] in rules.TABLE]
    found = list(day.filter(stage__in=open_to).order_by("pk"))
    return max(found, key=lambda visit: (visit.is_on_floor, visit.pk), default=None)


def consent_before(row: Correction, target: Visit) -> Consent | None:
    """The signature of who really got the dose, given before the needle and still standing, if there is one."""
    consent = target.consent or current_consent(row.enrolment)
    valid = consent is not None and consent.given and consent.signed_at <= row.dose.given_at
    return consent if valid and not consent.withdrawn_at and not consent.invalidated_at else None


def missing_before(row: Correction, target: Visit, consent: Consent | None) -> list[str]:
    """In words, what who really got the dose did not have before the needle."""
    last = target.screenings.filter(at__lte=row.dose.given_at).order_by("-at", "-pk").first()
    passed = last is not None and last.outcome == Outcome.PASS
    return ([] if passed else ["预检通过"]) + ([] if consent else ["签知情同意书"])


def lot_warnings(lot: Lot, given_at: datetime) -> list[str]:
    """What has to be said of a lot that should not have been given."""
    words = ""
    if lot.expires_on < timezone.localdate(given_at):
        words = f"接种时已过有效期({lot.expires_on})"
    elif lot.state != LotState.USABLE:
        words = f"目前是“{lot.get_state_display()}”({lot.state_reason})"
    return [f"注意:批号 {lot} {words},请立即报告镇办和县疾控,按接种差错处理"] if words else []
