"""疫苗分配: the list of plans, a new one, its table, and what is decided on it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import ListView, TemplateView, View

from campaigns.models import Campaign
from core import xlsx
from core.errors import RuleBroken
from core.handing_out import workbook
from core.views import ActionRequiredMixin, ServiceFormView, add_rule_error
from inventory.models import StockLevel
from places.choices import Level
from places.models import Place, Site
from planning.board import Board
from planning.forms import LinesForm, NewPlanForm
from planning.models import AllocationLine, AllocationPlan
from planning.services import allocation, proposing, sending
from planning.sheet import sheets


class PlanListView(ActionRequiredMixin, ListView):
    """The newest first."""

    action = "allocation.view"
    template_name = "planning/plans.html"
    paginate_by = 30

    def get_queryset(self):
        rows = AllocationPlan.objects.visible_to(self.request.user)
        return rows.select_related("place", "source", "made_by")

    def get_context_data(self, **kwargs):
        return super().get_context_data(may_plan=self.request.user.can("allocation.manage"), **kwargs)


class NewPlanView(ServiceFormView):
    """From which store, for which days; the rest is computed."""

    action = "allocation.manage"
    form_class = NewPlanForm
    template_name = "planning/new.html"

    def get_form_kwargs(self):
        prefixes = self.request.user.scope(self.action).prefixes
        stocked = (
            StockLevel.objects.usable(timezone.localdate()).filter(vials__gt=0).order_by().values("site")
        )
        homes = {role.home.pk for role in self.request.user.roles() if self.action in role.actions}
        places = Place.objects.filter(pk__in=homes, level__in=(Level.COUNTY, Level.TOWN))
        sources = Site.objects.active().inside(prefixes).filter(pk__in=stocked)
        return {**super().get_form_kwargs(), "places": places, "sources": sources.order_by("code")}

    def perform(self, form):
        campaign = Campaign.objects.current_for(self.request)
        if campaign is None:
            raise RuleBroken("NO_CAMPAIGN", "现在没有正在进行的接种活动,不用分配。")
        return proposing.propose_plan(
            campaign=campaign, **form.cleaned_data, actor=self.request.user, now=timezone.now()
        )


class PlanMixin(ActionRequiredMixin):
    """One plan the user may see; deeds need the same reach for their own action."""

    action = "allocation.view"

    @cached_property
    def plan(self) -> AllocationPlan:
        rows = AllocationPlan.objects.select_related(
            "place", "source__place", "campaign", "made_by", "approved_by", "sent_by"
        )
        plan = get_object_or_404(rows.visible_to(self.request.user), uid=self.kwargs["uid"])
        if not AllocationPlan.objects.visible_to(self.request.user, self.action).filter(pk=plan.pk).exists():
            raise PermissionDenied
        return plan

    @cached_property
    def board(self) -> Board:
        return Board(self.plan)


class PlanView(PlanMixin, TemplateView):
    """The table with the why of every number; a draft is adjusted in place."""

    template_name = "planning/plan.html"
    post_action = "allocation.manage"

    @cached_property
    def form(self) -> LinesForm:
        lines = AllocationLine.objects.filter(share__plan=self.plan)
        data = self.request.POST if self.request.method == "POST" else None
        return LinesForm(data, lines=lines, initial={"reason": self.plan.reason})

    def get_context_data(self, **kwargs):
        user = self.request.user
        return super().get_context_data(
            plan=self.plan,
            board=self.board,
            form=self.form,
            may_manage=user.can("allocation.manage"),
            may_send=user.can("allocation.send"),
            may_see_people=user.can("residents.view"),
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        plan, form = self.plan, self.form
        if form.is_valid():
            try:
                allocation.adjust_plan(
                    plan=plan,
                    quantities=form.quantities,
                    reason=form.cleaned_data["reason"],
                    actor=request.user,
                    now=timezone.now(),
                )
                messages.success(request, "已保存。核对后请“批准”。")
                return HttpResponseRedirect(plan.get_absolute_url())
            except RuleBroken as error:
                add_rule_error(form, error)
                self.board.write_in(form.quantities)  # what was typed stays in the boxes
        return self.render_to_response(self.get_context_data(), status=422)


class _PlanDeed(PlanMixin, View):
    """POST only."""

    http_method_names = ["post"]
    said = ""

    def post(self, request, *args, **kwargs):
        try:
            self.perform(plan=self.plan, actor=request.user, now=timezone.now())
            messages.success(request, self.said)
        except RuleBroken as error:
            messages.error(request, error.message)
        return HttpResponseRedirect(self.plan.get_absolute_url())


class ApproveView(_PlanDeed):
    """批准."""

    action = "allocation.manage"
    said = "已批准。疫苗管理员现在可以照此发出。"
    perform = staticmethod(allocation.approve_plan)


class SendView(_PlanDeed):
    """发出."""

    action = "allocation.send"
    said = "已发出,出库单据已生成。请打印分配单,交接时双方签字。"
    perform = staticmethod(sending.send_plan)


class DropView(_PlanDeed):
    """作废."""

    action = "allocation.manage"
    said = "已作废,没有动用任何库存。"

    def perform(self, **who):
        allocation.drop_plan(reason=self.request.POST.get("reason", ""), **who)


class PaperView(PlanMixin, TemplateView):
    """分配单 on A4."""

    template_name = "planning/paper.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(plan=self.plan, board=self.board, now=timezone.localtime(), **kwargs)


class FileView(PlanMixin, View):
    """分配单 as a workbook."""

    def get(self, request, *args, **kwargs):
        content = xlsx.build(sheets(self.board, now=timezone.localtime()))
        return workbook(
            content, xlsx.file_name(str(self.plan.place), f"分配单{self.plan}", timezone.localdate())
        )
