"""One row of the grid: judged as it is left, saved once. The rows are read as those of a census file are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from core.errors import RuleBroken
from places.models import Organisation, Place
from residents.choices import AWAY, RowState
from residents.models import Resident
from residents.services.census_interpreting import Interpreter
from residents.services.differences import differences
from residents.services.duplicates import Likeness, holder_of, likely_duplicates, refuse_taken_number
from residents.services.persons import PersonValues, Problem
from residents.services.register import add_resident


@dataclass
class RowAnswer:
    """What is to be said about a row. ``saved``: the person it has become; ``differs``: it was saved before, and says
    something else by now; ``holder``: who has its number already, where the user may see that person."""

    values: PersonValues | None = None
    problems: list[Problem] = field(default_factory=list)
    alike: list[Likeness] = field(default_factory=list)
    holder: Resident | None = None
    saved: Resident | None = None
    differs: bool = False

    @property
    def state(self) -> str:
        """saved, error, alike (a person has to say that it is somebody else) or ready."""
        if self.saved:
            return "saved"
        if any(problem.level == "error" for problem in self.problems):
            return "error"
        return "alike" if self.alike else "ready"


def check_row(*, user, village: Place, cells: Mapping[str, object], key: UUID, today: date) -> RowAnswer:
    """Judge one row of ``village``; ``cells`` by the keys of ``residents.fields``. Writes nothing, never raises for bad
    input. A row whose ``key`` is on the register already is answered with that person: its first answer got lost.
    """
    reader = Interpreter(place=village, campaign=None, today=today, organisation=roster_of(user, village))
    values, problems = reader.person(cells)
    if saved := Resident.objects.filter(key=key, created_by=user).first():
        return RowAnswer(values, saved=saved, differs=_differs(saved, values))
    if values and values.residence in AWAY and not values.away_place:
        problems.append(Problem("away_place", "AWAY_PLACE", "外出的人请写明外出地(省市县)。"))
    if values is None:
        return RowAnswer(None, problems)
    answer = RowAnswer(values, problems)
    for document in values.documents:
        try:
            refuse_taken_number(document, actor=user)
        except RuleBroken as error:
            answer.problems.append(Problem("number", error.code, error.message))
            answer.holder = holder_of(document, actor=user)
    answer.alike = likely_duplicates(
        user=user, name=values.name, birth_date=values.birth_date, sex=values.sex, phone=values.phone
    )
    return answer


def save_row(
    *, actor, village: Place, cells: Mapping[str, object], key: UUID, sure: bool, today: date
) -> RowAnswer:
    """Register the person of one row; a repeat of ``key`` saves nothing twice. ``sure``: the likely duplicates were
    looked at, it is somebody else. Nothing is saved unless the answer's state is "saved".

    Raises RuleBroken BUSY (try again).
    """
    answer = check_row(user=actor, village=village, cells=cells, key=key, today=today)
    if answer.state == "ready" or (answer.state == "alike" and sure):
        try:
            answer.saved = add_resident(actor=actor, values=answer.values, key=key, today=today)
        except RuleBroken as error:
            if error.code == "BUSY":
                raise
            answer.problems.append(Problem(error.field or "", error.code, error.message))
            answer.holder = holder_of(answer.values.documents[0], actor=actor)
    return answer


def roster_of(user, village: Place) -> Organisation | None:
    """The organisation for whose roster ``user`` registers in ``village``; None where the village itself is the user's."""
    scope = user.scope("residents.edit")
    if any(village.code.startswith(prefix) for prefix in scope.town_prefixes):
        return None
    return Organisation.objects.filter(pk__in=scope.organisations).order_by("pk").first()


def _differs(saved: Resident, values: PersonValues | None) -> bool:
    if values is None:
        return True
    known = {row.number_hash for row in saved.identifiers.all()}
    said = {document.digest for document in values.documents}
    return not said <= known or differences(saved, values).state != RowState.UNCHANGED
