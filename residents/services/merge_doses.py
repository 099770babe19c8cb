"""The doses of two records of one person: none is lost, none counted twice, and a needle given here is never voided."""

from datetime import datetime
from itertools import groupby

from django.db.models import F

from residents.choices import RecordSource
from residents.models import Resident, VaccinationRecord
from residents.services.merge_log import MergeLog

_GAP = 2000  # (person, dose number) is unique at any moment: numbers change by way of a free range
LABEL = "residents.VaccinationRecord.resident"


def join_doses(kept: Resident, absorbed: Resident, log: MergeLog, *, actor, now: datetime) -> None:
    """Bring the doses of both together: repeats are voided with the reason, the rest is numbered by date.

    Two entries of one dose: same disease, day and product (or one whose product nobody knew). The one given here stays,
    else the verified one, else the fuller one, else the first. Whatever else falls on one day stays counted and is told
    in ``log.doubts``; the schedule (SAME_DAY) then asks for a second look before the next dose.
    """
    counted = VaccinationRecord.objects.counted().filter(resident__in=[kept, absorbed])
    rows = counted.select_related("vaccine").order_by("disease", "season", "given_on", "pk")
    for _, same_day in groupby(rows, key=lambda r: (r.disease, r.season, r.given_on)):
        _join_day(list(same_day), log, actor, now)
    step_aside(absorbed)
    moved, _ = log.move(LABEL, absorbed.records.all(), kept.pk)
    number_by_date(kept)
    if moved:
        log.words.append(f"接种记录 {len(moved)} 条移到保留的档案,剂次按接种日期重新排列")


def _join_day(rows: list[VaccinationRecord], log: MergeLog, actor, now: datetime) -> None:
    """``rows``: counted doses of both against one disease on one day."""
    best = min(rows, key=_rank)
    for row in rows:
        if row.resident_id == best.resident_id:
            continue
        both = f"{best.given_on} {best.vaccine.short_name}"
        if row.source == RecordSource.HERE or not _same_product(row, best):
            log.doubts.append(
                f"{both}、{row.vaccine.short_name}:两份档案在同一天各有一剂,不能判定是同一剂,两剂都保留。"
                "请查接种凭证后,把多记的一剂作废;作废前不会安排下一剂"
            )
            continue
        reason = f"合并重复档案:与{both}为同一剂,重复登记"
        log.change(row, voided_at=now, voided_by_id=getattr(actor, "pk", None), void_reason=reason[:200])
        log.words.append(f"{both}两边都有登记:保留{_words(best)}的一条,另一条按重复登记作废")


def _rank(row: VaccinationRecord) -> tuple:
    known = row.vaccine.platform != "UNKNOWN"
    return row.source != RecordSource.HERE, not known, not row.is_verified, not row.lot_no, row.pk


def _words(row: VaccinationRecord) -> str:
    if row.source == RecordSource.HERE:
        return "本系统接种点"
    return "已核实" if row.is_verified else "先登记"


def _same_product(one: VaccinationRecord, other: VaccinationRecord) -> bool:
    return one.vaccine_id == other.vaccine_id or "UNKNOWN" in (one.vaccine.platform, other.vaccine.platform)


def step_aside(person: Resident) -> None:
    """Put the numbers of a person's counted doses out of the way while doses come or go; ``number_by_date`` ends it."""
    person.records.counted().update(dose_number=F("dose_number") + _GAP)


def number_by_date(person: Resident) -> None:
    """Number the counted doses of every disease by date, as ``note_dose`` does."""
    rows = person.records.counted().order_by("disease", "season", "given_on", "pk")
    for _, course in groupby(rows, key=lambda r: (r.disease, r.season)):
        course = list(course)
        if [row.dose_number for row in course] == list(range(1, len(course) + 1)):
            continue
        for offset in (2 * _GAP, 0):
            for number, row in enumerate(course, start=1):
                VaccinationRecord.objects.filter(pk=row.pk).update(dose_number=number + offset)
