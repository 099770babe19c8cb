"""The form by which an office takes tasks back."""

from django import forms

from core.views import KeyedForm
from reports.choices import TargetKind
from reports.models import Target


class WithdrawForm(KeyedForm):
    """Which tasks of the looked-at deadline, and why; ``targets`` are those the user may take back."""

    place = forms.CharField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=TargetKind, widget=forms.HiddenInput)
    cohort = forms.CharField(widget=forms.HiddenInput, required=False)
    due = forms.DateField(widget=forms.HiddenInput, required=False)
    chosen = forms.ModelMultipleChoiceField(
        label="要撤回的任务",
        queryset=Target.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "请勾选要撤回的任务。",
            "invalid_choice": "有的任务已经改过,请重新勾选。",
        },
    )
    reason = forms.CharField(
        label="撤回的原因",
        max_length=120,
        widget=forms.TextInput(attrs={"class": "form-control", "placeholder": "例如:期限填错了,重新下达"}),
    )

    def __init__(self, *args, targets, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["chosen"].queryset = targets
