"""What the office of the demo has written: the summary so far, worded here and there, and the text of last week."""

from datetime import datetime, timedelta

from campaigns.models import Campaign
from reports.choices import BulletinKind
from reports.services.bulletins import writing
from vaxcampaign.demo.ground import Ground
from vaxcampaign.demo.story import key

PROBLEMS = "一是外出务工人员多,白天找不到人。\n二是部分老人有慢性病,顾虑较多,需要医生上门解释。"


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
