"""The visit round on a phone: the list, one tap to a person, one tap for what came of it; the same list on paper."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate, localtime, now
from django.views.generic import TemplateView, View

from campaigns.models import Campaign
from campaigns.views.current import CampaignIfAnyMixin
from core import audit, xlsx
from core.dates import age_on
from core.errors import RuleBroken
from core.handing_out import people_workbook
from core.searches import PostedFilters, recalled
from core.views import ActionRequiredMixin
from core.views.base import way_back
from residents import rounds
from residents.filters import LONGEST, RoundFilter, RoundForm
from residents.forms.outreach import OUTCOMES, OutreachForm
from residents.models import Outreach, Resident
from residents.responsibility import DutyBook
from residents.round_sheet import sheets
from residents.services import outreach
from residents.views.base import PersonDeedView

_PAGE = 30
_MOST = 2000  # lines on paper; a township's list is printed village by village


class _Round(CampaignIfAnyMixin, ActionRequiredMixin):
    """The people of the round as the filter row leaves them."""

    action = "outreach.log"

    @cached_property
    def today(self):
        return localdate()

    @cached_property
    def filter(self) -> RoundFilter:
        return RoundFilter(recalled(self.request.GET, self.request.session), user=self.request.user)

    @cached_property
    def rows(self):
        if self.campaign is None:
            return rounds.round_of(self.request.user, Campaign(pk=0), self.today).none()
        rows = rounds.round_of(self.request.user, self.campaign, self.today)
        return rounds.narrow(rows, self.filter.criteria, self.today, self.request.user)

    def stops(self, rows):
        return rounds.stops(rows, now=now(), today=self.today)


class RoundView(PostedFilters, _Round, TemplateView):
    """60 and over first; the whole list in one glance on a phone."""

    template_name = "residents/round.html"
    longest, filter_names = LONGEST, frozenset(RoundForm.base_fields)

    def get_context_data(self, **kwargs):
        page = Paginator(self.rows, _PAGE).get_page(self.request.GET.get("page"))
        query = self.request.GET.copy()
        query.pop("page", None)
        return super().get_context_data(
            form=self.filter.form,
            page=page,
            stops=self.stops(page.object_list),
            query=query.urlencode(),
            back=urlencode({"back": self.request.GET.urlencode()}),
            today=self.today,
            me=self.request.user,
            campaign=self.campaign,
            **kwargs,
        )


class RoundSheetView(_Round, TemplateView):
    """The round on A4, one sheet per village, with columns to tick. Whoever prints it is recorded."""

    template_name = "residents/round_sheet.html"

    def get_context_data(self, **kwargs):
        stops = self.stops(self.rows[:_MOST])
        _note_list(self.request.user, len(stops), "printed")
        villages: dict[str, list] = {}
        for stop in stops:
            villages.setdefault(stop.resident.village.name, []).append(stop)
        return super().get_context_data(
            villages=villages, now=localtime(), campaign=self.campaign, cut=len(stops) == _MOST, **kwargs
        )


class RoundFileView(_Round, View):
    """The round as a workbook, for who works with WPS."""

    def get(self, request):
        stops = self.stops(self.rows[:_MOST])
        _note_list(request.user, len(stops), "downloaded")
        where = str(request.user.main_role.home)
        content = xlsx.build(sheets(stops, where=where, campaign=self.campaign, now=localtime()))
        return people_workbook(content, xlsx.file_name(where, "走访名单", self.today), by=request.user)


def _note_list(user, people: int, how: str) -> None:
    # a list of names is seen as one event, not one for each person on it
    audit.record(
        "outreach.exported",
        actor=user,
        place_code=user.main_role.home.code,
        data={"people": people, "how": how},
    )


class ClaimView(ActionRequiredMixin, View):
    """POST: this household is mine for ten minutes; then to the person's card."""

    action = "outreach.log"
    http_method_names = ["post"]

    def post(self, request, uid):
        mine = Resident.objects.visible_to(request.user, self.action)
        person = get_object_or_404(mine, uid=uid)
        back = request.POST.get("back", "")
        try:
            outreach.claim(resident=person, by=request.user, now=now())
        except RuleBroken as error:
            messages.warning(request, error.message)
            return HttpResponseRedirect(_round(back))
        return redirect(f"{reverse('residents:outreach_log', args=[uid])}?{urlencode({'back': back})}")


def _round(back: str) -> str:
    return reverse("residents:outreach") + (f"?{back}" if back else "")


class OutreachView(PersonDeedView):
    """One person: whom to ring, what was said before, and a button for each way it may end."""

    action = "outreach.log"
    form_class = OutreachForm
    template_name = "residents/outreach.html"
    heading, seen_for = "走访记录", "走访联系"

    @cached_property
    def person(self) -> Resident:
        mine = Resident.objects.visible_to(self.request.user, self.action)
        mine = mine.select_related("village", "household").prefetch_related("tags")
        return get_object_or_404(mine, uid=self.kwargs["uid"])

    def get_context_data(self, **kwargs):
        person = self.person
        return super().get_context_data(
            age=age_on(person.birth_date, self.today),
            house=_house(person),
            past=Outreach.objects.filter(resident=person).select_related("by").order_by("-at", "-pk")[:6],
            callers=DutyBook([person]).whom_to_call(person),
            outcomes=OUTCOMES.values(),
            back=self.request.GET.get("back", ""),
            enrolment=person.enrolments.filter(campaign=Campaign.objects.current_for(self.request)).first(),
            today=self.today,
            **kwargs,
        )

    def perform(self, form):
        row = outreach.log(resident=self.person, by=self.request.user, now=now(), **form.said)
        messages.success(self.request, f"{self.person.name}:{row.outcome_word}。已记录。")
        if "back" in self.request.GET:
            return _round(self.request.GET["back"])
        return way_back(self.request, self.person.get_absolute_url())


def _house(person: Resident) -> list[Resident]:
    """The others of the household who are on the register."""
    if person.household_id is None:
        return []
    return list(Resident.objects.live().filter(household=person.household_id).exclude(pk=person.pk)[:12])
