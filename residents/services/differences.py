"""What a source says about a person whom the register already knows: what it adds, and where it contradicts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from campaigns.models import PriorityGroup
from core.phones import mask as mask_phone
from places.models import Organisation
from residents.choices import RowState
from residents.models import Resident, Tag, VaccinationRecord
from residents.services.persons import TEXTS, DoseValues, PersonValues

_PLAIN = (*(key for key in TEXTS if key != "workplace"), "phone", "not_vaccinated_reason")
_FIXED = ("name", "sex", "birth_date")


@dataclass(frozen=True)
class Conflict:
    """A field (as in PersonValues) where register and source differ; both sides as words for the screen."""

    field: str
    ours: str
    theirs: str


@dataclass
class Differences:
    """``fills``: columns that are blank in the register and known to the source; the rest likewise are additions."""

    fills: dict[str, object] = field(default_factory=dict)
    household_no: str = ""
    groups: tuple[PriorityGroup, ...] = ()
    tags: tuple[Tag, ...] = ()
    doses: tuple[DoseValues, ...] = ()
    conflicts: list[Conflict] = field(default_factory=list)

    @property
    def added(self) -> tuple[str, ...]:
        """The fields that the source would add, as in PersonValues."""
        extra = {
            "household_no": self.household_no,
            "priority_groups": self.groups,
            "tags": self.tags,
            "doses": self.doses,
        }
        return (*self.fills, *(key for key, value in extra.items() if value))

    @property
    def state(self) -> str:
        """review, update or unchanged."""
        if self.conflicts:
            return RowState.REVIEW
        return RowState.UPDATE if self.added else RowState.UNCHANGED


def differences(resident: Resident, values: PersonValues) -> Differences:
    """Compare ``values`` with a resident read with household, organisation, groups and counted ``records``.

    A blank of the source says nothing; a blank of the register may be filled; anything else that differs is a
    conflict, which a person has to settle.
    """
    found = Differences()
    if resident.removed_on:
        found.conflicts.append(Conflict("removed", f"已移出名册({resident.get_removal_display()})", "在册"))
        return found
    if resident.village_id != values.village.pk:
        found.conflicts.append(Conflict("village", "已登记在别的村(社区)", values.village.name))
        return found
    _fixed(resident, values, found)
    _plain(resident, values, found)
    _workplace(resident, values, found)
    _household_and_groups(resident, values, found)
    _doses(resident, values, found)
    return found


def _fixed(resident: Resident, values: PersonValues, found: Differences) -> None:
    for key in _FIXED:
        if (ours := getattr(resident, key)) != (theirs := getattr(values, key)):
            found.conflicts.append(Conflict(key, _word(resident, key, ours), _word(resident, key, theirs)))


def _plain(resident: Resident, values: PersonValues, found: Differences) -> None:
    for key in _PLAIN:
        ours, theirs = getattr(resident, key), getattr(values, key)
        if theirs and not ours:
            found.fills[key] = theirs
        elif theirs and ours != theirs:
            found.conflicts.append(Conflict(key, _word(resident, key, ours), _word(resident, key, theirs)))
    if values.willing is not None and resident.willing is None:
        found.fills["willing"] = values.willing
    elif values.willing is not None and resident.willing != values.willing:
        words = {True: "愿意", False: "不愿意"}
        found.conflicts.append(Conflict("willing", words[resident.willing], words[values.willing]))
    for key in ("residence", "phone_owner", "nationality"):
        ours, theirs = getattr(resident, key), getattr(values, key)
        if key in values.unsaid or ours == theirs:
            continue
        if key == "phone_owner" and "phone" in found.fills:
            found.fills[key] = theirs
        elif key != "phone_owner" or resident.phone:
            found.conflicts.append(Conflict(key, _word(resident, key, ours), _word(resident, key, theirs)))


def _workplace(resident: Resident, values: PersonValues, found: Differences) -> None:
    ours, theirs = (
        _where(resident.organisation, resident.workplace),
        _where(values.organisation, values.workplace),
    )
    if not theirs or ours == theirs:
        return
    if ours and "workplace" in values.unsaid:
        return
    if ours:
        found.conflicts.append(Conflict("workplace", ours, theirs))
    elif values.organisation:
        found.fills["organisation"] = values.organisation
    else:
        found.fills["workplace"] = values.workplace


def _where(organisation: Organisation | None, workplace: str) -> str:
    return organisation.name if organisation else workplace


def _household_and_groups(resident: Resident, values: PersonValues, found: Differences) -> None:
    ours = resident.household.number if resident.household else ""
    if values.household_no and not ours:
        found.household_no = values.household_no
    elif values.household_no and values.household_no != ours:
        found.conflicts.append(Conflict("household_no", ours, values.household_no))
    known = {group.code: group for group in resident.priority_groups.all()}
    said = {group.code: group for group in values.priority_groups}
    if said and not known:
        found.groups = values.priority_groups
    elif said.keys() - known.keys():
        found.conflicts.append(Conflict("priority_groups", _names(known), _names(said)))
    # A tag that the file has and the register lacks is simply one more: tags do not exclude each other.
    found.tags = tuple(tag for tag in values.tags if tag not in resident.tags.all())


def _names(groups: Mapping[str, PriorityGroup]) -> str:
    return "、".join(group.name for group in groups.values())


def _doses(resident: Resident, values: PersonValues, found: Differences) -> None:
    """Doses are the same when given on one day. A dose after all known ones is news; one between them is a question."""
    new = []
    for dose in sorted(values.doses, key=lambda dose: dose.given_on):
        records = [r for r in resident.records.all() if r.disease == dose.vaccine.disease]
        same = next((record for record in records if record.given_on == dose.given_on), None)
        if same is not None:
            if not _same_product(same, dose):
                found.conflicts.append(Conflict("doses", str(same.vaccine), str(dose.vaccine)))
        elif not records or dose.given_on > max(record.given_on for record in records):
            new.append(dose)
        else:
            days = "、".join(f"{record.given_on:%Y-%m-%d}" for record in records)
            found.conflicts.append(Conflict("doses", days, f"{dose.given_on:%Y-%m-%d}"))
    found.doses = tuple(new)


def _same_product(record: VaccinationRecord, dose: DoseValues) -> bool:
    unknown = "UNKNOWN"
    return record.vaccine_id == dose.vaccine.pk or unknown in (record.vaccine.platform, dose.vaccine.platform)


def _word(resident: Resident, key: str, value) -> str:
    """A value as the screen may show it: the word of a code, a masked phone."""
    if key == "phone":
        return mask_phone(value)
    choices = dict(resident._meta.get_field(key).flatchoices)
    return str(choices.get(value, value))
