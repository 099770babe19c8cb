"""医生鉴定: whom a doctor looks at before a dose is planned, in three steps; the list to print, and the judgement (S109)."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate, localtime, now
from django.views.generic import TemplateView

from campaigns.models import Campaign
from core import audit
from core.views import ActionRequiredMixin
from places.models import Place
from residents import doctors
from residents.forms.judging import JudgeForm
from residents.models import Enrolment, Hold
from residents.services import judging
from residents.views.base import PersonDeedView

_PAGE = 200  # a list on paper is a page of it


class DoctorsView(ActionRequiredMixin, TemplateView):
    """``?step=said|incoming|again&village=&group=``; prints on A4 with room for the doctor's words."""

    action = "conditions.view"
    template_name = "residents/doctors.html"

    def get_context_data(self, **kwargs):
        user, asked, today = self.request.user, self.request.GET, localdate()
        campaign = Campaign.objects.current_for(self.request)
        villages = Place.objects.current().villages().inside(user.scope(self.action).town_prefixes)
        villages = list(villages.values_list("code", "name"))
        village = asked.get("village", "") if asked.get("village") in dict(villages) else ""
        group = asked.get("group", "")[:10]
        rows = doctors.waiting(user, campaign, today)
        near = doctors.narrow(rows, village=village, group=group)
        step = asked.get("step") if asked.get("step") in dict(doctors.STEPS) else doctors.SAID
        numbers = doctors.counts(near, today)
        found = doctors.in_order(doctors.of_step(near, step, today))
        paginator = Paginator(found, _PAGE)
        paginator.count = numbers[step]  # asked already, with the other steps
        page = paginator.get_page(asked.get("page"))
        query = asked.copy()
        query.pop("page", None)
        # a list of names is seen as one event, not one for each person on it
        audit.record(
            "resident.names_viewed",
            actor=user,
            place_code=village or user.main_role.home.code,
            data={"list": "doctors", "step": step, "people": len(page.object_list)},
        )
        return super().get_context_data(
            steps=[(key, word, numbers[key]) for key, word in doctors.STEPS],
            step=step,
            heading=dict(doctors.STEPS)[step],
            page=page,
            patients=doctors.patients(page.object_list, today=today),
            query=query.urlencode(),
            villages=villages,
            village=village,
            group=group,
            may_judge=user.can("conditions.judge"),
            campaign=campaign,
            now=localtime(),
            **kwargs,
        )


class JudgeView(PersonDeedView):
    """One person: what stands, what a doctor says."""

    action = "conditions.judge"
    form_class = JudgeForm
    template_name = "residents/judge.html"
    heading = "医生鉴定"
    success_message = "鉴定结论已保存。"

    @cached_property
    def enrolment(self) -> Enrolment:
        campaign = Campaign.objects.current_for(self.request)
        mine = Enrolment.objects.filter(resident=self.person, campaign=campaign.pk if campaign else 0)
        return get_object_or_404(mine.select_related("campaign", "resident"))

    def get_form_kwargs(self):
        self.enrolment  # noqa: B018  404 before anything else
        return super().get_form_kwargs()

    def get_context_data(self, **kwargs):
        audit.viewed(self.person, by=self.request.user, page="judge", purpose="医生鉴定")
        standing = Hold.objects.filter(enrolment=self.enrolment, lifted_at__isnull=True).select_related("by")
        return super().get_context_data(standing=standing, **kwargs)

    def perform(self, form):
        said = {name: form.cleaned_data[name] for name in ("judgement", "reason", "until", "review_on")}
        judging.judge(enrolment=self.enrolment, actor=self.request.user, now=now(), **said)
        return reverse("residents:doctors")
