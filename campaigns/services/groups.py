"""Setting up working groups and keeping their members (S8, S74, S96). Nobody is overwritten: a change ends a line."""

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from campaigns.choices import SPECIAL_GROUPS, GroupKind
from campaigns.models import Campaign, WorkGroup, WorkGroupMember
from core import audit, phones
from core.errors import NotAllowed, RuleBroken
from core.locks import deed
from places.choices import Level
from places.models import Place

MEMBER_FIELDS = ("role", "name", "unit", "post", "duty", "phone", "user", "order")


@deed()
def open_group(
    *, actor, campaign: Campaign, place: Place, kind: str, name: str, duty: str = "", order: int | None = None
) -> WorkGroup:
    """Set up a group. Raises NotAllowed outside the actor's places, RuleBroken GROUP_TWICE, GROUP_PLACE."""
    at_village = kind in (GroupKind.VILLAGE, GroupKind.HELPING)
    if at_village != (place.level == Level.VILLAGE):
        raise RuleBroken(
            "GROUP_PLACE", "领导小组和专项工作组设在县或乡镇,村工作组和帮扶工作组设在村(社区)。", "place"
        )
    group = WorkGroup(campaign=campaign, place=place, kind=kind, name=name.strip(), duty=duty.strip())
    _check(actor, group)
    if order is None:
        order = campaign.work_groups.filter(place=place).count()
    group.order = order
    _save(group)
    _note("group.opened", actor, group, {"name": group.name})
    return group


@deed()
def open_default_groups(*, actor, campaign: Campaign, place: Place) -> list[WorkGroup]:
    """The groups that every county or township sets up: leading group, nine special groups, and (for a township) a
    group of each village and one that helps it. What is there already stays. Returns the new ones."""
    wanted = [(place, GroupKind.LEADING, f"{campaign.name}领导小组", "")]
    wanted += [(place, GroupKind.SPECIAL, name, duty) for name, duty in SPECIAL_GROUPS]
    if place.level == Level.TOWN:
        for village in Place.objects.current().villages().filter(parent=place):
            wanted.append((village, GroupKind.VILLAGE, f"{village}工作组", "组织、摸排、宣传、保障"))
            wanted.append((village, GroupKind.HELPING, f"{village}帮扶工作组", "一对一帮扶本村接种工作"))
    there = set(campaign.work_groups.current().under(place).values_list("place_id", "kind", "name"))
    kinds = {(where, kind) for where, kind, _ in there}
    return [
        open_group(actor=actor, campaign=campaign, place=where, kind=kind, name=name, duty=duty, order=order)
        for order, (where, kind, name, duty) in enumerate(wanted)
        if (where.pk, kind, name) not in there
        and (kind == GroupKind.SPECIAL or (where.pk, kind) not in kinds)
    ]


@deed()
def change_group(*, actor, group: WorkGroup, name: str, duty: str) -> WorkGroup:
    """Rename a group or say its duty anew; the audit row tells old and new. Raises NotAllowed, RuleBroken GROUP_TWICE."""
    _check(actor, group)
    old = [group.name, group.duty]
    group.name, group.duty = name.strip(), duty.strip()
    if old != [group.name, group.duty]:
        _save(group)
        _note("group.edited", actor, group, {"from": old, "to": [group.name, group.duty]})
    return group


@deed()
def dissolve_group(*, actor, group: WorkGroup, today: date) -> None:
    """End a group and everybody's part in it; both stay readable. Raises NotAllowed, RuleBroken GROUP_ENDED."""
    _check(actor, group)
    if not WorkGroup.objects.current().filter(pk=group.pk).update(ended_on=today):
        raise RuleBroken("GROUP_ENDED", "这个工作组已经撤销。")
    group.ended_on = today
    members = group.members.current().update(until=today)
    _note("group.dissolved", actor, group, {"name": group.name, "members": members})


@deed()
def add_member(*, actor, group: WorkGroup, key: UUID, today: date, **values) -> WorkGroupMember:
    """Put a person into a group; ``values`` of MEMBER_FIELDS. A repeat of ``key`` returns the first row.

    Raises NotAllowed, RuleBroken: GROUP_ENDED, MEMBER_NAME, MEMBER_TWICE, PHONE.
    """
    _check(actor, group)
    if first := WorkGroupMember.objects.filter(key=key, group=group).first():
        return first
    if group.ended_on:
        raise RuleBroken("GROUP_ENDED", "这个工作组已经撤销,不能再增加成员。")
    cleaned = _values(values)
    _only_once(group, cleaned)
    cleaned.setdefault("order", group.members.current().filter(role=cleaned["role"]).count())
    member = WorkGroupMember.objects.create(group=group, key=key, since=today, **cleaned)
    _note("group.member_added", actor, group, {"member": member.name, "role": member.role})
    return member


@deed()
def change_member(*, actor, member: WorkGroupMember, today: date, **values) -> WorkGroupMember:
    """Change what is said of a member: the old line ends today, a new one begins. Without a difference nothing happens.

    Raises NotAllowed, RuleBroken: MEMBER_GONE, MEMBER_NAME, MEMBER_TWICE, PHONE.
    """
    _check(actor, member.group)
    old = {field: getattr(member, field) for field in MEMBER_FIELDS}
    new = old | _values(old | values)
    if new == old:
        return member
    _end(member, today)
    _only_once(member.group, new)
    made = WorkGroupMember.objects.create(group=member.group, since=today, replaces=member, **new)
    changed = [field for field in MEMBER_FIELDS if new[field] != old[field]]
    _note("group.member_changed", actor, member.group, {"member": made.name, "changed": changed})
    return made


@deed()
def remove_member(*, actor, member: WorkGroupMember, today: date) -> None:
    """The person leaves the group today; the line stays in the history. Raises NotAllowed, RuleBroken MEMBER_GONE."""
    _check(actor, member.group)
    _end(member, today)
    _note("group.member_left", actor, member.group, {"member": member.name})


@deed()
def copy_groups(*, actor, source: Campaign, target: Campaign, place: Place, today: date) -> tuple[int, int]:
    """Take over the groups of ``place`` and below from another campaign, with everybody who is in them now.

    A group that the target campaign already has stays as it is. Returns (groups, members) copied.
    Raises NotAllowed, RuleBroken COPY_SAME.
    """
    if source.pk == target.pk:
        raise RuleBroken("COPY_SAME", "请选择另一个接种活动。", "source")
    there = set(target.work_groups.current().under(place).values_list("place_id", "kind", "name"))
    kinds = {(where, kind) for where, kind, _ in there if kind != GroupKind.SPECIAL}
    groups = members = 0
    for old in source.work_groups.current().under(place).select_related("place").prefetch_related("members"):
        if (old.place_id, old.kind, old.name) in there or (old.place_id, old.kind) in kinds:
            continue
        name = old.name.replace(source.name, target.name)
        new = WorkGroup(
            campaign=target, place=old.place, kind=old.kind, name=name, duty=old.duty, order=old.order
        )
        _check(actor, new)
        _save(new)
        rows = [
            WorkGroupMember(group=new, since=today, **{field: getattr(one, field) for field in MEMBER_FIELDS})
            for one in old.members.all()
            if one.until is None
        ]
        WorkGroupMember.objects.bulk_create(rows)
        groups, members = groups + 1, members + len(rows)
    data = {"from": source.code, "to": target.code, "groups": groups, "members": members}
    audit.record("groups.copied", actor=actor, target=target, place_code=place.code, data=data)
    return groups, members


def may_edit(actor, group: WorkGroup) -> bool:
    """The same rule as ``WorkGroup.objects.editable_by``, for one group at hand. The system (None) may."""
    if actor is None:
        return True
    prefixes = actor.scope("directory.edit").prefixes
    if group.kind == GroupKind.HELPING:
        prefixes = {prefix for prefix in prefixes if len(prefix) < 12}
    return any(group.place.code.startswith(prefix) for prefix in prefixes)


def _check(actor, group: WorkGroup) -> None:
    if not may_edit(actor, group):
        raise NotAllowed("这个工作组由设立它的单位维护,您只能查看。")


def _save(group: WorkGroup) -> None:
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError:
        raise RuleBroken("GROUP_TWICE", f"{group.place}已有这个工作组,请直接修改它。", "name") from None


def _values(values: dict) -> dict:
    cleaned = {k: v.strip() if isinstance(v, str) else v for k, v in values.items() if k in MEMBER_FIELDS}
    if not cleaned.get("name"):
        raise RuleBroken("MEMBER_NAME", "请填写姓名。", "name")
    try:
        cleaned["phone"] = phones.check(cleaned.get("phone", ""))
    except ValueError as error:
        raise RuleBroken("PHONE", str(error), "phone") from error
    return cleaned


def _only_once(group: WorkGroup, values: dict) -> None:
    same = group.members.current().filter(name=values["name"], phone=values["phone"])
    if same.exists():
        raise RuleBroken("MEMBER_TWICE", f"{values['name']}已在这个工作组里,请直接修改那一行。", "name")


def _end(member: WorkGroupMember, today: date) -> None:
    if not WorkGroupMember.objects.current().filter(pk=member.pk).update(until=today):
        raise RuleBroken("MEMBER_GONE", "这一行刚才已被别人修改或移出,请刷新后再看。")
    member.until = today


def _note(action: str, actor, group: WorkGroup, data: dict) -> None:
    audit.record(action, actor=actor, target=group, place_code=group.place.code, data=data)
