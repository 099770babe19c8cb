"""Key groups and party members by village, households, the list of tags."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate, localtime
from django.views.generic import TemplateView, View

from campaigns.models import Campaign
from core import audit, xlsx
from core.dates import age_on
from core.errors import RuleBroken
from core.handing_out import workbook
from core.views import ActionRequiredMixin, ServiceFormView
from places.models import Place
from places.querysets import code_range
from residents import ledgers, listing
from residents.forms.tags import TagForm, TagNameForm
from residents.models import Enrolment, Household, Resident, Tag
from residents.services import tags
from residents.wording import status_word

_PAGE = 50


class GroupsView(ActionRequiredMixin, TemplateView):
    """清单台账: villages × key groups, every number opens its names (S99); party members and families (S72)."""

    action = "residents.view"
    template_name = "residents/groups.html"

    def get_context_data(self, **kwargs):
        user, campaign = self.request.user, Campaign.objects.current_for(self.request)
        return super().get_context_data(
            groups=ledgers.key_groups(user, campaign),
            party=ledgers.party(user, campaign),
            party_tags={tag.code: tag.pk for tag in Tag.objects.filter(code__in=(tags.PARTY, tags.OFFICIAL))},
            campaign=campaign,
            now=localtime(),
            **kwargs,
        )


class GroupsFileView(ActionRequiredMixin, View):
    """Both tables as a workbook."""

    action = "residents.view"

    def get(self, request):
        user, campaign = request.user, Campaign.objects.current_for(request)
        where, now = str(user.main_role.home), localtime()
        heads = {"where": where, "campaign": campaign, "now": now}
        pages = [
            ledgers.sheet(ledgers.key_groups(user, campaign), "重点人群清单台账", **heads),
            ledgers.sheet(ledgers.party(user, campaign), "党员干部及家属接种", **heads),
        ]
        return workbook(xlsx.build(pages), xlsx.file_name(where, "重点人群清单台账", localdate(now)))


class HouseholdListView(ActionRequiredMixin, TemplateView):
    """Households: members, who is not vaccinated, one phone. ``?village=&group=&open=1&q=`` (户号)."""

    action = "residents.view"
    template_name = "residents/households.html"

    def get_context_data(self, **kwargs):
        user, asked = self.request.user, self.request.GET
        villages = Place.objects.current().villages().inside(user.scope(self.action).prefixes)
        villages = list(villages.values_list("code", "name"))
        page = Paginator(self._rows(villages), _PAGE).get_page(asked.get("page"))
        query = asked.copy()
        query.pop("page", None)
        members = (
            Resident.objects.visible_to(user).live().filter(household__in=[h.pk for h in page.object_list])
        )
        by_house: dict[int, list[Resident]] = {}
        for person in members.order_by("pk"):
            by_house.setdefault(person.household_id, []).append(person)
        return super().get_context_data(
            page=page,
            query=query.urlencode(),
            asked=asked,
            villages=villages,
            houses=[(house, heads_first(by_house.get(house.pk, []))) for house in page.object_list],
            **kwargs,
        )

    def _rows(self, villages):
        asked, campaign = self.request.GET, Campaign.objects.current_for(self.request)
        waiting = Enrolment.objects.filter(
            resident=OuterRef("resident"), campaign=campaign, is_target=True, doses_done=0
        )
        live = Q(resident__removed_on=None)
        rows = Household.objects.visible_to(self.request.user, self.action).select_related("village")
        if asked.get("village") in dict(villages):
            rows = rows.filter(code_range("village__code", asked["village"]))
        if group := asked.get("group"):
            rows = rows.filter(Exists(_members().filter(group_no=group)))
        if number := asked.get("q", "")[:20]:
            rows = rows.filter(number__contains=number)
        if asked.get("open") == "1":
            rows = rows.filter(Exists(_members().filter(_waits(campaign))))
        people = Count("resident", live)
        rows = rows.annotate(people=people, waiting=Count("resident", live & Q(Exists(waiting))))
        return rows.filter(people__gt=0).order_by("village__code", "number", "pk")


def _members():
    return Resident.objects.live().filter(household=OuterRef("pk"))


def _waits(campaign) -> Q:
    mine = Enrolment.objects.filter(resident=OuterRef("pk"), campaign=campaign, is_target=True, doses_done=0)
    return Q(Exists(mine))


def heads_first(people: list[Resident]) -> list[Resident]:
    """The head of the household first, then the oldest."""
    return sorted(
        people, key=lambda person: (person.relation_to_head != "户主", person.birth_date, person.pk)
    )


class HouseholdView(ActionRequiredMixin, TemplateView):
    """One household: everybody in it with what is due, and a phone to ring. Opening it is recorded."""

    action = "residents.view"
    template_name = "residents/household.html"

    def get_context_data(self, **kwargs):
        user, today = self.request.user, localdate()
        mine = Household.objects.visible_to(user, self.action).select_related("village")
        house = get_object_or_404(mine, pk=self.kwargs["pk"])
        people = listing.with_current(
            Resident.objects.visible_to(user).live().filter(household=house),
            Campaign.objects.current_for(self.request),
        )
        people = heads_first(list(people))
        audit.record(
            "resident.names_viewed", actor=user, place_code=house.village.code, data={"people": len(people)}
        )
        return super().get_context_data(
            house=house,
            people=[
                (person, age_on(person.birth_date, today), status_word(listing.current_of(person), today))
                for person in people
            ],
            phone=next((person for person in people if person.phone), None),
            may_reach=user.can("outreach.log"),
            **kwargs,
        )


class TagListView(ServiceFormView):
    """The general words, and the township's own: add one."""

    action = "tags.manage"
    form_class = TagForm
    template_name = "residents/tags.html"
    success_message = "标签已增加。"

    @cached_property
    def place(self) -> Place:
        return self.request.user.main_role.home

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"today": localdate()}

    def get_context_data(self, **kwargs):
        people = Resident.objects.visible_to(self.request.user).live()
        rows = Tag.objects.filter(
            Q(place=None) | Q(pk__in=Tag.objects.owned_by(self.request.user, self.action))
        )
        counts = dict(people.order_by().exclude(tags=None).values_list("tags").annotate(Count("pk")))
        return super().get_context_data(
            rows=[(tag, counts.get(tag.pk, 0)) for tag in rows.select_related("place")], **kwargs
        )

    def perform(self, form):
        data = form.cleaned_data
        tags.add_tag(actor=self.request.user, place=self.place, kind=data["kind"], name=data["name"])
        return reverse("residents:tags")


class TagView(ServiceFormView):
    """Rename an own word; POST ``switch=1`` closes it or takes it up again."""

    action = "tags.manage"
    form_class = TagNameForm
    template_name = "residents/tag.html"
    success_message = "已改名,用这个标签的人都跟着改。"

    @cached_property
    def tag(self) -> Tag:
        mine = Tag.objects.owned_by(self.request.user, self.action).select_related("place")
        return get_object_or_404(mine, pk=self.kwargs["pk"])

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"today": localdate(), "initial": {"name": self.tag.name}}

    def get_context_data(self, **kwargs):
        return super().get_context_data(tag=self.tag, **kwargs)

    def post(self, request, *args, **kwargs):
        if request.POST.get("switch") != "1":
            return super().post(request, *args, **kwargs)
        try:
            tags.switch_tag(actor=request.user, tag=self.tag, is_active=not self.tag.is_active)
        except RuleBroken as error:
            messages.error(request, error.message)
        return HttpResponseRedirect(reverse("residents:tags"))

    def perform(self, form):
        tags.rename_tag(actor=self.request.user, tag=self.tag, name=form.cleaned_data["name"])
        return reverse("residents:tags")
