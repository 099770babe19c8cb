"""The verbs of the register: add, edit, remove, restore a person; show a number in full."""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from campaigns.models import Campaign
from core import audit, changes
from core.errors import NotAllowed, RuleBroken
from core.locks import deed, lock
from core.repeats import same
from places.models import Place
from places.querysets import code_range
from residents.choices import IdType, Removal
from residents.models import Enrolment, Resident, ResidentIdentifier
from residents.querysets import reaches
from residents.services import departures, enrolments, holds, rosters
from residents.services.duplicates import refuse_taken_number
from residents.services.edits import LISTS, edited_fields
from residents.services.merged import refuse_merged
from residents.services.persons import (
    Document,
    PersonValues,
    column_values,
    household_of,
    identifier_columns,
    write_person,
)
from residents.words import is_for_the_doctor

# Columns that decide in which figures a person appears.
_COUNTED = {"birth_date", "sex", "residence", "village"}
_ASKED = {"conditions", "not_vaccinated_reason"}  # what a doctor may have to judge


@deed()
def add_resident(*, actor, values: PersonValues, key: UUID | None, today: date) -> Resident:
    """Register a new person and enrol the person in the running campaigns of the place.

    A repeat of ``key`` returns the first row. Raises RuleBroken: NUMBER_TAKEN (also when two people save the same
    number at once), NOT_ALLOWED (a place or organisation the actor does not register for), KEY_USED.
    """
    repeated = Resident.objects.filter(key=key).first() if key else None
    if repeated:
        return _same_person(repeated, values, actor)
    _may_register(actor, values)
    values.documents = tuple(_numbered(document, values, today) for document in values.documents)
    for document in values.documents:
        refuse_taken_number(document, actor=actor)
    try:
        with transaction.atomic():
            resident = write_person(values, actor=actor, key=key)
    except IntegrityError:
        return _lost_the_race(values, actor, key)
    rosters.put_on_rosters([resident], actor=actor, today=today)
    _count_anew(resident, actor=actor, today=today)
    _tell_doctor(resident, actor)
    audit.record(
        "resident.added",
        actor=actor,
        target=resident,
        subject=resident,
        place_code=resident.village_code,
        data={"documents": [f"{d.id_type} {d.masked}" for d in values.documents]},
    )
    return resident


@deed()
def edit_resident(
    *,
    resident: Resident,
    actor,
    values: PersonValues,
    today: date,
    expected_updated_at: datetime | None = None,
) -> Resident:
    """Write changed values; the audit row tells old and new of every field (numbers and phones masked).

    Raises RuleBroken: CHANGED_MEANWHILE when somebody else saved after ``expected_updated_at``, NUMBER_TAKEN,
    NOT_ALLOWED, MERGED, VILLAGE_BY_MOVE (another village is a proposal with an answer, see ``services.moves``). Without a
    change nothing is written.
    """
    refuse_merged(resident.pk)
    old = Resident.objects.select_related("village", "organisation", "household").get(pk=resident.pk)
    if values.village.pk != old.village_id:
        raise RuleBroken(
            "VILLAGE_BY_MOVE", "换村要办“迁往别村”,由迁入的村答复,不能在资料里直接改。", "village"
        )
    _may_edit(actor, old, values)
    household = household_of(values)
    columns = column_values(values, household)
    changed = edited_fields(old, columns | {name: getattr(values, name) for name in LISTS})
    document = _changed_document(old, values, actor, today)
    if document:
        changed["number"] = [document.masked, values.documents[0].masked]
    if not changed:
        return old
    free = Resident.objects.filter(pk=old.pk, updated_at=expected_updated_at or old.updated_at)
    if not free.update(**columns, updated_at=timezone.now()):
        raise RuleBroken(
            "CHANGED_MEANWHILE",
            "您打开页面后,别人修改过这个人的资料。请重新打开核对后再改;您填写的内容仍在下面。",
        )
    for name in LISTS:
        if name in changed:
            getattr(old, name).set(getattr(values, name))
    if document:
        _rewrite(document, values.documents[0])
    new = Resident.objects.get(pk=old.pk)
    if {"organisation", "school_class"} & changed.keys():
        rosters.follow_edit(resident=new, before=old.organisation, actor=actor, today=today)
        new = Resident.objects.get(pk=old.pk)
    _count_anew(new, actor=actor, today=today, facts_moved=bool(_COUNTED & changed.keys()))
    if _ASKED & changed.keys():
        _tell_doctor(new, actor)
    audit.record(
        "resident.edited",
        actor=actor,
        target=new,
        subject=new,
        place_code=new.village_code,
        data={"changes": changed},
    )
    return new


@deed()
def add_document(*, resident: Resident, actor, document: Document, primary: bool) -> ResidentIdentifier:
    """Add one more document of a person, e.g. the card that follows a birth certificate; ``primary`` puts it on lists.

    Raises RuleBroken: NUMBER_TAKEN, MERGED.
    """
    lock(Enrolment, resident.enrolments.values_list("pk", flat=True))
    refuse_merged(resident.pk)
    refuse_taken_number(document, actor=actor)
    if primary:
        resident.identifiers.update(is_primary=False)
    try:
        with transaction.atomic():
            row = ResidentIdentifier.objects.create(
                resident=resident, is_primary=primary, **identifier_columns(document)
            )
    except IntegrityError:
        refuse_taken_number(document, actor=actor)
        raise
    audit.record(
        "resident.document_added",
        actor=actor,
        target=row,
        subject=resident,
        place_code=resident.village_code,
        data={"document": f"{document.id_type} {document.masked}"},
    )
    return row


@deed()
def remove_resident(
    *,
    resident: Resident,
    actor,
    removal: str,
    on: date,
    today: date,
    note: str = "",
    now: datetime | None = None,
) -> None:
    """Take a person off the live register (死亡, 迁出, 重复登记, 误登); the history stays.

    Raises RuleBroken: REMOVAL_REASON, REMOVAL_DATE (future or before birth), REMOVED_ALREADY.
    """
    if removal not in Removal.values:
        raise RuleBroken("REMOVAL_REASON", "请选择移出原因。", "removal")
    if on > today or on < resident.birth_date:
        raise RuleBroken("REMOVAL_DATE", "移出日期不能晚于今天,也不能早于出生日期。", "on")
    live = Resident.objects.live().filter(pk=resident.pk)
    if not live.update(removed_on=on, removal=removal, updated_at=timezone.now()):
        raise RuleBroken("REMOVED_ALREADY", "这个人已经移出名册。")
    _lock_enrolments(resident)
    _moved(
        resident, actor, today, "resident.removed", {"removal": removal, "on": on.isoformat(), "note": note}
    )
    _tell(resident, Removal(removal).label, actor, now)


@deed()
def move_resident(
    *, resident: Resident, expected: Place, to_place: Place, residence: str, actor, now: datetime, today: date
) -> None:
    """Put a live person on the register of another village; group, grid and household belonged to the old one, and where the
    person is away or came from is told again when ``residence`` is another.

    Facts stay with the person; coming bookings are told. Raises RuleBroken: MOVED_MEANWHILE when the person is no longer
    on the register of ``expected``.
    """
    _lock_enrolments(resident)
    live = Resident.objects.live().filter(pk=resident.pk, village=expected)
    columns = {"residence": residence, "group_no": "", "grid": "", "household": None, "relation_to_head": ""}
    columns["responsible_name"] = ""  # of the old village, too
    if live.exclude(residence=residence).exists():
        columns["away_place"] = ""
    moved = live.update(village=to_place, village_code=to_place.code, updated_at=now, **columns)
    if not moved:
        raise RuleBroken("MOVED_MEANWHILE", f"这个人已不在{expected}的名册上,这一条不能再执行,请撤回。")
    _moved(resident, actor, today, "resident.moved", {"from": expected.code, "to": to_place.code})
    _tell(resident, f"迁往{to_place}", actor, now)


@deed()
def restore(*, resident: Resident, actor, reason: str, today: date) -> None:
    """Put a removed person back on the live register. Raises RuleBroken: REASON_MISSING, NOT_REMOVED, MERGED."""
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明恢复的原因。", "reason")
    refuse_merged(resident.pk)  # its facts are with the other record: the merge has to be taken back
    removed = Resident.objects.filter(pk=resident.pk, removed_on__isnull=False)
    if not removed.update(removed_on=None, removal="", updated_at=timezone.now()):
        raise RuleBroken("NOT_REMOVED", "这个人就在名册上,不需要恢复。")
    _moved(resident, actor, today, "resident.restored", {"reason": reason.strip()})


@deed()
def reveal_number(*, identifier: ResidentIdentifier, actor, purpose: str) -> str:
    """The full number of one document, for a stated purpose that is recorded (个保法 art. 6, 51).

    Raises RuleBroken PURPOSE_MISSING.
    """
    if len(purpose.strip()) < 2:
        raise RuleBroken("PURPOSE_MISSING", "请写明查看完整号码的用途,例如“核对接种凭证”。", "purpose")
    resident = identifier.resident
    audit.record(
        "resident.number_revealed",
        actor=actor,
        target=identifier,
        subject=resident,
        place_code=resident.village_code,
        data={"document": identifier.masked, "purpose": purpose.strip()[:200]},
    )
    return identifier.number


def _may_register(actor, values: PersonValues) -> None:
    if actor is None:
        return
    scope = actor.scope("residents.edit")
    covered = any(values.village.code.startswith(prefix) for prefix in scope.town_prefixes)
    if not covered and (values.organisation is None or values.organisation.pk not in scope.organisations):
        raise NotAllowed(f"您不负责登记{values.village}的居民。请改选您负责的村(社区)或单位。")


def _may_edit(actor, old: Resident, values: PersonValues) -> None:
    """Who keeps the village may change everything; a roster changes its own people only, and takes nobody off another."""
    if actor is None:
        return
    scope = actor.scope("residents.edit")
    if any(old.village_code.startswith(prefix) for prefix in scope.town_prefixes):
        return
    before, after = old.organisation_id, values.organisation.pk if values.organisation else None
    if not reaches(actor, "residents.edit", old):
        raise NotAllowed(f"您不负责登记{old.village}的居民。请改选您负责的村(社区)或单位。")
    if before != after and not {before, after} <= scope.organisations:
        raise NotAllowed("此人的第一单位不是您的单位,不能在这里改。离开您的单位的,请在本单位名册上办理。")


def _numbered(document: Document, values: PersonValues, today: date) -> Document:
    """Give a person without a document the register's own number TMP-{town9}-{yyyy}{seq6}."""
    if document.id_type != IdType.NONE or document.number:
        return document
    town = values.village.code[:9]
    taken = ResidentIdentifier.objects.filter(id_type=IdType.NONE)
    sequence = taken.filter(code_range("resident__village_code", town)).count()
    while True:
        sequence += 1
        number = f"TMP-{town}-{today.year}{sequence:06d}"
        if not taken.filter(number_hash=ResidentIdentifier.hash_of(IdType.NONE, number)).exists():
            return Document(IdType.NONE, number, document.flags, document.reason, document.guarantor)


def _lost_the_race(values: PersonValues, actor, key) -> Resident:
    """Somebody saved the same number, or the same form twice, at this very moment."""
    first = Resident.objects.filter(key=key).first() if key else None
    if first:
        return _same_person(first, values, actor)
    for document in values.documents:
        refuse_taken_number(document, actor=actor)
    raise RuleBroken("BUSY", "刚才有人同时在登记,没有保存成功。请再点一次保存。")


def _same_person(first: Resident, values: PersonValues, actor) -> Resident:
    actor_id = actor.pk if actor else None
    return same(first, name=values.name, birth_date=values.birth_date, created_by_id=actor_id)


def _changed_document(old: Resident, values: PersonValues, actor, today: date) -> ResidentIdentifier | None:
    """The row of the primary document when ``values`` bring another number for it."""
    row = old.primary_identifier
    if not values.documents or row is None:
        return None
    document = values.documents[0]
    if document.id_type == IdType.NONE and row.id_type == IdType.NONE:
        document = Document(IdType.NONE, row.number, document.flags, document.reason, document.guarantor)
    document = _numbered(document, values, today)
    values.documents = (document, *values.documents[1:])
    refuse_taken_number(document, actor=actor, holder=old)
    wanted = identifier_columns(document)
    return row if any(getattr(row, name) != value for name, value in wanted.items()) else None


def _rewrite(row: ResidentIdentifier, document: Document) -> None:
    for name, value in identifier_columns(document).items():
        setattr(row, name, value)
    row.save()


def _lock_enrolments(resident: Resident) -> None:
    lock(Enrolment, resident.enrolments.values_list("pk", flat=True))


def _tell(resident: Resident, reason: str, actor, now: datetime | None) -> None:
    """The rooms upstairs end what no longer makes sense, e.g. the coming bookings of somebody who died."""
    fresh = Resident.objects.get(pk=resident.pk)
    departures.tell(departures.Departure(fresh, reason, actor, now or timezone.now()))


def _moved(resident: Resident, actor, today: date, action: str, data: dict) -> None:
    fresh = Resident.objects.get(pk=resident.pk)
    _count_anew(fresh, actor=actor, today=today)
    audit.record(action, actor=actor, target=fresh, subject=fresh, place_code=fresh.village_code, data=data)


def _tell_doctor(resident: Resident, actor) -> None:
    """What was typed of an illness waits for the doctor as what a file brings does (S109)."""
    if not is_for_the_doctor(resident.conditions, resident.not_vaccinated_reason):
        return
    for campaign in Campaign.objects.running().filter(enrolments__resident=resident).order_by("pk"):
        holds.report_conditions(residents=[resident], campaign=campaign, actor=actor, now=timezone.now())


def _count_anew(resident: Resident, *, actor, today: date, facts_moved: bool = False) -> None:
    """Enrol in every running campaign that covers the village, refresh the other enrolments, tell the roll-ups."""
    running = Campaign.objects.running()
    campaigns = set(running.covering(resident.village_code)) | set(
        running.filter(enrolments__resident=resident)
    )
    for campaign in sorted(campaigns, key=lambda c: c.pk):
        enrolments.enrol(residents=[resident], campaign=campaign, actor=actor, today=today)
    if facts_moved:
        codes = {code for code in resident.enrolments.values_list("unit_code", flat=True) if code}
        days = {today, *resident.records.counted().values_list("given_on", flat=True)}
        changes.note((code, day) for code in codes for day in days)
        changes.note_population(codes, today)
