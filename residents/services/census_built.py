"""What was built on people since an import put them in. Every foreign key to a person counts, also one of a room above or
of a table that comes later: the models are asked, not a list."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db.models import Count, Q

from residents.choices import HoldKind, RecordSource
from residents.models import (
    CensusImport,
    CensusRow,
    Enrolment,
    Hold,
    Merge,
    PairMark,
    Resident,
    ResidentIdentifier,
    RosterEntry,
    VaccinationRecord,
)
from residents.services.edits import LISTS

# What an import itself writes about a person; ``_own`` looks at these more closely.
_OWN = {ResidentIdentifier, VaccinationRecord, Enrolment, Hold, RosterEntry, CensusRow, PairMark}
UNDONE = "撤销导入"  # why a dose was voided that an undone import had added
# Where facts about a person hang, and the path from there to the person.
_PIVOTS = (
    (Resident, ""),
    (Enrolment, "__resident"),
    (VaccinationRecord, "__resident"),
    (RosterEntry, "__resident"),
)


def built_on_new(new: Mapping[int, CensusRow], census: CensusImport) -> dict[int, str]:
    """Resident id → why this person, whom the import created, cannot be taken back any more (``new``: id → row)."""
    found: dict[int, str] = {}
    for pivot, path in _PIVOTS:
        for model, name in _keys_to(pivot):
            for pk in _who(model, f"{name}{path}", new):
                found.setdefault(pk, f"已有{model._meta.verbose_name}")
    for pk, reason in _own(new, census):
        found.setdefault(pk, reason)
    return found


def doses_since(since: Mapping[int, datetime]) -> set[int]:
    """Residents who got a dose recorded later than the moment given with them."""
    rows = VaccinationRecord.objects.counted().filter(resident__in=since)
    return {pk for pk, at in rows.values_list("resident_id", "recorded_at") if at > since[pk]}


def merged_since(since: Mapping[int, datetime]) -> set[int]:
    """Residents into whom another record went after the moment given with them: whose dose stands is that merge's word."""
    rows = Merge.objects.standing().filter(kept__in=since)
    return {pk for pk, at in rows.values_list("kept_id", "at") if at > since[pk]}


def _keys_to(pivot) -> Iterator[tuple[type, str]]:
    # Also those without a name of their own ("+"): a frozen register holds people by such a key.
    for relation in pivot._meta.get_fields(include_hidden=True):
        if not (relation.one_to_many or relation.one_to_one) or not relation.auto_created:
            continue
        if relation.related_model not in _OWN and not relation.related_model._meta.auto_created:
            yield relation.related_model, relation.field.name
    for field in pivot._meta.many_to_many:
        if field.name not in LISTS:
            through = field.remote_field.through
            yield through, field.m2m_field_name()


def _who(model, path: str, people: Mapping[int, CensusRow]) -> set[int]:
    return set(model._base_manager.filter(**{f"{path}__in": list(people)}).values_list(path, flat=True)) - {
        None
    }


def _own(new: Mapping[int, CensusRow], census: CensusImport) -> Iterator[tuple[int, str]]:
    """The import's own kinds of facts, where they are not the import's any more."""
    done = {pk: row.done_at for pk, row in new.items()}
    for pk, row in new.items():
        if row.resident.removed_on:
            yield pk, "已移出名册"
        elif row.resident.updated_at > done[pk]:
            yield pk, "资料后来改过"
    several = (
        ResidentIdentifier.objects.filter(resident__in=new).values("resident_id").annotate(n=Count("pk"))
    )
    for line in several.filter(n__gt=1):
        yield line["resident_id"], "又登记了别的证件"
    for record in VaccinationRecord.objects.filter(resident__in=new).exclude(void_reason=UNDONE):
        if record.recorded_at > done[record.resident_id] or record.source == RecordSource.HERE:
            yield record.resident_id, "又登记了接种记录"
        elif record.voided_at:
            yield record.resident_id, "接种记录后来作废过"
    for hold in Hold.objects.filter(enrolment__resident__in=new).select_related("enrolment"):
        pk = hold.enrolment.resident_id
        if hold.kind != HoldKind.SELF_REPORTED or hold.at > done[pk] or hold.lifted_at:
            yield pk, "医生已经鉴定或登记了暂缓、禁忌"
    for entry in RosterEntry.objects.filter(resident__in=new):
        if entry.added_at > done[entry.resident_id] or entry.until or entry.confirmed_at:
            yield entry.resident_id, "单位已在其名册上登记或核对"
    for mark in PairMark.objects.filter(Q(first__in=new) | Q(second__in=new)):
        for pk in {mark.first_id, mark.second_id} & new.keys():
            if mark.at != new[pk].decided_at:  # keeping a row as a second person says so by a mark
                yield pk, "已判断是否与别人重复"
    others = CensusRow.objects.filter(resident__in=new).exclude(census=census).select_related("census")
    for row in others:
        yield row.resident_id, f"另一次导入“{row.census.file_name}”也有此人,请先撤销或放弃那一次"
