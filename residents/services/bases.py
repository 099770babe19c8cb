"""基数 (S53): whom a campaign counts, adjustable with a reason; every base that ever held is kept as a version."""

from datetime import date, datetime

from campaigns.models import Campaign
from campaigns.services import running
from core.errors import RuleBroken
from core.locks import deed
from residents.choices import VersionKind
from residents.models import RegisterVersion
from residents.services import versions


def history(campaign: Campaign):
    """The versions of the base, the newest first."""
    kept = RegisterVersion.objects.of(campaign=campaign, kind=VersionKind.BASE, place=campaign.place)
    return kept.select_related("frozen_by").order_by("-number")


def freeze_base(*, campaign: Campaign, actor, reason: str, now: datetime, today: date) -> RegisterVersion:
    """Keep the base of the whole campaign as it is now."""
    return versions.freeze(
        campaign=campaign,
        place=campaign.place,
        kind=VersionKind.BASE,
        actor=actor,
        reason=reason,
        now=now,
        today=today,
    )


def keep_old(*, campaign: Campaign, actor, now: datetime, today: date) -> None:
    """Before the first change: the base that held until now becomes version 1."""
    if not history(campaign).exists():
        freeze_base(campaign=campaign, actor=actor, reason="调整前的基数", now=now, today=today)


@deed()
def change_base(
    *, campaign: Campaign, actor, reason: str, now: datetime, today: date, **definition
) -> list[str]:
    """Write the new definition (``campaigns.services.running.COUNTED``) and keep the old base; returns what changed.

    The caller then has everybody judged anew and the new base frozen (``residents.tasks.rebase_campaign``); when that was
    interrupted, the same definition once more starts it again. Raises RuleBroken: REASON_MISSING, BASE_SAME, and as
    ``change_campaign``.
    """
    if not reason.strip():
        raise RuleBroken("REASON_MISSING", "请写明调整基数的原因。", "reason")
    keep_old(campaign=campaign, actor=actor, now=now, today=today)
    changed = running.change_campaign(actor=actor, campaign=campaign, **definition)
    if not changed and not is_unfinished(campaign):
        raise RuleBroken("BASE_SAME", "口径没有变化,不需要形成新的版本。")
    return changed


def is_unfinished(campaign: Campaign) -> bool:
    """The definition was changed, but the work that follows died before the new base was kept."""
    newest = history(campaign).first()
    return newest is not None and newest.definition != versions.definition(campaign)
