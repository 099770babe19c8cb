"""Consent: a decision on exactly one text, signed by the person or the guardian."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from core import audit
from core.dates import age_on
from core.errors import RuleBroken
from core.locks import deed, lock_one, part
from core.repeats import same
from residents.choices import ConsentChannel, Relation
from residents.models import Consent, Enrolment
from residents.services.merged import refuse_merged

ADULT_AGE = 18  # 民法典 art. 17
_MAX_SIGNATURE = 200_000  # characters of a PNG data URL; a drawn name needs a tenth of it


@part()
def record_consent(
    *,
    enrolment: Enrolment,
    given: bool,
    signer_name: str,
    relation: str,
    channel: str,
    actor,
    key: UUID,
    now: datetime,
    signature: str = "",
    paper_no: str = "",
) -> Consent:
    """Record that the person (or the guardian of a minor) agreed or refused, for the next dose.

    ``signature`` is a PNG data URL from the tablet; ``paper_no`` the number of the signed sheet. A repeat of ``key``
    returns the first row. Raises RuleBroken: CONSENT_SIGNER, CONSENT_GUARDIAN, CONSENT_SIGNATURE, CONSENT_NOTHING_DUE,
    KEY_USED, MERGED.
    """
    repeated = Consent.objects.filter(key=key).first()
    if repeated:
        return same(repeated, enrolment_id=enrolment.pk, given=given)
    row = lock_one(Enrolment, enrolment.pk)
    refuse_merged(row.resident_id)
    resident, campaign = row.resident, row.campaign
    is_minor = age_on(resident.birth_date, timezone.localdate(now)) < ADULT_AGE
    if not signer_name.strip():
        raise RuleBroken("CONSENT_SIGNER", "请填写签名人姓名。", "signer_name")
    if is_minor and relation == Relation.SELF:
        raise RuleBroken(
            "CONSENT_GUARDIAN", "未满18周岁,须由监护人现场签字,请选择与受种者的关系。", "relation"
        )
    if channel == ConsentChannel.TABLET and not (
        signature.startswith("data:image/png;base64,") and len(signature) <= _MAX_SIGNATURE
    ):
        raise RuleBroken("CONSENT_SIGNATURE", "请在屏幕上签名后再提交;也可改用纸质签名。", "signature")
    if row.next_dose is None:
        raise RuleBroken("CONSENT_NOTHING_DUE", f"当前没有需要接种的剂次:{row.status_reason}")
    form = campaign.minor_consent if is_minor else campaign.adult_consent
    consent = Consent.objects.create(
        key=key,
        enrolment=row,
        form=form,
        text_sha256=form.sha256,
        dose_number=row.next_dose,
        given=given,
        signer_name=signer_name.strip(),
        relation=relation,
        channel=channel,
        signature=signature if channel == ConsentChannel.TABLET else "",
        paper_no=paper_no.strip(),
        signed_at=now,
        recorded_by=actor,
    )
    data = {
        "given": given,
        "dose": row.next_dose,
        "form": form.code,
        "version": form.version,
        "channel": channel,
    }
    audit.record("consent.recorded", actor=actor, target=consent, subject=resident, data=data)
    return consent


@deed()
def withdraw(*, consent: Consent, actor, reason: str, now: datetime) -> None:
    """Withdraw a consent; possible until the needle. Raises RuleBroken: CONSENT_ENDED, CONSENT_USED, REASON_MISSING."""
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明撤回原因。", "reason")
    lock_one(Enrolment, consent.enrolment_id)
    used = consent.enrolment.resident.records.counted().filter(
        disease=consent.enrolment.campaign.disease, dose_number=consent.dose_number
    )
    if used.exists():
        raise RuleBroken("CONSENT_USED", "这一剂已经接种,不能再撤回同意书。")
    if (
        not Consent.objects.current()
        .filter(pk=consent.pk)
        .update(withdrawn_at=now, end_reason=reason.strip()[:200])
    ):
        raise RuleBroken("CONSENT_ENDED", "这份同意书已经撤回或作废。")
    audit.record(
        "consent.withdrawn",
        actor=actor,
        target=consent,
        subject=consent.enrolment.resident,
        data={"reason": reason},
    )


def current_consent(enrolment: Enrolment) -> Consent | None:
    """The last decision in force for the next dose; only ``given`` opens the gate."""
    return (
        enrolment.consents.current()
        .filter(dose_number=enrolment.next_dose)
        .order_by("-signed_at", "-pk")
        .first()
        if enrolment.next_dose
        else None
    )
