"""Certificates when doses are put right: what is not true any more falls, and what is true is certified anew."""

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid5

from campaigns.models import Campaign
from clinic.models import Certificate
from clinic.services.certificates import issue, revoke
from core.errors import RuleBroken
from residents.models import Resident

Said = list[tuple[Certificate, set[tuple[int, int]]]]


def statements(people: Iterable[Resident], campaign: Campaign) -> Said:
    """The standing certificates of ``people`` for the disease of ``campaign``, with the (record, dose number) pairs
    each of them states. Ask before the doses change."""
    mine = Certificate.objects.standing().filter(
        resident__in=list(people), disease=campaign.disease, season=campaign.season
    )
    return [(one, _doses(one)) for one in mine.select_related("resident").order_by("pk")]


def _doses(certificate: Certificate) -> set[tuple[int, int]]:
    return set(certificate.records.counted().values_list("pk", "dose_number"))


def renew(said: Said, campaign: Campaign, *, reason: str, actor, now: datetime) -> list[str]:
    """Revoke those of ``said`` whose doses have changed and certify the person's doses of now. Returns it in words."""
    words = []
    for certificate, doses in said:
        if _doses(certificate) == doses:
            continue
        revoke(certificate=certificate, actor=actor, reason=f"接种记录更正({reason})"[:200], now=now)
        new = _issued(certificate, campaign, actor, now)
        after = f",已重新签发 {new.number}" if new else ",没有可以再签发的接种记录"
        words.append(f"凭证 {certificate.number} 已撤销{after};请收回旧凭证、打印新凭证")
    return words


def _issued(old: Certificate, campaign: Campaign, actor, now: datetime) -> Certificate | None:
    key = uuid5(old.key, "renewed")
    try:
        return issue(resident=old.resident, campaign=campaign, actor=actor, key=key, now=now)
    except RuleBroken:  # no dose left, or no document to certify
        return None
