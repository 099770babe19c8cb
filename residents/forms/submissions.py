"""Forms of calls and submissions."""

from datetime import datetime, time

from crispy_forms.layout import Column, Row
from django import forms
from django.utils import timezone

from campaigns.forms import helper
from core.views import KeyedForm
from core.widgets import DateInput
from places.models import Site
from residents.choices import Audience, SubmissionKind

COHORTS = ("18–59周岁", "60周岁及以上", "80周岁及以上", "3–11周岁", "12–17周岁", "学生", "职工", "重点人群")


def _day(label: str, **more) -> forms.DateField:
    return forms.DateField(label=label, widget=DateInput(), **more)


class ChangeCallForm(forms.Form):
    """Deadline and words of a call."""

    stage = forms.CharField(
        label="阶段(可不填)", max_length=60, required=False, help_text="例如:第一剂、春季摸底。"
    )
    due_on = _day("截止日期")
    due_time = forms.TimeField(
        label="截止时刻", initial=time(18), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    note = forms.CharField(
        label="要求(可不填)", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    button = "保存修改"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        first = [name for name in self.fields if name not in ("stage", "due_on", "due_time", "note")]
        self.helper = helper(self.button, *first, "stage", Row(Column("due_on"), Column("due_time")), "note")

    @property
    def due_at(self) -> datetime:
        """Local time of the deadline."""
        data = self.cleaned_data
        return timezone.make_aware(datetime.combine(data["due_on"], data["due_time"]))


class CallForm(ChangeCallForm, KeyedForm):
    """A new call."""

    kind = forms.ChoiceField(label="报表", choices=SubmissionKind)
    audience = forms.ChoiceField(
        label="由谁上报",
        choices=[("", "按报表默认"), *Audience.choices],
        required=False,
        help_text="摸底表由村、学校或单位上报;接种计划表和重新摸底表可以选。",
    )
    button = "下发要求"
    field_order = ["key", "kind", "audience"]


class PlanRowForm(forms.Form):
    """A line of a plan; an untouched line asks nothing."""

    from_on = _day("开始日期")
    to_on = _day("结束日期")
    cohort = forms.CharField(label="人群", max_length=40, widget=forms.TextInput(attrs={"list": "cohorts"}))
    dose_number = forms.IntegerField(label="剂次", min_value=1, max_value=9, required=False)
    people = forms.IntegerField(label="计划人数", min_value=1, max_value=100_000)
    site = forms.ModelChoiceField(Site.objects.none(), label="接种点", required=False, empty_label="待定")
    note = forms.CharField(label="备注(车辆、带队人)", max_length=100, required=False)

    def __init__(self, *args, sites, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites
        for field in self.fields.values():
            kind = "form-select" if isinstance(field, forms.ModelChoiceField) else "form-control"
            field.widget.attrs |= {"class": f"{kind} {kind}-sm", "aria-label": field.label}

    def clean(self):
        data = super().clean()
        first, last = data.get("from_on"), data.get("to_on")
        if first and last and last < first:
            self.add_error("to_on", "结束日期不能早于开始日期。")
        return data


class _PlanFormSet(forms.BaseFormSet):
    def get_deletion_widget(self):
        return forms.CheckboxInput(attrs={"class": "form-check-input", "aria-label": "删除这一行"})


PlanFormSet = forms.formset_factory(
    PlanRowForm, formset=_PlanFormSet, extra=3, max_num=40, absolute_max=60, can_delete=True
)
