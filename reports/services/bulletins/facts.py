"""What a bulletin says is read here: the figures of a period from the same counts as every report, and what was recorded of
the work behind them. What nobody has recorded is an empty list or None; the words then say so."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from campaigns.models import Campaign, WorkGroupMember
from clinic.choices import Outcome
from clinic.models import AdverseEvent, Dose, Screening
from inventory.models import StockLevel
from places.models import Place
from places.querysets import any_code_range
from reports import metrics
from reports.choices import TargetKind
from reports.days import day_bounds
from reports.services import rollups
from reports.services.board import Board, board
from reports.services.bulletins.book import Book, book_of
from reports.services.bulletins.recorded import Pairs, handed_in, organised, planned, sessions, told
from reports.services.daily import DailyReport, daily_report
from residents.choices import NotVaccinatedReason
from residents.models import Resident

COUNTED = (metrics.FIRST, metrics.COMPLETE, metrics.BOOSTER, *metrics.DOSES)
SOON = 7  # days ahead


@dataclass(frozen=True)
class Facts:
    """All that a bulletin may say. ``spell`` and ``before`` hold people and doses by metric code, of the period and of the one of
    the same length before it, ``firsts`` first doses of the period by unit; ``ahead`` are the days that follow; states (stock,
    reasons, who waits) are those of the moment of counting."""

    place: Place
    campaign: Campaign
    since: date
    until: date
    now: datetime
    report: DailyReport
    board: Board
    registered: int
    spell: dict[str, int]
    firsts: dict[str, int]
    before: dict[str, int]
    ahead: tuple[date, date]
    given_here: int
    given_to_guests: int
    sites: int
    screened: dict[str, int]
    reactions: int
    serious: int
    stock: list[tuple[str, int, int]]
    reasons: Pairs
    overdue: int
    due_soon: int
    sessions: Pairs
    coming: Pairs
    planned: int | None
    planned_next: int | None
    publicity: Pairs
    visits: dict[str, int]
    lifts: int
    leaders: list[WorkGroupMember]
    groups: dict[str, int]
    duties: Pairs
    book: Book
    handed_in: Pairs

    @property
    def today(self) -> date:
        """The day on which it was counted."""
        return timezone.localdate(self.now)


def facts_of(
    *,
    campaign: Campaign,
    place: Place,
    since: date,
    until: date,
    ahead: tuple[date, date],
    now: datetime,
) -> Facts:
    """Everything recorded about ``place`` from ``since`` to ``until`` (both included, not after today)."""
    prefixes, length = {place.prefix}, until - since + timedelta(days=1)
    span, today = (day_bounds(since)[0], day_bounds(until)[1]), timezone.localdate(now)
    spell = rollups.totals(campaign, prefixes, since=since, until=until, now=now, of=COUNTED)
    earlier = {"since": since - length, "until": since - timedelta(days=1)}
    return Facts(
        place=place,
        campaign=campaign,
        since=since,
        until=until,
        now=now,
        report=daily_report(campaign=campaign, place=place, day=until, now=now),
        board=board(campaign=campaign, place=place, kind=TargetKind.FIRST, day=until, now=now),
        registered=Resident.objects.live().filter(any_code_range("village_code", prefixes)).count(),
        spell=_summed(spell),
        firsts={code: values.get(metrics.FIRST.code, 0) for code, values in spell.items()},
        before=_summed(rollups.totals(campaign, prefixes, now=now, of=COUNTED, **earlier)),
        ahead=ahead,
        sessions=sessions(campaign, prefixes, since, until),
        coming=sessions(campaign, prefixes, *ahead),
        planned=planned(campaign, prefixes, since, until),
        planned_next=planned(campaign, prefixes, *ahead),
        stock=_stock(prefixes, today),
        handed_in=handed_in(campaign, prefixes, span),
        book=book_of(campaign, place, since, until, today),
        **_on_the_floor(prefixes, span),
        **_waiting(campaign, prefixes, today),
        **told(prefixes, since, until, span),
        **organised(campaign, place, prefixes),
    )


def _summed(units: rollups.Sums) -> dict[str, int]:
    codes = [metric.code for metric in COUNTED]
    return {code: sum(values.get(code, 0) for values in units.values()) for code in codes}


def _on_the_floor(prefixes, span) -> dict:
    start, end = span
    doses = Dose.objects.counted().filter(
        any_code_range("site__place__code", prefixes), given_at__gte=start, given_at__lt=end
    )
    home = any_code_range("record__resident__village_code", prefixes)
    found = doses.aggregate(
        given_here=Count("pk"),
        given_to_guests=Count("pk", filter=~home),
        sites=Count("site", distinct=True),
    )
    events = AdverseEvent.objects.filter(any_code_range("dose__site__place__code", prefixes))
    found |= events.filter(reported_at__gte=start, reported_at__lt=end).aggregate(
        reactions=Count("pk"), serious=Count("pk", filter=Q(is_serious=True))
    )
    screened = Screening.objects.filter(any_code_range("visit__site__place__code", prefixes))
    counts = screened.filter(at__gte=start, at__lt=end).order_by().values_list("outcome")
    return found | {"screened": dict.fromkeys(Outcome.values, 0) | dict(counts.annotate(n=Count("pk")))}


def _stock(prefixes, today: date) -> list[tuple[str, int, int]]:
    """(vaccine, vials, doses) that may be given, in the order of the vaccines."""
    levels = StockLevel.objects.filter(any_code_range("site__place__code", prefixes)).in_stock()
    rows = levels.usable(today).with_doses().select_related("lot__presentation__vaccine")
    found: dict[str, list[int]] = {}
    for level in rows.order_by("lot__presentation__vaccine__code"):
        mine = found.setdefault(level.lot.presentation.vaccine.short_name, [0, 0])
        mine[0] += level.vials
        mine[1] += level.doses
    return [(name, vials, doses) for name, (vials, doses) in found.items()]


def _waiting(campaign: Campaign, prefixes, today: date) -> dict:
    """Who has no dose, by the recorded reason; who waits for a second one."""
    people = metrics.people_of(campaign, prefixes)
    counts = people.filter(doses_done=0).order_by().values_list("resident__not_vaccinated_reason")
    words = dict(NotVaccinatedReason.choices) | {"": "没有登记原因"}
    reasons = sorted(counts.annotate(n=Count("pk")), key=lambda row: (-row[1], row[0]))
    begun = people.filter(next_dose__gte=2)
    return {
        "reasons": [(words[code], number) for code, number in reasons],
        "overdue": begun.overdue(today).count(),
        "due_soon": begun.due(today + timedelta(days=SOON)).count(),
    }
