"""The key groups of a campaign: the general list, edited for this campaign only. People keep their groups."""

from campaigns.models import Campaign, PriorityGroup
from campaigns.services.setup import may_run
from core import audit
from core.errors import RuleBroken
from core.locks import deed


@deed()
def add_group(*, actor, campaign: Campaign, name: str) -> PriorityGroup:
    """One more group of this campaign, with the next free code Z1, Z2 … Raises NotAllowed, RuleBroken: GROUP_NAME,
    GROUP_TWICE."""
    may_run(actor, campaign.place)
    name = _checked(campaign, name, besides="")
    taken = set(PriorityGroup.objects.values_list("code", flat=True))
    code = next(code for n in range(1, 1000) if (code := f"Z{n}") not in taken)
    row = PriorityGroup.objects.create(campaign=campaign, code=code, name=name)
    _note("priority_group.added", actor, row, {"code": code, "name": name})
    return row


@deed()
def rename_group(*, actor, campaign: Campaign, code: str, name: str) -> PriorityGroup:
    """Call a group otherwise in this campaign. Raises NotAllowed, RuleBroken: GROUP_NAME, GROUP_TWICE, NO_GROUP."""
    may_run(actor, campaign.place)
    row = _own_row(campaign, code)
    old, row.name = row.name, _checked(campaign, name, besides=code)
    row.save()
    _note("priority_group.edited", actor, row, {"changes": {"name": [old, row.name]}})
    return row


@deed()
def switch_group(*, actor, campaign: Campaign, code: str, is_active: bool) -> PriorityGroup:
    """Close a group for this campaign (no new people), or take it up again. Raises NotAllowed, RuleBroken NO_GROUP."""
    may_run(actor, campaign.place)
    row = _own_row(campaign, code)
    if row.is_active != is_active or row.pk is None:
        row.is_active = is_active
        row.save()
        word = "priority_group.restored" if is_active else "priority_group.closed"
        _note(word, actor, row, {"code": code})
    return row


def groups_of(campaign: Campaign) -> list[PriorityGroup]:
    """Every group of the campaign by code, the closed ones too: the campaign's own row wins over the general one."""
    rows = PriorityGroup.objects.filter(campaign=None) | PriorityGroup.objects.filter(campaign=campaign)
    by_code = {row.code: row for row in sorted(rows, key=lambda row: row.campaign_id is not None)}
    return [by_code[code] for code in sorted(by_code)]


def _own_row(campaign: Campaign, code: str) -> PriorityGroup:
    """The campaign's row of ``code``, not saved yet where only the general one exists."""
    found = {row.code: row for row in groups_of(campaign)}.get(code)
    if found is None:
        raise RuleBroken("NO_GROUP", "没有这个重点人群类别。")
    if found.campaign_id:
        return found
    return PriorityGroup(campaign=campaign, code=code, name=found.name, is_active=found.is_active)


def _checked(campaign: Campaign, name: str, *, besides: str) -> str:
    name = name.strip()
    if not name or len(name) > 80:
        raise RuleBroken("GROUP_NAME", "请填写名称,最多80个字。", "name")
    if any(row.name == name and row.code != besides for row in groups_of(campaign)):
        raise RuleBroken("GROUP_TWICE", f"已经有“{name}”这一类,请换一个名称。", "name")
    return name


def _note(action: str, actor, row: PriorityGroup, data: dict) -> None:
    audit.record(action, actor=actor, target=row, place_code=row.campaign.place.code, data=data)
