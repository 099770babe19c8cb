"""One row of the grid: judged as it is left, saved once. The rows are read as those of a census file are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from core.crypto import blind_index
from core.errors import RuleBroken
from core.locks import deed
from places.models import Organisation, Place
from residents.choices import AWAY, IdType, RowState
from residents.fields import BY_KEY
from residents.models import Resident
from residents.services.census_checking import conflict_problems
from residents.services.census_interpreting import Interpreter
from residents.services.census_verdicts import column_title
from residents.services.differences import differences
from residents.services.duplicates import Likeness, holder_of, likely_duplicates, refuse_taken_number
from residents.services.people import Outcome, put_chunk
from residents.services.persons import PersonValues, Problem
from residents.services.register import add_resident


@dataclass
class RowAnswer:
    """What is to be said about a row. ``saved``: the person it has become; ``differs``: it was saved before, and says
    something else by now; ``holder``: who has its number already, where the user may see that person, and ``known``
    whether the row may fill that person's blanks; ``filled``: in words, what it did fill."""

    values: PersonValues | None = None
    problems: list[Problem] = field(default_factory=list)
    alike: list[Likeness] = field(default_factory=list)
    holder: Resident | None = None
    known: bool = False
    saved: Resident | None = None
    differs: bool = False
    filled: str = ""

    @property
    def state(self) -> str:
        """saved, error, known (the number is taken, its person's blanks may be filled), alike (a person has to say
        that it is somebody else) or ready."""
        if self.saved:
            return "saved"
        if any(problem.level == "error" for problem in self.problems):
            return "known" if self.known else "error"
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
    # The sheet has no place for the reason and the guarantor.
    if BY_KEY["id_type"].read(cells.get("id_type")) == IdType.NONE:
        words = "没有证件的人不能在表格里登记。请在“居民”里点“登记居民”,证件类型选“无证件”,写明原因和担保人。"
        return RowAnswer(None, [Problem("number", "NO_DOCUMENT", words)])
    if values is None:
        return RowAnswer(None, problems)
    answer = RowAnswer(values, problems)
    for document in values.documents:
        try:
            refuse_taken_number(document, actor=user)
        except RuleBroken as error:
            _taken(answer, error, user)
            return answer
    answer.alike = likely_duplicates(
        user=user, name=values.name, birth_date=values.birth_date, sex=values.sex, phone=values.phone
    )
    return answer


@deed()
def save_row(
    *,
    actor,
    village: Place,
    cells: Mapping[str, object],
    key: UUID,
    sure: bool = False,
    fill: bool = False,
    today: date,
) -> RowAnswer:
    """Register the person of one row with the earlier doses; a repeat of ``key`` saves nothing twice. ``sure``: the
    likely duplicates were looked at, it is somebody else. ``fill``: the number is taken, and what is blank on that
    person's page is to be filled from the row. Nothing is saved unless the answer's state is "saved".

    Raises RuleBroken BUSY (try again).
    """
    answer = check_row(user=actor, village=village, cells=cells, key=key, today=today)
    if fill and answer.state == "known":
        _fill(answer, village, actor=actor, today=today)
    elif answer.state == "ready" or (answer.state == "alike" and sure):
        try:
            answer.saved = add_resident(actor=actor, values=answer.values, key=key, today=today)
        except RuleBroken as error:
            if error.code == "BUSY":
                raise
            _taken(answer, error, actor)
        else:
            if answer.values.doses:
                put_chunk([answer.values], actor=actor, campaign=None, today=today)
    return answer


def draft_key(user) -> str:
    """64 hex digits that close what ``user`` typed and has not saved; always the same, and nobody else's."""
    return blind_index(f"grid-drafts:{user.pk}")


def roster_of(user, village: Place) -> Organisation | None:
    """The organisation for whose roster ``user`` registers in ``village``; None where the village itself is the user's."""
    scope = user.scope("residents.edit")
    if any(village.code.startswith(prefix) for prefix in scope.town_prefixes):
        return None
    return Organisation.objects.filter(pk__in=scope.organisations).order_by("pk").first()


def _taken(answer: RowAnswer, error: RuleBroken, user) -> None:
    """Somebody has the number: who, where the user may know; fillable where the row could also edit that person."""
    answer.problems.append(Problem(error.field or "", error.code, error.message))
    answer.holder = holder_of(answer.values.documents[0], actor=user)
    reach = Resident.objects.in_reach(user, "residents.edit").live()
    mine = reach.filter(pk=answer.holder.pk, village=answer.values.village) if answer.holder else reach.none()
    others = [p for p in answer.problems if p.level == "error" and p.code != "NUMBER_TAKEN"]
    answer.known = not others and mine.exists()


def _fill(answer: RowAnswer, village: Place, *, actor, today: date) -> None:
    """As a census file does: blanks are filled, a contradiction changes nothing and is told."""
    [outcome] = put_chunk([answer.values], actor=actor, campaign=None, today=today)
    conflicts = conflict_problems(outcome, roster_of(actor, village))
    if conflicts:
        told = [
            Problem(p.field, p.code, f"{column_title(p.field)}:{p.message}".replace("表中", "这一行"))
            for p in conflicts
        ]
        answer.problems = [*told, Problem("", "OPEN_PERSON", "要改的请打开已登记的人修改,再删除这一行。")]
        return
    answer.saved, answer.filled = outcome.resident, _filled_words(outcome)


def _filled_words(outcome: Outcome) -> str:
    titles = "、".join(dict.fromkeys(filter(None, map(_title, outcome.added))))
    return f"已补充到原来登记的人:{titles}。" if titles else "原来登记的已经有这些内容,没有再登记。"


def _title(key: str) -> str:
    return "接种记录" if key == "doses" else column_title("workplace" if key == "organisation" else key)


def _differs(saved: Resident, values: PersonValues | None) -> bool:
    if values is None:
        return True
    known = {row.number_hash for row in saved.identifiers.all()}
    said = {document.digest for document in values.documents}
    return not said <= known or differences(saved, values).state != RowState.UNCHANGED
