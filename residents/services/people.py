"""Many people into the register at once: the one bulk path of the census import and of the demo.

A chunk is one small transaction with a fixed number of queries, so that nobody's save waits long meanwhile, and so
that work that was interrupted simply goes on: a person who is already there is found by the number and left alone.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import NamedTuple

from django.db.models import Prefetch
from django.utils import timezone

from campaigns.models import Campaign
from core import audit, bulk, changes
from core.errors import RuleBroken
from core.locks import deed, lock
from places.models import Place
from residents.choices import RowState
from residents.models import Enrolment, Household, Resident, ResidentIdentifier, VaccinationRecord
from residents.services import enrolments, holds, newcomers, rosters
from residents.services.differences import Conflict, Differences, differences
from residents.services.groundwork import Groundwork
from residents.services.persons import PersonValues, search_columns

CHUNK = 2000  # people; a quarter of a second on SQLite, where a writer makes all others wait


_NOTHING_KNOWN = Differences()


class Outcome(NamedTuple):
    """What became (or would become) of one person: created, updated, unchanged, or left for review (``conflicts``).

    ``resident_id`` is None only for a person who would be created.
    """

    state: str
    resident_id: int | None
    conflicts: tuple[Conflict, ...] = ()
    added: tuple[str, ...] = ()
    known: Resident | None = None

    @property
    def resident(self) -> Resident | None:
        """The person; somebody who has just been created is read from the database."""
        if self.known is None and self.resident_id is not None:
            return Resident.objects.get(pk=self.resident_id)
        return self.known


@dataclass(slots=True)
class _Plan:
    """One person on the way in: what the source says, whom it means, and what follows."""

    values: PersonValues
    resident: Resident | None
    found: Differences
    state: str
    new_id: int | None = None

    def outcome(self) -> Outcome:
        if self.resident is None:
            return Outcome(self.state, self.new_id)
        conflicts = tuple(self.found.conflicts) if self.state == RowState.REVIEW else ()
        added = self.found.added if self.state == RowState.UPDATE else ()
        return Outcome(self.state, self.resident.pk, conflicts, added, self.resident)


def put_people(
    people: Iterable[PersonValues],
    *,
    actor,
    campaign: Campaign | None,
    today: date,
    progress: Callable[[int], None] | None = None,
) -> list[Outcome]:
    """Put ``people`` on the register, in chunks of their own transactions, and enrol them in ``campaign`` if given.

    Every person needs a document with a number; whoever has it already is the same person: blanks are filled, a
    contradiction is left for review and nothing of that person is changed. ``progress`` is told after each chunk how
    many are done. Raises RuleBroken NO_NUMBER, Busy.
    """
    outcomes: list[Outcome] = []
    people = iter(people)
    while chunk := list(islice(people, CHUNK)):
        outcomes += put_chunk(chunk, actor=actor, campaign=campaign, today=today)
        if progress:
            progress(len(outcomes))
    return outcomes


@deed()
def put_chunk(
    people: Sequence[PersonValues],
    *,
    actor,
    campaign: Campaign | None,
    today: date,
    groundwork: Groundwork | None = None,
) -> list[Outcome]:
    """``put_people`` for at most some thousand people, in one transaction (or the running one). ``groundwork`` was laid before it
    for those who are new, as far as was known then."""
    plans = _plans(people, locking=True)
    new = [plan for plan in plans if plan.state == RowState.CREATE]
    known = [plan for plan in plans if plan.state == RowState.UPDATE]
    _create(new, campaign, groundwork, actor=actor, today=today)
    _update(known)
    _add_groups(known)
    rosters.put_on_rosters([plan.resident for plan in known], actor=actor, today=today)
    _record_doses(known, campaign, actor=actor)
    _enrol(plans, known, campaign, actor=actor, today=today)
    if campaign is not None:
        changed = [plan.resident for plan in known] + [
            _speaker(plan) for plan in new if plan.values.conditions
        ]
        holds.report_conditions(residents=changed, campaign=campaign, actor=actor, now=timezone.now())
    if new or known:
        codes = {plan.values.village.code for plan in plans}
        place_code = codes.pop() if len(codes) == 1 else ""
        data = {"created": len(new), "updated": len(known)}
        audit.record("residents.put", actor=actor, target=campaign, place_code=place_code, data=data)
    return [plan.outcome() for plan in plans]


def compare_people(people: Iterable[PersonValues]) -> Iterator[Outcome]:
    """What ``put_people`` would do today, without doing it (reads only)."""
    people = iter(people)
    while chunk := list(islice(people, CHUNK)):
        for plan in _plans(chunk, locking=False):
            yield plan.outcome()


def _plans(people: Sequence[PersonValues], *, locking: bool) -> list[_Plan]:
    """Match every person by number. A number that comes twice in a chunk is left to its first mention."""
    numbers = [_digests(values) for values in people]
    known = _known({digest for digests in numbers for digest in digests}, locking=locking)
    plans, seen = [], set()
    for values, digests in zip(people, numbers, strict=True):
        resident = next((known[digest] for digest in digests if digest in known), None)
        if not seen.isdisjoint(digests):
            plans.append(_Plan(values, resident, Differences(), RowState.UNCHANGED))
        elif resident is None:
            plans.append(_Plan(values, None, _NOTHING_KNOWN, RowState.CREATE))
        else:
            found = differences(resident, values)
            plans.append(_Plan(values, resident, found, found.state))
        seen.update(digests)
    return plans


def _digests(values: PersonValues) -> list[str]:
    if not values.documents or not all(document.number for document in values.documents):
        raise RuleBroken("NO_NUMBER", f"{values.name}没有证件号码,不能批量登记,请单独登记。")
    return [document.digest for document in values.documents]


def _known(digests: Iterable[str], *, locking: bool) -> dict[str, Resident]:
    owner_of = dict(
        ResidentIdentifier.objects.filter(number_hash__among=digests).values_list(
            "number_hash", "resident_id"
        )
    )
    ids = set(owner_of.values())
    if locking:
        lock(Enrolment, Enrolment.objects.filter(resident__in=ids).values_list("pk", flat=True))
    rows = Resident.objects.filter(pk__in=ids).select_related("household", "organisation")
    counted = VaccinationRecord.objects.counted().select_related("vaccine")
    residents = {
        row.pk: row for row in rows.prefetch_related("priority_groups", "tags", Prefetch("records", counted))
    }
    return {digest: residents[pk] for digest, pk in owner_of.items()}


def _create(plans: list[_Plan], campaign: Campaign | None, groundwork, *, actor, today: date) -> None:
    if not plans:
        return
    people = [plan.values for plan in plans]
    houses = _households([(person.village, person.household_no) for person in people])
    made = newcomers.create(
        people, houses=houses, campaign=campaign, actor=actor, today=today, groundwork=groundwork
    )
    for plan, pk in zip(plans, made, strict=True):
        plan.new_id = pk


def _speaker(plan: _Plan) -> Resident:
    """A new person who says something of their health: what the doctors' list reads of them."""
    return Resident(
        pk=plan.new_id,
        conditions=plan.values.conditions,
        not_vaccinated_reason=plan.values.not_vaccinated_reason,
    )


def _update(plans: list[_Plan]) -> None:
    houses = _households([(plan.values.village, plan.found.household_no) for plan in plans])
    columns, now = set(), timezone.now()
    for plan in plans:
        fills = {**plan.found.fills, "updated_at": now}
        if plan.found.household_no:
            fills["household"] = houses[plan.values.village.pk, plan.found.household_no]
        if "phone" in fills:
            fills["phone_tail"] = search_columns(plan.resident.name, fills["phone"])["phone_tail"]
        for key, value in fills.items():
            setattr(plan.resident, key, value)
        columns |= fills.keys()
    names = [Resident._meta.get_field(key).attname for key in sorted(columns)]
    rows = [(plan.resident.pk, *(getattr(plan.resident, name) for name in names)) for plan in plans]
    bulk.update(Resident, sorted(columns), rows)


def _households(wanted: Iterable[tuple[Place, str]]) -> dict[tuple[int, str], Household]:
    """(village id, number) → household; those that are missing are made."""
    pairs = {(village.pk, number) for village, number in wanted if number}
    if not pairs:
        return {}
    known = Household.objects.filter(
        village__in={pk for pk, _ in pairs}, number__in={number for _, number in pairs}
    )
    have = {(house.village_id, house.number): house for house in known}
    missing = [Household(village_id=pk, number=number) for pk, number in sorted(pairs - have.keys())]
    if missing:
        Household.objects.bulk_create(missing, batch_size=CHUNK, ignore_conflicts=True)
        have = {(house.village_id, house.number): house for house in known.all()}
    return have


def _add_groups(plans: list[_Plan]) -> None:
    link = Resident.priority_groups.through
    rows = [
        link(resident=plan.resident, prioritygroup=group)
        for plan in plans
        for group in dict.fromkeys(plan.found.groups)
    ]
    link.objects.bulk_create(rows, batch_size=CHUNK, ignore_conflicts=True)
    tagged = Resident.tags.through
    marks = [tagged(resident=plan.resident, tag=tag) for plan in plans for tag in plan.found.tags]
    tagged.objects.bulk_create(marks, batch_size=CHUNK, ignore_conflicts=True)


def _record_doses(plans: list[_Plan], campaign: Campaign | None, *, actor) -> None:
    """New doses come after all known ones (``differences`` sees to it), so their numbers just go on."""
    rows = []
    for plan in plans:
        numbers = _last_numbers(plan)
        for dose in sorted(plan.found.doses, key=lambda dose: dose.given_on):
            disease = dose.vaccine.disease
            season = campaign.season if campaign and campaign.disease == disease else ""
            numbers[disease, season] += 1
            rows.append(
                VaccinationRecord(
                    resident=plan.resident,
                    disease=disease,
                    season=season,
                    dose_number=numbers[disease, season],
                    vaccine=dose.vaccine,
                    lot_no=dose.lot_no,
                    given_on=dose.given_on,
                    given_at_place=dose.place_name,
                    source=dose.source,
                    is_verified=dose.is_verified,
                    recorded_by=actor,
                )
            )
    VaccinationRecord.objects.bulk_create(rows, batch_size=CHUNK)


def _last_numbers(plan: _Plan) -> Counter[tuple[str, str]]:
    numbers: Counter[tuple[str, str]] = Counter()
    if plan.state == RowState.UPDATE:
        for record in plan.resident.records.all():
            series = record.disease, record.season
            numbers[series] = max(numbers[series], record.dose_number)
    return numbers


def _enrol(
    plans: list[_Plan], changed: list[_Plan], campaign: Campaign | None, *, actor, today: date
) -> None:
    """Enrol whoever belongs here, refresh what the changed people are enrolled in elsewhere, note doses for roll-ups."""
    if campaign is not None:
        past = (RowState.UPDATE, RowState.UNCHANGED)  # the new ones are enrolled as they are written
        settled = [plan.resident for plan in plans if plan.resident and plan.state in past]
        people = {resident.pk: resident for resident in settled}
        enrolled = Enrolment.objects.filter(campaign=campaign, resident__in=people)
        stale = {plan.resident.pk for plan in changed}
        current = set(enrolled.values_list("resident_id", flat=True)) - stale
        missing = [resident for pk, resident in people.items() if pk not in current]
        if missing:
            enrolments.enrol(residents=missing, campaign=campaign, actor=actor, today=today)
    if not changed:
        return
    rows = Enrolment.objects.filter(resident__in=[plan.resident for plan in changed])
    for other in Campaign.objects.filter(enrolments__in=rows.exclude(campaign=campaign)).distinct():
        ids = rows.filter(campaign=other).values_list("pk", flat=True)
        enrolments.refresh(list(ids), campaign=other, today=today)
    days = {plan.resident.pk: {dose.given_on for dose in plan.found.doses} for plan in changed}
    pairs = rows.exclude(unit_code="").values_list("resident_id", "unit_code")
    changes.note([(code, day) for pk, code in pairs for day in days[pk]])
