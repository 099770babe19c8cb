"""Adding a person to a roster by the number: whoever is registered in the township is linked, everybody else registered."""

from datetime import date
from uuid import UUID

from core.errors import RuleBroken
from core.locks import deed
from places.models import Organisation
from residents.models import ResidentIdentifier, RosterEntry
from residents.services.name_checks import check_name
from residents.services.persons import Document, PersonValues
from residents.services.register import add_resident
from residents.services.rosters import RosterDetails, add_to_roster, change_entry


def join_by_number(
    *,
    organisation: Organisation,
    document: Document,
    name: str,
    newcomer: PersonValues | None,
    details: RosterDetails,
    since: date,
    actor,
    key: UUID | None,
    today: date,
) -> tuple[RosterEntry, bool]:
    """(entry, whether the person was registered just now). ``newcomer`` is the whole person, for one nobody knows yet.

    The name must be the one on the register: a number alone does not open anybody's record. Raises RuleBroken:
    NAME_DIFFERS, GUESSING, OTHER_TOWN, NOT_REGISTERED, NOT_ALLOWED, and those of ``add_to_roster`` and ``add_resident``.
    """
    rows = ResidentIdentifier.objects.filter(number_hash=document.digest).select_related("resident__village")
    row = rows.first()
    if row is None:
        return _register(organisation, newcomer, details, since, actor, key, today), True
    person = row.resident
    if key and person.key == key:  # the same form twice
        return RosterEntry.objects.get(organisation=organisation, resident=person, until=None), True
    differs = RuleBroken(
        "NAME_DIFFERS", "这个证件号码在居民名册上是另一个姓名。请核对号码和姓名,或与村(社区)核对。", "name"
    )
    check_name(person, name, place=organisation.place, actor=actor, otherwise=differs)
    if person.village_code[:9] != organisation.place.code[:9]:
        raise RuleBroken(
            "OTHER_TOWN", "这个证件号码登记在别的乡镇。请核对号码;确是本人的,请联系镇办办理迁移。", "number"
        )
    entry = add_to_roster(
        organisation=organisation, resident=person, actor=actor, today=today, since=since, details=details
    )
    return entry, False


@deed()
def _register(
    organisation: Organisation,
    newcomer: PersonValues | None,
    details: RosterDetails,
    since: date,
    actor,
    key: UUID | None,
    today: date,
) -> RosterEntry:
    if since > today:
        raise RuleBroken("SINCE_FUTURE", "进入日期不能晚于今天。", "since")
    if newcomer is None:
        raise RuleBroken(
            "NOT_REGISTERED", "居民名册上还没有这个人。请在下面选择现住的村(社区),一并登记。", "village"
        )
    newcomer.organisation = organisation
    person = add_resident(actor=actor, values=newcomer, key=key, today=today)
    entry = RosterEntry.objects.get(organisation=organisation, resident=person, until=None)
    entry.since = since
    entry.save(update_fields=["since"])
    change_entry(entry=entry, details=details, actor=actor, today=today)
    return entry
