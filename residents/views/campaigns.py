"""Opening and changing a campaign. It stands here and not beside the campaign's own page because the people of the place are
enrolled in the same step, and campaigns know nothing of the people below them."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import View

from campaigns.choices import disease_word
from campaigns.forms import AGE_KEYS, CampaignForm, ChangeForm, CloseForm, PhaseForm, PhaseFormSet
from campaigns.models import Campaign, ScheduleRule
from campaigns.services import running
from campaigns.services.setup import add_phase, may_run, open_campaign
from core import jobs
from core.choices import JobState
from core.models import Job
from core.views import ActionRequiredMixin, ServiceFormView
from residents.services import bases
from residents.tasks import enrol_campaign, rebase_campaign

_REBASE = "campaign.rebase"


def _enrol(campaign: Campaign, by, title: str, *, anew: bool) -> Job:
    return jobs.start(
        enrol_campaign,
        kind="campaign.enrol",
        title=title[:120],
        by=by,
        about=reverse("campaigns:detail", args=[campaign.code]),
        campaign_id=campaign.pk,
        user_id=by.pk,
        anew=anew,
    )


def rebase(campaign: Campaign, by, reason: str) -> Job:
    """Start the job that judges everybody anew and freezes the new base."""
    return jobs.start(
        rebase_campaign,
        kind=_REBASE,
        title=_rebase_title(campaign),
        by=by,
        about=reverse("residents:base"),
        campaign_id=campaign.pk,
        user_id=by.pk,
        reason=reason,
    )


def rebasing(campaign: Campaign, by) -> Job | None:
    """The job of ``rebase`` that this user has started and that still goes on."""
    jobs.settle_interrupted()
    mine = Job.objects.filter(kind=_REBASE, title=_rebase_title(campaign), created_by=by)
    return mine.filter(state__in=(JobState.WAITING, JobState.RUNNING)).first()


def _rebase_title(campaign: Campaign) -> str:
    return f"按新的基数更新“{campaign}”"[:120]


class CampaignAddView(ServiceFormView):
    """``?disease=FLU`` the form; without a disease that has rules the choice of one."""

    action = "campaigns.manage"
    form_class = CampaignForm
    template_name = "campaigns/add.html"

    @cached_property
    def diseases(self) -> list[str]:
        return list(ScheduleRule.objects.order_by("disease").values_list("disease", flat=True).distinct())

    @cached_property
    def disease(self) -> str:
        asked = self.request.GET.get("disease", "")
        return asked if asked in self.diseases else ""

    @cached_property
    def phases(self):
        return PhaseFormSet(self.request.POST or None, prefix="phase")

    def get_form_kwargs(self):
        today = timezone.localdate()
        kwargs = super().get_form_kwargs() | {"user": self.request.user, "disease": self.disease}
        return kwargs | {"initial": {"starts_on": today, "target_age_ref_date": today}}

    def get_context_data(self, **kwargs):
        if not self.disease:
            choices = [(code, disease_word(code)) for code in self.diseases]
            return {"diseases": choices, "view": self}
        return super().get_context_data(word=disease_word(self.disease), phases=self.phases, **kwargs)

    def post(self, request, *args, **kwargs):
        if not self.disease:
            return self.render_to_response(self.get_context_data(), status=422)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form):
        if not self.phases.is_valid():
            form.add_error(None, "“阶段”里有没填好的行:请补全名称和起止日期,不需要的行请清空。")
            return self.form_invalid(form)
        return super().form_valid(form)

    def perform(self, form):
        user = self.request.user
        values = {key: value for key, value in form.cleaned_data.items() if key not in AGE_KEYS}
        with transaction.atomic():
            campaign = open_campaign(
                actor=user,
                disease=self.disease,
                cohort=form.cohort(),
                phases=[phase.values() for phase in self.phases if phase.has_changed()],
                **values,
            )
            job = _enrol(campaign, user, f"把居民登记到“{campaign}”", anew=False)
        messages.success(self.request, f"“{campaign}”已开始,正在把名册里的居民登记到活动。")
        return job


class OneCampaign(ActionRequiredMixin):
    """Deeds on a campaign: 404 out of sight, 403 when somebody else leads it."""

    action = "campaigns.manage"

    @cached_property
    def campaign(self) -> Campaign:
        mine = Campaign.objects.visible_to(self.request.user).select_related("place")
        return get_object_or_404(mine, code=self.kwargs["code"])

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and request.user.can(self.action):
            may_run(request.user, self.campaign.place)
        return super().dispatch(request, *args, **kwargs)


class _CampaignForm(OneCampaign, ServiceFormView):
    template_name = "core/form.html"
    heading = ""

    def get_context_data(self, **kwargs):
        heading = f"{self.heading}:{self.campaign}"
        return super().get_context_data(heading=heading, campaign=self.campaign, **kwargs)

    @property
    def back(self) -> str:
        return reverse("campaigns:detail", args=[self.campaign.code])


class ChangeView(_CampaignForm):
    """Dates, ages, observation, cut-off. Other ages or another sex are judged anew for everybody."""

    form_class, heading = ChangeForm, "修改接种活动"
    extra_context = {"note": "改了年龄或性别,目标人数随之改变:系统会在后台重新判断名册里的每个人。"}

    def get_initial(self):
        initial = {name: getattr(self.campaign, name) for name in running.FIELDS if name != "cohort"}
        return initial | {key: self.campaign.cohort.get(key) for key in AGE_KEYS}

    def perform(self, form):
        user, values = self.request.user, dict(form.cleaned_data)
        for key in AGE_KEYS:
            values.pop(key, None)
        others = {key: value for key, value in self.campaign.cohort.items() if key not in AGE_KEYS}
        with transaction.atomic():
            if others | form.cohort() != self.campaign.cohort:
                bases.keep_old(
                    campaign=self.campaign, actor=user, now=timezone.now(), today=timezone.localdate()
                )
            changed = running.change_campaign(
                actor=user, campaign=self.campaign, cohort=others | form.cohort(), **values
            )
            messages.success(self.request, "已保存。" if changed else "没有变化。")
            if "cohort" not in changed:
                return self.back
            return rebase(self.campaign, user, "修改接种活动的目标人群")


class PhaseAddView(_CampaignForm):
    """One more phase; who it lets in (or keeps out) is judged anew."""

    form_class, heading = PhaseForm, "增加阶段"

    def get_initial(self):
        return {"starts_on": timezone.localdate(), "ends_on": self.campaign.ends_on}

    def perform(self, form):
        user = self.request.user
        with transaction.atomic():
            phase = add_phase(actor=user, campaign=self.campaign, **form.values())
            return _enrol(self.campaign, user, f"增加“{phase}”后更新居民的接种状态", anew=True)


class CloseView(_CampaignForm):
    """End the campaign, with a reason."""

    form_class, heading = CloseForm, "结束接种活动"
    success_message = "活动已结束,记录和报表都保留。"
    extra_context = {"note": "结束后新登记的居民不再加入这个活动。请先取消还没有举办的场次。"}

    def perform(self, form):
        running.close_campaign(
            actor=self.request.user, campaign=self.campaign, reason=form.cleaned_data["reason"]
        )
        return self.back


class ReopenView(OneCampaign, View):
    """POST: take up a closed campaign, with the people who came to the register meanwhile."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        with transaction.atomic():
            running.reopen_campaign(actor=request.user, campaign=self.campaign)
            job = _enrol(self.campaign, request.user, f"恢复“{self.campaign}”", anew=True)
        return redirect(job)
