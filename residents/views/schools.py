"""Schools: 摸底汇总 by grade and class (S30), pupils who live in another county (S32)."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate, now
from django.views.generic import TemplateView, View

from campaigns.models import Campaign
from core import audit
from core.errors import RuleBroken
from core.handing_out import people_workbook, workbook
from core.views import ActionRequiredMixin
from core.xlsx import file_name
from places.choices import OrganisationKind
from places.models import Organisation
from residents.models import RosterEntry
from residents.services import roster_reads, roster_sheets, rosters
from residents.views.rosters import OneRoster


class Schools(ActionRequiredMixin):
    """All schools in the user's reach."""

    action = "members.view"

    @cached_property
    def schools(self) -> list[Organisation]:
        mine = Organisation.objects.reached_by(self.request.user, self.action)
        return list(mine.filter(kind=OrganisationKind.SCHOOL, is_active=True).order_by("place__code", "name"))

    @property
    def where(self) -> str:
        return str(self.request.user.main_role.where)

    def lines(self) -> list[dict]:
        campaign = Campaign.objects.current_for(self.request)
        return roster_reads.school_summary([school.pk for school in self.schools], campaign)


class SchoolsView(Schools, TemplateView):
    """Every school in one line, the grades behind it."""

    template_name = "residents/schools.html"

    def get_context_data(self, **kwargs):
        lines = self.lines()
        schools = []
        for school in self.schools:
            mine = [line for line in lines if line["organisation"] == school.pk]
            schools.append((school, _cells(roster_reads.sums(mine))))
        return super().get_context_data(
            schools=schools,
            heads=roster_reads.SUMMARY,
            totals=_cells(roster_reads.sums(lines)),
            today=localdate(),
            where=self.where,
            **kwargs,
        )


class SchoolsFileView(Schools, View):
    """All schools by grade and class, as the education bureau wants it."""

    def get(self, request, *args, **kwargs) -> HttpResponse:
        today = localdate()
        title = f"{self.where}学校疫苗接种摸底汇总表"
        content = roster_sheets.summary_book(title, self.lines(), today, self.where)
        return workbook(content, file_name(self.where, "学校摸底汇总", today))


class SummaryView(OneRoster, TemplateView):
    """One school by grade and class; for printing and the stamp."""

    template_name = "residents/school_summary.html"

    def get_context_data(self, **kwargs):
        lines = roster_reads.school_summary([self.organisation.pk], self.campaign)
        return super().get_context_data(
            organisation=self.organisation,
            campaign=self.campaign,
            heads=roster_reads.SUMMARY,
            lines=[(line["part"], _cells(line)) for line in lines],
            totals=_cells(roster_reads.sums(lines)),
            today=self.today,
            **kwargs,
        )


class SummaryFileView(OneRoster, View):
    """The same as a workbook."""

    def get(self, request, *args, **kwargs) -> HttpResponse:
        lines = roster_reads.school_summary([self.organisation.pk], self.campaign)
        title = f"{self.organisation}疫苗接种摸底汇总表"
        content = roster_sheets.summary_book(title, lines, self.today, str(self.organisation))
        return workbook(content, file_name(self.organisation.name, "摸底汇总", self.today))


class _Elsewhere(Schools):
    def entries(self) -> list[RosterEntry]:
        pupils = RosterEntry.objects.current().filter(organisation__in=self.schools).exclude(home_county="")
        campaign = Campaign.objects.current_for(self.request)
        rows = roster_reads.with_people(pupils, campaign).select_related("pushed_by")
        return list(rows.order_by("home_county", "organisation__name", "grade", "class_no", "pk"))


class ElsewhereView(_Elsewhere, TemplateView):
    """Pupils by the county where they live now; what was told to that county and what was not."""

    template_name = "residents/elsewhere.html"

    def get_context_data(self, **kwargs):
        counties: dict[str, list] = {}
        for entry in self.entries():
            counties.setdefault(entry.home_county, []).append((entry, roster_sheets.line(entry, localdate())))
        groups = [(c, rows, sum(e.pushed_at is None for e, _ in rows)) for c, rows in counties.items()]
        may_push = self.request.user.can("members.keep")
        return super().get_context_data(groups=groups, may_push=may_push, **kwargs)


class ElsewhereFileView(_Elsewhere, View):
    """The list for the other counties. Whole numbers only for who may see them: nobody is found by a masked one."""

    def get(self, request, *args, **kwargs) -> HttpResponse:
        whole, entries, today = request.user.can("residents.reveal"), self.entries(), localdate()
        content = roster_sheets.elsewhere_book(entries, today, where=self.where, whole=whole)
        data = {"people": len(entries), "list": "elsewhere", "whole_numbers": whole}
        audit.record("members.exported", actor=request.user, data=data)
        return people_workbook(content, file_name(self.where, "外县居住学生名册", today), by=request.user)


class PushView(_Elsewhere, View):
    """POST ``county``: its pupils have been told to it."""

    action = "members.keep"
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        county = request.POST.get("county", "")
        try:
            people = rosters.push_elsewhere(
                entries=self.entries(), county=county, actor=request.user, now=now()
            )
        except RuleBroken as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"已记录:{county} {people} 名学生已推送。")
        return HttpResponseRedirect(reverse("residents:elsewhere"))


def _cells(line: dict) -> list[int]:
    return [line[key] for key, _ in roster_reads.SUMMARY]
