"""Doses given elsewhere that nobody has proved yet: look at the proof, verify, or reject."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate, now
from django.views.generic import TemplateView, View

from core import audit
from core.papers import download
from core.views import ActionRequiredMixin, ServiceFormView
from places.models import Place
from places.querysets import any_code_range, code_range
from residents.forms.doubtful import DecideForm, ProofForm
from residents.models import DoseProof, Resident, VaccinationRecord
from residents.services import proofs, records

_PAGE = 50


def doubtful(user):
    """Counted doses from elsewhere in reach of the user that still wait for a proof."""
    here = any_code_range("resident__village_code", user.scope("doses.verify").town_prefixes)
    return VaccinationRecord.objects.counted().filter(here, is_verified=False, resident__removed_on=None)


class DoubtfulListView(ActionRequiredMixin, TemplateView):
    """The oldest entries first. ``?village=``."""

    action = "doses.verify"
    template_name = "residents/doubtful.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        villages = Place.objects.current().villages().inside(user.scope(self.action).town_prefixes)
        villages = list(villages.values_list("code", "name"))
        rows = doubtful(user).select_related("resident__village", "vaccine", "recorded_by")
        if (asked := self.request.GET.get("village", "")) in dict(villages):
            rows = rows.filter(code_range("resident__village_code", asked))
        page = Paginator(rows.prefetch_related("proofs").order_by("recorded_at", "pk"), _PAGE)
        query = self.request.GET.copy()
        query.pop("page", None)
        return super().get_context_data(
            page=page.get_page(self.request.GET.get("page")),
            villages=villages,
            asked=asked,
            query=query.urlencode(),
            **kwargs,
        )


class _RecordMixin(ActionRequiredMixin):
    """A dose from elsewhere of a person in reach."""

    @cached_property
    def record(self) -> VaccinationRecord:
        people = Resident.objects.in_reach(self.request.user, self.action)
        rows = VaccinationRecord.objects.counted().exclude(source="here").filter(resident__in=people)
        return get_object_or_404(rows.select_related("resident__village", "vaccine"), uid=self.kwargs["uid"])


class _RecordFormView(_RecordMixin, ServiceFormView):
    template_name = "residents/dose_proof.html"

    @property
    def person_shown(self) -> Resident:
        return self.record.resident

    def get_form_kwargs(self):
        self.record  # noqa: B018  404 before anything else
        return super().get_form_kwargs() | {"today": localdate()}

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            record=self.record,
            person=self.record.resident,
            proofs=self.record.proofs.select_related("added_by"),
            heading=self.heading,
            **kwargs,
        )


class DecideView(_RecordFormView):
    """Verify by what was seen, or reject with the reason (the record is voided and stays on file)."""

    action = "doses.verify"
    form_class = DecideForm
    heading = "核实外地接种"
    success_message = "已处理。"

    def perform(self, form):
        data = form.cleaned_data
        if data["holds"]:
            proofs.verify(record=self.record, actor=self.request.user, proof=data["words"], now=now())
        else:
            records.void_record(
                record=self.record, actor=self.request.user, reason=f"核实不通过:{data['words']}", now=now()
            )
        return reverse("residents:doubtful")


class ProofAddView(_RecordFormView):
    """A picture or PDF of the proof."""

    action = "residents.edit"
    form_class = ProofForm
    heading = "上传接种凭证"
    success_message = "凭证已保存。"

    def perform(self, form):
        upload = form.cleaned_data["upload"]
        proofs.add_proof(record=self.record, upload=upload, actor=self.request.user, now=now())
        return self.record.resident


class ProofView(ActionRequiredMixin, View):
    """The file itself, as a download that no browser runs; for who may verify, of people in reach. Recorded."""

    action = "doses.verify"

    def get(self, request, uid):
        people = Resident.objects.in_reach(request.user, self.action)
        rows = DoseProof.objects.filter(record__resident__in=people).select_related("record__resident")
        proof = get_object_or_404(rows, uid=uid)
        content = proofs.open_proof(proof=proof, by=request.user)
        audit.viewed(proof.record.resident, by=request.user, page="proof")
        return download(content, proof.content_type)
