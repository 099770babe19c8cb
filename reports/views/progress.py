"""Progress reports at the cut-offs of push days: what is due, handing one in, what was handed in."""

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef
from django.utils import timezone

from core.errors import RuleBroken
from core.views import ServiceFormView
from places.choices import Level
from reports import cutoffs
from reports.choices import FiledKind
from reports.filed import ALL_DOSES, Row, total_of
from reports.filing_rules import Account
from reports.forms import FileForm
from reports.models import FiledReport, ReportSeen
from reports.services import progress
from reports.views.asked import TownMixin

NOW = "now"
EXTRA = "加报"
HISTORY = 20


class ProgressView(TownMixin, ServiceFormView):
    """A county sees all its towns; a town its own hours of the day, and hands in what is due."""

    post_action = "progress.file"
    form_class = FileForm
    template_name = "reports/progress.html"

    @property
    def of_one(self) -> bool:
        """One town, because it was asked for or because there is no other."""
        return bool(self.asked.get("place")) and self.place.level == Level.TOWN or len(self.towns) == 1

    def get_initial(self):
        return {"place": self.town.code}

    def get_context_data(self, **kwargs):
        towns = [self.town] if self.of_one else self.towns
        table = cutoffs.Timetable(self.campaign)
        due = cutoffs.progress_due(self.campaign, towns, day=self.day, now=self.now)
        return super().get_context_data(
            towns=towns,
            town=self.town if self.of_one else None,
            above=len(self.towns) > 1,
            due=due,
            is_owed=any(one.is_missing for one in due),
            is_push=any(table.is_push_day(town, self.day) for town in towns),
            day=self.day,
            today=self.today,
            may_file=self.request.user.can("progress.file") and self.of_one,
            may_plan=self.request.user.can("progress.plan"),
            history=self._history(towns),
            **kwargs,
        )

    def _history(self, towns) -> list[tuple[FiledReport, Row, Account]]:
        mine = ReportSeen.objects.filter(report=OuterRef("pk"), user=self.request.user)
        rows = (
            FiledReport.objects.filter(kind=FiledKind.PROGRESS, campaign=self.campaign, place__in=towns)
            .annotate(readers=Count("seen"), is_read=Exists(mine))
            .select_related("place", "filed_by")
            .prefetch_related("lines__place")
            .order_by("-cut_off", "place__code")
        )
        found = []
        for report in rows[:HISTORY]:
            lines = [Row(line.place, line.figures) for line in report.lines.all()]
            whole = total_of(report.place, lines)
            found.append((report, whole, whole.account(ALL_DOSES)))
        return found

    def perform(self, form):
        slot, cut_off = form.cleaned_data["slot"], self.now
        if slot == NOW:
            slot = EXTRA
        else:
            slots = cutoffs.Timetable(self.campaign).all_slots(self.town, self.day)
            found = next((one for one in slots if one.name == slot), None)
            if found is None:
                raise RuleBroken("SLOT_GONE", "这个时段已经改了,请刷新页面再报。")
            cut_off = found.cut_off
        report = progress.file_progress(
            campaign=self.campaign,
            place=self.town,
            day=timezone.localdate(self.now) if slot == EXTRA else self.day,
            slot=slot,
            cut_off=cut_off,
            actor=self.request.user,
            key=form.cleaned_data["key"],
            now=self.now,
            note=form.cleaned_data["note"],
        )
        messages.success(self.request, "已报送。这份报告不会再变;以后的更正会列在下一份报告里。")
        return report
