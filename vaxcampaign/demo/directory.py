"""The directories of the demo: leading group, special groups, and the groups of every village."""

from datetime import date

from campaigns.choices import GroupKind, GroupRole
from campaigns.models import Campaign
from campaigns.services import groups
from vaxcampaign.demo.ground import Ground
from vaxcampaign.demo.story import key

_LEADERS = (
    (GroupRole.COMMANDER, "乌恩其", "乡党委", "党委书记", "全面负责"),
    (GroupRole.LEADER, "苏和", "乡政府", "乡长", "组织实施"),
    (GroupRole.DEPUTY, "白晓峰", "乡政府", "副乡长(分管卫生)", "日常调度"),
    (GroupRole.MEMBER, "何志明", "乡卫生院", "院长", "接种和医疗救治"),
    (GroupRole.MEMBER, "田永红", "派出所", "所长", "交通和安全"),
    (GroupRole.MEMBER, "陈静", "暖水中心小学", "校长", "学生组织"),
    (GroupRole.CONTACT, "刘建军", "乡党政办", "主任", "信息联络"),
)
_CHIEFS = ["苏和", "白晓峰", "刘建军", "贺彩霞", "何志明", "冯涛", "周文", "田永红", "高敏"]
_VILLAGE = ("王秀英", "张海龙", "李凤琴", "赵永胜", "杨树林", "郭二平", "武美玲", "邬建国")


def fill(ground: Ground, campaign: Campaign, *, today: date) -> None:
    """The usual groups with their people; the last village has not named anybody yet."""
    office = ground.users["town"]
    made = groups.open_default_groups(actor=office, campaign=campaign, place=ground.town)
    special = iter(_CHIEFS)
    for number, group in enumerate(made):
        if group.kind == GroupKind.LEADING:
            people = _LEADERS
        elif group.kind == GroupKind.SPECIAL:
            people = [(GroupRole.LEADER, next(special), "乡政府", "", "")]
        elif group.place == ground.villages[-1]:
            continue
        else:
            people = _of_village(group, number)
        for order, (role, name, unit, post, duty) in enumerate(people):
            groups.add_member(
                actor=office,
                group=group,
                key=key("group", group.place_id, group.kind, group.name, order),
                today=today,
                role=role,
                name=name,
                unit=unit,
                post=post,
                duty=duty,
                phone=f"1990001{number:02d}{order:02d}",
            )


def _of_village(group, number: int) -> list[tuple]:
    first, second, third = (_VILLAGE[(number + step) % len(_VILLAGE)] for step in (0, 3, 5))
    if group.kind == GroupKind.HELPING:
        return [(GroupRole.ASSIGNED, second, "乡政府", "包村干部", f"联系{group.place}")]
    return [
        (GroupRole.LEADER, first, group.place.name, "村党支部书记", "总负责"),
        (GroupRole.MEMBER, second, group.place.name, "会计", "登记造册"),
        (GroupRole.CONTACT, third, group.place.name, "妇联主席", "上报联络"),
    ]
