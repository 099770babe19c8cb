"""三级包干: the tree, who has nobody, putting somebody in charge, giving people to a group head in bulk."""

from contextlib import suppress
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.views.generic import TemplateView, View

from core.errors import RuleBroken
from core.text import whole_number
from core.views import ActionRequiredMixin, ServiceFormView
from places.models import Place
from residents import duty_tree
from residents.choices import DutyLevel
from residents.forms.duty import DutyForm, EndForm
from residents.models import DutyAssignment, Resident
from residents.responsibility import DutyBook
from residents.services import duties
from residents.words import group_order

_PAGE = 100


class TreeView(ActionRequiredMixin, TemplateView):
    """Villages with leader, groups with cadre, heads with people; who has nobody on top."""

    action = "duties.view"
    template_name = "residents/duty.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        villages = duty_tree.tree(user)
        for village in villages:
            village.may_lead = duties.may_assign(user, village.place, DutyLevel.LEADER)
        return super().get_context_data(
            villages=villages,
            gaps=duty_tree.gaps(villages),
            people=sum(village.people for village in villages),
            headless=sum(village.headless for village in villages),
            may_assign=user.can("duties.assign"),
            **kwargs,
        )


class AssignView(ServiceFormView):
    """Put somebody in charge; ``?level=&village=&group=`` fills the form in."""

    action = "duties.assign"
    form_class = DutyForm
    template_name = "core/form.html"
    success_message = "包干责任已登记。原来的责任人(如有)已结束。"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user, "today": localdate()}

    def get_initial(self):
        asked = self.request.GET
        place = Place.objects.inside(self.request.user.scope(self.action).prefixes)
        return {
            "level": asked.get("level", ""),
            "village": place.filter(code=asked.get("village", "")).first(),
            "group_no": asked.get("group", ""),
        }

    def get_context_data(self, **kwargs):
        note = "领导包整个村;干部包一个组或网格;组长先在这里登记,再从“分派居民”把人分给组长。"
        return super().get_context_data(heading="登记包干责任人", note=note, **kwargs)

    def perform(self, form):
        duty = duties.assign(actor=self.request.user, **form.cleaned_data)
        if duty.level == DutyLevel.HEAD:
            return f"{reverse('residents:duty_people')}?village={duty.village_code}&group={duty.group_no}"
        return reverse("residents:duty")


class EndView(ServiceFormView):
    """Relieve somebody, with the reason."""

    action = "duties.assign"
    form_class = EndForm
    template_name = "core/form.html"
    success_message = "已结束。记录保留。"

    @cached_property
    def duty(self) -> DutyAssignment:
        mine = DutyAssignment.objects.visible_to(self.request.user, self.action)
        return get_object_or_404(mine.select_related("village", "holder"), uid=self.kwargs["uid"])

    def get_form_kwargs(self):
        self.duty  # noqa: B018  404 before anything else
        return super().get_form_kwargs() | {"today": localdate()}

    def get_context_data(self, **kwargs):
        return super().get_context_data(heading=f"结束包干责任:{self.duty}", **kwargs)

    def perform(self, form):
        reason = form.cleaned_data["reason"]
        duties.end(duty=self.duty, actor=self.request.user, reason=reason, today=localdate())
        return reverse("residents:duty")


class PeopleView(ActionRequiredMixin, TemplateView):
    """Filter, tick, give to a head. ``?village=&group=&of=none|all``; posting ``all=1`` gives everybody of the filter."""

    action = "duties.assign"
    template_name = "residents/duty_people.html"

    @cached_property
    def village(self) -> Place | None:
        mine = Place.objects.current().villages().inside(self.request.user.scope(self.action).prefixes)
        self.villages = list(mine)
        asked = self.request.GET.get("village", "")
        chosen = next((place for place in self.villages if place.code == asked), None)
        return chosen or next(iter(self.villages), None)

    @property
    def rows(self):
        mine = Resident.objects.visible_to(self.request.user, self.action).live().filter(village=self.village)
        if group := self.request.GET.get("group", ""):
            mine = mine.filter(group_no=group)
        if self.request.GET.get("of", "none") == "none":
            mine = duty_tree.headless(mine)
        return mine.select_related("household", "village").order_by("group_no", "household__number", "pk")

    def _heads(self):
        heads = DutyAssignment.objects.visible_to(self.request.user, self.action).current()
        return heads.filter(level=DutyLevel.HEAD, village=self.village).select_related("holder", "village")

    def get_context_data(self, **kwargs):
        page = Paginator(self.rows, _PAGE).get_page(self.request.GET.get("page"))
        book = DutyBook(page.object_list)
        query = self.request.GET.copy()
        query.pop("page", None)
        groups = Resident.objects.live().filter(village=self.village).exclude(group_no="")
        return super().get_context_data(
            village=self.village,
            villages=self.villages,
            groups=sorted(groups.order_by().values_list("group_no", flat=True).distinct(), key=group_order),
            group=self.request.GET.get("group", ""),
            of=self.request.GET.get("of", "none"),
            page=page,
            people=[(person, book.head(person), person.responsible_name) for person in page.object_list],
            heads=self._heads(),
            query=query.urlencode(),
            **kwargs,
        )

    def post(self, request):
        self.village  # noqa: B018  sets what may be chosen
        duty = self._heads().filter(pk=whole_number(request.POST.get("duty"))).first()
        people = self.rows
        if request.POST.get("all") != "1":
            people = people.filter(uid__in=_uids(request.POST.getlist("who")))
        if duty is None:
            messages.error(request, "请先选一位组长;还没有组长的,先登记组长。")
        elif not (people := list(people)):
            messages.error(request, "请先勾选要分派的人。")
        else:
            try:
                done = duties.charge(duty=duty, residents=people, actor=request.user, today=localdate())
                messages.success(request, f"已把 {done} 人分给{duty.name}。")
            except RuleBroken as error:
                messages.error(request, error.message)
        return HttpResponseRedirect(f"{request.path}?{request.GET.urlencode()}")


class FromCensusView(ActionRequiredMixin, View):
    """POST ``village=code``: take the 包保人 column of the census as it is, one head for each name."""

    action = "duties.assign"
    http_method_names = ["post"]

    def post(self, request):
        mine = Place.objects.current().villages().inside(request.user.scope(self.action).prefixes)
        village = get_object_or_404(mine, code=request.POST.get("village", ""))
        heads, people = duties.heads_from_census(
            village=village, actor=request.user, today=localdate(), key=uuid4()
        )
        if people:
            messages.success(request, f"按摸排表的包保人登记了 {heads} 位组长,分派 {people} 人。")
        else:
            messages.info(request, "没有可以分派的人:要么都有组长,要么摸排表没填包保人。")
        return HttpResponseRedirect(f"{reverse('residents:duty_people')}?village={village.code}")


def _uids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts:
        with suppress(ValueError):
            found.append(UUID(text))
    return found
