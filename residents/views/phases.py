"""Opening and closing a phase of a campaign: it moves who is due, so the register is told in the same step."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.views import View

from campaigns.models import Campaign
from campaigns.services.phases import switch_phase
from core import jobs
from core.views import ActionRequiredMixin
from residents.tasks import refresh_campaign


class PhaseSwitchView(ActionRequiredMixin, View):
    """POST ``open=1|0``: open or close a phase; a background job then says anew who may come.

    It stands here and not beside the campaign's page because campaigns know nothing of the people below them.
    """

    action = "campaigns.manage"
    http_method_names = ["post"]

    def post(self, request, code, order):
        mine = Campaign.objects.visible_to(request.user).select_related("place")
        phase = get_object_or_404(get_object_or_404(mine, code=code).phases, order=order)
        before, is_open = phase.is_open, request.POST.get("open") == "1"
        with transaction.atomic():
            switch_phase(actor=request.user, phase=phase, is_open=is_open)
            if is_open == before:
                messages.info(request, f"“{phase}”已经是{'开放' if is_open else '关闭'}的,没有变化。")
                return redirect("campaigns:detail", code)
            word = "开放" if is_open else "关闭"
            job = jobs.start(
                refresh_campaign,
                kind="campaign.refresh",
                title=f"{word}“{phase}”后更新居民的接种状态"[:120],
                by=request.user,
                campaign_id=phase.campaign_id,
            )
        messages.success(request, f"“{phase}”已{word}。正在更新名册里每个人的接种状态。")
        return redirect(job)
