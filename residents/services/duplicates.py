"""Is this person on the register already? The same number is refused; a likeness is shown before saving."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.errors import RuleBroken
from places.models import Place
from residents.models import Resident, ResidentIdentifier
from residents.services.persons import Document, PersonValues

_SHOWN = 5


@dataclass(frozen=True)
class Likeness:
    """Somebody on the register who may be the same person, and why in words."""

    resident: Resident
    reason: str


def refuse_taken_number(document: Document, *, actor, holder: Resident | None = None) -> None:
    """Raise RuleBroken NUMBER_TAKEN when somebody else than ``holder`` has this number.

    Who that is, is told only to a user who may see the person; to others only the township.
    """
    if not document.number:
        return
    rows = ResidentIdentifier.objects.filter(number_hash=document.digest).select_related("resident__village")
    row = rows.exclude(resident=holder).first() if holder else rows.first()
    if row is None:
        return
    person = row.resident
    if actor is None or Resident.objects.findable_by(actor).filter(pk=person.pk).exists():
        state = f",已移出({person.get_removal_display()}),可请镇办在其页面恢复" if person.removed_on else ""
        words = (
            f"这个证件号码已经登记:{person.name}({person.village}{state})。请核对号码;同一个人不要重复登记。"
        )
    else:
        town = Place.objects.filter(code=person.village_code[:9].ljust(12, "0")).first()
        words = f"这个证件号码已在{town or '其他乡镇'}登记。请核对号码;确是本人、现住本村的,请在“迁移与移出”里提出迁入。"
    raise RuleBroken("NUMBER_TAKEN", words, "number")


def holder_of(document: Document, *, actor) -> Resident | None:
    """Who has this number on the register, if ``actor`` may see the person."""
    holders = Resident.objects.findable_by(actor).filter(identifiers__number_hash=document.digest)
    return holders.select_related("village").first() if document.number else None


def likely_duplicates(
    *, user, name: str, birth_date: date | None, sex: str, phone: str, holder: Resident | None = None
) -> list[Likeness]:
    """People in the user's reach who look like the one being saved, with the reason; at most a handful.

    Reasons (domain §1.2): same name, sex and birth date; same name and phone.
    """
    if not name:
        return []
    mine = Resident.objects.in_reach(user, "residents.edit").live().select_related("village")
    namesakes = mine.filter(name=name).exclude(pk=holder.pk if holder else None)
    found: dict[int, Likeness] = {}
    if birth_date and sex:
        for other in namesakes.filter(birth_date=birth_date, sex=sex)[:_SHOWN]:
            found[other.pk] = Likeness(other, "姓名、性别、出生日期都相同")
    if phone:
        for other in namesakes.filter(phone=phone)[:_SHOWN]:
            found.setdefault(other.pk, Likeness(other, "姓名和电话相同"))
    return list(found.values())


def lookalikes(people: Sequence[PersonValues]) -> dict[int, Resident]:
    """Position in ``people`` → the live resident of the same village with the same name, sex and birth date, if any.

    Two queries for all of them (documents come along); the caller has made sure that the numbers differ.
    """
    found: dict[tuple, Resident] = {}
    rows = Resident.objects.live().filter(
        village__in={person.village.id for person in people},
        birth_date__among={person.birth_date for person in people},
        name__among={person.name for person in people},
    )
    for row in rows.order_by("-pk").prefetch_related("identifiers"):
        found[row.village_id, row.name, row.sex, row.birth_date] = row
    keys = ((person.village.id, person.name, person.sex, person.birth_date) for person in people)
    return {at: found[key] for at, key in enumerate(keys) if key in found}
