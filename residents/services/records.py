"""Doses in people: noting, numbering and voiding vaccination records. Nobody else writes VaccinationRecord."""

from datetime import date, datetime

from django.utils import timezone

from campaigns.models import Campaign
from core import audit, changes, kept
from core.errors import RuleBroken
from core.locks import deed, keep_locked, lock, part
from inventory.models import Vaccine
from residents.choices import RecordSource
from residents.models import Enrolment, Resident, VaccinationRecord
from residents.services.enrolments import follow_dose, records_of, refresh, standing
from residents.services.merged import refuse_merged
from residents.services.rules_at_hand import CampaignContext, context_of_read


@part()
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
    is_alone: bool = False,
) -> VaccinationRecord:
    """Record one dose in this person and refresh the enrolments it counts for. ``ctx``: of the campaign, when this deed has
    locked ``enrolment`` and read it by ``standing`` already; ``is_alone``: when it knows of no other enrolment of the person.

    The dose number is computed, never typed: doses are numbered by date (an earlier dose found later renumbers the
    rest). Raises RuleBroken: DOSE_FUTURE, DOSE_BEFORE_BIRTH, DOSE_OTHER_DISEASE, DOSE_REPEATED (same disease, same day),
    MERGED.
    """
    if ctx is None:
        keep_locked(Enrolment, [enrolment.pk])
        enrolment = standing(enrolment.pk)
        ctx = context_of_read(enrolment.campaign)
    campaign, resident = ctx.campaign, enrolment.resident
    if resident.merged_into_id is not None:
        refuse_merged(resident.pk)
    same = records_of(resident, campaign)
    _check_dose(enrolment, vaccine, given_on, today, same)
    record = VaccinationRecord(
        resident=resident,
        disease=campaign.disease,
        season=campaign.season,
        dose_number=max((one.dose_number for one in same), default=0) + 1,
        vaccine=vaccine,
        lot_no=lot_no,
        given_on=given_on,
        given_at_place=place_name,
        source=source,
        proof=proof,
        is_verified=is_verified,
        recorded_by=actor,
    )
    if any(one.given_on > given_on for one in same):
        kept.insert(record)
        _renumber(resident, campaign)
        record.refresh_from_db()
        _dose_changed(record, today)
    else:
        follow_dose(enrolment, record, ctx=ctx, today=today)
        units = {enrolment.unit_code} | (set() if is_alone else _refresh_others(record, enrolment, today))
        _note_days(units, {given_on, *(one.given_on for one in same)})
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


def _check_dose(
    enrolment: Enrolment, vaccine: Vaccine, given_on: date, today: date, same: list[VaccinationRecord]
) -> None:
    resident = enrolment.resident
    if given_on > today:
        raise RuleBroken("DOSE_FUTURE", "接种日期不能晚于今天,请核对。", "given_on")
    if given_on < resident.birth_date:
        raise RuleBroken("DOSE_BEFORE_BIRTH", "接种日期早于出生日期,请核对。", "given_on")
    if vaccine.disease != enrolment.campaign.disease:
        raise RuleBroken("DOSE_OTHER_DISEASE", f"{vaccine} 不属于本次接种活动,请重新选择疫苗。", "vaccine")
    if any(one.given_on == given_on for one in same):
        raise RuleBroken(
            "DOSE_REPEATED", f"{resident.name} 在 {given_on} 已有一剂接种记录,不能重复登记。", "given_on"
        )


def _renumber(resident: Resident, campaign: Campaign) -> None:
    """Number the counted doses by date; through a gap first, because (person, dose number) is unique at any moment."""
    same = resident.records.counted().filter(disease=campaign.disease, season=campaign.season)
    rows = list(same.order_by("given_on", "id"))
    for offset in (1000, 0):
        for number, row in enumerate(rows, start=1):
            row.dose_number = offset + number
            row.save(update_fields=["dose_number"])


def _refresh_others(record: VaccinationRecord, enrolment: Enrolment, today: date) -> set[str]:
    """The person's enrolments in other campaigns against the same disease; returns the codes of their units."""
    others = _counting(record).exclude(pk=enrolment.pk)
    for other in others:
        refresh([other.pk], campaign=other.campaign, today=today)
    return {other.unit_code for other in others}


def _counting(record: VaccinationRecord):
    """The enrolments that ``record`` counts for."""
    against = {"campaign__disease": record.disease, "campaign__season": record.season}
    mine = Enrolment.objects.filter(resident=record.resident_id, **against)
    return mine.select_related("campaign").order_by("pk")


def _dose_changed(record: VaccinationRecord, today: date) -> None:
    mine = _counting(record)
    for enrolment in mine:
        refresh([enrolment.pk], campaign=enrolment.campaign, today=today)
    same = {"disease": record.disease, "season": record.season}
    days = set(record.resident.records.filter(**same).values_list("given_on", flat=True))
    _note_days({enrolment.unit_code for enrolment in mine}, days)


def _note_days(units: set[str], days: set[date]) -> None:
    """One dose more or less renumbers the others, so every day of this person's doses is counted anew."""
    changes.note({(code, day) for code in units if code for day in days})


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
