"""Rosters: who belongs to a school, an enterprise, a building site, a shop, a care home or a unit.

The roster is the truth; ``Resident.organisation`` and ``school_class`` say which of a person's rosters is shown first and
are kept in step here. Nobody else writes RosterEntry.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.utils import timezone

from campaigns.models import Campaign
from core import audit
from core.errors import RuleBroken
from core.locks import deed
from places.choices import OrganisationKind
from places.models import Organisation
from residents.choices import Residence
from residents.grades import parse_class
from residents.models import Enrolment, Resident, RosterEntry
from residents.services import enrolments, stickers

# A pupil registered so lives outside the county (S32).
OUTSIDE = {Residence.AWAY_COUNTY, Residence.AWAY_PROVINCE, Residence.AWAY_ABROAD}
_CHUNK = 500


@dataclass(frozen=True)
class RosterDetails:
    """What a roster says of one person beside who it is. ``grade`` is a value of ``Grade``; the guardian and
    ``home_county`` (where a pupil of another county lives) are the school's."""

    grade: int | None = None
    class_no: str = ""
    job: str = ""
    member_no: str = ""
    guardian_name: str = ""
    guardian_phone: str = ""
    guardian_relation: str = ""
    home_county: str = ""


@deed()
def add_to_roster(
    *,
    organisation: Organisation,
    resident: Resident,
    actor,
    today: date,
    since: date | None = None,
    details: RosterDetails = RosterDetails(),
) -> RosterEntry:
    """Put a registered person on a roster from ``since`` (today when left out).

    Raises RuleBroken: ON_ROSTER, ORGANISATION_CLOSED, SINCE_FUTURE, REMOVED.
    """
    since = since or today
    if not organisation.is_active:
        raise RuleBroken("ORGANISATION_CLOSED", f"{organisation}已停用,不能再往它的名册里加人。")
    if resident.removed_on:
        raise RuleBroken(
            "REMOVED",
            f"{resident.name}已移出名册({resident.get_removal_display()}),请先与村(社区)核对。",
            "number",
        )
    if since > today:
        raise RuleBroken("SINCE_FUTURE", "进入日期不能晚于今天。", "since")
    if RosterEntry.objects.filter(organisation=organisation, resident=resident, until=None).exists():
        raise RuleBroken("ON_ROSTER", f"{resident.name}已经在{organisation}的名册上,不用再加。", "number")
    entry = RosterEntry.objects.create(
        organisation=organisation, resident=resident, since=since, added_by=actor, **asdict(details)
    )
    _show_first([resident], today=today, first={resident.pk: entry})
    stickers.refresh([organisation.pk], today=today)
    audit.record(
        "member.joined",
        actor=actor,
        target=entry,
        subject=resident,
        place_code=organisation.place.code,
        data={"organisation": organisation.pk, "since": since.isoformat()},
    )
    return entry


@deed()
def leave_roster(*, entry: RosterEntry, on: date, reason: str, actor, today: date) -> None:
    """Take a person off a roster; the entry stays with day, reason and who.

    Raises RuleBroken: REASON_MISSING, LEFT_DATE (future, or before the person came), LEFT_ALREADY.
    """
    reason = reason.strip()[:80]
    if not reason:
        raise RuleBroken("REASON_MISSING", "请写明离开原因,例如“离职”“转学”。", "reason")
    if on > today or on < entry.since:
        raise RuleBroken("LEFT_DATE", f"离开日期不能晚于今天,也不能早于进入日期 {entry.since}。", "on")
    active = RosterEntry.objects.filter(pk=entry.pk, until__isnull=True)
    if not active.update(until=on, end_reason=reason, ended_by=actor):
        raise RuleBroken("LEFT_ALREADY", "这个人已经不在这个单位的名册上。")
    entry.refresh_from_db()
    _show_first([entry.resident], today=today)
    stickers.refresh([entry.organisation_id], today=today)
    audit.record(
        "member.quit",
        actor=actor,
        target=entry,
        subject=entry.resident,
        place_code=entry.organisation.place.code,
        data={"organisation": entry.organisation_id, "on": on.isoformat(), "reason": reason},
    )


@deed()
def change_entry(*, entry: RosterEntry, details: RosterDetails, actor, today: date) -> list[str]:
    """Write other details of a current entry (next class, other job, guardian); returns the names of changed columns.

    A changed ``home_county`` has to be told to that county again. Raises RuleBroken LEFT_ALREADY.
    """
    if entry.until is not None:
        raise RuleBroken("LEFT_ALREADY", "这个人已经不在这个单位的名册上,不能再修改。")
    changed = [name for name, value in asdict(details).items() if getattr(entry, name) != value]
    for name in changed:
        setattr(entry, name, getattr(details, name))
    if not changed:
        return []
    if "home_county" in changed:
        entry.pushed_at = entry.pushed_by = None
    entry.save(update_fields=[*changed, "pushed_at", "pushed_by"])
    _show_first([entry.resident], today=today)
    audit.record(
        "member.edited",
        actor=actor,
        target=entry,
        subject=entry.resident,
        place_code=entry.organisation.place.code,
        data={"changed": changed},  # names of columns only: the guardian is a person
    )
    return changed


@deed()
def confirm_roster(*, organisation: Organisation, actor, now: datetime) -> int:
    """名册已核对: ``actor`` says that everybody on it belongs there and nobody is missing. Returns how many people.

    Raises RuleBroken EMPTY_ROSTER.
    """
    people = (
        RosterEntry.objects.current()
        .filter(organisation=organisation)
        .update(confirmed_at=now, confirmed_by=actor)
    )
    if not people:
        raise RuleBroken("EMPTY_ROSTER", "名册上还没有人,请先把人加进来再核对。")
    stickers.refresh([organisation.pk], today=timezone.localdate(now))
    audit.record(
        "members.confirmed",
        actor=actor,
        target=organisation,
        place_code=organisation.place.code,
        data={"people": people},
    )
    return people


@deed()
def put_on_rosters(
    residents: Iterable[Resident], *, actor, today: date, organisation: Organisation | None = None
) -> int:
    """Everybody of ``residents`` stands on the roster of ``organisation`` (or, without one, of the own
    ``Resident.organisation``) afterwards; whoever does already is left alone. Returns how many came new.

    The hook of everything that registers many people (import, grid, demo): a fixed number of queries when somebody is new,
    one otherwise, none for people without an organisation. Grade and guardian are taken from the columns of the resident.
    """
    people = {person.pk: person for person in residents if organisation or person.organisation_id}
    if not people:
        return 0
    wanted = {(organisation.pk if organisation else p.organisation_id, p.pk) for p in people.values()}
    active = RosterEntry.objects.filter(resident__in=people, until__isnull=True)
    missing = sorted(wanted - set(active.values_list("organisation_id", "resident_id")))
    if not missing:
        return 0
    where = Organisation.objects.in_bulk({pk for pk, _ in missing})
    rows = [_entry_of(people[person], where[pk], actor, today) for pk, person in missing]
    RosterEntry.objects.bulk_create(rows, batch_size=_CHUNK)
    fresh = {row.resident_id: row for row in rows if people[row.resident_id].organisation_id is None}
    if fresh:
        _show_first([people[pk] for pk in fresh], today=today, first=fresh)
    if others := [people[row.resident_id] for row in rows if row.resident_id not in fresh]:
        _judge_again(others, today)
    stickers.refresh(where, today=today)
    by_organisation = {pk: sum(row.organisation_id == pk for row in rows) for pk in where}
    audit.record("members.put", actor=actor, target=organisation, data={"people": by_organisation})
    return len(rows)


@deed()
def follow_edit(*, resident: Resident, before: Organisation | None, actor, today: date) -> None:
    """The register's own page was saved: a person who got another organisation than ``before`` stands on the new roster
    and leaves the old one; a class typed there is the class of the roster."""
    put_on_rosters([resident], actor=actor, today=today)
    mine = RosterEntry.objects.filter(resident=resident, until__isnull=True)
    mine = mine.select_related("organisation__place", "resident")
    if before is not None and before.pk != resident.organisation_id:
        to = f",改为{resident.organisation}" if resident.organisation else ""
        for entry in mine.filter(organisation=before):
            reason = f"村(社区)修改资料{to}"
            leave_roster(entry=entry, on=max(today, entry.since), reason=reason, actor=actor, today=today)
    grade, class_no = parse_class(resident.school_class)
    if grade:
        mine.filter(organisation=resident.organisation, organisation__kind=OrganisationKind.SCHOOL).update(
            grade=grade, class_no=class_no
        )


def _entry_of(person: Resident, organisation: Organisation, actor, today: date) -> RosterEntry:
    """The unsaved entry of a person as the register's own columns tell it."""
    row = RosterEntry(organisation=organisation, resident=person, since=today, added_by=actor)
    if organisation.is_school:
        row.grade, row.class_no = parse_class(person.school_class)
        row.guardian_name = person.guardian_name
        row.home_county = person.away_place if person.residence in OUTSIDE else ""
    return row


def _show_first(
    residents: Sequence[Resident], *, today: date, first: dict[int, RosterEntry] | None = None
) -> None:
    """Keep ``organisation``, ``school_class`` and a blank guardian of these people in step with their rosters.

    The roster shown first stays while it lasts; then ``first`` (resident id → entry), then the oldest there is.
    """
    active = RosterEntry.objects.filter(resident__in=residents, until__isnull=True).order_by("since", "pk")
    by_person: dict[int, list[RosterEntry]] = {}
    for entry in active.select_related("organisation"):
        by_person.setdefault(entry.resident_id, []).append(entry)
    changed = []
    for person in residents:
        mine = by_person.get(person.pk, [])
        shown = next((e for e in mine if e.organisation_id == person.organisation_id), None)
        shown = shown or (first or {}).get(person.pk) or next(iter(mine), None)
        if _follow(person, shown):
            changed.append(person)
    if changed:
        columns = ["organisation", "school_class", "guardian_name", "updated_at"]
        Resident.objects.bulk_update(changed, columns, batch_size=_CHUNK)
    _judge_again(residents, today)


def settle(residents: Sequence[Resident], *, today: date) -> None:
    """Entries of these people (read with ``organisation``) went otherwise than by ``leave_roster``: show the oldest roster that
    is left, and say anew how they stand. Call inside a deed."""
    _show_first(residents, today=today)


def _follow(person: Resident, entry: RosterEntry | None) -> bool:
    """Write the columns that tell of ``entry`` onto the (unsaved) person; True when one differs."""
    before = person.organisation_id, person.school_class, person.guardian_name
    was_pupil = person.organisation is not None and person.organisation.is_school
    person.organisation = entry.organisation if entry else None
    if entry and entry.class_word:
        person.school_class = entry.class_word[:30]
    elif was_pupil and (entry is None or not entry.organisation.is_school):
        person.school_class = ""
    person.guardian_name = person.guardian_name or (entry.guardian_name if entry else "")
    person.updated_at = timezone.now()
    return before != (person.organisation_id, person.school_class, person.guardian_name)


def _judge_again(people: Sequence[Resident], today: date) -> None:
    """Phases ask for the kind of organisation and the grade, counting for every roster: say anew how these people stand."""
    rows = Enrolment.objects.filter(resident__in=people)
    for campaign in Campaign.objects.filter(enrolments__in=rows).distinct().order_by("pk"):
        ids = rows.filter(campaign=campaign).values_list("pk", flat=True)
        enrolments.refresh(list(ids), campaign=campaign, today=today)


@deed()
def push_elsewhere(*, entries: Sequence[RosterEntry], county: str, actor, now: datetime) -> int:
    """Note that these pupils were told to ``county``, where they live (S32); whoever was told before is told anew.

    Raises RuleBroken NOBODY_TO_PUSH.
    """
    ids = [entry.pk for entry in entries if entry.home_county == county]
    people = RosterEntry.objects.filter(pk__in=ids, until__isnull=True).update(pushed_at=now, pushed_by=actor)
    if not people:
        raise RuleBroken("NOBODY_TO_PUSH", "这个县(区)没有要推送的学生,请刷新页面再看。")
    audit.record("members.pushed", actor=actor, data={"county": county, "people": people})
    return people
