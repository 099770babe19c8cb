"""The office's own words: the letter to parents and the public questions, with their versions."""

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from campaigns.models import CampaignText
from campaigns.models.texts import LETTER
from campaigns.services import texts
from campaigns.text_forms import LetterForm, QuestionForm
from campaigns.views.campaign import OneCampaign
from core.views import ServiceFormView


class TextsView(OneCampaign, TemplateView):
    """What stands, and who wrote it when."""

    template_name = "campaigns/texts.html"

    def get_context_data(self, **kwargs):
        campaign = self.campaign
        found = CampaignText.objects.standing().questions().filter(campaign=campaign).select_related("by")
        return super().get_context_data(
            campaign=campaign,
            letter=texts.letter_of(campaign),
            questions=found.order_by("topic"),
            may_edit=self.request.user.scope("campaigns.manage").covers(campaign.place.code),
            **kwargs,
        )


class TextFormView(OneCampaign, ServiceFormView):
    """A new version; ``topic`` None is a new question."""

    action = "campaigns.manage"
    template_name = "campaigns/text_form.html"
    success_message = "已保存,新印的、网页上的都按这一版。"

    @cached_property
    def standing(self) -> CampaignText | None:
        topic = self.kwargs.get("topic")
        if topic is None:
            return None
        if topic == LETTER:
            return texts.letter_of(self.campaign)
        mine = CampaignText.objects.standing().filter(campaign=self.campaign, topic=topic)
        if (found := mine.first()) is None:
            raise Http404
        return found

    @property
    def form_class(self):
        return LetterForm if self.standing and self.standing.topic == LETTER else QuestionForm

    def get_form_kwargs(self):
        kwargs, now = super().get_form_kwargs(), self.standing
        if now is None:
            return kwargs
        return kwargs | {"initial": {"title": now.title, "body": now.body, "is_shown": now.is_shown}}

    def get_context_data(self, **kwargs):
        campaign, standing = self.campaign, self.standing
        before = CampaignText.objects.none()
        if standing and standing.version:
            before = CampaignText.objects.filter(campaign=campaign, topic=standing.topic).select_related("by")
        heading = "增加一问" if standing is None else f"修改:{standing.title}"
        return super().get_context_data(
            heading=heading, campaign=campaign, standing=standing, versions=before, **kwargs
        )

    def perform(self, form):
        data = form.cleaned_data
        texts.put_text(
            campaign=self.campaign,
            topic=self.kwargs.get("topic"),
            title=data["title"],
            body=data["body"],
            is_shown=data.get("is_shown", True),
            actor=self.request.user,
            key=data["key"],
            now=timezone.now(),
        )
        return reverse("campaigns:texts", args=[self.campaign.code])
