"""Moves between registers and removals: proposed by one side, answered by the other; the office may do both at once."""

from datetime import date, datetime
from uuid import UUID

from core import audit
from core.errors import NotAllowed, RuleBroken
from core.locks import alone, deed
from core.repeats import same
from places.choices import Level
from places.models import Place
from residents.choices import INFLOW, MoveKind, MoveReason, MoveState, Removal, Residence
from residents.models import Move, Resident, ResidentIdentifier
from residents.services import register
from residents.services.name_checks import check_name
from residents.services.persons import Document


@deed()
def propose(
    *,
    resident: Resident,
    kind: str,
    to_place: Place | None = None,
    residence: str = Residence.LOCAL_RESIDENT,
    removal: str = "",
    reason: str = MoveReason.OTHER,
    note: str = "",
    on: date,
    actor,
    key: UUID,
    now: datetime,
    today: date,
) -> Move:
    """Propose a move, claim or removal; done at once when the actor decides for both sides (recorded as accepted by it).

    A repeat of ``key`` returns the first row. Raises NotAllowed; RuleBroken: MOVE_OPEN, MOVE_PLACE, MOVE_DATE, MOVE_SAME,
    REMOVED_ALREADY, REMOVAL_REASON, NOTE_MISSING (a removal by mistake, another reason), KEY_USED.
    """
    alone(f"moves:{resident.pk}")
    if first := Move.objects.filter(key=key).first():
        return same(first, resident_id=resident.pk, kind=kind, to_place=to_place, proposed_by=actor)
    resident = Resident.objects.select_related("village").get(pk=resident.pk)
    _check(resident, kind, to_place, removal, reason, note.strip(), on, today)
    _may_propose(actor, resident, kind, to_place)
    removed = kind == MoveKind.REMOVAL
    move = Move.objects.create(
        key=key,
        resident=resident,
        kind=kind,
        from_place=resident.village,
        to_place=None if removed else to_place,
        residence="" if removed else residence,
        removal=removal if removed else "",
        reason="" if removed else reason,
        note=note.strip()[:200],
        on=on,
        proposed_by=actor,
        proposed_at=now,
    )
    _note("move.proposed", move, actor)
    if _decides(actor, resident.village_code, "" if removed else to_place.code):
        return accept(move=move, actor=actor, note="", now=now, today=today)
    return move


def claim(
    *, document: Document, name: str, to_place: Place, actor, key: UUID, now: datetime, today: date
) -> Move:
    """Propose that the person with this number comes to ``to_place``. The name must be the person's: a number alone tells
    nothing. Raises as ``propose`` and RuleBroken: CLAIM_UNKNOWN, GUESSING."""
    found = ResidentIdentifier.objects.filter(number_hash=document.digest).select_related("resident").first()
    unknown = RuleBroken("CLAIM_UNKNOWN", "姓名和证件号码与名册上的不一致,请核对后再提出迁入。", "name")
    person = found.resident if found else None
    check_name(person, name, place=to_place, actor=actor, otherwise=unknown)
    return propose(
        resident=person,
        kind=MoveKind.CLAIM,
        to_place=to_place,
        # Whoever came in from elsewhere still did; everybody else is claimed as living here.
        residence=person.residence if person.residence in INFLOW else Residence.LOCAL_RESIDENT,
        reason=MoveReason.CHECK,
        note="登记时发现已在别处登记",
        on=today,
        actor=actor,
        key=key,
        now=now,
        today=today,
    )


@deed()
def accept(*, move: Move, actor, note: str, now: datetime, today: date) -> Move:
    """Agree and carry it out. Raises NotAllowed; RuleBroken: MOVE_ANSWERED, MOVED_MEANWHILE, REMOVED_ALREADY."""
    move = _open(move)
    _may_answer(actor, move)
    return _carry_out(move, MoveState.ACCEPTED, actor, note, now, today)


@deed()
def refuse(*, move: Move, actor, note: str, now: datetime) -> Move:
    """Say no, with the reason; the office above both may still settle it. Raises NotAllowed; RuleBroken: MOVE_ANSWERED,
    NOTE_MISSING."""
    move = _open(move)
    _may_answer(actor, move)
    if not note.strip():
        raise RuleBroken("NOTE_MISSING", "请写明不同意的理由,对方能看到。", "note")
    return _answer(move, MoveState.REFUSED, actor, note, now)


@deed()
def withdraw(*, move: Move, actor, now: datetime) -> Move:
    """Take an own proposal back (whoever proposed it, or the office above that village). Raises NotAllowed; RuleBroken
    MOVE_ANSWERED."""
    move = _open(move)
    if actor is not None and move.proposed_by_id != actor.pk and not _decides(actor, move.asking.code):
        raise NotAllowed("只有提出的人或上级办公室能撤回。")
    return _answer(move, MoveState.WITHDRAWN, actor, "", now)


@deed()
def overrule(*, move: Move, actor, note: str, now: datetime, today: date) -> Move:
    """The office above both sides carries out what was refused, with its reason. Raises NotAllowed; RuleBroken:
    MOVE_NOT_REFUSED, NOTE_MISSING, MOVED_MEANWHILE, REMOVED_ALREADY."""
    alone(f"moves:{move.resident_id}")
    move = Move.objects.select_related("resident", "from_place", "to_place").get(pk=move.pk)
    if not _decides(actor, move.from_place.code, move.to_place.code if move.to_place else ""):
        raise NotAllowed("两边都在您的辖区内时才能裁定;跨乡镇的请县里裁定。")
    if move.state != MoveState.REFUSED:
        raise RuleBroken("MOVE_NOT_REFUSED", "对方没有拒绝,不需要裁定。")
    if not note.strip():
        raise RuleBroken("NOTE_MISSING", "请写明裁定的理由。", "note")
    return _carry_out(move, MoveState.SETTLED, actor, note, now, today)


def _check(resident, kind, to_place, removal, reason, note, on, today) -> None:
    if resident.removed_on:
        raise RuleBroken("REMOVED_ALREADY", "这个人已经移出名册。要迁入的,请先由镇办在其页面恢复。")
    if Move.objects.open().filter(resident=resident).exists():
        raise RuleBroken("MOVE_OPEN", "这个人已有一条等待答复的迁移或移出,请先处理那一条。")
    if on > today or on < resident.birth_date:
        raise RuleBroken("MOVE_DATE", "日期不能晚于今天,也不能早于出生日期。", "on")
    if kind == MoveKind.REMOVAL:
        if removal not in Removal.values:
            raise RuleBroken("REMOVAL_REASON", "请选择移出原因。", "removal")
        if removal in (Removal.ERROR, Removal.DUPLICATE) and not note:
            raise RuleBroken("NOTE_MISSING", "误登、重复的请写明情况。", "note")
        return
    if to_place is None or to_place.level != Level.VILLAGE:
        raise RuleBroken("MOVE_PLACE", "请选择迁入的村(社区)。", "to_place")
    if to_place.pk == resident.village_id:
        raise RuleBroken("MOVE_SAME", f"这个人已在{to_place}的名册上。", "to_place")
    if reason == MoveReason.OTHER and not note:
        raise RuleBroken("NOTE_MISSING", "原因选“其他”的请写明情况。", "note")


def _may_propose(actor, resident: Resident, kind: str, to_place: Place | None) -> None:
    """A village proposes for the people it has, or claims for itself; whoever edits a person may propose the removal."""
    if actor is None:
        return
    villages = actor.scope("moves.propose")
    if kind == MoveKind.CLAIM:
        allowed = villages.covers(to_place.code)
    elif kind == MoveKind.MOVE:
        allowed = villages.covers(resident.village_code)
    else:
        allowed = Resident.objects.in_reach(actor, "residents.edit").filter(pk=resident.pk).exists()
    if not allowed:
        raise NotAllowed("您不负责这个村(社区)的名册,不能提出。")


def _decides(actor, *codes: str) -> bool:
    scope = actor.scope("moves.decide") if actor is not None else None
    return scope is None or all(scope.covers(code) for code in codes if code)


def _may_answer(actor, move: Move) -> None:
    if actor is not None and not Move.objects.answerable_by(actor).filter(pk=move.pk).exists():
        raise NotAllowed(f"这一条要由{move.asked}(或其上级办公室)答复。")


def _open(move: Move) -> Move:
    alone(f"moves:{move.resident_id}")
    move = Move.objects.select_related("resident", "from_place", "to_place").get(pk=move.pk)
    if move.state != MoveState.OPEN:
        raise RuleBroken("MOVE_ANSWERED", f"这一条已经处理过:{move.get_state_display()}。")
    return move


def _carry_out(move: Move, state: str, actor, note: str, now: datetime, today: date) -> Move:
    if move.kind == MoveKind.REMOVAL:
        register.remove_resident(
            resident=move.resident,
            actor=actor,
            removal=move.removal,
            on=move.on,
            today=today,
            note=move.note,
            now=now,
        )
    else:
        register.move_resident(
            resident=move.resident,
            expected=move.from_place,
            to_place=move.to_place,
            residence=move.residence,
            actor=actor,
            now=now,
            today=today,
        )
    return _answer(move, state, actor, note, now)


def _answer(move: Move, state: str, actor, note: str, now: datetime) -> Move:
    move.state, move.answered_by, move.answered_at = state, actor, now
    move.answer_note = note.strip()[:200]
    move.save(update_fields=["state", "answered_by", "answered_at", "answer_note"])
    _note(f"move.{state}", move, actor)
    return move


def _note(action: str, move: Move, actor) -> None:
    data = {
        "uid": str(move.uid),
        "kind": move.kind,
        "told": move.told,
        "from": move.from_place.code,
        "to": move.to_place.code if move.to_place else "",
        "removal": move.removal,
        "note": move.answer_note or move.note,
    }
    place = move.from_place.code
    audit.record(action, actor=actor, target=move, subject=move.resident, place_code=place, data=data)
