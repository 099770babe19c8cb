"""Taking a merge back: both records are what they were; what came since stays with the survivor."""

from datetime import datetime

from django.apps import apps
from django.db import transaction
from django.db.models import Model, ProtectedError
from django.utils import timezone

from core import changes
from core.errors import RuleBroken
from core.locks import deed, lock
from residents.choices import PairVerdict
from residents.merge_map import ON_MERGE
from residents.models import Enrolment, Merge, Resident, VaccinationRecord
from residents.services.merge_doses import number_by_date, step_aside
from residents.services.merge_log import Undo, key_of
from residents.services.merge_rooms import room_of, rooms
from residents.services.merging import (
    SHORTEST_REASON,
    check_may_merge,
    check_rooms,
    counted_days,
    counting_units,
    read_both,
    record_deed,
    refresh,
)
from residents.services.pair_marks import mark_pair


@deed()
def unmerge(*, merge: Merge, actor, reason: str, now: datetime) -> Merge:
    """Take ``merge`` back. What moved goes back, changed values are set back unless somebody changed them since, and what
    was added to the survivor since stays there; ``undo_words`` of the answer names what differs from before.

    A second call changes nothing. Raises NotAllowed; RuleBroken: REASON_MISSING, LATER_MERGE, ROOM_REFUSES, BUILT_ON,
    MOVED_SINCE.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise RuleBroken("REASON_MISSING", "请写明撤销的原因,例如“查户口本,是两个人”。", "reason")
    check_may_merge(actor, merge.kept, merge.absorbed)
    both = Enrolment.objects.filter(resident__in=[merge.kept_id, merge.absorbed_id])
    lock(Enrolment, both.values_list("pk", flat=True))
    standing = Merge.objects.standing().filter(pk=merge.pk)
    if not standing.update(undone_at=now, undone_by=actor, undo_reason=reason.strip()[:200]):
        return Merge.objects.get(pk=merge.pk)
    row = Merge.objects.get(pk=merge.pk)
    kept, absorbed = read_both(row.kept_id, row.absorbed_id)
    _check_no_later(row)
    check_rooms([kept, absorbed])
    days, units = counted_days(kept, absorbed), counting_units(kept, absorbed)
    row.undo_words = _taken_apart(row.log, kept, absorbed)
    row.save(update_fields=["undo_words"])
    Resident.objects.filter(pk__in=[kept.pk, absorbed.pk]).update(updated_at=now)
    refresh([kept, absorbed], timezone.localdate(now))
    changes.note(days | counted_days(kept, absorbed))
    changes.note_population(units | counting_units(kept, absorbed), timezone.localdate(now))
    mark_pair(
        one=kept, other=absorbed, verdict=PairVerdict.DIFFERENT, reason=row.undo_reason, actor=actor, now=now
    )
    record_deed(row, dict.fromkeys((kept, absorbed), "resident.unmerged"), actor, row.undo_reason)
    return row


def _check_no_later(row: Merge) -> None:
    """Merges are taken back last first: a later one moved rows that this one had moved."""
    people = [row.kept_id, row.absorbed_id]
    later = Merge.objects.standing().filter(pk__gt=row.pk).touching(people).first()
    if later is not None:
        raise RuleBroken(
            "LATER_MERGE", f"这份档案之后又有一次合并({later.absorbed}并入{later.kept}),请先撤销那一次。"
        )


def _taken_apart(log: dict, kept: Resident, absorbed: Resident) -> list[str]:
    """Set the rows of both right; returns the words of what could not be as before."""
    undo = Undo(log)
    moved = _moved(undo)
    _check_not_built_on(moved)
    follow = {pk for room in rooms() for pk in room.follows(moved)}
    added = _added_since(undo, kept, follow)
    step_aside(kept)
    VaccinationRecord.objects.filter(pk__in=follow, resident=kept).update(resident=absorbed)
    if lost := undo.move_back():
        raise RuleBroken(
            "MOVED_SINCE", f"合并过来的{'、'.join(sorted(set(lost)))}后来又改了归属,不能自动撤销。"
        )
    kept_ended: list[str] = []
    undo.restore(skip=lambda changed: _stays_ended(changed, kept_ended))
    for person in (kept, absorbed):
        number_by_date(person)
    _unmake(log["made"])
    words = [f"合并后新增、留在保留档案上的:{'、'.join(added)}"] if added else []
    words += [f"没有恢复:{word}" for word in dict.fromkeys([*kept_ended, *undo.kept_words])]
    return words


def _stays_ended(row: Model, told: list[str]) -> bool:
    room = room_of(type(row))
    reason = room.why_not_restored(row) if room else ""
    if reason:
        told.append(reason)
    return bool(reason)


def _moved(undo: Undo) -> dict[type[Model], set[int]]:
    """Ids of the rows that go back, by model."""
    moved: dict[type[Model], set[int]] = {}
    for model, _, pk, _, _ in undo.moves():
        moved.setdefault(model, set()).add(pk)
    return moved


def _check_not_built_on(moved: dict[type[Model], set[int]]) -> None:
    """A row of the survivor that came since and uses a moved row would hang between two people."""
    for model in {key_of(label)[0] for label in ON_MERGE}:
        for column in model._meta.concrete_fields:
            target = column.related_model if column.is_relation else None
            if target not in moved:
                continue
            newer = model._base_manager.filter(**{f"{column.name}__in": moved[target]})
            if newer.exclude(pk__in=moved.get(model, ())).exists():
                raise RuleBroken(
                    "BUILT_ON",
                    f"合并后新增的{model._meta.verbose_name}用到了合并过来的{target._meta.verbose_name},不能自动撤销。"
                    "请先处理(作废或取消)那一条,或按两个人分别登记。",
                )


def _added_since(undo: Undo, kept: Resident, follow: set[int]) -> list[str]:
    """In words what came to the survivor after the merge and stays; the vaccination records ``follow`` do not."""
    moved = {(model._meta.label, pk) for model, _, pk, _, _ in undo.moves()}
    moved |= {(VaccinationRecord._meta.label, pk) for pk in follow}
    words: dict[str, int] = {}
    for label, last in undo.log["last"].items():
        model, name = key_of(label)
        path = name if model._meta.get_field(name).related_model is Resident else f"{name}__resident"
        newer = model._base_manager.filter(**{path: kept.pk, "pk__gt": last}).values_list("pk", flat=True)
        count = sum((model._meta.label, pk) not in moved for pk in newer)
        word = str(model._meta.verbose_name)
        words[word] = words.get(word, 0) + count
    return [f"{word} {count} 条" for word, count in words.items() if count]


def _unmake(ids: list[int]) -> None:
    """Take away the enrolments that the merge made for the survivor, unless something stands on them by now."""
    for row in apps.get_model("residents.Enrolment").objects.filter(pk__in=ids):
        try:
            with transaction.atomic():
                row.delete()
        except ProtectedError:
            continue
