"""Freezing a register as a numbered version, and telling two versions apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, UUIDField, Value
from django.db.models.functions import Cast

from campaigns.models import Campaign
from core import audit
from core.errors import RuleBroken
from core.locks import alone, deed
from places.models import Organisation, Place
from places.querysets import any_code_range, code_range
from residents.choices import VersionKind
from residents.models import Enrolment, RegisterMember, RegisterVersion, Resident

# Column of a member ← path from Enrolment.
COPIED = {
    "resident_id": "resident_id",
    "village_code": "resident__village_code",
    "group_no": "resident__group_no",
    "residence": "resident__residence",
    "unit_code": "unit_code",
    "unit_rule": "unit_rule",
    "is_target": "is_target",
    "doses_done": "doses_done",
}
# What makes a member "changed" between two versions, with the word of the screen.
COMPARED = {
    "village_code": "登记村",
    "group_no": "组",
    "residence": "人员类别",
    "unit_code": "计入单位",
    "is_target": "目标人群",
    "doses_done": "已种剂次",
}


@deed()
def freeze(
    *,
    campaign: Campaign,
    place: Place | None = None,
    organisation: Organisation | None = None,
    kind: str,
    actor,
    reason: str,
    now: datetime,
    today: date,
) -> RegisterVersion:
    """Write down who is on the live register of ``place`` (or ``organisation``) in ``campaign`` at this moment.

    On the register of a place is who is registered there and who is counted there. One INSERT … SELECT whatever the
    number of people. Raises RuleBroken REASON_MISSING. Give exactly one of ``place`` and ``organisation``.
    """
    if (place is None) == (organisation is None):
        raise ValueError("freeze() needs a place or an organisation")
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明形成这一版的原因。", "reason")
    alone(f"versions:{campaign.pk}:{place.code if place else organisation.pk}")
    uid = uuid4()
    _insert_members(uid, on_register(campaign, place, organisation))
    earlier = RegisterVersion.objects.of(
        campaign=campaign, kind=VersionKind(kind), place=place, organisation=organisation
    )
    version = RegisterVersion.objects.create(
        uid=uid,
        campaign=campaign,
        place=place,
        organisation=organisation,
        kind=kind,
        number=earlier.count() + 1,
        reason=reason.strip()[:200],
        definition=definition(campaign),
        counts=counts_of(uid),
        frozen_on=today,
        frozen_at=now,
        frozen_by=actor,
    )
    audit.record(
        "register.frozen",
        actor=actor,
        target=version,
        place_code=(place or organisation.place).code,
        data={"kind": version.kind, "number": version.number, "people": version.counts["people"]},
    )
    return version


def definition(campaign: Campaign) -> dict:
    """Whom ``campaign`` counts now, as versions keep it."""
    return {
        "cohort": campaign.cohort,
        "age_ref": campaign.target_age_ref_date.isoformat(),
        "movers": campaign.county_internal_policy,
        "inflow": campaign.inflow_policy,
    }


def latest(
    *, campaign: Campaign, kind: str, place: Place | None = None, organisation: Organisation | None = None
) -> RegisterVersion | None:
    """The newest version of one unit's register, or None."""
    versions = RegisterVersion.objects.of(
        campaign=campaign, kind=kind, place=place, organisation=organisation
    )
    return versions.last()


def on_register(campaign: Campaign, place: Place | None, organisation: Organisation | None):
    """The enrolments that ``freeze`` would write down now."""
    rows = Enrolment.objects.filter(campaign=campaign, resident__removed_on__isnull=True)
    if place is None:
        return rows.filter(resident__in=Resident.objects.on_roster_of(organisation))
    return rows.filter(
        code_range("resident__village_code", place.prefix) | code_range("unit_code", place.prefix)
    )


def _insert_members(uid: UUID, enrolments) -> None:
    """INSERT … SELECT; the SELECT is the queryset's own SQL, so that both engines read the same columns."""
    table, quote = RegisterMember._meta, connection.ops.quote_name
    columns = [table.get_field("version").column, *COPIED]
    chosen = (
        enrolments.order_by()
        .annotate(of_version=Cast(Value(uid, UUIDField()), UUIDField()))
        .values_list("of_version", *COPIED.values())
    )
    select, params = chosen.query.sql_with_params()
    names = ", ".join(quote(column) for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quote(table.db_table)} ({names}) {select}", params)


def counts_of(uid: UUID) -> dict:
    """The figures of a version, counted from its members.

    {"people": on the register, "target": in the denominator, "counted": counted in a unit, "dosed": with a dose,
    "residence": {value: people}, "villages": {code: {"people": registered there, "target": counted there and on target}}}
    """
    members = RegisterMember.objects.filter(version_id=uid).order_by()
    counts = members.aggregate(
        people=Count("pk"),
        target=Count("pk", filter=Q(is_target=True)),
        counted=Count("pk", filter=~Q(unit_code="")),
        dosed=Count("pk", filter=Q(doses_done__gt=0)),
    )
    villages: dict[str, dict[str, int]] = {}
    registered = members.values_list("village_code").annotate(n=Count("pk"))
    on_target = members.filter(is_target=True).values_list("unit_code").annotate(n=Count("pk"))
    for name, rows in (("people", registered), ("target", on_target)):
        for code, n in rows:
            villages.setdefault(code, {"people": 0, "target": 0})[name] = n
    residence = dict(members.values_list("residence").annotate(n=Count("pk")))
    return counts | {"residence": residence, "villages": dict(sorted(villages.items()))}


@dataclass(frozen=True)
class Change:
    """A person in both versions whose columns differ: ``fields`` names them (keys of COMPARED)."""

    before: RegisterMember
    after: RegisterMember
    fields: tuple[str, ...]

    @property
    def resident(self):
        """The person; the same on both sides."""
        return self.after.resident

    @property
    def words(self) -> str:
        """The changed columns as the screen names them."""
        return "、".join(COMPARED[name] for name in self.fields)


@dataclass(frozen=True)
class Difference:
    """What happened between two versions; members carry ``resident`` (name) ready to show, by village and name."""

    entered: list[RegisterMember]
    left: list[RegisterMember]
    changed: list[Change]


def compare(
    older: RegisterVersion,
    newer: RegisterVersion,
    *,
    fields: Iterable[str] = tuple(COMPARED),
    target_only: bool = False,
    prefixes: Iterable[str] | None = None,
) -> Difference:
    """Who entered, who left and whose ``fields`` (of COMPARED) changed from ``older`` to ``newer`` (reads only).

    With ``target_only`` the question is asked of those in the denominator: entering the base, leaving the base. Of people
    registered under ``prefixes`` only, if given.
    """
    fields = tuple(fields)
    before, after = _members(older, target_only), _members(newer, target_only)
    if prefixes is not None:
        here = any_code_range("village_code", set(prefixes))
        before, after = before.filter(here), after.filter(here)
    moved = _named(_elsewhere_different(after, before, fields))
    was = {member.resident_id: member for member in _elsewhere_different(before, after, fields)}
    return Difference(
        entered=list(_named(after.filter(~Exists(_same_person(before))))),
        left=list(_named(before.filter(~Exists(_same_person(after))))),
        changed=[_change(was[member.resident_id], member, fields) for member in moved],
    )


def _members(version: RegisterVersion, target_only: bool):
    members = RegisterMember.objects.filter(version=version)
    return members.filter(is_target=True) if target_only else members


def _same_person(others):
    return others.filter(resident=OuterRef("resident"))


def _elsewhere_different(members, others, fields: tuple[str, ...]):
    """Those of ``members`` who are in ``others`` too, but with another value of one of ``fields``."""
    there = _same_person(others)
    return members.filter(Exists(there), ~Exists(there.filter(**{name: OuterRef(name) for name in fields})))


def _named(members):
    return members.select_related("resident").order_by("village_code", "resident__name", "resident_id")


def _change(before: RegisterMember, after: RegisterMember, fields: tuple[str, ...]) -> Change:
    moved = tuple(name for name in fields if getattr(before, name) != getattr(after, name))
    return Change(before, after, moved)
