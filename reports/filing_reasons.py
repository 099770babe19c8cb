"""Why a dose or person came into a filed figure or out of it: read from the facts, for those that changed only."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from campaigns.models import Campaign
from places.models import Place
from reports.choices import ChangeReason
from reports.counted import TARGET, elder_code
from reports.filing_rules import DOSE, Counted, Step, Turn, is_late
from reports.models import FiledReport
from residents.models import Enrolment, Merge, VaccinationRecord

CHUNK = 500
# A dose may have been written before a cut-off and become visible just after it: longer than any deed of the needle.
SETTLING = timedelta(seconds=10)
Reasoned = tuple[Step, ChangeReason]


@dataclass
class _Facts:
    """What is known of the doses and people that changed."""

    records: dict[int, VaccinationRecord] = field(default_factory=dict)
    enrolments: dict[int, Enrolment] = field(default_factory=dict)
    survivors: set[int] = field(
        default_factory=set
    )  # people who took in another record since the previous report
    with_new: set[int] = field(
        default_factory=set
    )  # people with a dose that the previous report could not know
    with_void: set[int] = field(default_factory=set)


def reasoned(
    steps: Iterable[Step],
    *,
    campaign: Campaign,
    place: Place,
    previous: FiledReport | None,
    before: Counted,
    day: date,
    at: datetime,
) -> list[Reasoned]:
    """Each step with its reason. Of the first report, what lies before its day is what it starts from."""
    steps = list(steps)
    if previous is None:
        return [(step, _first(step, day)) for step in steps]
    since = previous.cut_off - SETTLING
    facts = _read(steps, campaign, before, since, at)

    def why(step: Step) -> ChangeReason:
        of_dose = step.key[0] == DOSE
        if step.turn == Turn.REGROUPED:
            return ChangeReason.REGROUPED
        if step.turn == Turn.MOVED:
            return _moved(step, of_dose, facts)
        if step.sign > 0:
            return (_dose_in if of_dose else _person_in)(step, facts, since, day, previous.day)
        return _dose_out(step, facts) if of_dose else _person_out(step, facts, place)

    return [(step, why(step)) for step in steps]


def _first(step: Step, day: date) -> ChangeReason:
    is_before = step.item.on < day or step.key[0] in _DENOMINATORS
    return ChangeReason.START if is_before else ChangeReason.NEW


_DENOMINATORS = {TARGET, *(elder_code(TARGET, age) for age in (60, 80))}


def _moved(step: Step, of_dose: bool, facts: _Facts) -> ChangeReason:
    if of_dose and facts.records[step.key[1]].resident_id in facts.survivors:
        return ChangeReason.MERGED
    return ChangeReason.MOVED_IN if step.sign > 0 else ChangeReason.MOVED_OUT


def _came(on: date, day: date, previous_day: date) -> ChangeReason:
    return ChangeReason.LATE if is_late(on, day=day, previous_day=previous_day) else ChangeReason.NEW


def _dose_in(step: Step, facts: _Facts, since: datetime, day: date, previous_day: date) -> ChangeReason:
    record = facts.records[step.key[1]]
    if record.recorded_at > since:
        return _came(step.item.on, day, previous_day)
    return ChangeReason.MERGED if record.resident_id in facts.survivors else ChangeReason.MOVED_IN


def _person_in(step: Step, facts: _Facts, since: datetime, day: date, previous_day: date) -> ChangeReason:
    person = facts.enrolments[step.key[1]].resident
    if step.key[0] in _DENOMINATORS:
        return ChangeReason.NEW if person.created_at > since else ChangeReason.MOVED_IN
    if person.pk in facts.with_new:
        return _came(step.item.on, day, previous_day)
    return ChangeReason.MERGED if person.pk in facts.survivors else ChangeReason.MOVED_IN


def _dose_out(step: Step, facts: _Facts) -> ChangeReason:
    record = facts.records.get(step.key[1])
    if record is None:  # an import that was undone
        return ChangeReason.UNCOUNTED
    if record.voided_at is not None:
        return ChangeReason.VOIDED
    if record.resident_id in facts.survivors:
        return ChangeReason.MERGED
    return ChangeReason.MOVED_OUT


def _person_out(step: Step, facts: _Facts, place: Place) -> ChangeReason:
    row = facts.enrolments.get(step.key[1])
    if row is None:
        return ChangeReason.UNCOUNTED
    if row.resident.merged_into_id is not None:
        return ChangeReason.MERGED
    if not row.unit_code.startswith(place.prefix):
        return ChangeReason.MOVED_OUT
    is_void = row.is_target and row.resident_id in facts.with_void
    return ChangeReason.VOIDED if is_void else ChangeReason.UNCOUNTED


# --- reading -----------------------------------------------------------------------------------------------------------


def _read(steps: list[Step], campaign: Campaign, before: Counted, since: datetime, at: datetime) -> _Facts:
    doses = {step.key[1] for step in steps if step.key[0] == DOSE and step.turn != Turn.REGROUPED}
    people = {step.key[1] for step in steps if step.key[0] != DOSE and step.turn != Turn.MOVED}
    facts = _Facts()
    for chunk in _chunks(doses):
        rows = VaccinationRecord.objects.filter(pk__in=chunk)
        facts.records |= rows.only("resident", "recorded_at", "voided_at").in_bulk()
    for chunk in _chunks(people):
        rows = Enrolment.objects.filter(pk__in=chunk).select_related("resident")
        facts.enrolments |= rows.only(
            "unit_code", "is_target", "resident__merged_into", "resident__created_at"
        ).in_bulk()
    facts.survivors = set(Merge.objects.filter(at__gt=since).values_list("kept", flat=True))
    _read_doses_of_people(facts, campaign, before, since, at)
    return facts


def _read_doses_of_people(facts: _Facts, campaign: Campaign, before: Counted, since, at) -> None:
    against = {"disease": campaign.disease, "season": campaign.season}
    for chunk in _chunks({row.resident_id for row in facts.enrolments.values()}):
        rows = VaccinationRecord.objects.filter(resident__in=chunk, **against)
        for pk, resident, recorded, voided in rows.values_list("pk", "resident", "recorded_at", "voided_at"):
            if since < recorded <= at and (DOSE, pk) not in before:
                facts.with_new.add(resident)
            if voided is not None and since < voided <= at:
                facts.with_void.add(resident)


def _chunks(keys: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(keys)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]
