"""A person as a form, a grid or a census file says it, cleaned: plain values, nothing of the database in them."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.db import models

from campaigns.models import PriorityGroup
from core import idnumbers
from inventory.models import Vaccine
from places.models import Organisation, Place
from residents.choices import IdType, NotVaccinatedReason, PhoneOwner, RecordSource, Residence
from residents.models import ResidentIdentifier, Tag
from residents.nationalities import CHINA

# Copied as they are (trimmed, half-width) into the column of the same name.
TEXTS = (
    "group_no",
    "grid",
    "relation_to_head",
    "hukou_address",
    "address",
    "away_place",
    "workplace",
    "school_class",
    "occupation",
    "conditions",
    "special_needs",
    "guardian_name",
    "responsible_name",
    "note",
)
CHOICES: dict[str, type[models.TextChoices]] = {
    "residence": Residence,
    "phone_owner": PhoneOwner,
    "not_vaccinated_reason": NotVaccinatedReason,
}


@dataclass(frozen=True)
class Problem:
    """What is wrong with one value: ``field`` as in PersonValues, stable ``code``, Chinese ``message``, and ``level``
    'error' (cannot be saved) or 'warning' (should be looked at)."""

    field: str
    code: str
    message: str
    level: str = "error"


@dataclass(unsafe_hash=True)  # never changed; but freezing would double the price of a hundred thousand
class Document:
    """One identity document with its number in the stored form. A person without any has type N0: then ``number`` is
    empty until the register gives one, and ``reason`` and ``guarantor`` say why and who vouches."""

    id_type: str
    number: str
    flags: tuple[str, ...] = ()
    reason: str = ""
    guarantor: str = ""

    @cached_property
    def digest(self) -> str:
        """The blind index under which the number is unique and can be found."""
        return ResidentIdentifier.hash_of(self.id_type, self.number)

    @property
    def masked(self) -> str:
        """What lists show. Our own TMP- numbers name nobody and stay readable."""
        return self.number if self.id_type == IdType.NONE else idnumbers.mask(self.number)


@dataclass(frozen=True)
class DoseValues:
    """An earlier dose as somebody says it: the day, the product (the unknown one where nobody knows), where."""

    given_on: date
    vaccine: Vaccine
    place_name: str = ""
    lot_no: str = ""
    source: str = RecordSource.ELSEWHERE
    is_verified: bool = False


@dataclass(slots=True)
class PersonValues:
    """A cleaned person, ready to be written. Texts are trimmed, codes are valid, the number passed its checks.

    ``unsaid`` names the fields that carry a default only because the source is silent about them; they never
    contradict what the register knows.
    """

    name: str
    sex: str
    birth_date: date
    village: Place
    documents: tuple[Document, ...] = ()
    nationality: str = CHINA
    group_no: str = ""
    grid: str = ""
    household_no: str = ""
    relation_to_head: str = ""
    residence: str = Residence.LOCAL_RESIDENT
    hukou_address: str = ""
    address: str = ""
    away_place: str = ""
    phone: str = ""
    phone_owner: str = PhoneOwner.SELF
    organisation: Organisation | None = None
    workplace: str = ""
    school_class: str = ""
    occupation: str = ""
    priority_groups: tuple[PriorityGroup, ...] = field(default=())
    tags: tuple[Tag, ...] = field(default=())
    conditions: str = ""
    special_needs: str = ""
    guardian_name: str = ""
    willing: bool | None = None
    not_vaccinated_reason: str = ""
    responsible_name: str = ""
    note: str = ""
    doses: tuple[DoseValues, ...] = ()
    unsaid: frozenset[str] = frozenset()
