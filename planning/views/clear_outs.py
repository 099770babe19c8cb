"""库存清零: begin it, watch it, see whom to call, count and sign, end it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import ListView, TemplateView, View

from appointments import second_doses
from campaigns.models import Campaign
from core import audit
from core.errors import RuleBroken
from core.views import ActionRequiredMixin, ServiceFormView
from inventory.models import StockLevel, Vaccine
from inventory.querysets import site_of
from places.choices import Level
from places.models import Place, Site
from planning.clear_out_forms import BeginForm, CountForm
from planning.clearing import Clearing, SiteLines
from planning.models import ClearOut
from planning.owed import FIRST, KINDS, SECOND, to_call
from planning.services import clear_outs

_PAGE = 50


class ClearOutListView(ActionRequiredMixin, ListView):
    """The newest first."""

    action = "clearout.view"
    template_name = "planning/clear_outs.html"
    paginate_by = 30

    def get_queryset(self):
        return ClearOut.objects.visible_to(self.request.user).select_related("place", "started_by")

    def get_context_data(self, **kwargs):
        return super().get_context_data(may_begin=self.request.user.can("clearout.manage"), **kwargs)


class BeginView(ServiceFormView):
    """A deadline for vaccines and sites."""

    action = "clearout.manage"
    form_class = BeginForm
    template_name = "planning/begin.html"

    def get_form_kwargs(self):
        user = self.request.user
        prefixes = user.scope(self.action).prefixes
        stocked = StockLevel.objects.usable(timezone.localdate()).in_stock().order_by()
        here = stocked.filter(site__in=Site.objects.active().inside(prefixes))
        homes = {role.home.pk for role in user.roles() if self.action in role.actions}
        return {
            **super().get_form_kwargs(),
            "places": Place.objects.filter(pk__in=homes, level__in=(Level.COUNTY, Level.TOWN)),
            "sites": Site.objects.filter(pk__in=here.values("site")).order_by("code"),
            "vaccines": Vaccine.objects.filter(pk__in=here.values("lot__presentation__vaccine")),
        }

    def perform(self, form):
        campaign = Campaign.objects.current_for(self.request)
        if campaign is None:
            raise RuleBroken("NO_CAMPAIGN", "现在没有正在进行的接种活动。")
        return clear_outs.begin_clear_out(
            campaign=campaign, **form.cleaned_data, actor=self.request.user, now=timezone.now()
        )


class PushMixin(ActionRequiredMixin):
    """One push the user may see."""

    action = "clearout.view"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.now = timezone.now()

    @cached_property
    def push(self) -> ClearOut:
        rows = ClearOut.objects.visible_to(self.request.user).select_related(
            "place", "campaign", "started_by", "ended_by"
        )
        return get_object_or_404(rows, uid=self.kwargs["uid"])

    @cached_property
    def state(self) -> Clearing:
        return Clearing(self.push, self.now)

    def kept(self) -> set[int]:
        """Sites of the push where the user keeps the stock."""
        user = self.request.user
        return set(Site.objects.filter(site_of(user, "stock.manage")).values_list("pk", flat=True))

    def shown(self) -> list[SiteLines]:
        """The sites whose stock the user may see."""
        mine = set(Site.objects.filter(site_of(self.request.user, "stock.view")).values_list("pk", flat=True))
        return [here for here in self.state.sites if here.site.pk in mine]


class PushView(PushMixin, TemplateView):
    """What is left, how fast it must go, to whom it is owed; htmx asks again. Below: whom to call."""

    def get_template_names(self):
        part = self.request.htmx and not self.request.htmx.boosted
        return ["planning/_clearing.html" if part else "planning/clear_out.html"]

    def get_context_data(self, **kwargs):
        user = self.request.user
        people = not self.request.htmx and user.can("residents.view") and not self.push.ended_at
        return super().get_context_data(
            push=self.push,
            state=self.state,
            pace=self.state.pace,
            owed=self.state.owed(),
            sites=self.shown(),
            kept=self.kept() if user.can("stock.manage") else set(),
            boards=self.boards() if people else [],
            may_end=ClearOut.objects.kept_by(user).filter(pk=self.push.pk).exists(),
            now=self.now,
            **kwargs,
        )

    def boards(self):
        """(kind, heading, villages with who answers, sum): second doses before those who have not begun."""
        user, today = self.request.user, timezone.localdate(self.now)
        for kind in (SECOND, FIRST):
            villages, total = second_doses.board(to_call(self.push, kind, user, today), today)
            yield kind, KINDS[kind], villages, total


class CallListView(PushMixin, TemplateView):
    """The names behind a number, with the phones of those the user may ring."""

    template_name = "planning/call_list.html"

    def get_context_data(self, **kwargs):
        user, today = self.request.user, timezone.localdate(self.now)
        if not user.can("residents.view"):
            raise PermissionDenied
        asked = {name: self.request.GET.get(name, "") for name in ("village", "who")}
        kind = self.request.GET.get("kind") if self.request.GET.get("kind") in KINDS else SECOND
        if not all(
            value.isascii() and (value.isdigit() or value in ("", second_doses.NOBODY))
            for value in asked.values()
        ):
            raise Http404
        rows = second_doses.narrow(to_call(self.push, kind, user, today), asked, today)
        page = Paginator(rows, _PAGE).get_page(self.request.GET.get("page"))
        query = self.request.GET.copy()
        query.pop("page", None)
        data = {"people": page.paginator.count, "kind": kind} | asked
        audit.record(
            "clear_out.names_viewed", actor=user, target=self.push, place_code=self.push.place.code, data=data
        )
        return super().get_context_data(
            push=self.push,
            heading=KINDS[kind],
            page=page,
            people=second_doses.names(page.object_list, user, today),
            query=query.urlencode(),
            today=today,
            may_book=user.can("bookings.make"),
            may_visit=user.can("outreach.log"),
            **kwargs,
        )


class CountView(PushMixin, ServiceFormView):
    """Two people count a site and sign."""

    form_class = CountForm
    template_name = "planning/count.html"
    action = "stock.manage"

    @cached_property
    def here(self) -> SiteLines:
        here = next((one for one in self.state.sites if one.site.pk == self.kwargs["site"]), None)
        if here is None:
            raise Http404
        if here.site.pk not in self.kept():
            raise PermissionDenied
        return here

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "here": self.here}

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "push": self.push, "here": self.here}

    def perform(self, form):
        rows = clear_outs.sign_count(
            clear_out=self.push,
            site=self.here.site,
            counted=form.counted,
            second_name=form.cleaned_data["second_name"],
            actor=self.request.user,
            key=form.cleaned_data["key"],
            now=self.now,
        )
        messages.success(self.request, f"{self.here.site}已盘点签字,共 {len(rows)} 个批号。")
        if any(row.differs for row in rows):
            messages.warning(self.request, "有批号与账面不符。账面没有改动,请再到“库存”里做盘点更正。")
        return self.push


class EndView(PushMixin, View):
    """POST: it is over."""

    http_method_names = ["post"]
    action = "clearout.manage"

    def post(self, request, *args, **kwargs):
        if not ClearOut.objects.kept_by(request.user).filter(pk=self.push.pk).exists():
            raise PermissionDenied
        try:
            clear_outs.end_clear_out(
                clear_out=self.push, note=request.POST.get("note", ""), actor=request.user, now=self.now
            )
            messages.success(request, "清零已结束,数字不再变动。")
        except RuleBroken as error:
            messages.error(request, error.message)
        return HttpResponseRedirect(self.push.get_absolute_url())


class PaperView(PushMixin, TemplateView):
    """清零盘点表 on A4, with lines to sign."""

    template_name = "planning/clear_out_paper.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            push=self.push,
            state=self.state,
            owed=self.state.owed(),
            sites=self.shown(),
            now=self.now,
            **kwargs,
        )
