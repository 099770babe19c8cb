"""与接种点核对: the unvaccinated list of a school against the site's records, name by name (S33)."""

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import now
from django.views.generic import TemplateView, View

from core.errors import NotAllowed, RuleBroken
from core.repeats import again
from core.views import ActionRequiredMixin, ServiceFormView
from places.choices import OrganisationKind
from places.models import Organisation
from residents.choices import Party
from residents.forms.reconciling import ClaimForm, SettleForm
from residents.models import Resident
from residents.services import reconciling
from residents.views.rosters import OneRoster

DOSES = (1, 2, 3)


class ReconciliationsView(ActionRequiredMixin, TemplateView):
    """The schools that the user compares lists with."""

    action = "members.reconcile"
    template_name = "residents/reconciliations.html"

    def get_context_data(self, **kwargs):
        mine = Organisation.objects.reached_by(self.request.user, self.action)
        schools = mine.filter(kind=OrganisationKind.SCHOOL, is_active=True).select_related("place")
        may_list = self.request.user.can("members.view")
        return super().get_context_data(
            schools=schools.order_by("place__code", "name"), may_list=may_list, **kwargs
        )


class OneSchool(OneRoster):
    """A school in reach, in the campaign being worked in; ``?dose=2`` the second dose."""

    action = "members.reconcile"

    @cached_property
    def dose(self) -> int:
        asked = self.request.GET.get("dose", "1")
        return int(asked) if asked in {str(n) for n in DOSES} else 1

    @cached_property
    def about(self) -> dict:
        if not self.organisation.is_school or self.campaign is None:
            raise Http404
        return {"organisation": self.organisation, "campaign": self.campaign, "dose_number": self.dose}

    @property
    def back(self) -> str:
        return f"{reverse('residents:reconcile', args=[self.organisation.pk])}?dose={self.dose}"

    @property
    def speaks_for_school(self) -> bool:
        return self.organisation.pk in self.request.user.scope(self.action).organisations


class ReconcileView(OneSchool, TemplateView):
    """学校说, 接种点记录, 差异."""

    template_name = "residents/reconcile.html"

    def get_context_data(self, **kwargs):
        found = reconciling.lines(**self.about)
        return super().get_context_data(
            **self.about,
            lines=sorted(found, key=lambda line: not line.is_open),
            doses=DOSES,
            waiting=sum(line.is_open for line in found),
            unsaid=sum(line.claim is None for line in found),
            missing=sum(line.record is None for line in found),
            signs=reconciling.signs(**self.about).values(),
            speaks_for_school=self.speaks_for_school,
            may_keep=self.request.user.can("members.keep"),
            may_check=self.request.user.can("members.check"),
            **kwargs,
        )


class _LineForm(OneSchool, ServiceFormView):
    template_name = "residents/reconcile_form.html"
    heading = ""

    @cached_property
    def line(self) -> reconciling.Line:
        found = reconciling.lines(**self.about, entry_uid=self.kwargs["uid"])
        if not found:
            raise Http404
        return found[0]

    @property
    def person_shown(self) -> Resident:
        return self.line.entry.resident

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            organisation=self.organisation, line=self.line, heading=self.heading, back=self.back, **kwargs
        )


class ClaimView(_LineForm):
    """The school fills in one pupil."""

    form_class, heading = ClaimForm, "学校填报"
    success_message = "已填报。"

    def get_initial(self):
        claim = self.line.claim
        if claim is None:
            return {}
        return {
            "is_vaccinated": "1" if claim.is_vaccinated else "0",
            "given_on": claim.given_on,
            "place_name": claim.place_name,
        }

    def perform(self, form):
        reconciling.say(
            entry=self.line.entry,
            campaign=self.campaign,
            dose_number=self.dose,
            actor=self.request.user,
            now=now(),
            **form.cleaned_data,
        )
        return self.back


class SettleView(_LineForm):
    """School and site have talked: what is right."""

    form_class, heading = SettleForm, "核实差异"
    success_message = "已核实。"

    def get_form_kwargs(self):
        self.about  # noqa: B018  404 before anything else
        return {**super().get_form_kwargs(), "campaign": self.campaign}

    def perform(self, form):
        reconciling.settle(line=self.line, actor=self.request.user, now=now(), **form.cleaned_data)
        return self.back


class RestView(OneSchool, View):
    """POST: of all it has said nothing of the school says: not vaccinated."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        people = again(lambda: reconciling.say_rest(**self.about, actor=request.user, now=now()))
        messages.success(request, f"已把其余 {people} 名学生填报为未接种。")
        return HttpResponseRedirect(self.back)


class SignView(OneSchool, View):
    """POST: the user's party confirms the list."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        party = Party.SCHOOL if self.speaks_for_school else Party.SITE
        try:
            if party == Party.SITE and not request.user.can("members.check"):
                raise NotAllowed
            row = reconciling.sign(**self.about, party=party, actor=request.user, now=now())
        except RuleBroken as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"{row.get_party_display()}已确认:未接种 {row.unvaccinated} 人。")
        return HttpResponseRedirect(self.back)
