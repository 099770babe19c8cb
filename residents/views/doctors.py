"""医生鉴定: whom a doctor looks at before a dose is planned, in three steps; the list to print, and the judgement (S109)."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate, localtime, now
from django.views.generic import TemplateView, View

from campaigns.models import Campaign
from campaigns.views.current import CampaignIfAnyMixin
from core import audit, xlsx
from core.handing_out import people_workbook
from core.views import ActionRequiredMixin
from places.models import Place
from residents import doctors
from residents.doctors_sheet import sheets
from residents.forms.judging import JudgeForm
from residents.models import Enrolment, Hold, HoldProof
from residents.services import judging
from residents.views.base import PersonDeedView

_PAGE = 200  # a list on paper is a page of it
_MOST = 5000  # lines of a file; a township's list is taken village by village


class _Step(CampaignIfAnyMixin, ActionRequiredMixin):
    """``?step=said|incoming|again|later&village=&group=``: whom the address asks for."""

    action = "conditions.view"

    @cached_property
    def today(self):
        return localdate()

    @cached_property
    def step(self) -> str:
        asked = self.request.GET.get("step")
        return asked if asked in dict(doctors.ALL_STEPS) else doctors.SAID

    @property
    def heading(self) -> str:
        return dict(doctors.ALL_STEPS)[self.step]

    @cached_property
    def villages(self) -> dict[str, str]:
        prefixes = self.request.user.scope(self.action).town_prefixes
        return dict(Place.objects.current().villages().inside(prefixes).values_list("code", "name"))

    @cached_property
    def village(self) -> str:
        asked = self.request.GET.get("village", "")
        return asked if asked in self.villages else ""

    @cached_property
    def group(self) -> str:
        return self.request.GET.get("group", "")[:10]

    @cached_property
    def near(self):
        """Everybody who waits in the village and group asked for, whatever the step."""
        rows = doctors.waiting(self.request.user, self.campaign, self.today)
        return doctors.narrow(rows, village=self.village, group=self.group)

    def people(self):
        """Those at the step, as one goes."""
        return doctors.in_order(doctors.of_step(self.near, self.step, self.today))

    def note(self, people: int, how: str) -> None:
        """A list of names is seen as one event, not one for each person on it."""
        user = self.request.user
        audit.record(
            "resident.names_viewed",
            actor=user,
            place_code=self.village or user.main_role.home.code,
            data={"list": "doctors", "step": self.step, "people": people, "how": how},
        )


class DoctorsView(_Step, TemplateView):
    """One step of the list; prints on A4 with room for the doctor's words."""

    template_name = "residents/doctors.html"

    def get_context_data(self, **kwargs):
        numbers = doctors.counts(self.near, self.today)
        paginator = Paginator(self.people(), _PAGE)
        paginator.count = numbers[self.step]  # asked already, with the other steps
        page = paginator.get_page(self.request.GET.get("page"))
        query = self.request.GET.copy()
        query.pop("page", None)
        self.note(len(page.object_list), "seen")
        return super().get_context_data(
            steps=[(key, word, numbers[key]) for key, word in doctors.ALL_STEPS],
            step=self.step,
            heading=self.heading,
            is_cleared=not any(numbers.values()),
            left=numbers[doctors.NOT_YET],
            page=page,
            patients=doctors.patients(page.object_list, today=self.today),
            query=query.urlencode(),
            villages=self.villages.items(),
            village=self.village,
            group=self.group,
            may_judge=self.request.user.can("conditions.judge"),
            campaign=self.campaign,
            now=localtime(),
            **kwargs,
        )


class DoctorsFileView(_Step, View):
    """The same people as a workbook; the download is recorded."""

    def get(self, request):
        patients = doctors.patients(self.people()[:_MOST], today=self.today)
        self.note(len(patients), "downloaded")
        where = self.villages.get(self.village) or str(request.user.main_role.where)
        given = {"heading": self.heading, "where": where, "campaign": self.campaign, "now": localtime()}
        name = xlsx.file_name(where, f"医生鉴定_{self.heading}", self.today)
        return people_workbook(xlsx.build(sheets(patients, **given)), name, by=request.user)


class JudgeView(PersonDeedView):
    """One person: what stands, what a doctor says."""

    action = "conditions.judge"
    form_class = JudgeForm
    template_name = "residents/judge.html"
    heading = seen_for = "医生鉴定"
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
        standing = Hold.objects.filter(enrolment=self.enrolment, lifted_at__isnull=True).select_related("by")
        # Also those with what stood before: a judgement lifts it, its papers still count.
        proofs = HoldProof.objects.filter(hold__enrolment=self.enrolment).select_related("added_by")
        return super().get_context_data(standing=standing, proofs=proofs, **kwargs)

    def perform(self, form):
        said = {name: form.cleaned_data[name] for name in ("judgement", "until", "review_on")}
        said["reason"] = form.grounds()
        judging.judge(enrolment=self.enrolment, actor=self.request.user, now=now(), **said)
        return reverse("residents:doctors")
