"""The certificates of one account."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.forms import DropQualificationForm, QualificationForm
from accounts.models import StaffQualification
from accounts.services import qualifications
from accounts.views.manage import OneAccountForm


class QualificationAddView(OneAccountForm):
    """Enter a certificate."""

    form_class, heading = QualificationForm, "登记证书"
    success_message = "证书已登记。"

    def perform(self, form):
        qualifications.put_qualification(
            actor=self.request.user, user=self.account, today=timezone.localdate(), **form.cleaned_data
        )
        return self.account


class QualificationDropView(OneAccountForm):
    """Take out a certificate that is wrong or was withdrawn."""

    form_class, heading = DropQualificationForm, "删除证书"
    success_message = "证书已删除,原内容保留在审计记录里。"

    @cached_property
    def qualification(self) -> StaffQualification:
        return get_object_or_404(self.account.qualifications, pk=self.kwargs["qualification"])

    def get_context_data(self, **kwargs):
        row = self.qualification
        note = f"{row.get_kind_display()},编号 {row.cert_no},有效期至 {row.valid_to:%Y-%m-%d}。"
        return super().get_context_data(note=note, **kwargs)

    def perform(self, form):
        qualifications.drop_qualification(
            actor=self.request.user, qualification=self.qualification, reason=form.cleaned_data["reason"]
        )
        return self.account
