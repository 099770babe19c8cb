"""The needle: person, stock and record in one transaction, behind every hard stop (domain §4.2, 疫苗管理法 art. 45)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from uuid import UUID

from django.utils import timezone

from appointments.services.bookings import mark_done
from campaigns.rules import check_product
from clinic import rules
from clinic.choices import BodySite, Outcome, Stage
from clinic.models import Dose, Screening, Visit
from clinic.services.access import require, require_certificate
from clinic.services.consenting import consent_problem
from clinic.services.other_vaccines import too_close, words
from clinic.services.screenings import judge_visit, parsed, todays_screening
from clinic.services.traced import check_code
from clinic.services.visits import check_still_open, locked_visit, note_step
from core.errors import NotDue, RuleBroken
from core.locks import deed
from inventory.models import Lot, Vaccine
from inventory.services.ledger import use_dose
from residents.choices import HoldKind
from residents.models import Enrolment, Hold
from residents.rules import HoldFact, blocks
from residents.services.enrolments import facts_there, read_facts, verdict_of_facts
from residents.services.holds import contraindications_elsewhere, in_force
from residents.services.records import note_dose
from residents.services.rules_at_hand import CampaignContext, context_of_read

RECIPIENT = "recipient"  # who ticks an item of the checklist


@deed()
def record_dose(
    *,
    visit: Visit,
    lot: Lot,
    body_site: str,
    checklist: Iterable[str],
    recipient_confirmed: bool,
    actor,
    key: UUID,
    now: datetime,
    substitute_reason: str = "",
    trace_code: str = "",
) -> Dose:
    """Record the injection: one dose, one stock movement, one vaccination record, or nothing.

    ``checklist``: the ticked item codes of the campaign's 三查七对一验证; ``recipient_confirmed``: the person verified
    product and expiry, where the checklist asks for it. ``substitute_reason`` is needed when the primary course changes its product.
    ``trace_code``: of the vial, cleaned, where it was scanned. Starts the observation. A repeat of ``key`` returns the first dose. Raises NotAllowed; RuleBroken of docs/visit-states.md,
    OTHER_DAY, NOT_ON_REGISTER, CAMPAIGN_CLOSED, CERTIFICATE_MISSING, CERTIFICATE_EXPIRED, CHECKLIST, RECIPIENT, BODY_SITE, DOSE_TODAY, OTHER_VACCINE, CONTRAINDICATED,
    DEFERRED, SELF_REPORTED, NO_PASS, SCREEN_PLATFORM, NO_CONSENT, CONSENT_*, SUBSTITUTE_REASON, those of
    ``check_product`` (WRONG_PRODUCT, INTERVAL, TOO_YOUNG …) and of the ledger (LOT_EXPIRED, LOT_RECALLED, LOT_HELD,
    LOT_NOT_HERE, SHORT_STOCK, OPEN_TOO_LONG), CODE_USED, CODE_TOO_LONG.
    """
    row = locked_visit(visit, _with_all())
    require(actor, "doses.record", row.site)
    if repeated := Dose.objects.filter(key=key).first():
        return _same(repeated, row)
    today = timezone.localdate(now)
    read_facts(row.enrolment, groups=row.has_groups, records=row.has_records, holds=row.has_holds)
    rules.check_same_day(row.on, today)
    row_stage = rules.step(row.stage, rules.Deed.DOSE)
    require_certificate(actor, today)
    ticked = _check_ticked(row, checklist, recipient_confirmed)
    _check_body_site(body_site)
    vaccine = lot.presentation.vaccine
    ctx = context_of_read(row.enrolment.campaign)
    _check_person(row, vaccine, substitute_reason, today, ctx)
    record = note_dose(
        enrolment=row.enrolment,
        vaccine=vaccine,
        lot_no=lot.lot_no,
        given_on=today,
        place_name=row.site.name,
        actor=actor,
        today=today,
        ctx=ctx,
        is_alone=row.is_only_campaign,
    )
    _start_observation(row, row_stage, now)
    if row.booking is not None:
        mark_done(booking=row.booking)
    # The lot last: the whole site waits for it.
    movement = use_dose(site=row.site, lot=lot, actor=actor, key=key, now=now)
    check_code(trace_code, lot=lot, actor=actor, now=now)
    dose = Dose.objects.create(
        key=key,
        visit=row,
        record=record,
        movement=movement,
        lot=lot,
        trace_code=trace_code,
        site=row.site,
        consent=row.consent,
        body_site=body_site,
        checklist={"items": ticked, RECIPIENT: recipient_confirmed} | _reason(substitute_reason),
        given_at=now,
        by=actor,
    )
    note_step(row, "dose.given", actor, dose=record.dose_number, vaccine=vaccine.code, lot=lot.lot_no)
    return dose


def _of(path: str, names: str) -> list[str]:
    return [f"{path}__{name}" for name in names.split()]


# What is judged and written here; anything else, such as a name in a refusal, is read when it is asked for.
_ASKED = (
    *("on", "stage", "site", "uid", "booking__state", "consent__form__sha256"),
    *(f"enrolment__{field.name}" for field in Enrolment._meta.concrete_fields),
    *_of("enrolment__resident", "uid name birth_date sex residence organisation school_class village_code"),
    *_of("enrolment__resident", "removed_on merged_into"),
    *_of(
        "enrolment__campaign",
        "name state disease season cohort target_age_ref_date stamp checklist observation_minutes",
    ),
    *_of("enrolment__campaign", "adult_consent minor_consent"),
    *_of("consent", "given withdrawn_at invalidated_at dose_number text_sha256"),
)


@cache
def _with_all():
    """Visits with all that the locks on the person's enrolments hold still, and what there is to read besides."""
    there = {f"has_{name}": condition for name, condition in facts_there("enrolment").items()}
    joined = ("enrolment__campaign", "enrolment__resident", "consent__form", "booking")
    return Visit.objects.select_related(*joined).only(*_ASKED).annotate(**there)


def _same(dose: Dose, visit: Visit) -> Dose:
    if dose.visit_id != visit.pk:
        raise RuleBroken("KEY_USED", "这张表单已经用于另一个人。请重新打开这个人的页面再登记。")
    return dose


def _reason(substitute_reason: str) -> dict[str, str]:
    reason = substitute_reason.strip()[:200]
    return {"substitute_reason": reason} if reason else {}


def _start_observation(row: Visit, stage: Stage, now: datetime) -> None:
    minutes = row.enrolment.campaign.observation_minutes
    row.stage, row.observe_from, row.release_due = stage, now, now + timedelta(minutes=minutes)
    row.save(update_fields=["stage", "observe_from", "release_due"])


def checklist_items(enrolment: Enrolment) -> list[dict]:
    """The campaign's checklist: dicts with code, group, label and, for the recipient's own check, by."""
    return enrolment.campaign.checklist.get("items", [])


def _check_ticked(row: Visit, checklist: Iterable[str], recipient_confirmed: bool) -> list[str]:
    ticked = set(checklist)
    items = checklist_items(row.enrolment)
    own = [item for item in items if item.get("by") != RECIPIENT]
    if missing := [item["label"] for item in own if item["code"] not in ticked]:
        raise RuleBroken(
            "CHECKLIST", f"还没有核对:{'、'.join(missing)}。请逐项核对、打勾后再接种。", "checklist"
        )
    if not recipient_confirmed and len(own) < len(items):
        raise RuleBroken(
            "RECIPIENT",
            "请把疫苗品种和有效期给受种者(监护人)看过、确认后,再勾选“一验证”。",
            "recipient_confirmed",
        )
    return [item["code"] for item in own]


def _check_body_site(body_site: str) -> None:
    if body_site not in BodySite.values:
        raise RuleBroken("BODY_SITE", "请选择接种部位,再确认接种。", "body_site")


def _check_person(
    row: Visit, vaccine: Vaccine, substitute_reason: str, today: date, ctx: CampaignContext
) -> None:
    """All that speaks against this product in this person today; the single most useful reason first."""
    enrolment = row.enrolment
    check_still_open(enrolment)
    if _has_dose_of(enrolment, today):
        raise RuleBroken("DOSE_TODAY", "此人今天已经有一剂接种记录,不能再种。请核对身份,确认不是重复接种。")
    for record, free_from in too_close(enrolment, today):
        raise NotDue("OTHER_VACCINE", f"{words(record, free_from)}今天不能接种,请改约。")
    _check_holds(enrolment, vaccine, today)
    if not row.is_only_campaign:
        _check_elsewhere(enrolment, vaccine, today)
    plan = verdict_of_facts(enrolment, on=today, ctx=ctx)
    if refusal := check_product(plan, vaccine.code, today, names={vaccine.code: str(vaccine)}):
        kind = NotDue if refusal.code == "INTERVAL" else RuleBroken
        raise kind(refusal.code, refusal.message, "lot")
    if plan.is_substitute(vaccine.code) and not substitute_reason.strip():
        raise RuleBroken(
            "SUBSTITUTE_REASON",
            "这一剂与上一剂不是同一种疫苗。原则上用同一种;确因缺苗等原因更换的,请写明原因。",
            "substitute_reason",
        )
    _check_pass(todays_screening(row), enrolment, vaccine, today)
    if problem := consent_problem(row.consent, enrolment, today):
        raise problem


def hold_words(hold) -> str:
    """A hold in a sentence for the nurse."""
    end = f",{hold.until} 起可再来" if hold.until else ""
    return f"{hold.get_kind_display()}({hold.get_scope_display()}):{hold.reason.rstrip('。')}{end}。"


def found_elsewhere_words(hold) -> str:
    """A contraindication that was written down in another campaign, and where."""
    campaign = hold.enrolment.campaign
    return f"{hold_words(hold)}这是在“{campaign}”({campaign.place})登记的。"


def _has_dose_of(enrolment: Enrolment, today: date) -> bool:
    campaign = enrolment.campaign
    return any(
        (record.disease, record.season, record.given_on) == (campaign.disease, campaign.season, today)
        for record in enrolment.resident.records.all()
    )


def _concerns(hold: Hold, vaccine: Vaccine) -> bool:
    """Whether this contraindication is one of ``vaccine``."""
    product = hold.vaccine.code if hold.vaccine else ""
    fact = HoldFact(hold.kind, hold.scope, product, hold.reason, hold.until)
    platforms = {vaccine.code: vaccine.platform} | ({product: hold.vaccine.platform} if product else {})
    return blocks(fact, vaccine.code, platforms)


def _check_elsewhere(enrolment: Enrolment, vaccine: Vaccine, today: date) -> None:
    """A body has one set of contraindications, in whichever campaign the doctor has found them."""
    for hold in contraindications_elsewhere(enrolment, on=today):
        if _concerns(hold, vaccine):
            advice = "不能接种这个疫苗。如认为不再成立,请那边的医生复核解除。"
            raise RuleBroken("CONTRAINDICATED", found_elsewhere_words(hold) + advice, "lot")


def _check_holds(enrolment: Enrolment, vaccine: Vaccine, today: date) -> None:
    for hold in in_force(enrolment.holds.all(), on=today):
        if hold.kind == HoldKind.CONTRA and not _concerns(hold, vaccine):
            continue
        code, advice = {
            HoldKind.CONTRA: ("CONTRAINDICATED", "不能接种这个疫苗。如认为不再成立,请预检医生复核解除。"),
            HoldKind.DEFER: ("DEFERRED", "今天不能接种。已恢复的,请预检医生重新预检。"),
            HoldKind.SELF_REPORTED: ("SELF_REPORTED", "还没有医生鉴定,不能接种。请先到预检台。"),
        }[HoldKind(hold.kind)]
        raise RuleBroken(code, hold_words(hold) + advice, "lot" if code == "CONTRAINDICATED" else None)


def _check_pass(screening: Screening | None, enrolment: Enrolment, vaccine: Vaccine, today: date) -> None:
    if screening is None or screening.outcome != Outcome.PASS:
        raise RuleBroken("NO_PASS", "今天没有预检通过的结论。请先到预检台。")
    questions = parsed(screening.question_set)
    found = judge_visit(enrolment, questions, screening.answers, screening.celsius, today, vaccine.platform)
    judged_by_doctor = screening.reason.startswith("医生评估")
    if found.outcome != Outcome.PASS and not judged_by_doctor:
        raise RuleBroken(
            "SCREEN_PLATFORM",
            f"按预检的回答,这种疫苗不合适:{''.join(found.reasons)}请换一种疫苗,或请预检医生重新预检。",
            "lot",
        )


def ticked_by_nurse(items: list[Mapping]) -> list[str]:
    """Codes of the items the vaccinator ticks."""
    return [item["code"] for item in items if item.get("by") != RECIPIENT]
