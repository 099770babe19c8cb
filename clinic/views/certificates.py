"""The certificate of a person, and the public pages that check one."""

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views.decorators.cache import cache_control
from django.views.generic import TemplateView, View

from accounts.choices import SecurityKind
from accounts.services import security_log
from campaigns.models import Campaign
from clinic.forms import CheckForm, RevokeForm
from clinic.models import Certificate, Visit
from clinic.services import certificates
from core import rates, requests
from core.handing_out import qr_svg
from core.refusing import too_often
from core.views import ActionRequiredMixin, KeyedForm, ServiceFormView
from residents.models import Enrolment, Resident

_FALSE = {"FORGED", "UNKNOWN_KEY"}  # not slips of a camera


class _OfPerson(ActionRequiredMixin):
    action = "certificates.issue"

    @cached_property
    def person(self) -> Resident:
        user = self.request.user
        mine = Resident.objects.in_reach(user, self.action)
        guests = Visit.objects.guests_here(user, self.action).filter(doses__isnull=False)
        guests = guests.filter(enrolment__resident__uid=self.kwargs["uid"])
        if guests.exists():  # whoever gave the dose hands out the paper, also to a guest
            mine = Resident.objects.all()
        return get_object_or_404(mine.select_related("village__parent"), uid=self.kwargs["uid"])

    @cached_property
    def campaign(self) -> Campaign:
        """The campaign of the address; without one the one being worked in, else the person's latest."""
        mine = Campaign.objects.filter(enrolments__resident=self.person)
        if code := self.request.GET.get("campaign"):
            return get_object_or_404(mine, code=code)
        working = Campaign.objects.current_for(self.request)
        chosen = mine.filter(pk=working.pk).first() if working else None
        if chosen is None and (chosen := mine.order_by("-pk").first()) is None:
            raise Http404
        return chosen


class CertificateView(_OfPerson, ServiceFormView):
    """GET shows (and prints) what stands; POST issues what may be certified today."""

    template_name = "clinic/certificate.html"
    form_class = KeyedForm

    @property
    def person_shown(self) -> Resident:
        return self.person

    def get_context_data(self, **kwargs):
        records = certificates.records_for(self.person, self.campaign)
        certificate = certificates.current(self.person, self.campaign) if records else None
        enrolment = Enrolment.objects.filter(resident=self.person, campaign=self.campaign).first()
        return super().get_context_data(
            person=self.person,
            campaign_of=self.campaign,
            records=records,
            certificate=certificate,
            enrolment=enrolment,
            qr=qr_svg(certificate.text) if certificate else "",
            doubtful=self.person.records.counted().filter(is_verified=False).exists(),
            may_revoke=bool(certificate) and self.request.user.can("certificates.revoke"),
            **kwargs,
        )

    def perform(self, form):
        certificates.issue(
            resident=self.person,
            campaign=self.campaign,
            actor=self.request.user,
            key=form.cleaned_data["key"],
            now=timezone.now(),
        )
        return self.request.get_full_path()


class RevokeView(ServiceFormView):
    """Take one certificate back, with the reason."""

    action = "certificates.revoke"
    template_name = "core/form.html"
    form_class = RevokeForm
    success_message = "凭证已撤销,核验时会显示“凭证已撤销”。"

    @cached_property
    def certificate(self) -> Certificate:
        people = Resident.objects.in_reach(self.request.user, self.action)
        return get_object_or_404(Certificate.objects.filter(resident__in=people), uid=self.kwargs["uid"])

    @property
    def person_shown(self) -> Resident:
        return self.certificate.resident

    def get_context_data(self, **kwargs):
        return super().get_context_data(heading=f"撤销凭证 {self.certificate.number}", **kwargs)

    def perform(self, form):
        return certificates.revoke(
            certificate=self.certificate,
            actor=self.request.user,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )


class VerifyView(TemplateView):
    """Anybody checks a certificate; the text is posted, so that it stays out of addresses and logs."""

    template_name = "clinic/verify.html"
    http_method_names = ["get", "post"]

    def post(self, request):
        if rates.over(f"verify.{requests.current.get().ip}", most=settings.VERIFIES_PER_MINUTE, seconds=60):
            return too_often(request, seconds=60)
        form = CheckForm(request.POST)
        finding = (
            certificates.check(form.cleaned_data["text"], now=timezone.now()) if form.is_valid() else None
        )
        if finding and finding.code in _FALSE:
            user = request.user if request.user.is_authenticated else None
            security_log.note(SecurityKind.FALSE_CODE, user=user, page="verify:check", detail=finding.code)
        return self.render_to_response(self.get_context_data(form=form, finding=finding))

    def get_context_data(self, **kwargs):
        finding, lines = kwargs.get("finding"), []
        if finding and finding.content:
            names = certificates.product_names()
            lines = [(dose, names.get(dose.product, dose.product)) for dose in finding.content.doses]
        return super().get_context_data(**{"form": CheckForm(), "lines": lines} | kwargs)


class OfflineView(TemplateView):
    """The page that checks in the browser, without the server once it was opened."""

    template_name = "clinic/verify_offline.html"


class TrustView(View):
    """Public keys and revocations for checkers; nothing about anybody."""

    @method_decorator(cache_control(public=True, max_age=60))
    def get(self, request):
        return JsonResponse(
            certificates.trust_list(timezone.now()), json_dumps_params={"ensure_ascii": False}
        )


class WorkerView(View):
    """The service worker that keeps the offline page; it must come from the address it serves."""

    def get(self, request):
        script = Path(finders.find("js/verify_worker.js")).read_bytes()
        return HttpResponse(script, content_type="text/javascript", headers={"Cache-Control": "no-cache"})
