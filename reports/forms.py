"""The form by which an office shares a task out."""

from django import forms

from core.views import KeyedForm
from core.widgets import DateInput
from places.models import Place
from reports.choices import TargetKind

OWN = "own"


class TargetsForm(KeyedForm):
    """One number for every place one level below ``place``, and one deadline. An empty number changes nothing.

    ``with_own`` adds the place's own task: only while nobody above has given one.
    """

    place = forms.CharField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=TargetKind, widget=forms.HiddenInput)
    due_on = forms.DateField(label="完成期限", widget=DateInput(attrs={"class": "form-control"}))
    note = forms.CharField(
        label="说明(可不填)",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def __init__(self, *args, below: list[Place], with_own: Place | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.below, self.own_place = below, with_own
        if with_own:
            self.fields[OWN] = _quantity(f"{with_own}的任务数")
        for place in below:
            self.fields[place.code] = _quantity(f"{place}的任务数")

    def quantities(self) -> dict[Place, int]:
        """Place → people, of the numbers filled in."""
        places = {place.code: place for place in self.below}
        if self.own_place:
            places[OWN] = self.own_place
        return {
            place: self.cleaned_data[name]
            for name, place in places.items()
            if self.cleaned_data.get(name) is not None
        }

    def clean(self):
        data = super().clean()
        if not self.errors and not self.quantities():
            raise forms.ValidationError("还没有填任何任务数。请至少填一个村(社区)的人数。")
        return data


def _quantity(label: str) -> forms.IntegerField:
    box = forms.NumberInput(attrs={"class": "form-control quantity", "inputmode": "numeric"})
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=10_000_000,
        required=False,
        widget=box,
        error_messages={"min_value": "人数不能是负数。", "max_value": "人数太大,请核对。"},
    )
