"""Whom a doctor has to look at before a dose is planned (S109): what people say of themselves, people who came in from
elsewhere and nobody has asked yet, and deferrals that have run out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from accounts.models import User
from campaigns.models import Campaign
from core.dates import age_on
from places.querysets import any_code_range, code_range
from residents.choices import INFLOW, HoldKind
from residents.models import Enrolment, Hold
from residents.responsibility import DutyBook

SAID, INCOMING, AGAIN, NOT_YET = "said", "incoming", "again", "later"
STEPS = [(SAID, "自述情况待鉴定"), (INCOMING, "流入人员待筛查"), (AGAIN, "暂缓到期再筛")]
# Nothing to be done about these today; before a deadline they are looked at early, until nobody is left (S117).
ALL_STEPS = [*STEPS, (NOT_YET, "还在暂缓期内")]


@dataclass(frozen=True)
class Patient:
    """One line of the list."""

    enrolment: Enrolment
    age: int
    hold: Hold | None
    responsible: str

    @property
    def resident(self):
        return self.enrolment.resident

    @property
    def said(self) -> str:
        """Why a doctor is asked: what stands in the way, else where the person came from and what is known."""
        if self.hold:
            return self.hold.reason
        came = " ".join(filter(None, [self.resident.get_residence_display(), self.resident.away_place]))
        return ":".join(filter(None, [came, self.resident.conditions]))


def waiting(user: User, campaign: Campaign | None, today: date) -> QuerySet[Enrolment]:
    """People in reach of ``user`` on the register of ``campaign``; for ``of_step``."""
    here = any_code_range("resident__village_code", user.scope("conditions.view").town_prefixes)
    rows = Enrolment.objects.filter(here, campaign=campaign.pk if campaign else 0, is_target=True)
    return rows.filter(resident__removed_on__isnull=True)


def of_step(rows: QuerySet[Enrolment], step: str, today: date) -> QuerySet[Enrolment]:
    """Those of ``rows`` who stand at ``step``."""
    return rows.filter(_stands_at(step, today))


def counts(rows: QuerySet[Enrolment], today: date) -> dict[str, int]:
    """How many of ``rows`` stand at each step; one query."""
    return rows.order_by().aggregate(**{step: Count("pk", _stands_at(step, today)) for step, _ in ALL_STEPS})


def _stands_at(step: str, today: date) -> Q:
    mine = Hold.objects.filter(enrolment=OuterRef("pk"))
    standing = mine.filter(lifted_at__isnull=True)
    if step == SAID:
        return Q(Exists(standing.filter(kind=HoldKind.SELF_REPORTED)))
    if step == INCOMING:
        return Q(resident__residence__in=INFLOW, doses_done=0) & ~Q(Exists(mine))
    if step == NOT_YET:
        return Q(Exists(standing.filter(kind=HoldKind.DEFER, until__gt=today)))
    over = Q(kind=HoldKind.DEFER, until__lte=today) | Q(kind=HoldKind.CONTRA, review_on__lte=today)
    vaccinated_since = Q(enrolment__last_dose_on__gte=F("at__date"))
    return Q(Exists(standing.filter(over).exclude(vaccinated_since)))


def narrow(rows: QuerySet[Enrolment], *, village: str = "", group: str = "") -> QuerySet[Enrolment]:
    """By the code of the village and the number of the group."""
    if village:
        rows = rows.filter(code_range("resident__village_code", village))
    return rows.filter(resident__group_no=group) if group else rows


def in_order(rows: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    """By village, group and household, as one goes."""
    return rows.select_related("resident__village", "resident__household").order_by(
        "resident__village_code", "resident__group_no", "resident__household__number", "pk"
    )


def patients(enrolments: Iterable[Enrolment], *, today: date) -> list[Patient]:
    """The lines of a page of ``of_step``; a fixed number of queries."""
    rows = list(enrolments)
    standing = Hold.objects.filter(enrolment__in=rows, lifted_at__isnull=True).select_related("by")
    holds = {hold.enrolment_id: hold for hold in standing.order_by("at", "pk")}
    book = DutyBook(row.resident for row in rows)
    return [
        Patient(row, age_on(row.resident.birth_date, today), holds.get(row.pk), book.name(row.resident))
        for row in rows
    ]
