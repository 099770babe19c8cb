"""Reads of targets and produced files."""

from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from places.querysets import any_code_range
from reports.choices import FOLLOW_UP_OVER


class TargetQuerySet(QuerySet):
    """Reads of Target."""

    def current(self):
        """Not superseded."""
        return self.filter(superseded_at__isnull=True)

    def visible_to(self, user):
        """Targets of the user's places."""
        return self.filter(any_code_range("place__code", user.scope("reports.view").prefixes))


class ReportFileQuerySet(QuerySet):
    """Reads of ReportFile."""

    def visible_to(self, user):
        """Files about the user's places (for an office), those addressed to them, and those the user has made."""
        prefixes = user.scope("reports.download").prefixes
        codes = {prefix.ljust(12, "0") for prefix in prefixes}
        mine = Q(created_by=user) | Q(copies_to__code__in=codes)
        return self.filter(any_code_range("place__code", prefixes) | mine).distinct()

    def handed_to(self, user):
        """Those of ``visible_to`` whose content ``user`` may take: what names people goes to its maker only."""
        return self.visible_to(user).filter(
            Q(is_personal=False) | Q(created_by=user), removed_at__isnull=True
        )


def _own_offices(user) -> set[str]:
    """Codes of the places whose office ``user`` works in."""
    return {prefix.ljust(12, "0") for prefix in user.scope("reports.schedule").prefixes}


class ScheduleQuerySet(QuerySet):
    """Reads of ReportSchedule."""

    def current(self):
        """Neither changed nor stopped."""
        return self.filter(ended_at__isnull=True)

    def visible_to(self, user):
        """Those of the user's own office."""
        return self.filter(office__code__in=_own_offices(user))


class RunQuerySet(QuerySet):
    """Reads of ScheduledRun."""

    def visible_to(self, user):
        """Those of the user's own office."""
        return self.filter(schedule__office__code__in=_own_offices(user))


class FiledReportQuerySet(QuerySet):
    """Reads of FiledReport."""

    def visible_to(self, user, action: str = "reports.download"):
        """Reports about the user's places."""
        return self.filter(any_code_range("place__code", user.scope(action).prefixes))

    def chain(self, *, kind: str, campaign, place):
        """The reports of one kind of one place, in the order in which they follow each other."""
        return self.filter(kind=kind, campaign=campaign, place=place).order_by("cut_off", "id")


class FiledChangeQuerySet(QuerySet):
    """Reads of FiledChange."""

    def until(self, report):
        """Every change of the report's chain up to and with it."""
        chain = {"kind": report.kind, "campaign": report.campaign_id, "place": report.place_id}
        return self.filter(
            report__cut_off__lte=report.cut_off, **{f"report__{name}": value for name, value in chain.items()}
        )

    def standing(self, report):
        """The row by which each dose or person that counts in ``report`` came in: what never went out again by then."""
        mine = {name: OuterRef(name) for name in ("metric", "place_code")}
        out = self.model._base_manager.all().filter(sign=-1, id__gt=OuterRef("id"), **mine)
        out = FiledChangeQuerySet.until(out, report)
        gone = Exists(out.filter(record=OuterRef("record"))) | Exists(
            out.filter(enrolment=OuterRef("enrolment"))
        )
        return self.until(report).filter(~gone, sign=1)


class BulletinQuerySet(QuerySet):
    """Reads of Bulletin."""

    def visible_to(self, user):
        """Texts of the offices of the user's places."""
        return self.filter(any_code_range("place__code", user.scope("reports.download").prefixes))


class BookQuerySet(QuerySet):
    """Reads of what stands in the duty and meetings book."""

    def visible_to(self, user):
        """The books of the user's places."""
        return self.filter(any_code_range("place__code", user.scope("duty_book.view").prefixes))

    def standing(self):
        """The last version of each entry."""
        later = self.model._base_manager.filter(uid=OuterRef("uid"), number__gt=OuterRef("number"))
        return self.filter(~Exists(later))


class FollowUpQuerySet(QuerySet):
    """Reads of FollowUp."""

    def visible_to(self, user):
        """Of the books of the user's places."""
        return self.filter(any_code_range("meeting__place__code", user.scope("duty_book.view").prefixes))

    def with_state(self):
        """``state``: the last step (None: none yet); ``until``: the day that holds after every move."""
        step = self.model._meta.get_field("steps").related_model
        steps = step._base_manager.filter(follow_up=OuterRef("pk")).order_by("-number")
        moved = steps.filter(due_on__isnull=False).values("due_on")[:1]
        return self.annotate(
            state=Subquery(steps.values("kind")[:1]), until=Coalesce(Subquery(moved), F("due_on"))
        )

    def open(self):
        """Neither finished nor cancelled."""
        return self.with_state().filter(Q(state=None) | ~Q(state__in=FOLLOW_UP_OVER))

    def over(self):
        """Finished or cancelled."""
        return self.with_state().filter(state__in=FOLLOW_UP_OVER)

    def due(self, today: date):
        """Open, and to be done today or before."""
        return self.open().filter(until__lte=today)
