"""What is done on one case of 异常反应: its card (form, paper, file), its log, its group; and the plan behind it."""

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from campaigns.views.current import CurrentCampaignMixin
from clinic.models import AdverseEvent, ReactionGroup, ReactionPlan
from clinic.reaction_forms import CaseCardForm, DecideForm, EntryForm, PlanForm
from clinic.services import case_cards, case_log, reaction_groups, reaction_plans
from clinic.sheets import card_sheets
from core import audit, xlsx
from core.errors import RuleBroken
from core.handing_out import people_workbook
from core.views import ActionRequiredMixin, ServiceFormView
from places.models import Place

PARTS = (
    "dose__visit__enrolment__resident__village",
    "dose__visit__enrolment__campaign",
    "dose__visit__site__place",
    "dose__record__vaccine",
    "dose__lot__presentation__vaccine",
    "dose__site__place",
    "dose__by",
    "reported_by",
    "closed_by",
    "group__site",
    "group__lot",
    "group__decided_by",
)


class CaseMixin(ActionRequiredMixin):
    """Pages of one case that the user may see; any other is not found."""

    action = "aefi.view"

    @cached_property
    def event(self) -> AdverseEvent:
        mine = AdverseEvent.objects.select_related(*PARTS).visible_to(self.request.user)
        return get_object_or_404(mine, uid=self.kwargs["uid"])

    @property
    def may_write(self) -> bool:
        user = self.request.user
        return user.can("aefi.report") or user.can("aefi.oversee")

    @property
    def resident(self):
        return self.event.dose.visit.enrolment.resident


class CardFormView(CaseMixin, ServiceFormView):
    """Fill the card in, or correct it by a new version."""

    form_class = CaseCardForm
    template_name = "clinic/case_card_form.html"
    success_message = "个案卡已保存。核对打印后上报县疾控,再登记“上报个案卡”。"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"records": case_cards.may_be_suspected(self.event)}

    def get_initial(self):
        return case_cards.proposal(self.event, self.request.user)

    def get_context_data(self, **kwargs):
        if self.request.method == "GET":
            audit.viewed(self.resident, by=self.request.user, page="clinic:case_form")
        return super().get_context_data(event=self.event, resident=self.resident, **kwargs)

    def perform(self, form):
        values = {name: form.cleaned_data[name] for name in case_cards.FIELDS}
        case_cards.fill(
            event=self.event,
            values=values,
            also=form.cleaned_data.get("also", ()),
            actor=self.request.user,
            key=form.cleaned_data["key"],
            now=timezone.now(),
        )
        return self.event


class CardPaperView(CaseMixin, TemplateView):
    """The card on A4, for signature and fax; seeing it whole is recorded with its purpose."""

    template_name = "clinic/case_card_paper.html"

    def get_context_data(self, **kwargs):
        _note_export(self, "打印")
        card = case_cards.latest(self.event)
        return super().get_context_data(
            event=self.event,
            card=card,
            items=case_cards.items(self.event, card),
            suspects=case_cards.suspects(self.event, card),
            now=timezone.now(),
            **kwargs,
        )


class CardFileView(CaseMixin, View):
    """The card and the log as a workbook."""

    def get(self, request, *args, **kwargs):
        _note_export(self, "下载")
        site, today = self.event.dose.site.name, timezone.localdate()
        name = xlsx.file_name(site, f"异常反应个案卡{self.event.code or '未编码'}", today)
        return people_workbook(xlsx.build(card_sheets(self.event)), name, by=request.user)


def _note_export(view: CaseMixin, how: str) -> None:
    event, user = view.event, view.request.user
    audit.viewed(view.resident, by=user, page="clinic:case_paper", purpose="上报县疾控")
    place, data = event.dose.site.place.code, {"case": str(event.uid), "how": how}
    audit.record(
        "aefi.card_exported", actor=user, target=event, subject=view.resident, place_code=place, data=data
    )


class LogView(CaseMixin, View):
    """POST: one line of the log; refusals are told on the case's page."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        event, form = self.event, EntryForm(request.POST, may_oversee=request.user.can("aefi.oversee"))
        if not form.is_valid():
            for errors in form.errors.values():
                messages.error(request, errors[0])
            return HttpResponseRedirect(event.get_absolute_url())
        try:
            entry = case_log.write(event=event, actor=request.user, now=timezone.now(), **form.cleaned_data)
        except RuleBroken as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, f"已登记:{entry.get_kind_display()}。")
        return HttpResponseRedirect(event.get_absolute_url())


class DecideView(ServiceFormView):
    """A group of cases: who belongs to it, and the judgement."""

    action, post_action = "aefi.view", "aefi.oversee"
    form_class = DecideForm
    template_name = "clinic/reaction_group.html"
    success_message = "判断已登记,各病例的上报时限已按判断更新。"

    @cached_property
    def cases(self) -> list[AdverseEvent]:
        mine = AdverseEvent.objects.visible_to(self.request.user).filter(group__uid=self.kwargs["uid"])
        return list(mine.select_related(*PARTS).order_by("onset_at"))

    @cached_property
    def group(self) -> ReactionGroup:
        if not self.cases:
            raise Http404
        return self.cases[0].group

    def get_context_data(self, **kwargs):
        for event in self.cases if self.request.method == "GET" else ():
            audit.viewed(
                event.dose.visit.enrolment.resident, by=self.request.user, page="clinic:reaction_group"
            )
        may_decide = self.group.is_open and self.request.user.can("aefi.oversee")
        return super().get_context_data(
            group=self.group, cases=self.cases, may_decide=may_decide, now=timezone.now(), **kwargs
        )

    def perform(self, form):
        reaction_groups.decide(
            group=self.group,
            is_group=form.cleaned_data["is_group"] == "1",
            reason=form.cleaned_data["reason"],
            actor=self.request.user,
            now=timezone.now(),
        )
        return reverse("clinic:reaction_group", args=[self.group.uid])


class PlanView(CurrentCampaignMixin, ServiceFormView):
    """处置预案 of the user's own place for the campaign being worked in."""

    action = "aefi.oversee"
    form_class = PlanForm
    template_name = "clinic/reaction_plan.html"
    success_message = "处置预案已保存,从现在起报告的病例按新时限。"

    @cached_property
    def place(self) -> Place:
        mine = [
            role.place for role in self.request.user.roles() if role.place_id and self.action in role.actions
        ]
        if not mine:
            raise Http404
        return mine[0]

    @cached_property
    def plan(self) -> ReactionPlan:
        return reaction_plans.plan_for(self.campaign, self.place.code)

    def get_initial(self):
        return {name: getattr(self.plan, name) for name in reaction_plans.FIELDS}

    def get_context_data(self, **kwargs):
        return super().get_context_data(campaign=self.campaign, place=self.place, plan=self.plan, **kwargs)

    def perform(self, form):
        values = {name: form.cleaned_data[name] for name in reaction_plans.FIELDS}
        reaction_plans.set_plan(
            campaign=self.campaign, place=self.place, actor=self.request.user, now=timezone.now(), **values
        )
        return reverse("clinic:reaction_plan")
