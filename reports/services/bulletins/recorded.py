"""What was recorded of the work around the doses: sessions, plans, publicity, visits, rides, groups, papers handed in."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Q, Sum

from appointments.choices import SessionState
from appointments.models import ClinicSession
from campaigns.choices import GroupKind
from campaigns.models import Campaign, WorkGroup, WorkGroupMember
from places.models import Place
from places.querysets import any_code_range
from residents.choices import (
    DutyLevel,
    LiftState,
    PublicityKind,
    SubmissionKind,
    SubmissionState,
)
from residents.models import (
    DutyAssignment,
    LiftRequest,
    Outreach,
    PlanRow,
    PublicityCount,
    Submission,
)

Pairs = list[tuple[str, int]]  # (word, how many)


def sessions(campaign: Campaign, prefixes, since: date, until: date) -> Pairs:
    """Sessions by kind, those called off left out."""
    rows = ClinicSession.objects.filter(
        any_code_range("site__place__code", prefixes), campaign=campaign, on__gte=since, on__lte=until
    ).exclude(state=SessionState.CANCELLED)
    return _counted(rows, "kind", ClinicSession._meta.get_field("kind").choices)


def _counted(rows, column: str, choices: Iterable[tuple[str, str]]) -> Pairs:
    found = dict(rows.order_by().values_list(column).annotate(n=Count("pk")))
    return [(word, found[code]) for code, word in choices if code in found]


def planned(campaign: Campaign, prefixes, since: date, until: date) -> int | None:
    """People of the handed-in plans whose days all lie in the period; None where no plan was handed in for it."""
    plans = PlanRow.objects.filter(
        any_code_range("submission__place__code", prefixes),
        submission__call__campaign=campaign,
        submission__call__closed_at__isnull=True,
        submission__state__in=(SubmissionState.SUBMITTED, SubmissionState.ACCEPTED),
        from_on__gte=since,
        to_on__lte=until,
    )
    return plans.aggregate(people=Sum("people"))["people"]


def told(prefixes, since: date, until: date, span) -> dict:
    """Publicity, visits and rides."""
    spoken = PublicityCount.objects.filter(
        any_code_range("place__code", prefixes),
        day__gte=since,
        day__lte=until,
        superseded_by__isnull=True,
    )
    sums = dict(spoken.order_by().values_list("kind").annotate(n=Sum("count")))
    visits = Outreach.objects.filter(
        any_code_range("resident__village_code", prefixes), at__gte=span[0], at__lt=span[1]
    )
    lifts = LiftRequest.objects.filter(any_code_range("resident__village_code", prefixes), on__gte=since)
    return {
        "publicity": [(word, sums[code]) for code, word in PublicityKind.choices if sums.get(code)],
        "visits": visits.aggregate(
            times=Count("pk"),
            people=Count("resident", distinct=True),
            promised=Count("resident", filter=Q(promised_on__isnull=False), distinct=True),
        ),
        "lifts": lifts.filter(on__lte=until, state=LiftState.DONE).count(),
    }


def organised(campaign: Campaign, place: Place, prefixes) -> dict:
    """The leading group by name, the other groups and the duties by number, as they stand now."""
    groups = WorkGroup.objects.current().filter(campaign=campaign).under(place)
    leading = groups.filter(place=place, kind=GroupKind.LEADING)
    named = groups.filter(members__in=WorkGroupMember.objects.current()).distinct()
    duties = DutyAssignment.objects.current().filter(any_code_range("village_code", prefixes))
    return {
        "leaders": list(
            WorkGroupMember.objects.current().filter(group__in=leading).order_by("role", "order", "pk")
        ),
        "groups": dict(named.order_by().values_list("kind").annotate(n=Count("pk", distinct=True))),
        "duties": _counted(duties, "level", DutyLevel.choices),
    }


def handed_in(campaign: Campaign, prefixes, span) -> Pairs:
    """What villages and units handed in within the period, by kind."""
    rows = Submission.objects.filter(
        any_code_range("place__code", prefixes),
        call__campaign=campaign,
        submitted_at__gte=span[0],
        submitted_at__lt=span[1],
    ).exclude(state=SubmissionState.DRAFT)
    return _counted(rows, "call__kind", SubmissionKind.choices)
