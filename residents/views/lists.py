"""The list of residents and its export."""

from django.db import transaction
from django.shortcuts import redirect
from django.views import View

from campaigns.models import Campaign
from core import jobs
from core.searches import PostedFilters, recalled
from core.views import ActionRequiredMixin, ScopedListView
from residents import listing
from residents.filters import LONGEST, ResidentFilter
from residents.models import Resident
from residents.tables import ResidentTable
from residents.tasks import export_residents


class ResidentListView(PostedFilters, ScopedListView):
    """Who lives here, and what each one needs next in the campaign being worked in."""

    action = "residents.view"
    model = Resident
    table_class = ResidentTable
    filterset_class = ResidentFilter
    template_name = "residents/list.html"

    count_up_to = 50_000  # a county has a million

    longest, filter_names = LONGEST, frozenset(ResidentFilter.base_filters)

    def get_queryset(self):
        campaign = Campaign.objects.current_for(self.request)
        mine = listing.for_page(super().get_queryset(), campaign)
        return listing.ordered(mine, "place")

    def get_context_data(self, **kwargs):
        user = self.request.user
        return super().get_context_data(
            may_add=user.can("residents.edit"),
            may_export=user.can("residents.export"),
            **kwargs,
        )


class ExportView(ActionRequiredMixin, View):
    """POST with the list's own query string: a background job writes the same list to a workbook."""

    action = "residents.export"
    http_method_names = ["post"]

    def post(self, request):
        mine = Resident.objects.visible_to(request.user)
        asked = recalled(request.GET, request.session)
        row = ResidentFilter(asked, listing.with_current(mine, None), request=request)
        criteria = row.criteria if row.form.is_valid() else {}
        campaign = Campaign.objects.current_for(request)
        with transaction.atomic():
            job = jobs.start(
                export_residents,
                kind="residents.export",
                title="导出居民名单",
                by=request.user,
                user_id=request.user.pk,
                campaign_id=campaign.pk if campaign else None,
                criteria=criteria,
                sort=request.GET.get("sort", "place"),
            )
        return redirect(job)
