"""Rows that contradict the register: a person decides, and then the whole row is applied or none of it."""

import json
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import date, datetime

from django.utils import timezone

from core import audit
from core.errors import NotAllowed, RuleBroken
from core.idnumbers import number_family
from core.locks import deed
from residents.choices import Decision, IdType, PairVerdict, RowState
from residents.models import CensusImport, CensusRow, Resident
from residents.services import register
from residents.services.census_before import change_text, snapshot
from residents.services.census_cells import cells_of
from residents.services.census_interpreting import Interpreter
from residents.services.census_numberless import settle
from residents.services.census_rosters import entries_of, join
from residents.services.census_verdicts import column_title
from residents.services.differences import Conflict
from residents.services.pair_marks import mark_pair
from residents.services.people import compare_people, put_chunk
from residents.services.persons import PersonValues

# Contradictions that a list cannot settle, and where they are settled instead.
ELSEWHERE = {
    "village": "此人登记在别的村(社区),请先办理转移。",
    "removed": "此人已移出名册。仍在本村的,请先由镇办在其页面恢复。",
    "doses": "接种记录不能用名单改写。请在此人页面核对,作废错的或补登漏的,再回来处理。",
}
Conflicts = list[list[str]]


def conflicts_of(row: CensusRow) -> Conflicts:
    """[field, register, file] of a row as they were last compared."""
    return json.loads(row.conflicts) if row.conflicts else []


def is_likeness(row: CensusRow) -> bool:
    """True when the row has another number than the person it resembles: it may be somebody else."""
    return any(problem["code"] == "LIKENESS" for problem in row.problems)


def conflict_text(conflicts: Iterable[tuple[str, str, str]]) -> str:
    """(field, register, file) of a row as it is kept; "" when there is none."""
    listed = [list(conflict) for conflict in conflicts] if conflicts else []
    return json.dumps(listed, ensure_ascii=False) if listed else ""


def interpreter_of(census: CensusImport, today: date) -> Interpreter:
    """What understands the rows of ``census``, with all that its user has said about it."""
    return Interpreter(
        place=census.place,
        campaign=census.campaign,
        today=today,
        organisation=census.organisation,
        sheets=census.sheets,
    )


def decide(row: CensusRow, *, decision: str, actor, now: datetime, today: date) -> CensusRow:
    """Apply the row, keep the register as it is, or register a second person (twins). Repeating a decision does nothing.

    Raises RuleBroken: DECIDED_ALREADY, CHANGED_MEANWHILE (the comparison shown is out of date; the row now holds the fresh
    one), NOT_APPLICABLE, SAME_NUMBER, ROW_INVALID; NotAllowed for somebody who does not keep this person; Busy.
    """
    if row.decision == decision:
        return row
    if decision == Decision.DISCARDED:
        with deed():
            return _decided(row, decision, actor, now)
    if not Resident.objects.visible_to(actor, "residents.edit").filter(pk=row.resident_id).exists():
        raise NotAllowed("此人不在您负责的范围内,只能由其所在的村(社区)或镇办处理。")
    values = _values(row, today)
    if not is_likeness(row):
        [outcome] = compare_people([values])
        fresh = [[c.field, c.ours, c.theirs] for c in outcome.conflicts]
        if fresh and fresh != conflicts_of(row):
            CensusRow.objects.filter(pk=row.pk).update(conflicts=conflict_text(fresh))
            raise RuleBroken("CHANGED_MEANWHILE", "名册后来又改过,已按现在的内容重新列出,请再看一遍。")
    with deed():
        if decision == Decision.TWINS:
            return _keep_both(row, values, actor=actor, now=now, today=today)
        return _apply(row, values, actor=actor, now=now, today=today)


def _decided(row: CensusRow, decision: str, actor, now: datetime, **columns) -> CensusRow:
    """Close the row; only the first decision counts."""
    is_open = CensusRow.objects.filter(pk__in=CensusRow.objects.open_reviews().filter(pk=row.pk).values("pk"))
    if not is_open.update(decision=decision, decided_at=now, decided_by=actor):
        raise RuleBroken("DECIDED_ALREADY", "这一行已经有人处理过,请刷新页面。")
    person = row.resident
    row.decision, row.decided_at, row.decided_by = decision, now, actor
    audit.record(
        f"census.review_{decision}",
        actor=actor,
        target=row,
        subject=person,
        place_code=person.village_code,
        data={"census": row.census_id, "row": row.number, "fields": [c[0] for c in conflicts_of(row)]},
    )
    return row


def _values(row: CensusRow, today: date) -> PersonValues:
    values, problems = interpreter_of(row.census, today).person(cells_of([row])[row.pk], sheet=row.sheet)
    if values is None:
        why = ";".join(problem.message for problem in problems if problem.level == "error")
        raise RuleBroken("ROW_INVALID", f"这一行现在不能导入:{why}")
    settle([values], today=today, allot=True)
    return values


def _apply(row: CensusRow, values: PersonValues, *, actor, now: datetime, today: date) -> CensusRow:
    row = _decided(row, Decision.APPLIED, actor, now)
    person = _with_all(row.resident_id)
    before, stood = snapshot(person), entries_of(person)
    if is_likeness(row):
        _bring_document(person, values, actor=actor, today=today)
    [outcome] = compare_people([values])
    if outcome.resident is None or outcome.resident.pk != person.pk:
        raise RuleBroken("NOT_APPLICABLE", "这个证件号码后来登记给了别人,请核对。")
    for conflict in outcome.conflicts:
        if conflict.field in ELSEWHERE:
            raise RuleBroken("NOT_APPLICABLE", ELSEWHERE[conflict.field])
    said = _overlaid(_with_all(person.pk), values, outcome.conflicts)
    register.edit_resident(resident=person, actor=actor, values=said, today=today)
    [outcome] = put_chunk([values], actor=actor, campaign=row.census.campaign, today=today)
    if outcome.state == RowState.REVIEW:
        titles = "、".join(column_title(conflict.field) for conflict in outcome.conflicts)
        raise RuleBroken("NOT_APPLICABLE", f"“{titles}”仍与名册不一致,这一行没有采用。请在此人页面修改。")
    join(row, outcome.resident, actor=actor, today=today)
    left = sorted(stood - entries_of(person))
    row.before = change_text(before, _with_all(person.pk), document=is_likeness(row), left=left)
    row.is_done, row.done_at = True, timezone.now()
    row.save(update_fields=["before", "is_done", "done_at"])
    return row


def _bring_document(person: Resident, values: PersonValues, *, actor, today: date) -> None:
    """The same person with another number: a document of the same kind is corrected, another kind comes beside it."""
    new, old = values.documents[0], person.primary_identifier
    if old and old.id_type != IdType.NONE and number_family(old.id_type) == number_family(new.id_type):
        said = replace(values_of(person), documents=(new,))
        register.edit_resident(resident=person, actor=actor, values=said, today=today)
    else:
        primary = old is None or old.id_type == IdType.NONE or new.id_type == IdType.ID_CARD
        register.add_document(resident=person, actor=actor, document=new, primary=primary)


def _keep_both(row: CensusRow, values: PersonValues, *, actor, now: datetime, today: date) -> CensusRow:
    if not is_likeness(row):
        raise RuleBroken("SAME_NUMBER", "证件号码相同,只能是同一个人,不能登记为两个人。")
    first = row.resident
    row = _decided(row, Decision.TWINS, actor, now)
    [outcome] = put_chunk([values], actor=actor, campaign=row.census.campaign, today=today)
    if outcome.state != RowState.CREATE:
        raise RuleBroken("NOT_APPLICABLE", "这个证件号码后来已经登记,请核对。")
    join(row, outcome.resident, actor=actor, today=today)
    row.resident, row.is_done, row.done_at = outcome.resident, True, timezone.now()
    row.save(update_fields=["resident", "is_done", "done_at"])
    mark_pair(  # so that the list of likely duplicates does not ask about these two again
        one=first,
        other=outcome.resident,
        verdict=PairVerdict.DIFFERENT,
        reason="导入核对:证件号码不同,是两个人",
        actor=actor,
        now=now,
    )
    return row


def _with_all(pk: int) -> Resident:
    people = Resident.objects.select_related("village", "organisation", "household")
    return people.prefetch_related("identifiers", "priority_groups", "tags", "records").get(pk=pk)


def values_of(person: Resident) -> PersonValues:
    """A registered person as values, without documents and doses (an edit leaves these alone)."""
    special = {"documents", "doses", "unsaid", "household_no", "priority_groups", "tags"}
    copied = {
        f.name: getattr(person, f.name)
        for f in fields(PersonValues)
        if f.name not in special and hasattr(person, f.name)
    }
    return PersonValues(
        **copied,
        household_no=person.household.number if person.household else "",
        priority_groups=tuple(person.priority_groups.all()),
        tags=tuple(person.tags.all()),
    )


def _overlaid(person: Resident, said: PersonValues, conflicts: Iterable[Conflict]) -> PersonValues:
    """The person of the register with what the file says where the two contradict each other."""
    names = {conflict.field for conflict in conflicts}
    if "workplace" in names:
        names |= {"organisation"}
    return replace(values_of(person), **{name: getattr(said, name) for name in names if name != "number"})
