"""库存清零: begin it, count and sign, end it, print it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import ListView, TemplateView, View

from campaigns.models import Campaign
from core.errors import RuleBroken
from core.views import ActionRequiredMixin, ServiceFormView
from inventory.models import StockLevel, Vaccine
from places.choices import Level
from places.models import Place, Site
from planning.clear_out_forms import BeginForm, CountForm
from planning.clearing import SiteLines
from planning.models import ClearOut
from planning.services import clear_outs
from planning.views.pushes import PushMixin


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
