"""Quick cards: the list, one card to read, and one card on a case, where its lines are ticked."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from clinic import quick_cards
from clinic.forms import TickForm
from clinic.models import AdverseEvent
from clinic.quick_cards import QuickCard
from clinic.services import card_marks
from clinic.services.reaction_plans import plan_for
from core import audit
from core.views import ActionRequiredMixin, ServiceFormView

_CASES = (
    "dose__visit__enrolment__resident",
    "dose__visit__enrolment__campaign",
    "dose__visit__site__place",
    "dose__site__place",
)


class CardsView(ActionRequiredMixin, TemplateView):
    """All cards, each a key away; open cases of the user's sites stand above, so that the ticks find their case."""

    action = "cards.view"
    template_name = "clinic/quick_cards.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        found = AdverseEvent.objects.none()
        if user.can("aefi.report"):
            found = AdverseEvent.objects.visible_to(user, "aefi.report").open().select_related(*_CASES)
        event = found.filter(uid=self.kwargs["uid"]).first() if "uid" in self.kwargs else None
        if "uid" in self.kwargs and event is None:
            raise Http404
        if event:
            audit.viewed(event.dose.visit.enrolment.resident, by=user, page="clinic:case_cards")
        cases = [] if event else found.order_by("-reported_at")[:6]
        cards, notice = quick_cards.current(), quick_cards.notice()
        return super().get_context_data(
            cards=cards,
            notice=notice,
            cases=cases,
            event=event,
            may_see_cases=user.can("aefi.view"),
            **kwargs,
        )


def _card(code: str, version: str | None) -> QuickCard:
    number = int(version) if version and version.isdecimal() and len(version) < 5 else None
    if (card := quick_cards.card_of(code, number)) is None:
        raise Http404
    return card


class CardView(ActionRequiredMixin, TemplateView):
    """One card to read; ``?v=`` an older version."""

    action = "cards.view"
    template_name = "clinic/quick_card.html"

    def get_context_data(self, **kwargs):
        card = _card(self.kwargs["code"], self.request.GET.get("v"))
        return super().get_context_data(card=card, notice=quick_cards.notice(), **kwargs)


class CaseCardView(ServiceFormView):
    """One card on a case: who may report a reaction here is noted as having seen it, and ticks its lines."""

    action, post_action = "aefi.view", "aefi.report"
    form_class = TickForm
    template_name = "clinic/quick_card.html"

    @cached_property
    def event(self) -> AdverseEvent:
        mine = AdverseEvent.objects.select_related(*_CASES).visible_to(self.request.user)
        return get_object_or_404(mine, uid=self.kwargs["uid"])

    @cached_property
    def card(self) -> QuickCard:
        return _card(self.kwargs["code"], self.request.GET.get("v"))

    def get_template_names(self):
        return ["clinic/_card_steps.html"] if self.request.htmx else [self.template_name]

    def get(self, request, *args, **kwargs):
        if request.user.can("aefi.report") and self.event.closed_at is None:
            card_marks.open_card(event=self.event, card=self.card, actor=request.user, now=timezone.now())
        audit.viewed(self.event.dose.visit.enrolment.resident, by=request.user, page="clinic:case_card")
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        done = card_marks.steps_done(self.event, self.card)
        return super().get_context_data(
            event=self.event,
            card=self.card,
            notice=quick_cards.notice(),
            resident=self.event.dose.visit.enrolment.resident,
            steps=[{"step": step, "mark": done.get(step.code)} for step in self.card.steps],
            plan=plan_for(self.event.dose.visit.enrolment.campaign, self.event.dose.site.place.code),
            may_tick=self.event.closed_at is None and self.request.user.can("aefi.report"),
            **kwargs,
        )

    def perform(self, form):
        card_marks.tick(
            event=self.event,
            card=self.card,
            step=form.cleaned_data["step"],
            done=form.cleaned_data["done"],
            actor=self.request.user,
            now=timezone.now(),
        )
        if self.request.htmx:
            return self.render_to_response(self.get_context_data(form=form))
        return self.request.get_full_path()
