"""What the office of the demo has written: the summary so far, worded here and there, the text of last week, and a published
ranking."""

from datetime import datetime, timedelta

from campaigns.models import Campaign
from reports.choices import BulletinKind, TargetKind
from reports.services.bulletins import writing
from reports.services.weekly_publishing import publish
from vaxcampaign.demo.ground import Ground
from vaxcampaign.demo.story import key

PROBLEMS = "一是外出务工人员多,白天找不到人。\n二是部分老人有慢性病,顾虑较多,需要医生上门解释。"


def rank(ground: Ground, campaign: Campaign, *, now: datetime) -> None:
    """The week before last was published on its Monday; last week waits for the office."""
    monday = (now - timedelta(days=now.weekday() + 7)).replace(hour=9, minute=0, second=0, microsecond=0)
    publish(
        campaign=campaign,
        place=ground.town,
        kind=TargetKind.FIRST,
        day=monday.date() - timedelta(days=1),
        actor=ground.users["town"],
        key=key("weekly", monday.date()),
        now=monday,
    )


def write(ground: Ground, campaign: Campaign, *, now: datetime) -> None:
    """After the roll-up: a text counts the finished days."""
    office = ground.users["town"]
    about = {"campaign": campaign, "place": ground.town, "actor": office, "now": now}
    yesterday = now.date() - timedelta(days=1)
    writing.write_bulletin(
        kind=BulletinKind.WEEKLY, day=now.date() - timedelta(days=7), key=key("bulletin", "week"), **about
    )
    summary = writing.write_bulletin(
        kind=BulletinKind.SUMMARY, day=yesterday, key=key("bulletin", "summary"), **about
    )
    writing.revise(
        bulletin=summary,
        title=summary.versions.first().title,
        texts={"problems": PROBLEMS},
        based_on=1,
        actor=office,
        key=key("bulletin", "worded"),
        now=now,
    )
