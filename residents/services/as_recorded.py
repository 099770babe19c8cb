"""How people stood at a past moment, by the doses that had been recorded by then: a report is cut off at its hour even when it
is handed in some minutes later."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.rules import GivenDose
from places.querysets import any_code_range
from residents.choices import RecordSource
from residents.models import Enrolment, VaccinationRecord
from residents.services.enrolments import facts_of, projected, with_facts
from residents.services.rules_at_hand import CampaignContext, context


@dataclass(frozen=True)
class AsRecorded:
    """One enrolment with the doses of then: (record, its number then), and the columns that follow from them."""

    enrolment: Enrolment
    doses: list[tuple[VaccinationRecord, int]]
    columns: dict[str, object]  # as in ``Enrolment``


def standing_at(at: datetime) -> Q:
    """Records that counted at ``at``: recorded by then and not voided by then."""
    return Q(recorded_at__lte=at) & (Q(voided_at__isnull=True) | Q(voided_at__gt=at))


def moved_since(campaign: Campaign, prefixes, at: datetime):
    """Enrolments of the places to whose doses something happened after ``at``."""
    later = VaccinationRecord.objects.filter(
        Q(recorded_at__gt=at) | Q(voided_at__gt=at),
        resident=OuterRef("resident"),
        disease=campaign.disease,
        season=campaign.season,
    )
    rows = Enrolment.objects.filter(any_code_range("unit_code", prefixes), campaign=campaign)
    return rows.filter(Exists(later))


def as_recorded(campaign: Campaign, prefixes, at: datetime) -> Iterator[AsRecorded]:
    """Each of ``moved_since`` with the doses of ``at``. Unit, target and rules are those of now: only doses have a time."""
    ctx, on = context(campaign), timezone.localdate(at)
    against = {"disease": campaign.disease, "season": campaign.season}
    then = VaccinationRecord.objects.filter(standing_at(at), **against).select_related("vaccine")
    rows = with_facts(moved_since(campaign, prefixes, at)).prefetch_related(
        Prefetch("resident__records", then.order_by("given_on", "id"), to_attr="records_then")
    )
    for row in rows.order_by("pk"):
        yield _stood(row, ctx, on)


def _stood(row: Enrolment, ctx: CampaignContext, on: date) -> AsRecorded:
    doses = [(record, number) for number, record in enumerate(row.resident.records_then, start=1)]
    given = [
        GivenDose(record.vaccine.code, record.given_on, number, here=record.source == RecordSource.HERE)
        for record, number in doses
    ]
    facts = facts_of(row, ctx.campaign, counted_here=bool(row.unit_code))
    return AsRecorded(row, doses, projected(replace(facts, doses=given), ctx, on))
