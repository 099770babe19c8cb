"""What a campaign consists of, for the office; choosing the campaign one works in; the consent form on paper."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from campaigns.choices import disease_word
from campaigns.models import Campaign, PriorityGroup
from campaigns.rules import cohort_from_data, rules_from_data
from campaigns.rules.plain import cohort_line, rule_lines
from core.views import ActionRequiredMixin
from inventory.models import Vaccine


class ChooseView(LoginRequiredMixin, View):
    """POST ``campaign=code``: work in this campaign until the log-out."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        mine = Campaign.objects.visible_to(request.user)
        campaign = get_object_or_404(mine, code=request.POST.get("campaign", ""))
        request.session["campaign"] = campaign.code
        messages.success(request, f"现在办理:{campaign}。")
        return HttpResponseRedirect(reverse("desk"))


class CampaignListView(ActionRequiredMixin, TemplateView):
    """The campaigns above, at or below the user's place: a handful, so no paging."""

    action = "campaigns.view"
    template_name = "campaigns/list.html"

    def get_context_data(self, **kwargs):
        rows = Campaign.objects.visible_to(self.request.user).select_related("place")
        lines = [(row, cohort_line(cohort_from_data(row.cohort))) for row in rows]
        return super().get_context_data(
            rows=lines, may_open=self.request.user.can("campaigns.manage"), **kwargs
        )


class OneCampaign(ActionRequiredMixin):
    """Pages about one campaign the user can see."""

    action = "campaigns.view"

    @cached_property
    def campaign(self) -> Campaign:
        mine = Campaign.objects.visible_to(self.request.user).select_related(
            "place", "adult_questions", "minor_questions", "adult_consent", "minor_consent"
        )
        return get_object_or_404(mine, code=self.kwargs["code"])


class CampaignView(OneCampaign, TemplateView):
    """Phases, products, rules with their sources, questions, consent texts, checklist."""

    template_name = "campaigns/detail.html"

    def get_context_data(self, **kwargs):
        campaign, today = self.campaign, timezone.localdate()
        names = {v.code: v.short_name for v in Vaccine.objects.filter(disease=campaign.disease)}
        groups = {group.code: str(group) for group in PriorityGroup.objects.in_use([campaign])}
        stored = list(campaign.rules.all())
        parsed = {rule.id: rule for rule in rules_from_data([rule.data for rule in stored])}
        return super().get_context_data(
            campaign=campaign,
            disease=disease_word(campaign.disease),
            cohort=cohort_line(cohort_from_data(campaign.cohort)),
            phases=[
                (phase, cohort_line(cohort_from_data(phase.cohort), groups))
                for phase in campaign.phases.all()
            ],
            may_switch=self.request.user.scope("campaigns.manage").covers(campaign.place.code),
            products=campaign.products.prefetch_related("presentations"),
            rules=[
                (
                    rule,
                    rule.effective_from <= today <= (rule.effective_to or today),
                    rule_lines(parsed[rule.code], names),
                )
                for rule in stored
            ],
            question_sets=[campaign.adult_questions, campaign.minor_questions],
            consents=[("adult", campaign.adult_consent), ("minor", campaign.minor_consent)],
            **kwargs,
        )


class ConsentPrintView(LoginRequiredMixin, TemplateView):
    """The consent form on A4 with blanks, for whoever takes consents or leads the campaign (S20, S34)."""

    template_name = "campaigns/consent_print.html"

    def get_context_data(self, **kwargs):
        mine = Campaign.objects.visible_to(self.request.user).select_related(
            "place", "adult_consent", "minor_consent"
        )
        campaign = get_object_or_404(mine, code=self.kwargs["code"])
        if self.kwargs["which"] not in ("adult", "minor"):
            raise Http404
        is_minor = self.kwargs["which"] == "minor"
        form = campaign.minor_consent if is_minor else campaign.adult_consent
        sections = [part.partition("\n")[::2] for part in form.text.split("\n\n")]
        return super().get_context_data(
            campaign=campaign, form=form, sections=sections, is_minor=is_minor, **kwargs
        )
