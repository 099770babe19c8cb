"""The pivot: enrolling people in a campaign and keeping the projection of each enrolment true.

Facts are written by ``records`` and ``holds``, which call ``refresh``; nobody else writes Enrolment.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, prefetch_related_objects

from campaigns.models import Campaign
from campaigns.rules import GivenDose, Person, Registered, Verdict, next_dose
from core import audit, changes, kept
from core.locks import deed, keep_locked, part
from residents.choices import HoldKind, RecordSource
from residents.models import Enrolment, Hold, Resident, UnitChoice, VaccinationRecord
from residents.rules import CampaignRules, Facts, HoldFact, Projection, blocks, project
from residents.services import stickers
from residents.services.counting import placing, rosters_lookup, unit_id
from residents.services.rules_at_hand import CampaignContext, alike, context, context_of_read

CHUNK = 500
_COLUMNS = [f.name for f in fields(Projection)]


def _people_with_facts(residents: Iterable[Resident]):
    """Everything that the projection of people without any hold reads, in a fixed number of queries."""
    return (
        Resident.objects.filter(pk__in=[resident.pk for resident in residents])
        .select_related("organisation__place", "village")
        .prefetch_related(
            "priority_groups",
            Prefetch("records", VaccinationRecord.objects.counted().select_related("vaccine")),
            rosters_lookup("roster_entries"),
        )
        .order_by("pk")
    )


def _facts_of_the_body() -> tuple:
    """What decides on the next dose of somebody whose unit is known."""
    return (
        "resident__priority_groups",
        Prefetch("resident__records", VaccinationRecord.objects.counted().select_related("vaccine")),
        Prefetch("holds", Hold.objects.filter(lifted_at__isnull=True).select_related("vaccine")),
    )


def _fact_lookups() -> tuple:
    return (
        *_facts_of_the_body(),
        rosters_lookup("resident__roster_entries"),
        Prefetch("unit_choices", UnitChoice.objects.select_related("unit")),
    )


def with_facts(enrolments):
    """Everything the projection reads, in a fixed number of queries."""
    return enrolments.select_related("resident__organisation__place", "resident__village").prefetch_related(
        *_fact_lookups()
    )


def records_of(resident: Resident, campaign: Campaign) -> list[VaccinationRecord]:
    """The doses (prefetched) of this person that count for ``campaign``, in their order."""
    against = campaign.disease, campaign.season
    return [record for record in resident.records.all() if (record.disease, record.season) == against]


def _given(record: VaccinationRecord) -> GivenDose:
    is_ours = record.source == RecordSource.HERE
    return GivenDose(record.vaccine.code, record.given_on, record.dose_number, here=is_ours)


def facts_of(enrolment: Enrolment, campaign: Campaign, *, counted_here: bool | None = None) -> Facts:
    """The facts of one enrolment (prefetched by ``with_facts``; one that is not saved yet has no hold). ``counted_here``:
    as the row says, when it is not to be worked out anew."""
    if counted_here is None:
        counted_here = bool(placing(enrolment, campaign).unit)
    resident = enrolment.resident
    groups = frozenset(group.code for group in resident.priority_groups.all())
    return Facts(
        person=Person(resident.birth_date, resident.sex, groups),
        registered=Registered(
            birth_date=resident.birth_date,
            sex=resident.sex,
            residence_status=resident.residence,
            groups=groups,
            organisation_kind=resident.organisation.kind if resident.organisation else "",
            grade=resident.school_class,
        ),
        doses=[_given(record) for record in records_of(resident, campaign)],
        holds=[
            HoldFact(
                hold.kind, hold.scope, hold.vaccine.code if hold.vaccine else "", hold.reason, hold.until
            )
            for hold in (enrolment.holds.all() if enrolment.pk else ())
        ],
        removed=resident.removed_on is not None,
        counted_here=counted_here,
    )


def projected(facts: Facts, ctx: CampaignContext, today: date) -> dict[str, object]:
    """The columns of an enrolment that follow from the facts, by their names in the table."""
    projection = alike(ctx.rules, today).projection(facts)
    columns = {name: getattr(projection, name) for name in _COLUMNS if name != "last_product"}
    product = ctx.vaccines.get(projection.last_product)
    return columns | {"last_product_id": product.pk if product else None}


def _apply(enrolment: Enrolment, ctx: CampaignContext, today: date) -> list[str]:
    """Recompute the row in memory; returns the names of the columns that changed."""
    placed = placing(enrolment, ctx.campaign)
    wanted = projected(facts_of(enrolment, ctx.campaign), ctx, today)
    wanted |= {
        "unit_id": unit_id(enrolment, placed.unit),
        "unit_code": placed.unit,
        "unit_rule": placed.rule,
    }
    return _put(enrolment, wanted)


def _put(enrolment: Enrolment, wanted: dict[str, object]) -> list[str]:
    changed = [name for name, value in wanted.items() if getattr(enrolment, name) != value]
    for name in changed:
        setattr(enrolment, name, wanted[name])
    return changed


@deed()
def enrol(*, residents: Iterable[Resident], campaign: Campaign, actor, today: date) -> int:
    """Enrol ``residents`` in ``campaign`` (those not yet enrolled) and refresh all of them. Returns how many are new.

    One call handles up to some thousand people in a fixed number of queries per 500.
    """
    residents = list(residents)
    mine = Enrolment.objects.filter(campaign=campaign, resident__in=residents)
    have = dict(mine.values_list("resident_id", "pk"))
    new = [resident for resident in residents if resident.pk not in have]
    ctx = context(campaign)
    for start in range(0, len(new), CHUNK):
        _enrol_new(new[start : start + CHUNK], ctx, today)
    if have:
        refresh(have.values(), campaign=campaign, today=today)
    if new:
        audit.record("enrolment.made", actor=actor, target=campaign, data={"people": len(new)})
    return len(new)


def _enrol_new(residents: list[Resident], ctx: CampaignContext, today: date) -> None:
    """The projection is computed before the row is written: one INSERT instead of an INSERT and a costly UPDATE."""
    rows, days = [], set()
    for resident in _people_with_facts(residents):
        row = Enrolment(resident=resident, campaign=ctx.campaign)
        _apply(row, ctx, today)
        rows.append(row)
        days |= _days(row, today) if row.unit_code else set()
    Enrolment.objects.bulk_create(rows, batch_size=CHUNK, ignore_conflicts=True)
    changes.note(days)
    changes.note_population({row.unit_code for row in rows if row.is_target}, today)
    stickers.follow([row.resident_id for row in rows], today=today)


def _days(row: Enrolment, today: date) -> set[tuple[str, date]]:
    """What the roll-ups must count again when this row appears in or leaves its unit."""
    return {(row.unit_code, day) for day in [today, *(r.given_on for r in row.resident.records.all())]}


@part()
def refresh(
    enrolment_ids: Iterable[int], *, campaign: Campaign, today: date, ctx: CampaignContext | None = None
) -> int:
    """Recompute the projection of these enrolments of one campaign; returns how many rows changed. ``ctx``: of the campaign,
    when this deed has read it already.

    Days whose counts move with a changed unit, target or course are noted for the roll-ups.
    """
    ctx, changed_rows = ctx or context(campaign), 0
    ids = sorted(enrolment_ids)
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        keep_locked(Enrolment, chunk)
        rows = with_facts(Enrolment.objects.filter(pk__in=chunk))
        changed_rows += _save_changed(list(rows), ctx, today)
    return changed_rows


def refresh_all(*, campaign: Campaign, today: date, step: Callable[[int, int], None]) -> int:
    """Refresh everybody of ``campaign`` in small transactions, telling ``step(done, total)`` between them.

    Returns how many rows changed. Stopped half-way, it may simply be run again.
    """
    ids = list(Enrolment.objects.filter(campaign=campaign).order_by("pk").values_list("pk", flat=True))
    changed_rows = 0
    for start in range(0, len(ids), CHUNK):
        step(start, len(ids))
        changed_rows += refresh(ids[start : start + CHUNK], campaign=campaign, today=today)
    step(len(ids), len(ids))
    return changed_rows


def _counted_as(row: Enrolment) -> tuple:
    """Unit, target and the days on which people metrics count this person: when one moves, all days are counted anew."""
    return row.unit_code, row.is_target, row.first_dose_on, row.primary_complete_on, row.booster_on


def follow_dose(
    enrolment: Enrolment, record: VaccinationRecord, *, ctx: CampaignContext, today: date
) -> None:
    """Save ``record``, which is new, and ``refresh`` the one row that this deed has locked and read by ``standing``, when that
    is the person's last dose: the facts at hand and the new one, without reading them again. A dose moves nobody to another unit."""
    facts = facts_of(enrolment, ctx.campaign, counted_here=bool(enrolment.unit_code))
    facts = replace(facts, doses=[*facts.doses, _given(record)])
    before = _counted_as(enrolment)
    _save([(enrolment, before, _put(enrolment, projected(facts, ctx, today)))], today, new=record)


def _save_changed(rows: list[Enrolment], ctx: CampaignContext, today: date) -> int:
    judged = [(row, _counted_as(row), _apply(row, ctx, today)) for row in rows]
    return _save(judged, today)


def _save(
    judged: list[tuple[Enrolment, tuple, list[str]]], today: date, *, new: VaccinationRecord | None = None
) -> int:
    """Write the rows that changed, and ``new`` with them. ``judged``: row, how it was counted before, names of the changed
    columns."""
    touched, columns, days, units, moved = [], set(), set(), set(), []
    for row, before, changed in judged:
        if not changed:
            continue
        touched.append(row)
        if {"primary_complete_on", "status"} & set(changed):
            moved.append(row.resident_id)
        columns.update(name.removesuffix("_id") for name in changed)
        if (after := _counted_as(row)) != before:
            given = {record.given_on for record in row.resident.records.all()} | {today}
            given |= {new.given_on} if new else set()
            given |= {day for day in (*before[2:], *after[2:]) if day}
            days |= {(code, day) for code in (before[0], after[0]) if code for day in given}
        if after[:2] != before[:2]:
            units |= {code for code, is_target in (before[:2], after[:2]) if is_target}
    if new is not None:
        kept.insert(new, saved=[(row, tuple(sorted(columns))) for row in touched])
    elif len(touched) == 1:
        kept.save(touched[0], *sorted(columns))
    elif touched:
        Enrolment.objects.bulk_update(touched, sorted(columns), batch_size=CHUNK)
    changes.note(days)
    changes.note_population(units, today)
    if moved:
        stickers.follow(moved, today=today)
    return len(touched)


def verdict(enrolment: Enrolment, *, on: date) -> Verdict:
    """What the schedule says about the next dose of this person on ``on`` (reads only)."""
    row = with_facts(Enrolment.objects.filter(pk=enrolment.pk).select_related("campaign")).get()
    ctx = context(row.campaign)
    return project(facts_of(row, row.campaign), ctx.rules, on)[1]


@dataclass(frozen=True)
class Outlook:
    """How a person stands in a campaign on one day, maybe a coming one.

    ``status`` and ``reason`` are those of the projection, ``products`` the codes that may be given on that day (the
    preferred first), without those a contraindication forbids. ``facts`` and ``rules`` are what it was concluded from.
    """

    status: str
    reason: str
    hold_until: date | None
    verdict: Verdict
    products: tuple[str, ...]
    facts: Facts
    rules: CampaignRules

    def after(self, product: str, on: date) -> Verdict:
        """What the schedule would say next when ``product`` were given on ``on``."""
        given = [*self.facts.doses, GivenDose(product, on)]
        return next_dose(given, self.facts.person, self.rules.rules, on, names=self.rules.names)


def outlook(enrolment_ids: Iterable[int], *, campaign: Campaign, on: date) -> dict[int, Outlook]:
    """The outlook of each of these enrolments of ``campaign`` on ``on``, by id (reads only, a fixed number of queries)."""
    ctx = context(campaign)
    rows = Enrolment.objects.filter(pk__in=list(enrolment_ids), campaign=campaign)
    rows = rows.select_related("resident__organisation__place", "resident__village")
    return {row.pk: _outlook(row, ctx, on) for row in rows.prefetch_related(*_facts_of_the_body())}


def outlook_of_read(enrolment: Enrolment, *, on: date) -> Outlook:
    """As ``outlook``, of one that was just read with resident, organisation and campaign (reads only)."""
    read_facts(enrolment)
    return outlook_of_facts(enrolment, on=on)


def outlook_of_facts(enrolment: Enrolment, *, on: date) -> Outlook:
    """As ``outlook_of_read``, when the facts have been read, too (``read_facts``)."""
    return _outlook(enrolment, context_of_read(enrolment.campaign), on)


def _outlook(row: Enrolment, ctx: CampaignContext, on: date) -> Outlook:
    facts = facts_of(row, ctx.campaign, counted_here=bool(row.unit_code))  # on the register as it is today
    projection, verdict = project(facts, ctx.rules, on)
    held = [h for h in facts.holds if h.kind == HoldKind.CONTRA and (h.until is None or h.until > on)]
    return Outlook(
        status=projection.status,
        reason=projection.status_reason,
        hold_until=projection.hold_until,
        verdict=verdict,
        products=tuple(
            product
            for product in verdict.allowed_products
            if not any(blocks(hold, product, ctx.rules.platforms) for hold in held)
        ),
        facts=facts,
        rules=ctx.rules,
    )


def read_facts(enrolment: Enrolment, *, groups=True, records=True, holds=True) -> None:
    """Prefetch the person's groups, counted records and open holds onto the row, for whoever shows or judges them. False:
    ``facts_there`` has found nothing of the kind, so it is not asked for; most people at the needle have none of them."""
    there = (groups, records, holds)
    facts = _facts_of_the_body() if any(there) else ()
    asked = [fact for fact, is_there in zip(facts, there, strict=False) if is_there]
    if asked:
        prefetch_related_objects([enrolment], *asked)
    person = enrolment.resident
    nothing = ((person, "priority_groups", groups), (person, "records", records), (enrolment, "holds", holds))
    for row, name, is_there in nothing:
        if not is_there:
            kept.give(row, name, [])


def facts_there(path: str = "pk") -> dict[str, Exists]:
    """What ``read_facts`` takes, as conditions to ask together with enrolments, or with rows from which ``path`` leads to one."""
    person = OuterRef("resident" if path == "pk" else f"{path}__resident")
    return {
        "has_groups": Exists(Resident.priority_groups.through.objects.filter(resident=person)),
        "has_records": Exists(VaccinationRecord.objects.counted().filter(resident=person)),
        "has_holds": Exists(Hold.objects.filter(enrolment=OuterRef(path), lifted_at__isnull=True)),
    }


def standing(enrolment_id: int) -> Enrolment:
    """One enrolment with campaign, person and what decides on the next dose, in one look: what a deed that holds it judges by
    (reads only)."""
    rows = Enrolment.objects.select_related("campaign", "resident__organisation", "resident__village")
    return rows.prefetch_related(*_facts_of_the_body()).get(pk=enrolment_id)


def verdict_of_read(enrolment: Enrolment, *, on: date) -> Verdict:
    """As ``verdict``, for a page that has just read ``enrolment`` with resident, organisation and campaign: its records and
    open holds are prefetched onto the very row, so that the page shows them without asking again (reads only)."""
    read_facts(enrolment)
    return verdict_of_facts(enrolment, on=on, ctx=context_of_read(enrolment.campaign))


def verdict_of_facts(enrolment: Enrolment, *, on: date, ctx: CampaignContext) -> Verdict:
    """As ``verdict_of_read``, when the facts have been read, too (``read_facts``)."""
    facts = facts_of(enrolment, enrolment.campaign, counted_here=bool(enrolment.unit_code))
    return project(facts, ctx.rules, on)[1]


def drift(*, today: date, among: QuerySet | None = None) -> Iterator[tuple[Enrolment, list[str]]]:
    """Enrolments (all, or those ``among``) whose row differs from what its facts say today, with the differing columns (reads
    only)."""
    among = Enrolment.objects.all() if among is None else among
    for campaign in Campaign.objects.order_by("pk"):
        ctx = context(campaign)
        rows = with_facts(among.filter(campaign=campaign)).order_by("pk")
        for row in rows.iterator(chunk_size=CHUNK):
            if changed := _apply(row, ctx, today):
                yield row, changed
