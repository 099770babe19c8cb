"""Small deeds on a person's page, one form each."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.timezone import now

from campaigns.models import Campaign
from core.dates import age_on
from residents.choices import HoldKind, MoveKind, MoveState, RecordSource
from residents.forms import (
    ConditionForm,
    ConsentRecordForm,
    DocumentForm,
    DoseElsewhereForm,
    RemovalForm,
    RestoreForm,
    RevealForm,
)
from residents.models import Enrolment
from residents.querysets import reaches
from residents.services import consents, holds, moves, records, register
from residents.services.consents import ADULT_AGE
from residents.views.base import PersonDeedView


class RevealView(PersonDeedView):
    """显示完整号码: the purpose first; the number stands on the answer only, is recorded and not cached."""

    action = "residents.reveal"
    form_class = RevealForm
    heading = "显示完整证件号码"

    @cached_property
    def document(self):
        return get_object_or_404(self.person.identifiers, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        return super().get_context_data(document=self.document, **kwargs)

    def form_valid(self, form):
        number = register.reveal_number(
            identifier=self.document, actor=self.request.user, purpose=form.cleaned_data["purpose"]
        )
        response = self.render_to_response(self.get_context_data(form=form, number=number))
        response["Cache-Control"] = "no-store"
        return response


class RemoveView(PersonDeedView):
    """移出名册."""

    action = "residents.edit"
    form_class = RemovalForm
    heading = "移出名册"
    lead = (
        "村里提出,镇办核实后移出;镇办自己办理的当场移出。移出后不再计入目标人群,接种记录保留,以后可以恢复。"
    )

    def perform(self, form):
        data = form.cleaned_data
        move = moves.propose(
            resident=self.person,
            kind=MoveKind.REMOVAL,
            actor=self.request.user,
            removal=data["removal"],
            on=data["on"],
            note=data["note"],
            key=data["key"],
            now=now(),
            today=self.today,
        )
        done = move.state == MoveState.ACCEPTED
        messages.success(self.request, "已移出名册。" if done else "已提出移出,等镇办核实。")
        return self.person


class RestoreView(PersonDeedView):
    """恢复到名册, by the office that takes people off it."""

    action = "moves.decide"
    form_class = RestoreForm
    heading = "恢复到名册"
    success_message = "已恢复到名册。"

    def perform(self, form):
        reason = form.cleaned_data["reason"]
        register.restore(resident=self.person, actor=self.request.user, reason=reason, today=self.today)
        return self.person


class DocumentView(PersonDeedView):
    """添加证件."""

    action = "residents.edit"
    form_class = DocumentForm
    heading = "添加证件"
    success_message = "证件已添加。"

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "person": self.person}

    def perform(self, form):
        register.add_document(
            resident=self.person,
            actor=self.request.user,
            document=form.document,
            primary=form.cleaned_data["primary"],
        )
        return self.person


class _EnrolmentDeedView(PersonDeedView):
    """A deed on the person's enrolment in the campaign being worked in."""

    @cached_property
    def enrolment(self) -> Enrolment:
        campaign = Campaign.objects.current_for(self.request)
        rows = self.person.enrolments.select_related("campaign__adult_consent", "campaign__minor_consent")
        row = rows.filter(campaign=campaign).first() or rows.order_by("-campaign").first()
        if row is None:
            raise Http404
        return row


class DoseElsewhereView(_EnrolmentDeedView):
    """补登外地接种."""

    action = "residents.edit"
    form_class = DoseElsewhereForm
    heading = "补登外地接种"
    lead = "登记在别处接种过的一剂。剂次按接种日期自动排列,不影响本地疫苗库存。"
    success_message = "已登记。剂次和下一剂日期已重新计算。"

    def get_form_kwargs(self):
        may_verify = reaches(self.request.user, "doses.verify", self.person)
        own = {"campaign": self.enrolment.campaign, "may_verify": may_verify}
        return {**super().get_form_kwargs(), **own}

    def perform(self, form):
        data = form.cleaned_data
        records.note_dose(
            enrolment=self.enrolment,
            vaccine=data["vaccine"],
            given_on=data["given_on"],
            place_name=data["place_name"],
            lot_no=data["lot_no"],
            proof=data["proof"],
            is_verified=data.get("is_verified", False),
            source=RecordSource.ELSEWHERE,
            actor=self.request.user,
            today=self.today,
        )
        return self.person


class ConditionView(_EnrolmentDeedView):
    """自述禁忌: waits for a doctor's judgement."""

    action = "residents.edit"
    form_class = ConditionForm
    heading = "自述禁忌"
    lead = "记录本人自己说的健康情况,由预检医生鉴定能否接种。"
    success_message = "已记录,等待医生鉴定。"

    def perform(self, form):
        holds.place_hold(
            enrolment=self.enrolment,
            kind=HoldKind.SELF_REPORTED,
            reason=form.cleaned_data["reason"],
            by=self.request.user,
            now=now(),
        )
        return self.person


class ConsentView(_EnrolmentDeedView):
    """知情同意, on paper or signed on the screen in the village."""

    action = "consents.record"
    form_class = ConsentRecordForm
    template_name = "residents/consent.html"
    heading = "知情同意"
    success_message = "知情同意已保存。"

    @cached_property
    def text(self):
        is_minor = age_on(self.person.birth_date, self.today) < ADULT_AGE
        campaign = self.enrolment.campaign
        return campaign.minor_consent if is_minor else campaign.adult_consent

    def get_initial(self):
        is_adult = age_on(self.person.birth_date, self.today) >= ADULT_AGE
        return {"signer_name": self.person.name if is_adult else self.person.guardian_name}

    def get_context_data(self, **kwargs):
        return super().get_context_data(consent_form=self.text, enrolment=self.enrolment, **kwargs)

    def perform(self, form):
        data = form.cleaned_data
        consents.record_consent(enrolment=self.enrolment, actor=self.request.user, now=now(), **data)
        return self.person
