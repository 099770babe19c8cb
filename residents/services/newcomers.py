"""Writing many new people at once: every row is computed in memory from what the source says and goes in by bulk.

The rows are those that ``persons.resident_row``, ``records`` and ``enrolments.enrol`` would write one by one (a test holds
them side by side); nothing has to be read back, because a new person has no past.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from os import urandom
from uuid import UUID

from django.utils import timezone

from campaigns.models import Campaign
from campaigns.rules import GivenDose, Person, Registered
from core import audit, bulk, changes
from core.dates import add_months
from residents.choices import RecordSource
from residents.models import Enrolment, Household, Resident, ResidentIdentifier, VaccinationRecord
from residents.rules import Alike, Facts
from residents.services import enrolments, rosters, stickers
from residents.services.counting import newcomer_placing
from residents.services.enrolments import CampaignContext
from residents.services.groundwork import Groundwork
from residents.services.persons import PersonValues, resident_row

_RELATED = ("id", "uid", "created_by", "village", "village_code", "organisation", "household")


def create(
    people: Sequence[PersonValues],
    *,
    houses: Mapping[tuple[int, str], Household],
    campaign: Campaign | None,
    actor,
    today: date,
    groundwork: Groundwork | None = None,
) -> list[int]:
    """Write ``people`` (nobody of them is on the register) with documents, groups, tags, rosters, earlier doses and enrolment.

    Returns their keys, in their order. Call inside a deed. Raises IntegrityError when a number was registered this very moment.
    """
    if groundwork is None or not groundwork.is_of(people):
        groundwork = Groundwork(people)
    ids = list(bulk.reserve(Resident, len(people)))
    uids = _uids(len(people))
    _residents(people, ids, uids, houses, actor, groundwork)
    _documents(people, ids, groundwork)
    _links(
        Resident.priority_groups.through, "prioritygroup", ids, [person.priority_groups for person in people]
    )
    _links(Resident.tags.through, "tag", ids, [person.tags for person in people])
    members = [
        _member(person, pk, uid, houses, actor)
        for pk, uid, person in zip(ids, uids, people, strict=True)
        if person.organisation
    ]
    rosters.put_on_rosters(members, actor=actor, today=today)
    _records(people, ids, campaign, actor)
    if campaign is not None:
        _enrol(people, ids, campaign, actor=actor, today=today)
        if members:
            stickers.follow([member.pk for member in members], today=today)
    return ids


def _uids(count: int) -> list[UUID]:
    """As ``uuid4`` makes them, with one call for all the randomness."""
    noise = urandom(16 * count)
    return [UUID(bytes=noise[at : at + 16], version=4) for at in range(0, len(noise), 16)]


def _each(ids, people):
    return zip(ids, people, strict=True)


def _residents(people, ids, uids, houses, actor, groundwork: Groundwork) -> None:
    rows, by = [], actor.pk if actor else None
    for pk, uid, person in zip(ids, uids, people, strict=True):
        village, organisation = person.village, person.organisation
        house = houses.get((village.id, person.household_no)) if person.household_no else None
        relations = village.id, village.code, organisation and organisation.id, house and house.id
        rows.append((pk, uid, by, *relations))
    bulk.insert(Resident, _RELATED, rows, made=groundwork.residents)


def _documents(people, ids, groundwork: Groundwork) -> None:
    rows = [
        (pk, document is person.documents[0])
        for pk, person in _each(ids, people)
        for document in person.documents
    ]
    bulk.insert(ResidentIdentifier, ("resident", "is_primary"), rows, made=groundwork.documents)


def _links(through, name: str, ids, wanted) -> None:
    rows = [(pk, row.pk) for pk, found in zip(ids, wanted, strict=True) for row in dict.fromkeys(found)]
    bulk.insert(through, ("resident_id", f"{name}_id"), rows)


def _member(person: PersonValues, pk: int, uid, houses, actor) -> Resident:
    """The person as the rosters take people."""
    household = houses.get((person.village.pk, person.household_no))
    resident = resident_row(person, household=household, actor=actor)
    resident.pk, resident.uid = pk, uid
    resident._state.adding = False
    return resident


def _records(people, ids, campaign: Campaign | None, actor) -> None:
    rows, now, by = [], timezone.now(), actor.pk if actor else None
    for pk, person in _each(ids, people):
        for dose, season, number in _numbered(person, campaign) if person.doses else ():
            rows.append(
                (
                    pk,
                    dose.vaccine.disease,
                    season,
                    number,
                    dose.vaccine.pk,
                    dose.lot_no,
                    dose.given_on,
                    dose.place_name,
                    dose.source,
                    dose.is_verified,
                    now,
                    by,
                )
            )
    columns = (
        "resident_id disease season dose_number vaccine_id lot_no given_on given_at_place source is_verified"
    )
    bulk.insert(VaccinationRecord, (*columns.split(), "recorded_at", "recorded_by"), rows)


def _numbered(person: PersonValues, campaign: Campaign | None):
    """The earlier doses in their order with season and number."""
    numbers: Counter[tuple[str, str]] = Counter()
    for dose in sorted(person.doses, key=lambda dose: dose.given_on):
        disease = dose.vaccine.disease
        season = campaign.season if campaign and campaign.disease == disease else ""
        numbers[disease, season] += 1
        yield dose, season, numbers[disease, season]


def _enrol(people, ids, campaign: Campaign, *, actor, today: date) -> None:
    ctx = enrolments.context(campaign)
    alike = enrolments.alike(ctx.rules, today)
    judged: dict[tuple, tuple[dict, int | None]] = {}
    rows, days, units = [], set(), set()
    for pk, person in _each(ids, people):
        kind = _kind(person, alike)
        if kind in judged:
            columns, months = judged[kind]
            if months is not None:
                columns = {**columns, "due_from": add_months(person.birth_date, months)}
        else:
            facts, columns = _judged(person, ctx, today)
            if code := columns["unit_code"]:
                days.add((code, today))
                days.update((code, dose.given_on) for dose in person.doses)
                if columns["is_target"]:
                    units.add(code)
            months = alike.due_at(facts)
            if months is not None or alike.is_shared(facts):
                judged[kind] = columns, months
        rows.append((pk, *columns.values()))
    bulk.insert(Enrolment, ("resident_id", *columns), rows)
    changes.note(days)
    changes.note_population(units, today)
    audit.record("enrolment.made", actor=actor, target=campaign, data={"people": len(people)})


def _judged(person: PersonValues, ctx: CampaignContext, today: date) -> tuple[Facts, dict[str, object]]:
    """What is known of one person, and the columns of the enrolment that follow from it."""
    placed = newcomer_placing(person, ctx.campaign)
    facts = _facts(person, ctx.campaign, bool(placed.unit))
    at_hand = (person.village, getattr(person.organisation, "place", None))
    unit = next((place.pk for place in at_hand if place is not None and place.code == placed.unit), None)
    where = {"unit_id": unit, "unit_code": placed.unit, "unit_rule": placed.rule}
    return facts, {"campaign_id": ctx.campaign.pk, **where, **enrolments.projected(facts, ctx, today)}


def _kind(person: PersonValues, alike: Alike) -> tuple:
    """Equal for people of one village who stand alike, when ``alike`` says that there are such."""
    where = (
        person.village.id,
        person.organisation and person.organisation.id,
        person.residence,
        person.school_class,
    )
    groups = frozenset(group.code for group in person.priority_groups) if person.priority_groups else ()
    return (*where, person.sex, groups, alike.age(person.birth_date), bool(person.doses))


def _facts(person: PersonValues, campaign: Campaign, counted: bool) -> Facts:
    """``enrolments.facts_of`` of somebody without holds and without a past here."""
    groups = frozenset(group.code for group in person.priority_groups)
    organisation = person.organisation
    return Facts(
        person=Person(person.birth_date, person.sex, groups),
        registered=Registered(
            birth_date=person.birth_date,
            sex=person.sex,
            residence_status=person.residence,
            groups=groups,
            organisation_kind=organisation.kind if organisation else "",
            grade=person.school_class,
        ),
        doses=[
            GivenDose(dose.vaccine.code, dose.given_on, number, here=dose.source == RecordSource.HERE)
            for dose, season, number in _numbered(person, campaign)
            if (dose.vaccine.disease, season) == (campaign.disease, campaign.season)
        ],
        holds=[],
        counted_here=counted,
    )
