"""知情同意 on the floor: sign, use what was signed before, withdraw until the needle."""

from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from campaigns.models import ConsentForm
from clinic import rules
from clinic.models import Visit
from clinic.services.access import require
from clinic.services.visits import end_booking, locked_visit, note_step
from core.dates import age_on
from core.errors import RuleBroken
from core.locks import deed
from core.repeats import same
from residents.choices import Relation
from residents.models import Consent, Enrolment
from residents.services import consents


def is_minor(enrolment: Enrolment, today: date) -> bool:
    """Under 18 on ``today``: a guardian signs (民法典 art. 17)."""
    return age_on(enrolment.resident.birth_date, today) < consents.ADULT_AGE


def form_for(enrolment: Enrolment, today: date) -> ConsentForm:
    """The text in force for this person."""
    campaign = enrolment.campaign
    return campaign.minor_consent if is_minor(enrolment, today) else campaign.adult_consent


def consent_problem(consent: Consent | None, enrolment: Enrolment, today: date) -> RuleBroken | None:
    """Why ``consent`` does not open the gate for the next dose today, or None. A signature belongs to one text and one
    dose."""
    if consent is None:
        return RuleBroken("NO_CONSENT", "这一剂还没有签知情同意书。请先完成知情同意,再接种。")
    if not consent.given:
        return RuleBroken(
            "NO_CONSENT", f"{consent.signer_name}签的是“不同意接种”。不能接种;改变主意须重新签署。"
        )
    if consent.withdrawn_at or consent.invalidated_at:
        return RuleBroken("CONSENT_ENDED", "知情同意书已经撤回或作废,不能接种。愿意接种的请重新签署。")
    if consent.dose_number != enrolment.next_dose:
        return RuleBroken(
            "CONSENT_OTHER_DOSE",
            f"同意书是第{consent.dose_number}剂的,现在要种第{enrolment.next_dose}剂。请重新签署。",
        )
    campaign = enrolment.campaign
    in_force = campaign.minor_consent_id if is_minor(enrolment, today) else campaign.adult_consent_id
    if consent.form_id != in_force or consent.text_sha256 != consent.form.sha256:
        form = form_for(enrolment, today)
        return RuleBroken(
            "CONSENT_OTHER_TEXT", f"同意书文本已更新为“{form}”,先前签的是另一版。请按现行文本重新签署。"
        )
    return None


def why_not_usable(consent: Consent | None, enrolment: Enrolment, today: date) -> RuleBroken | None:
    """Why a consent signed before cannot be gone on with today, or None. The guardian of a minor signs on the spot, whatever
    the school has collected (S34)."""
    if problem := consent_problem(consent, enrolment, today):
        return problem
    if is_minor(enrolment, today) and not consent.visits.filter(on=today).exists():
        return RuleBroken(
            "GUARDIAN_ON_SITE",
            "未成年人须监护人当天在现场签字,事先交来的同意书不能代替。请监护人现场签署;由别人带来的,须有授权委托书。",
        )
    return None


@deed()
def sign(
    *,
    visit: Visit,
    given: bool,
    signer_name: str,
    relation: str,
    channel: str,
    actor,
    key: UUID,
    now: datetime,
    signature: str = "",
    paper_no: str = "",
) -> Visit:
    """Record the decision for the next dose; given → consented, refused → refused. Repeatable by ``key``.

    Raises NotAllowed; RuleBroken of docs/visit-states.md, OTHER_DAY, PAPER_NO, DELEGATE_PAPER, and those of ``record_consent``.
    """
    row = locked_visit(visit)
    require_consent_right(actor, row)
    if repeated := Consent.objects.filter(key=key).first():
        same(repeated, enrolment_id=row.enrolment_id, given=given)
        return row
    rules.check_same_day(row.on, timezone.localdate(now))
    row.stage = rules.step(row.stage, rules.Deed.CONSENT if given else rules.Deed.REFUSE)
    if relation == Relation.DELEGATE and not paper_no.strip():
        raise RuleBroken(
            "DELEGATE_PAPER",
            "受委托人代签的,须有监护人的授权委托书。请收下委托书,把编号填在“纸质编号”里。",
            "paper_no",
        )
    if channel == "paper" and not paper_no.strip():
        raise RuleBroken("PAPER_NO", "请填写纸质同意书的编号,以便日后查到原件。", "paper_no")
    row.consent = consents.record_consent(
        enrolment=row.enrolment,
        given=given,
        signer_name=signer_name,
        relation=relation,
        channel=channel,
        signature=signature,
        paper_no=paper_no,
        actor=actor,
        key=key,
        now=now,
    )
    row.save(update_fields=["stage", "consent"])
    if not given:
        end_booking(row, "不同意接种")
    note_step(row, "visit.consented" if given else "visit.refused", actor)
    return row


def require_consent_right(actor, visit: Visit) -> None:
    """The right to take consents, and a place at this site."""
    require(actor, "consents.record", visit.site)
    require(actor, "clinic.view", visit.site)


@deed()
def use_signed(*, visit: Visit, actor, now: datetime) -> Visit:
    """Go on with a consent that was signed before today's visit (school list, village): it must be for this very dose
    and text, and for a minor signed today at the site. Raises NotAllowed; RuleBroken of docs/visit-states.md, OTHER_DAY,
    NO_CONSENT, CONSENT_*, GUARDIAN_ON_SITE."""
    row = locked_visit(visit)
    require_consent_right(actor, row)
    today = timezone.localdate(now)
    rules.check_same_day(row.on, today)
    stage = rules.step(row.stage, rules.Deed.CONSENT)
    consent = consents.current_consent(row.enrolment)
    if problem := why_not_usable(consent, row.enrolment, today):
        raise problem
    row.stage, row.consent = stage, consent
    row.save(update_fields=["stage", "consent"])
    note_step(row, "visit.consented", actor, signed_on=timezone.localdate(consent.signed_at).isoformat())
    return row


@deed()
def withdraw(*, visit: Visit, actor, reason: str, now: datetime) -> Visit:
    """The person changes their mind before the needle. Raises NotAllowed; RuleBroken of docs/visit-states.md,
    REASON_MISSING, CONSENT_ENDED."""
    row = locked_visit(visit)
    require_consent_right(actor, row)
    row.stage = rules.step(row.stage, rules.Deed.WITHDRAW)
    consents.withdraw(consent=row.consent, actor=actor, reason=reason, now=now)
    row.save(update_fields=["stage"])
    end_booking(row, "撤回知情同意")
    note_step(row, "visit.consent_withdrawn", actor, reason=reason)
    return row
