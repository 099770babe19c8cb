"""School and site compare the list of the unvaccinated name by name; every difference is settled by somebody (S33)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Prefetch
from django.utils import timezone

from campaigns.models import Campaign
from core import audit
from core.errors import RuleBroken
from core.locks import deed
from inventory.models import Vaccine
from places.models import Organisation
from residents.choices import Party, RecordSource, Settlement
from residents.models import (
    Enrolment,
    ReconciliationSign,
    ResidentIdentifier,
    RosterEntry,
    SchoolClaim,
    VaccinationRecord,
)
from residents.reconciling import Said, difference
from residents.services.records import note_dose


@dataclass(frozen=True)
class Line:
    """One pupil: what the school says, what the site has, and where they differ ("" nowhere)."""

    entry: RosterEntry
    claim: SchoolClaim | None
    record: VaccinationRecord | None
    difference: str

    @property
    def is_open(self) -> bool:
        """Somebody has still to look at it."""
        return bool(self.difference) and not (self.claim and self.claim.settlement)


def lines(organisation: Organisation, campaign: Campaign, dose_number: int, entry_uid=None) -> list[Line]:
    """Every pupil on the roster today (or the one asked for), by class; a fixed number of queries."""
    entries = RosterEntry.objects.current().filter(organisation=organisation)
    if entry_uid:
        entries = entries.filter(uid=entry_uid)
    claims = SchoolClaim.objects.filter(campaign=campaign, dose_number=dose_number, replaced_at=None)
    records = VaccinationRecord.objects.counted().filter(
        disease=campaign.disease, season=campaign.season, dose_number=dose_number
    )
    entries = entries.select_related("resident__village", "organisation__place").prefetch_related(
        Prefetch("claims", claims.select_related("by", "settled_by"), to_attr="said"),
        Prefetch("resident__records", records.select_related("vaccine"), to_attr="found"),
        Prefetch("resident__identifiers", ResidentIdentifier.objects.order_by("-is_primary", "pk")),
    )
    return [_line(entry) for entry in entries.order_by("grade", "class_no", "resident__pinyin", "pk")]


def waiting(organisations, campaign: Campaign | None) -> int:
    """How many words of these schools (a query of Organisation) disagree with the records and nobody has settled. For the desk;
    days that differ are seen on the page only."""
    if campaign is None:
        return 0
    open_claims = SchoolClaim.objects.filter(
        campaign=campaign,
        replaced_at=None,
        settlement="",
        entry__in=RosterEntry.objects.current().filter(organisation__in=organisations),
    )
    record = VaccinationRecord.objects.counted().filter(
        resident=OuterRef("entry__resident"),
        disease=campaign.disease,
        season=campaign.season,
        dose_number=OuterRef("dose_number"),
    )
    found = open_claims.annotate(has_record=Exists(record))
    return found.exclude(is_vaccinated=F("has_record")).count()


def _line(entry: RosterEntry) -> Line:
    claim, record = next(iter(entry.said), None), next(iter(entry.resident.found), None)
    school = Said(claim.is_vaccinated, claim.given_on) if claim else None
    site = Said(record is not None, record.given_on if record else None)
    return Line(entry, claim, record, difference(school, site))


@deed()
def say(
    *,
    entry: RosterEntry,
    campaign: Campaign,
    dose_number: int,
    is_vaccinated: bool,
    actor,
    now: datetime,
    given_on: date | None = None,
    place_name: str = "",
) -> SchoolClaim:
    """The school says of a pupil whether this dose was given, when and where; an earlier word is kept as replaced.

    Raises RuleBroken: CLAIM_DATE (vaccinated without a day, or in the future), LEFT_ALREADY.
    """
    if entry.until:
        raise RuleBroken("LEFT_ALREADY", "这个学生已经不在名册上,不能再填报。")
    if is_vaccinated and (given_on is None or given_on > timezone.localdate(now)):
        raise RuleBroken("CLAIM_DATE", "说已接种的请写接种日期,不能晚于今天。", "given_on")
    same = SchoolClaim.objects.filter(
        entry=entry, campaign=campaign, dose_number=dose_number, replaced_at=None
    )
    same.update(replaced_at=now)
    claim = SchoolClaim.objects.create(
        entry=entry,
        campaign=campaign,
        dose_number=dose_number,
        is_vaccinated=is_vaccinated,
        given_on=given_on if is_vaccinated else None,
        place_name=place_name.strip()[:80] if is_vaccinated else "",
        at=now,
        by=actor,
    )
    _record("claim.made", claim, actor, {"dose": dose_number, "vaccinated": is_vaccinated})
    return claim


@deed()
def say_rest(
    *, organisation: Organisation, campaign: Campaign, dose_number: int, actor, now: datetime
) -> int:
    """The school says of all it has said nothing of: not vaccinated. Returns how many."""
    rest = [line.entry for line in lines(organisation, campaign, dose_number) if line.claim is None]
    rows = [
        SchoolClaim(
            entry=entry, campaign=campaign, dose_number=dose_number, is_vaccinated=False, at=now, by=actor
        )
        for entry in rest
    ]
    SchoolClaim.objects.bulk_create(rows, batch_size=500)
    if rows:
        data = {"people": len(rows), "dose": dose_number, "vaccinated": False}
        place_code = organisation.place.code
        audit.record("claim.put", actor=actor, target=organisation, place_code=place_code, data=data)
    return len(rows)


@deed()
def settle(
    *, line: Line, settlement: str, actor, now: datetime, note: str = "", vaccine: Vaccine | None = None
) -> None:
    """Settle a difference: a dose given elsewhere is recorded with the school's day and place (doubtful until proved), the
    school corrects its word, or the site's record stands, with a note.

    Raises RuleBroken: NO_DIFFERENCE, WRONG_SETTLEMENT, VACCINE_MISSING, NOT_ENROLLED, NOTE_MISSING, and those of
    ``note_dose``.
    """
    if not line.is_open or line.claim is None:
        raise RuleBroken("NO_DIFFERENCE", "这个学生没有要核实的差异,请刷新页面再看。")
    claim = line.claim
    standing = SchoolClaim.objects.filter(pk=claim.pk, settlement="", replaced_at=None)
    if not standing.update(
        settlement=settlement, settlement_note=note.strip()[:120], settled_at=now, settled_by=actor
    ):
        raise RuleBroken("NO_DIFFERENCE", "这个学生刚才已由别人核实,请刷新页面再看。")
    if settlement == Settlement.RECORDED:
        _record_elsewhere(line, vaccine, actor, now)
    elif settlement == Settlement.CORRECTED:
        record = line.record
        say(
            entry=line.entry,
            campaign=claim.campaign,
            dose_number=claim.dose_number,
            is_vaccinated=record is not None,
            given_on=record.given_on if record else None,
            place_name=record.given_at_place if record else "",
            actor=actor,
            now=now,
        )
    elif len(note.strip()) < 2:
        raise RuleBroken("NOTE_MISSING", "以接种点记录为准的,请写明怎样核实的。", "note")
    _record("claim.settled", claim, actor, {"how": settlement, "dose": claim.dose_number})


def _record_elsewhere(line: Line, vaccine: Vaccine | None, actor, now: datetime) -> None:
    claim = line.claim
    if line.record is not None or not claim.is_vaccinated:
        raise RuleBroken(
            "WRONG_SETTLEMENT", "只有学校说已种、接种点没有记录的,才能补登外地接种。", "settlement"
        )
    if vaccine is None:
        raise RuleBroken("VACCINE_MISSING", "补登外地接种请选择疫苗,不知道的选“不详”。", "vaccine")
    mine = Enrolment.objects.filter(resident=line.entry.resident_id, campaign=claim.campaign_id)
    enrolment = mine.select_related("campaign", "resident").first()
    if enrolment is None:
        raise RuleBroken("NOT_ENROLLED", "这个学生还没有登记到本次接种活动,请先由其所在的村(社区)核对资料。")
    note_dose(
        enrolment=enrolment,
        vaccine=vaccine,
        given_on=claim.given_on,
        place_name=claim.place_name,
        source=RecordSource.ELSEWHERE,
        proof=f"{line.entry.organisation}核对名单"[:80],
        is_verified=False,
        actor=actor,
        today=timezone.localdate(now),
    )


@deed()
def sign(
    *, organisation: Organisation, campaign: Campaign, dose_number: int, party: str, actor, now: datetime
) -> ReconciliationSign:
    """One party confirms the list of the unvaccinated. Raises RuleBroken OPEN_DIFFERENCES, EMPTY_ROSTER."""
    found = lines(organisation, campaign, dose_number)
    if not found:
        raise RuleBroken("EMPTY_ROSTER", "名册上还没有学生,不能确认。")
    if waiting := sum(line.is_open for line in found):
        raise RuleBroken("OPEN_DIFFERENCES", f"还有 {waiting} 名学生没有核实,请先逐个核实再确认。")
    missing = sum(line.record is None for line in found)
    row = ReconciliationSign.objects.create(
        organisation=organisation,
        campaign=campaign,
        dose_number=dose_number,
        party=party,
        pupils=len(found),
        unvaccinated=missing,
        at=now,
        by=actor,
    )
    data = {"party": party, "pupils": len(found), "unvaccinated": missing, "dose": dose_number}
    audit.record("claim.signed", actor=actor, target=row, place_code=organisation.place.code, data=data)
    return row


def signs(organisation: Organisation, campaign: Campaign, dose_number: int) -> dict[str, ReconciliationSign]:
    """The latest word of each party."""
    rows = ReconciliationSign.objects.filter(
        organisation=organisation, campaign=campaign, dose_number=dose_number
    ).select_related("by")
    latest = {}
    for row in rows.order_by("at", "id"):
        latest[row.party] = row
    return {party: latest[party] for party in Party.values if party in latest}


def _record(action: str, claim: SchoolClaim, actor, data: dict) -> None:
    organisation = claim.entry.organisation
    audit.record(
        action,
        actor=actor,
        target=claim,
        subject=claim.entry.resident,
        place_code=organisation.place.code,
        data=data,
    )
