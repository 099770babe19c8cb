"""The rosters of organisations: which there are, and who is on one."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.views.generic import TemplateView, View

from campaigns.models import Campaign
from campaigns.views.current import CampaignIfAnyMixin
from core import audit
from core.handing_out import people_workbook
from core.searches import PostedFilters
from core.views import ActionRequiredMixin, ScopedListView
from core.xlsx import file_name
from places.choices import OrganisationKind
from places.models import Organisation
from residents.filters_rosters import EntryFilter, RosterFilter
from residents.models import RosterEntry, Sticker
from residents.services import roster_reads, roster_sheets
from residents.tables_rosters import EntryTable, LeftTable, RosterTable


class RosterListView(ScopedListView):
    """The organisations in scope with their numbers, those that wait for a check first to be seen."""

    action = "members.view"
    model = Organisation
    table_class = RosterTable
    filterset_class = RosterFilter
    template_name = "residents/rosters.html"

    def get_queryset(self):
        mine = Organisation.objects.reached_by(self.request.user, self.action).filter(is_active=True)
        return mine.select_related("place", "parent").order_by("kind", "place__code", "name")

    def get_table_kwargs(self):
        ids = list(self.object_list.values_list("pk", flat=True))
        campaign = Campaign.objects.current_for(self.request)
        return {"figures": roster_reads.figures(ids, campaign)}

    def get_context_data(self, **kwargs):
        user = self.request.user
        has_schools = self.object_list.filter(kind=OrganisationKind.SCHOOL).exists()
        return super().get_context_data(
            may_manage=user.can("places.manage"), has_schools=has_schools, **kwargs
        )


class OneRoster(CampaignIfAnyMixin, ActionRequiredMixin):
    """Pages about one organisation in the user's reach; any other is not found."""

    action = "members.view"

    @cached_property
    def organisation(self) -> Organisation:
        mine = Organisation.objects.reached_by(self.request.user, self.action)
        return get_object_or_404(mine.select_related("place__parent", "parent"), pk=self.kwargs["pk"])

    @cached_property
    def today(self):
        return localdate()

    def entries(self):
        """Who is on it today, in the order of the sheet."""
        current = RosterEntry.objects.current().filter(organisation=self.organisation)
        rows = roster_reads.with_people(current, self.campaign)
        return rows.order_by("grade", "class_no", "job", "resident__pinyin", "pk")


class RosterView(PostedFilters, OneRoster, ScopedListView):
    """One roster; ``?left=1`` who has left."""

    model = RosterEntry
    filterset_class = EntryFilter
    template_name = "residents/roster.html"
    filter_names = frozenset(EntryFilter.base_filters)

    def post(self, request, *args, **kwargs):
        self.organisation  # noqa: B018  404 before anything is remembered
        return super().post(request, *args, **kwargs)

    @property
    def has_left(self) -> bool:
        return self.request.GET.get("left") == "1"

    @property
    def table_class(self):
        return LeftTable if self.has_left else EntryTable

    def get_queryset(self):
        if not self.has_left:
            return self.entries()
        left = RosterEntry.objects.filter(organisation=self.organisation, until__isnull=False)
        return (
            roster_reads.with_people(left, self.campaign).select_related("ended_by").order_by("-until", "-pk")
        )

    def get_filterset_kwargs(self, filterset_class):
        kwargs = super().get_filterset_kwargs(filterset_class)
        return {**kwargs, "organisation": self.organisation, "campaign": self.campaign}

    def get_table_kwargs(self):
        user = self.request.user
        return {"organisation": self.organisation, "user": user, "may_keep": user.can("members.keep")}

    def get_context_data(self, **kwargs):
        organisation, user = self.organisation, self.request.user
        found = roster_reads.figures([organisation.pk], self.campaign)
        last = RosterEntry.objects.current().filter(organisation=organisation, confirmed_at__isnull=False)
        return super().get_context_data(
            organisation=organisation,
            figures=found.get(organisation.pk, roster_reads.Figures()),
            last=last.select_related("confirmed_by").order_by("-confirmed_at").first(),
            branches=organisation.branches.filter(is_active=True),
            sticker=Sticker.objects.filter(organisation=organisation, revoked_on=None).first(),
            may_keep=user.can("members.keep"),
            may_reconcile=user.can("members.reconcile"),
            has_left=self.has_left,
            **kwargs,
        )


class RosterPrintView(OneRoster, TemplateView):
    """The roster on paper, for the signature of the organisation. Printing is recorded."""

    template_name = "residents/roster_print.html"

    def get_context_data(self, **kwargs):
        parts: dict[str, list[dict]] = {}
        for entry in self.entries():
            row = roster_sheets.line(entry, self.today)
            parts.setdefault(row["part"] or "未分组", []).append(row)
        people = sum(map(len, parts.values()))
        _record(self, "members.printed", people)
        return super().get_context_data(
            organisation=self.organisation, parts=parts, people=people, today=self.today, **kwargs
        )


class RosterFileView(OneRoster, View):
    """The roster as a workbook; the download is recorded."""

    def get(self, request, *args, **kwargs) -> HttpResponse:
        entries = list(self.entries())
        content = roster_sheets.roster_book(self.organisation, entries, self.today)
        _record(self, "members.exported", len(entries))
        return people_workbook(
            content, file_name(self.organisation.name, "名册", self.today), by=request.user
        )


def _record(view: OneRoster, action: str, people: int) -> None:
    audit.record(
        action,
        actor=view.request.user,
        target=view.organisation,
        place_code=view.organisation.place.code,
        data={"people": people},
    )
