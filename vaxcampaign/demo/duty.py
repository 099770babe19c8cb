"""The duty and meetings book of the demo: a rota of the month, what leaders heard yesterday, two meetings and what they asked for."""

from datetime import datetime, time, timedelta

from campaigns.models import Campaign
from reports.choices import FollowUpDeed, MeetingKind
from reports.cutoffs import moment
from reports.services import duty_rota, hearings, meetings
from reports.services.duty_sheets import month_of
from vaxcampaign.demo.ground import Ground
from vaxcampaign.demo.story import clock, key

_LEADERS = [("苏和", "0477-1000011"), ("白晓峰", "0477-1000012"), ("贺彩霞", "0477-1000013")]
_CONTACTS = [("刘建军", "0477-1000014")]
_SAID = "进度慢的两个村今天晚上入户,明天上午再报一次。"


def keep(ground: Ground, campaign: Campaign, *, now: datetime) -> None:
    """After the day before has been closed."""
    office = {"place": ground.town, "actor": ground.users["town"]}
    today = now.date()
    since, until = month_of(today)
    duty_rota.arrange(
        since=min(since, today - timedelta(days=3)),
        until=until,
        leaders=_LEADERS,
        contacts=_CONTACTS,
        key=key("rota"),
        now=clock(now, 3, 9),
        **office,
    )
    stands = duty_rota.standing(ground.town, today)
    came = {
        "law": "综合执法队 高志强",
        "safety": "安监站 郝建国",
        "police": "田永红",
        "spot": "乡卫生院接种点",
    }
    words = stands.words | came
    duty_rota.set_day(
        day=today,
        words=words,
        reason="补写陪同单位",
        based_on=stands.number,
        key=key("came"),
        now=now,
        **office,
    )
    yesterday = today - timedelta(days=1)
    heard = {"heard_by": "乌恩其", "present": "苏和、白晓峰、何志明", "said": _SAID}
    at = moment(yesterday, time(19, 30))
    hearings.hear(campaign=campaign, day=yesterday, words=heard, key=key("heard"), now=at, **office)
    _meet(ground, now)


def _meet(ground: Ground, now: datetime) -> None:
    office, today = {"actor": ground.users["town"]}, now.date()
    met = meetings.record_meeting(
        place=ground.town,
        words={
            "kind": MeetingKind.PUSH,
            "on": today - timedelta(days=3),
            "starts_at": time(15),
            "where": "乡政府二楼会议室",
            "subject": "第一剂攻坚推进会",
            "chair": "苏和",
            "present": "领导小组成员,各村书记,卫生院院长",
            "decisions": "一、各村每天 20:00 前报第二天名单。\n二、行动不便的老人由村里安排车。\n三、卫生院增开周末门诊。",
        },
        key=key("meeting"),
        now=clock(now, 3, 17),
        **office,
    )
    asked = (
        ("各村报接送老人的车辆和司机", "各村书记", -1),
        ("卫生院排出周末门诊人员", "何志明", 0),
        ("逐户核对外出人员名单", "包村干部", 4),
    )
    for number, (what, who, days) in enumerate(asked):
        last = today + timedelta(days=days)
        row = meetings.follow_up(
            meeting=met, what=what, who=who, due_on=last, key=key("follow", number), now=met.at, **office
        )
        if number == 1:
            meetings.step(
                follow_up=row,
                kind=FollowUpDeed.FINISHED,
                note="周六周日各排 6 人",
                key=key("follow", "done"),
                now=now,
                **office,
            )
