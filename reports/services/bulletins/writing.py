"""Writing a bulletin from the data, wording it, and taking the figures anew. Every step is a version; none is lost."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from core import audit
from core.errors import NotAllowed, RuleBroken
from core.locks import alone, deed
from places.choices import Level
from places.models import Place
from reports.choices import BulletinKind, BulletinOrigin
from reports.models import Bulletin, BulletinVersion
from reports.services.bulletins.facts import SOON, Facts, facts_of
from reports.services.bulletins.layout import sections_of, table_of, title_of


def may_write(actor: User | None, place: Place) -> bool:
    """An office words its own papers; the office above reads them. None is the system."""
    return actor is None or place.prefix in actor.scope("bulletins.write").prefixes


def period_of(kind: str, day: date, campaign: Campaign) -> tuple[date, date]:
    """First and last day of the bulletin of ``kind`` that is about ``day``: the day, its week, the campaign until then."""
    if kind == BulletinKind.DAILY:
        return day, day
    if kind == BulletinKind.WEEKLY:
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    return min(campaign.starts_on, day), day


def facts_for(
    kind: str, *, campaign: Campaign, place: Place, since: date, until: date, now: datetime
) -> Facts:
    """What there is to say; a week that is not over is counted until today."""
    ahead = until + timedelta(days=1), until + timedelta(days=1 if kind == BulletinKind.DAILY else SOON)
    last = min(until, timezone.localdate(now))
    return facts_of(campaign=campaign, place=place, since=since, until=last, ahead=ahead, now=now)


@deed()
def write_bulletin(
    *, kind: str, campaign: Campaign, place: Place, day: date, actor: User | None, key: UUID, now: datetime
) -> Bulletin:
    """The bulletin of ``kind`` about ``day``, with a first version made from the data; one that is there already stays as it is.

    Raises NotAllowed; RuleBroken BULLETIN_PLACE (neither township nor county), BULLETIN_DAY (to come, or before the campaign).
    """
    _may(actor, place)
    alone("bulletins")
    bulletin, version = standing_or_draft(kind=kind, campaign=campaign, place=place, day=day, now=now)
    if bulletin.pk is None:
        bulletin.save()
        version.bulletin, version.key, version.by = bulletin, key, actor
        _keep(version)
    return bulletin


def standing_or_draft(
    *, kind: str, campaign: Campaign, place: Place, day: date, now: datetime
) -> tuple[Bulletin, BulletinVersion]:
    """The bulletin about ``day`` with its last version; both made from the data and not saved where the office has none.

    Raises RuleBroken as ``write_bulletin``.
    """
    if place.level not in (Level.TOWN, Level.COUNTY):
        raise RuleBroken("BULLETIN_PLACE", "总结和简报由乡镇(街道)或县级编写。", "place")
    if not campaign.starts_on <= day <= timezone.localdate(now):
        text = f"请选择活动开始({campaign.starts_on})到今天之间的日期。"
        raise RuleBroken("BULLETIN_DAY", text, "day")
    since, until = period_of(kind, day, campaign)
    about = {"kind": kind, "campaign": campaign, "place": place, "since": since, "until": until}
    if found := Bulletin.objects.filter(**about).first():
        return found, found.versions.first()
    facts = facts_for(**about, now=now)
    words = {"title": title_of(kind, facts), "sections": sections_of(kind, facts)}
    bulletin = Bulletin(**about)
    return bulletin, BulletinVersion(number=1, origin=BulletinOrigin.DATA, at=now, **words, **_counted(facts))


@deed()
def revise(
    *,
    bulletin: Bulletin,
    title: str,
    texts: Mapping[str, str],
    based_on: int,
    actor: User | None,
    key: UUID,
    now: datetime,
) -> BulletinVersion:
    """The office's words: ``texts`` by code of section; an empty one is left out on paper. The same words are no new version.

    Raises NotAllowed; RuleBroken TITLE_MISSING, BULLETIN_MOVED_ON (somebody saved a version after number ``based_on``).
    """
    _may(actor, bulletin.place)
    alone("bulletins")
    if done := BulletinVersion.objects.filter(key=key).first():
        return done
    last = bulletin.versions.first()
    if not title.strip():
        raise RuleBroken("TITLE_MISSING", "请填写标题。", "title")
    if last.number != based_on:
        raise RuleBroken(
            "BULLETIN_MOVED_ON",
            f"您打开以后,{last.by or '系统'}已保存第{last.number}版。请先看新的一版,再把您的改动写进去。",
        )
    sections = [_worded(part, texts.get(part["code"], part["text"])) for part in last.sections]
    if (title.strip(), sections) == (last.title, last.sections):
        return last
    said = {"title": title.strip()[:120], "sections": sections, "table": last.table, "cut_off": last.cut_off}
    return _next(last, BulletinOrigin.EDITED, **said, by=actor, key=key, at=now)


def _worded(part: dict, text: str) -> dict:
    plain = "\n".join(line.strip() for line in text.splitlines() if line.strip())
    return part if plain == part["text"] else part | {"text": plain, "own": True}


@deed()
def renew(
    *, bulletin: Bulletin, also: Collection[str], actor: User | None, key: UUID, now: datetime
) -> BulletinVersion:
    """Count again: generated sections say the new figures, the office's own words stay except in the sections ``also``.

    Raises NotAllowed.
    """
    _may(actor, bulletin.place)
    alone("bulletins")
    if done := BulletinVersion.objects.filter(key=key).first():
        return done
    last = bulletin.versions.first()
    about = {name: getattr(bulletin, name) for name in ("kind", "campaign", "place", "since", "until")}
    facts = facts_for(**about, now=now)
    kept = {part["code"]: part for part in last.sections if part["own"] and part["code"] not in also}
    sections = [kept.get(part["code"], part) for part in sections_of(bulletin.kind, facts)]
    said = {"title": last.title, "sections": sections, **_counted(facts)}
    return _next(last, BulletinOrigin.RENEWED, **said, by=actor, key=key, at=now)


def _may(actor: User | None, place: Place) -> None:
    if not may_write(actor, place):
        raise NotAllowed("总结和简报由本单位自己编写,上级只看不改。")


def _counted(facts: Facts) -> dict:
    return {"table": table_of(facts), "cut_off": facts.report.cut_off}


def _next(last: BulletinVersion, origin: str, **content) -> BulletinVersion:
    return _keep(BulletinVersion(bulletin=last.bulletin, number=last.number + 1, origin=origin, **content))


def _keep(version: BulletinVersion) -> BulletinVersion:
    version.save()
    bulletin = version.bulletin
    data = {"kind": bulletin.kind, "until": bulletin.until.isoformat(), "version": version.number}
    audit.record(
        f"bulletin.{version.origin}",
        actor=version.by,
        target=version,
        place_code=bulletin.place.code,
        data=data,
    )
    return version
