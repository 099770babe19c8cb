"""三级包干: who holds which village, group, grid or people. A duty that ends stays on record."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID, uuid5

from accounts.models import User
from core import audit
from core.errors import NotAllowed, RuleBroken
from core.locks import alone, deed
from core.phones import check as check_phone
from core.repeats import same
from places.models import Place
from residents.choices import DutyLevel
from residents.models import Charge, DutyAssignment, Resident

_VILLAGE_DIGITS = 12  # an office answers for a shorter prefix than a whole village


@deed()
def assign(
    *,
    actor: User,
    level: str,
    village: Place,
    since: date,
    key: UUID,
    holder: User | None = None,
    name: str = "",
    phone: str = "",
    post: str = "",
    group_no: str = "",
    grid: str = "",
) -> DutyAssignment:
    """Put ``holder`` (or somebody known by ``name`` and ``phone``) in charge; who held the same part before is relieved.

    A leader holds the village, a cadre a group or a grid of it; a head gets people by ``charge``. A repeat of ``key``
    returns the first row. Raises NotAllowed, RuleBroken: DUTY_HOLDER, DUTY_PART, PHONE, KEY_USED.
    """
    _may_assign(actor, village, level)
    alone(f"duties:{village.pk}")
    repeated = DutyAssignment.objects.filter(key=key).first()
    if repeated:
        return same(repeated, level=level, village_id=village.pk, group_no=group_no, grid=grid)
    _check_part(level, group_no, grid)
    name, phone = _holder(holder, name, phone)
    if level != DutyLevel.HEAD:
        held = DutyAssignment.objects.current().filter(
            level=level, village=village, group_no=group_no, grid=grid
        )
        for old in held:
            _end(old, actor, since, "由新的责任人接替")
    duty = DutyAssignment.objects.create(
        key=key,
        level=level,
        village=village,
        village_code=village.code,
        group_no=group_no,
        grid=grid,
        holder=holder,
        holder_name=name,
        holder_phone=phone,
        post=post,
        since=since,
        created_by=actor,
    )
    data = {"level": level, "part": duty.part_word, "holder": duty.name}
    audit.record("duty.assigned", actor=actor, target=duty, place_code=village.code, data=data)
    return duty


@deed()
def end(*, duty: DutyAssignment, actor: User, reason: str, today: date) -> None:
    """Relieve the holder; the people of a head are then without one. Raises NotAllowed, RuleBroken: REASON_MISSING,
    DUTY_ENDED."""
    _may_assign(actor, duty.village, duty.level)
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明结束的原因,例如:调离、由他人接替。", "reason")
    alone(f"duties:{duty.village_id}")
    duty.refresh_from_db(fields=["until"])
    if duty.until is not None:
        raise RuleBroken("DUTY_ENDED", "这项包干责任已经结束。")
    _end(duty, actor, today, reason.strip()[:120])


@deed()
def charge(*, duty: DutyAssignment, residents: Iterable[Resident], actor: User, today: date) -> int:
    """Give people of the village to a group head; those of another head change over. Returns how many are new.

    Raises NotAllowed, RuleBroken: DUTY_ENDED, NOT_A_HEAD, OTHER_VILLAGE.
    """
    _may_assign(actor, duty.village, duty.level)
    alone(f"duties:{duty.village_id}")
    duty.refresh_from_db(fields=["until"])
    people = {resident.pk: resident for resident in residents}
    if duty.until is not None:
        raise RuleBroken("DUTY_ENDED", "这位组长的包干责任已经结束,请另选一位。", "duty")
    if duty.level != DutyLevel.HEAD:
        raise RuleBroken("NOT_A_HEAD", "只有组长包人。请选一位组长。", "duty")
    strangers = [person for person in people.values() if person.village_id != duty.village_id]
    if strangers:
        raise RuleBroken(
            "OTHER_VILLAGE", f"{strangers[0].name}不是{duty.village}的居民,不能由这位组长包。", "duty"
        )
    open_ones = Charge.objects.filter(resident__in=people, until=None)
    kept = set(open_ones.filter(duty=duty).values_list("resident_id", flat=True))
    open_ones.exclude(duty=duty).update(until=today)
    new = [Charge(duty=duty, resident_id=pk, since=today) for pk in people if pk not in kept]
    Charge.objects.bulk_create(new, batch_size=500)
    if new:
        data = {"people": len(new), "holder": duty.name}
        audit.record("duty.charged", actor=actor, target=duty, place_code=duty.village_code, data=data)
    return len(new)


def _end(duty: DutyAssignment, actor: User, on: date, reason: str) -> None:
    duty.until, duty.end_reason, duty.ended_by = max(on, duty.since), reason, actor
    duty.save(update_fields=["until", "end_reason", "ended_by"])
    Charge.objects.filter(duty=duty, until=None).update(until=duty.until)
    data = {"holder": duty.name, "reason": reason}
    audit.record("duty.ended", actor=actor, target=duty, place_code=duty.village_code, data=data)


def may_assign(actor: User, village: Place, level: str) -> bool:
    """Leaders are named by the office of the township; cadres and heads also by the village itself."""
    reach = [p for p in actor.scope("duties.assign").prefixes if village.code.startswith(p)]
    return any(len(prefix) < _VILLAGE_DIGITS for prefix in reach) or (
        bool(reach) and level != DutyLevel.LEADER
    )


def _may_assign(actor: User, village: Place, level: str) -> None:
    if not may_assign(actor, village, level):
        raise NotAllowed("包村领导由乡镇(街道)指定;村干部可以指定本村的包组干部和组长。")


def _check_part(level: str, group_no: str, grid: str) -> None:
    if level == DutyLevel.CADRE and not (group_no or grid):
        raise RuleBroken("DUTY_PART", "请选择这位干部包哪个组或哪个网格。", "group_no")
    if level == DutyLevel.LEADER and (group_no or grid):
        raise RuleBroken("DUTY_PART", "领导包整个村,不用选组和网格。", "group_no")


def _holder(holder: User | None, name: str, phone: str) -> tuple[str, str]:
    name = name.strip()
    if holder is None and not name:
        raise RuleBroken("DUTY_HOLDER", "请选一个帐号,或者填写姓名。", "name")
    try:
        return name, check_phone(phone)
    except ValueError as error:
        raise RuleBroken("PHONE", str(error), "phone") from error


@deed()
def heads_from_census(*, village: Place, actor: User, today: date, key: UUID) -> tuple[int, int]:
    """Take the 包保人 that the census named as group heads: each name becomes one (or is the one of that name), and
    gets the people who have no head yet. Returns (new heads, people given). Raises NotAllowed."""
    _may_assign(actor, village, DutyLevel.HEAD)
    alone(f"duties:{village.pk}")
    mine = Resident.objects.live().filter(village=village).exclude(responsible_name="")
    held = Charge.objects.filter(until=None, duty__village=village).values("resident")
    by_name: dict[str, list[Resident]] = {}
    for person in mine.exclude(pk__in=held).order_by("pk"):
        by_name.setdefault(person.responsible_name, []).append(person)
    current = DutyAssignment.objects.current().filter(village=village, level=DutyLevel.HEAD)
    known = {duty.name: duty for duty in current.select_related("holder", "village")}
    new = 0
    for name in sorted(by_name):
        if name not in known:
            known[name] = assign(
                actor=actor,
                level=DutyLevel.HEAD,
                village=village,
                since=today,
                key=uuid5(key, name),
                name=name,
            )
            new += 1
        charge(duty=known[name], residents=by_name[name], actor=actor, today=today)
    return new, sum(map(len, by_name.values()))
