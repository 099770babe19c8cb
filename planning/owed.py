"""To whom the vaccine is owed, and who may have it: the people behind a push to use it up."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from appointments.models import Booking
from places.querysets import code_range
from planning.models import ClearOut
from residents.models import Enrolment
from residents.querysets import resident_scope
from residents.responsibility import answering

SECOND, FIRST = "second", "first"
KINDS = {SECOND: "可打第2剂", FIRST: "还没打第1剂"}


@dataclass(frozen=True)
class Owed:
    """Second doses of one vaccine that people who have begun still need: due by a day, and later."""

    now: int = 0
    later: int = 0


def owed(campaign, place, vaccines, by: date) -> dict[int, Owed]:
    """By id of the vaccine, over everybody of ``place``."""
    begun = _begun(campaign, place, vaccines).filter(status__in=("open", "hold")).order_by()
    rows = begun.values_list("last_product").annotate(
        now=Count("pk", Q(due_from__lte=by)), later=Count("pk", Q(due_from__gt=by))
    )
    return {product: Owed(now, later) for product, now, later in rows}


def to_call(clear_out: ClearOut, kind: str, user, today: date) -> QuerySet[Enrolment]:
    """Who of ``user``'s people may have a dose today: second doses of the vaccines first, or who has not begun. Adds
    ``booked_on`` and ``responsible`` as ``appointments.second_doses`` needs them."""
    campaign, place = clear_out.campaign, clear_out.place
    if kind == SECOND:
        rows = _begun(campaign, place, clear_out.vaccines.all())
    else:
        rows = _of(campaign, place).on_target().filter(doses_done=0)
    booked = Booking.objects.active().filter(enrolment=OuterRef("pk"), dose_number=OuterRef("next_dose"))
    return (
        rows.due(today)
        .filter(resident_scope(user, "residents.view", "resident__"))
        .annotate(
            booked_on=Subquery(booked.values("slot__session__on")[:1]), responsible=answering("resident__")
        )
        .order_by(F("due_to").asc(nulls_last=True), "resident__village_code", "resident__group_no", "pk")
    )


def _of(campaign, place) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(
        code_range("resident__village_code", place.prefix),
        campaign=campaign,
        resident__removed_on__isnull=True,
    )


def _begun(campaign, place, vaccines) -> QuerySet[Enrolment]:
    return _of(campaign, place).filter(
        doses_done__gte=1, next_dose__gte=2, primary_complete_on__isnull=True, last_product__in=vaccines
    )
