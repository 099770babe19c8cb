"""The office's own words: a new version of a text, and what stands."""

from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from django.db.models import Max

from campaigns.models import Campaign, CampaignText
from campaigns.models.texts import LETTER
from campaigns.services.setup import may_run
from core import audit
from core.errors import RuleBroken
from core.locks import alone, deed

LETTER_TITLE = "致家长的一封信"
_SAMPLE = Path(__file__).resolve().parent.parent / "data" / "letter_to_parents.txt"


@cache
def _sample() -> str:
    return _SAMPLE.read_text(encoding="utf-8")


def letter_of(campaign: Campaign) -> CampaignText:
    """The letter to parents that stands; the sample (version 0, not saved) until the office has written its own."""
    found = CampaignText.objects.standing().filter(campaign=campaign, topic=LETTER).first()
    return found or CampaignText(
        campaign=campaign, topic=LETTER, version=0, title=LETTER_TITLE, body=_sample()
    )


@deed()
def put_text(
    *,
    campaign: Campaign,
    topic: int | None,
    title: str,
    body: str,
    is_shown: bool,
    actor,
    key: UUID,
    now: datetime,
) -> CampaignText:
    """The next version of ``topic`` (None: a new question). The same words again are no new version; a repeat of ``key``
    returns the first. Raises NotAllowed; RuleBroken TITLE_MISSING, BODY_MISSING, TOPIC_UNKNOWN."""
    may_run(actor, campaign.place)
    if done := CampaignText.objects.filter(key=key).first():
        return done
    said = {"title": title.strip()[:120], "body": body.strip(), "is_shown": is_shown}
    if not said["title"]:
        raise RuleBroken("TITLE_MISSING", "请填写标题(问题)。", "title")
    if not said["body"]:
        raise RuleBroken("BODY_MISSING", "请填写正文(回答)。", "body")
    alone(f"texts:{campaign.pk}")
    topic, last = _place(campaign, topic)
    if last and said == {name: getattr(last, name) for name in said}:
        return last
    version = last.version + 1 if last else 1
    row = CampaignText.objects.create(
        key=key, campaign=campaign, topic=topic, version=version, at=now, by=actor, **said
    )
    data = {"topic": topic, "version": row.version, "shown": is_shown}
    audit.record("campaign.text_put", actor=actor, target=row, place_code=campaign.place.code, data=data)
    return row


def _place(campaign: Campaign, topic: int | None) -> tuple[int, CampaignText | None]:
    """(topic, the version that stands): the next free one for a new question."""
    mine = CampaignText.objects.filter(campaign=campaign)
    if topic is None:
        return (mine.aggregate(last=Max("topic"))["last"] or LETTER) + 1, None
    last = mine.filter(topic=topic).order_by("-version").first()
    if last is None and topic != LETTER:
        raise RuleBroken("TOPIC_UNKNOWN", "没有这一问。请返回列表,从“增加一问”新写。")
    return topic, last
