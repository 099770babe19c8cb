"""学校每日统计: the page of a day and its workbook (S36)."""

from datetime import date

from django.http import HttpResponse
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.views.generic import TemplateView, View

from campaigns.models import Campaign
from core.dates import asked_day
from core.handing_out import workbook
from core.xlsx import file_name
from residents.services import school_days
from residents.views.schools import Schools


class _Days(Schools):
    @cached_property
    def day(self) -> date:
        """The asked day, never a coming one."""
        today = localdate()
        return min(asked_day(self.request.GET.get("day", ""), otherwise=today), today)

    def lines(self) -> list[dict]:
        return school_days.school_days(self.schools, Campaign.objects.current_for(self.request), self.day)


class SchoolDaysView(_Days, TemplateView):
    """``?day=``: every school in one line, as it stood at the end of the day."""

    template_name = "residents/school_days.html"

    def get_context_data(self, **kwargs):
        lines = self.lines()
        return super().get_context_data(
            lines=[(line["school"], _cells(line)) for line in lines],
            heads=school_days.FIGURES,
            totals=_cells(school_days.sums(lines)),
            day=self.day,
            today=localdate(),
            where=self.where,
            **kwargs,
        )


class SchoolDaysFileView(_Days, View):
    """The same as a workbook."""

    def get(self, request, *args, **kwargs) -> HttpResponse:
        content = school_days.days_book(self.lines(), self.day, self.where)
        return workbook(content, file_name(self.where, "学校每日统计", self.day))


def _cells(line: dict) -> list[int]:
    return [line[key] for key, _ in school_days.FIGURES]
