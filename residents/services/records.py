"""Doses in people: noting, numbering and voiding vaccination records. Nobody else writes VaccinationRecord."""

from datetime import date, datetime

from django.utils import timezone

from campaigns.models import Campaign
from core import audit, changes
from core.errors import RuleBroken
from core.locks import deed, keep_locked, lock
from inventory.models import Vaccine
from residents.choices import RecordSource
from residents.models import Enrolment, Resident, VaccinationRecord
from residents.services.enrolments import CampaignContext, refresh
from residents.services.merged import refuse_merged


@deed()
def note_dose(
    *,
    enrolment: Enrolment,
    vaccine: Vaccine,
    given_on: date,
    actor,
    today: date,
    lot_no: str = "",
    place_name: str = "",
    source: str = RecordSource.HERE,
    proof: str = "",
    is_verified: bool = True,
    ctx: CampaignContext | None = None,
) -> VaccinationRecord:
    """Record one dose in this person and refresh the enrolments it counts for. ``ctx``: of the campaign, when this deed has
    read it already.

    The dose number is computed, never typed: doses are numbered by date (an earlier dose found later renumbers the
    rest). Raises RuleBroken: DOSE_FUTURE, DOSE_BEFORE_BIRTH, DOSE_OTHER_DISEASE, DOSE_REPEATED (same disease, same day),
    MERGED.
    """
    campaign = enrolment.campaign
    keep_locked(Enrolment, [enrolment.pk])
    refuse_merged(enrolment.resident_id)
    resident = enrolment.resident
    if given_on > today:
        raise RuleBroken("DOSE_FUTURE", "接种日期不能晚于今天,请核对。", "given_on")
    if given_on < resident.birth_date:
        raise RuleBroken("DOSE_BEFORE_BIRTH", "接种日期早于出生日期,请核对。", "given_on")
    if vaccine.disease != campaign.disease:
        raise RuleBroken("DOSE_OTHER_DISEASE", f"{vaccine} 不属于本次接种活动,请重新选择疫苗。", "vaccine")
    same = resident.records.counted().filter(disease=campaign.disease, season=campaign.season)
    numbers = {}
    for given, number in same.values_list("given_on", "dose_number"):
        numbers[number] = given
    if given_on in numbers.values():
        raise RuleBroken(
            "DOSE_REPEATED", f"{resident.name} 在 {given_on} 已有一剂接种记录,不能重复登记。", "given_on"
        )
    record = VaccinationRecord.objects.create(
        resident=resident,
        disease=campaign.disease,
        season=campaign.season,
        dose_number=max(numbers, default=0) + 1,
        vaccine=vaccine,
        lot_no=lot_no,
        given_on=given_on,
        given_at_place=place_name,
        source=source,
        proof=proof,
        is_verified=is_verified,
        recorded_by=actor,
    )
    if any(given > given_on for given in numbers.values()):
        _renumber(resident, campaign)
        record.refresh_from_db()
    _dose_changed(record, today, ctx)
    audit.record(
        "dose.noted",
        actor=actor,
        target=record,
        subject=resident,
        place_code=resident.village_code,
        data={
            "dose": record.dose_number,
            "on": given_on.isoformat(),
            "vaccine": vaccine.code,
            "source": source,
        },
    )
    return record


def _renumber(resident: Resident, campaign: Campaign) -> None:
    """Number the counted doses by date; through a gap first, because (person, dose number) is unique at any moment."""
    same = resident.records.counted().filter(disease=campaign.disease, season=campaign.season)
    rows = list(same.order_by("given_on", "id"))
    for offset in (1000, 0):
        for number, row in enumerate(rows, start=1):
            row.dose_number = offset + number
            row.save(update_fields=["dose_number"])


def _dose_changed(record: VaccinationRecord, today: date, ctx: CampaignContext | None = None) -> None:
    mine = Enrolment.objects.filter(
        resident=record.resident, campaign__disease=record.disease, campaign__season=record.season
    ).select_related("campaign")
    for enrolment in mine.order_by("pk"):
        known = ctx if ctx and ctx.campaign.pk == enrolment.campaign_id else None
        refresh([enrolment.pk], campaign=enrolment.campaign, today=today, ctx=known)
    # One dose more or less renumbers the others, so every day of this person's doses is counted anew.
    same = {"disease": record.disease, "season": record.season}
    days = set(record.resident.records.filter(**same).values_list("given_on", flat=True))
    codes = {code for code in mine.values_list("unit_code", flat=True) if code}
    changes.note({(code, day) for code in codes for day in days})


@deed()
def void_record(*, record: VaccinationRecord, actor, reason: str, now: datetime) -> None:
    """Take a wrong dose out of every count; the row stays with who, when and why. Later doses are renumbered.

    Raises RuleBroken: VOIDED_ALREADY, REASON_MISSING.
    """
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明作废原因。", "reason")
    ids = list(
        record.resident.enrolments.filter(campaign__disease=record.disease).values_list("pk", flat=True)
    )
    lock(Enrolment, ids)
    done = VaccinationRecord.objects.counted().filter(pk=record.pk)
    if not done.update(voided_at=now, voided_by=actor, void_reason=reason.strip()):
        raise RuleBroken("VOIDED_ALREADY", "这条接种记录已经作废。")
    record.refresh_from_db()
    for enrolment in record.resident.enrolments.filter(pk__in=ids).select_related("campaign"):
        if enrolment.campaign.season == record.season:
            _renumber(record.resident, enrolment.campaign)
    _dose_changed(record, timezone.localdate(now))
    data = {"reason": reason, "dose": record.dose_number, "on": record.given_on.isoformat()}
    audit.record("dose.voided", actor=actor, target=record, subject=record.resident, data=data)
