"""Reads of targets and produced files."""

from django.db.models import Q, QuerySet

from places.querysets import any_code_range


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
        """Files about the user's places, and those addressed to them."""
        prefixes = user.scope("reports.download").prefixes
        codes = {prefix.ljust(12, "0") for prefix in prefixes}
        return self.filter(any_code_range("place__code", prefixes) | Q(copies_to__code__in=codes)).distinct()


class FiledReportQuerySet(QuerySet):
    """Reads of FiledReport."""

    def visible_to(self, user, action: str = "reports.download"):
        """Reports about the user's places."""
        return self.filter(any_code_range("place__code", user.scope(action).prefixes))

    def chain(self, *, kind: str, campaign, place):
        """The reports of one kind of one place, in the order in which they follow each other."""
        return self.filter(kind=kind, campaign=campaign, place=place).order_by("cut_off", "id")
