"""The form by which an office shares a task out."""

from django import forms

from core.views import KeyedForm
from core.widgets import DateInput
from places.models import Place
from reports.choices import TargetBasis, TargetKind
from reports.units import Unit

OWN = "own"
_OF_PEOPLE = (TargetBasis.COUNT, TargetBasis.PERCENT)
_OF_DOSES = (TargetBasis.COUNT, TargetBasis.STOCK)


class TargetsForm(KeyedForm):
    """One number for every unit below ``place``, and one deadline. An empty number changes nothing; of a percentage the
    numbers follow from the base.

    ``with_own`` adds the place's own task: only while nobody above has given one.
    """

    place = forms.CharField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=TargetKind, widget=forms.HiddenInput)
    cohort = forms.CharField(widget=forms.HiddenInput, required=False)
    due = forms.DateField(widget=forms.HiddenInput, required=False)  # the deadline that was looked at
    basis = forms.ChoiceField(
        label="下达方式", required=False, widget=forms.Select(attrs={"class": "form-select"})
    )
    percent = forms.DecimalField(
        label="百分比(%)",
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        required=False,
        widget=forms.NumberInput(
            attrs={"class": "form-control quantity", "inputmode": "decimal", "step": "0.01"}
        ),
    )
    due_on = forms.DateField(label="完成期限", widget=DateInput(attrs={"class": "form-control"}))
    starts_on = forms.DateField(
        label="从哪天起算(不填=从活动开始)", required=False, widget=DateInput(attrs={"class": "form-control"})
    )
    note = forms.CharField(
        label="说明(可不填)",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def __init__(self, *args, below: list[Unit], of_doses: bool, with_own: Place | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.units = {unit.key: unit for unit in below}
        if with_own:
            self.units[OWN] = Unit(with_own)
        for name, unit in self.units.items():
            self.fields[name] = _quantity(f"{unit}的任务数")
        self.fields["basis"].choices = [
            (one.value, one.label) for one in (_OF_DOSES if of_doses else _OF_PEOPLE)
        ]
        if of_doses:
            del self.fields["percent"]

    @property
    def is_percent(self) -> bool:
        """The numbers follow from the base."""
        return self.cleaned_data.get("basis") == TargetBasis.PERCENT

    def quantities(self) -> dict[Unit, int]:
        """Unit → people or doses, of the numbers filled in; of a percentage every unit."""
        found = {unit: self.cleaned_data.get(name) for name, unit in self.units.items()}
        if self.is_percent:
            return {unit: number or 0 for unit, number in found.items()}
        return {unit: number for unit, number in found.items() if number is not None}

    def clean_basis(self):
        return self.cleaned_data["basis"] or TargetBasis.COUNT

    def clean(self):
        data = super().clean()
        if self.is_percent and not data.get("percent") and "percent" not in self.errors:
            self.add_error("percent", "请填百分比,例如 40。")
        if not self.errors and not self.quantities():
            raise forms.ValidationError("还没有填任何任务数。请至少填一个单位的数。")
        return data


def _quantity(label: str) -> forms.IntegerField:
    box = forms.NumberInput(attrs={"class": "form-control quantity", "inputmode": "numeric"})
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=10_000_000,
        required=False,
        widget=box,
        error_messages={"min_value": "任务数不能是负数。", "max_value": "任务数太大,请核对。"},
    )
