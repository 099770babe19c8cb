"""计数核对: who is claimed twice, who is counted by nobody; the office settles one by one."""

from urllib.parse import urlencode

from django.db.models import Prefetch, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import ListView
from django_tables2 import SingleTableMixin

from campaigns.models import Campaign
from campaigns.views.current import CurrentCampaignMixin
from core import audit
from core.views import ActionRequiredMixin
from residents import disputes
from residents.choices import MoveKind
from residents.forms import SettleForm
from residents.models import Enrolment, Move
from residents.services.settling import settle
from residents.tables import CountingTable
from residents.views.base import PersonDeedView


class CountingView(CurrentCampaignMixin, ActionRequiredMixin, SingleTableMixin, ListView):
    """``?case=`` one question with the people behind it; the first open one with people when none is asked."""

    action = "residents.view"
    table_class = CountingTable
    template_name = "residents/counting.html"
    paginate_by = 50

    @cached_property
    def counts(self) -> list[tuple[disputes.Case, int]]:
        return disputes.counts(self.request.user, self.campaign)

    @cached_property
    def case(self) -> disputes.Case:
        asked = disputes.BY_CODE.get(self.request.GET.get("case", ""))
        full = (case for case, number in self.counts if number and case.is_open)
        return asked or next(full, disputes.CASES[0])

    def get_queryset(self):
        mine = disputes.people(self.request.user, self.campaign).filter(self.case.condition)
        if self.case.code == "twins":
            other = disputes.twins_of()
            mine = mine.annotate(
                other_uid=Subquery(other.values("uid")[:1]),
                other_code=Subquery(other.values("village_code")[:1]),
            )
        rows = mine.select_related("resident__village", "resident__organisation__place", "unit")
        claims = Move.objects.open().filter(kind=MoveKind.CLAIM).select_related("to_place")
        return rows.prefetch_related(
            "resident__identifiers", Prefetch("resident__moves", claims, to_attr="claims")
        ).order_by("resident__village_code", "resident_id")

    def get_table_kwargs(self):
        return {"user": self.request.user, "campaign": self.campaign, "case": self.case.code}

    def get_context_data(self, **kwargs):
        context = super().get_context_data(
            campaign=self.campaign, case=self.case, counts=self.counts, **kwargs
        )
        audit.record(
            "counting.viewed",
            actor=self.request.user,
            place_code=self.campaign.place.code,
            data={
                "case": self.case.code,
                "people": context["table"].paginator.count,
            },
        )
        return context


class SettleView(PersonDeedView):
    """裁定计入单位, in the campaign ``?campaign=`` (else the one being worked in)."""

    action = "counting.settle"
    form_class = SettleForm
    heading = "裁定计入单位"
    lead = "一个人在一次活动里只计入一个单位。裁定优先于规则,以前的裁定保留在“经过”里。"
    success_message = "已裁定,计入单位已更新。"

    @cached_property
    def enrolment(self) -> Enrolment:
        rows = self.person.enrolments.select_related("campaign__place", "unit")
        if code := self.request.GET.get("campaign"):
            return get_object_or_404(rows, campaign__code=code)
        current = Campaign.objects.current_for(self.request)
        row = rows.filter(campaign=current).first() or rows.order_by("-campaign").first()
        if row is None:
            raise Http404
        return row

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user, "campaign": self.enrolment.campaign}

    def perform(self, form):
        settle(
            enrolment=self.enrolment,
            reason=form.cleaned_data["reason"],
            actor=self.request.user,
            now=timezone.now(),
            today=self.today,
            **form.choice(),
        )
        if case := self.request.GET.get("case"):
            return f"{reverse('residents:counting')}?{urlencode({'case': case})}"
        return self.person
