"""What speaks against a needle in this person today. Reads what the deed has already read; see ``doses.record_dose``."""

from datetime import date

from campaigns.rules import check_product
from clinic.choices import Outcome
from clinic.models import Screening, Visit
from clinic.services.consenting import consent_problem
from clinic.services.other_vaccines import too_close, words
from clinic.services.screenings import judge_visit, parsed, todays_screening
from clinic.services.visits import check_still_open
from core.errors import NotDue, RuleBroken
from inventory.models import Vaccine
from residents.choices import HoldKind
from residents.models import Enrolment, Hold
from residents.rules import HoldFact, blocks
from residents.services.enrolments import verdict_of_facts
from residents.services.holds import contraindications_elsewhere, in_force
from residents.services.rules_at_hand import CampaignContext


def check_person(
    row: Visit, vaccine: Vaccine, substitute_reason: str, today: date, ctx: CampaignContext
) -> None:
    """All that speaks against this product in this person today; the single most useful reason is raised."""
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
