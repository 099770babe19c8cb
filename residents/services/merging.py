"""Two records of one person become one.

Every row that points to a person is handled as ``residents.merge_map`` says; the absorbed record stays as a tombstone
that knows its survivor. What the audit trail and the ledger say of it is never touched. The way back: ``unmerging``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from campaigns.models import Campaign
from core import audit, changes, idnumbers
from core.errors import NotAllowed, RuleBroken
from core.locks import deed
from core.repeats import same
from residents.choices import Removal
from residents.models import Enrolment, Merge, Resident, RosterEntry
from residents.services import enrolments, stickers
from residents.services.merge_doses import join_doses
from residents.services.merge_fields import take_over
from residents.services.merge_log import MergeLog
from residents.services.merge_moves import choose_primary, last_rows, locked_pairs, move_rows
from residents.services.merge_rooms import Pair, rooms

SHORTEST_REASON = 2


@dataclass(frozen=True)
class Outcome:
    """What a merge would do, in words; ``doubts`` need a person's look afterwards."""

    words: tuple[str, ...]
    doubts: tuple[str, ...]


class _Shown(Exception):
    """Ends a preview: nothing of it stays."""


@deed()
def merge(
    *,
    kept: Resident,
    absorbed: Resident,
    choices: Mapping[str, str],
    actor,
    reason: str,
    key: UUID,
    now: datetime,
) -> Merge:
    """Move every fact of ``absorbed`` to ``kept`` and leave ``absorbed`` as a tombstone.

    ``choices``: {key of ``merge_fields.Difference``: "kept", "absorbed" or "both"}; absent ones take the default. A repeat
    of ``key`` returns the first merge. Raises NotAllowed; RuleBroken: REASON_MISSING, SAME_RECORD, NOT_LIVE, ROOM_REFUSES,
    NOT_BY_CARD, KEY_USED.
    """
    if repeated := Merge.objects.filter(key=key).first():
        return same(repeated, kept_id=kept.pk, absorbed_id=absorbed.pk)
    if len(reason.strip()) < SHORTEST_REASON:
        raise RuleBroken("REASON_MISSING", "请写明合并的原因,例如“出生证和身份证各登记了一次”。", "reason")
    try:
        kept, absorbed, log = _merged(kept, absorbed, choices, actor, now)
    except RuleBroken as refusal:
        first = Merge.objects.filter(key=key).first()  # the same click, which waited for itself
        if refusal.code == "NOT_LIVE" and first is not None:
            return same(first, kept_id=kept.pk, absorbed_id=absorbed.pk)
        raise
    row = Merge(key=key, kept=kept, absorbed=absorbed, reason=reason.strip()[:200], at=now, by=actor)
    row.words, row.log = [*log.words, *log.doubts], log.data()
    row.save(force_insert=True)
    record_deed(row, {kept: "resident.merged", absorbed: "resident.absorbed"}, actor, row.reason)
    return row


def preview(
    *, kept: Resident, absorbed: Resident, choices: Mapping[str, str], actor, now: datetime
) -> Outcome:
    """What ``merge`` would do, found by doing it and taking it back: the preview and the deed cannot differ.

    Raises what ``merge`` raises.
    """
    shown: list[MergeLog] = []
    try:
        with deed():
            shown.append(_merged(kept, absorbed, choices, actor, now)[2])
            raise _Shown
    except _Shown:
        return Outcome(tuple(shown[0].words), tuple(shown[0].doubts))


def _merged(
    kept: Resident, absorbed: Resident, choices: Mapping[str, str], actor, now: datetime
) -> tuple[Resident, Resident, MergeLog]:
    if kept.pk == absorbed.pk:
        raise RuleBroken("SAME_RECORD", "这是同一份档案,不需要合并。请选择另一份。")
    check_may_merge(actor, kept, absorbed)
    today, log = timezone.localdate(now), MergeLog()
    enrolled = locked_pairs(kept, absorbed, actor=actor, today=today, log=log)
    _claim([kept, absorbed], now)
    kept, absorbed = read_both(kept.pk, absorbed.pk)
    check_rooms([kept, absorbed])
    pair, log.last = Pair(kept, absorbed, enrolled, actor, now), last_rows()
    days, units = counted_days(kept, absorbed), counting_units(kept, absorbed)
    if taken := take_over(kept, absorbed, choices, log):
        log.words.append(f"取自并入档案的资料:{'、'.join(taken)}")
    join_doses(kept, absorbed, log, actor=actor, now=now)
    for room in rooms():
        room.join(pair, log)
    move_rows(pair, log)
    choose_primary(kept, log)
    _check_card(kept, today)
    log.change(absorbed, removed_on=today, removal=Removal.DUPLICATE, merged_into_id=kept.pk)
    refresh([kept, absorbed], today)
    for room in rooms():
        room.settle(pair, log)
    changes.note(days | counted_days(kept, absorbed))
    changes.note_population(units | counting_units(kept, absorbed), today)
    log.words.append("并入的档案移出名册(重复登记),用它的号码仍能找到保留的档案")
    return kept, absorbed, log


def check_may_merge(actor, *people: Resident) -> None:
    """Both records must lie in the actor's township (``actor`` None is the system). Raises NotAllowed."""
    if actor is None:
        return
    scope = actor.scope("residents.merge")
    if not all(scope.covers(person.village_code) for person in people):
        raise NotAllowed("合并和撤销合并由两份档案所在的乡镇(街道)办公室办理,其中一份不在您的范围内。")


def _claim(people: list[Resident], now: datetime) -> None:
    """Both must be on the register at this moment; pages opened before are out of date from now on."""
    for person in sorted(people, key=lambda p: p.pk):
        if not Resident.objects.live().filter(pk=person.pk).update(updated_at=now):
            raise RuleBroken(
                "NOT_LIVE", f"{person.name}的一份档案已不在名册上(可能刚被合并或移出)。请返回重新查看。"
            )


def read_both(kept_id: int, absorbed_id: int) -> tuple[Resident, Resident]:
    """Both freshly read, with what the comparison needs."""
    people = (
        Resident.objects.filter(pk__in=[kept_id, absorbed_id])
        .select_related("village", "organisation", "household")
        .prefetch_related("identifiers", "priority_groups", "tags")
    )
    found = {person.pk: person for person in people}
    return found[kept_id], found[absorbed_id]


def check_rooms(people: list[Resident]) -> None:
    """Raise RuleBroken ROOM_REFUSES when a room upstairs is just working with one of them."""
    for room in rooms():
        if refusal := room.refusal(people):
            raise RuleBroken("ROOM_REFUSES", refusal)


def _check_card(kept: Resident, today: date) -> None:
    """The card that stands on lists must tell the chosen birth date and sex."""
    document = kept.identifiers.model.objects.filter(resident=kept, is_primary=True).first()
    if document is None or document.id_type not in idnumbers.CN18_TYPES:
        return
    found = idnumbers.check(
        document.id_type, document.number, today=today, birth_date=kept.birth_date, sex=kept.sex
    )
    wrong = [p for p in found.problems if p.code in ("ID_BIRTH_MISMATCH", "ID_SEX_MISMATCH")]
    if wrong:
        raise RuleBroken(
            "NOT_BY_CARD", f"选定的资料与{document.masked}不符:{wrong[0].message}请改选另一边的值。"
        )


def refresh(people: list[Resident], today: date) -> None:
    """Recompute every projection of these people, and the stickers of the shops whose rosters list them."""
    for campaign in Campaign.objects.filter(enrolments__resident__in=people).distinct().order_by("pk"):
        ids = campaign.enrolments.filter(resident__in=people).values_list("pk", flat=True)
        enrolments.refresh(list(ids), campaign=campaign, today=today)
    shops = RosterEntry.objects.filter(resident__in=people).order_by()
    stickers.refresh(shops.values_list("organisation", flat=True).distinct(), today=today)


def counted_days(*people: Resident) -> set[tuple[str, date]]:
    """(unit, day) of every dose of these people: what the roll-ups count again."""
    found = set()
    for person in people:
        days = set(person.records.values_list("given_on", flat=True))
        found |= {(code, day) for code in counting_units(person) for day in days}
    return found


def counting_units(*people: Resident) -> set[str]:
    """Codes of the units that count these people."""
    mine = Enrolment.objects.filter(resident__in=people).exclude(unit_code="")
    return set(mine.values_list("unit_code", flat=True))


def record_deed(row: Merge, deeds: Mapping[Resident, str], actor, reason: str) -> None:
    """One line of the audit trail for each of the two records."""
    data = {"kept": str(row.kept.uid), "absorbed": str(row.absorbed.uid), "reason": reason}
    for person, action in deeds.items():
        code = person.village_code
        audit.record(action, actor=actor, target=row, subject=person, place_code=code, data=data)
