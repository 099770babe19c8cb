"""Forms of the office: a new plan, the numbers of a plan, a reason."""

from datetime import timedelta

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils import timezone

from core.views import KeyedForm
from core.widgets import DateInput
from places.models import Place, Site


class NewPlanForm(KeyedForm):
    """For which days, and from which store."""

    place = forms.ModelChoiceField(label="给哪里分", queryset=Place.objects.none(), empty_label=None)
    source = forms.ModelChoiceField(
        label="从哪里出库",
        queryset=Site.objects.none(),
        empty_label="请选择",
        help_text="只列出有疫苗的接种点。",
    )
    since = forms.DateField(label="用于哪天开始的场次", widget=DateInput())
    until = forms.DateField(label="到哪天(含)", widget=DateInput())

    def __init__(self, *args, places, sources, **kwargs):
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["place"].queryset = places
        self.fields["source"].queryset = sources
        if len(only := list(sources[:2])) == 1:
            self.fields["source"].initial, self.fields["source"].empty_label = only[0], None
        self.fields["since"].initial = today + timedelta(days=1)
        self.fields["until"].initial = today + timedelta(days=7)
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", "算出分配建议"))


class LinesForm(forms.Form):
    """The quantities of a draft, one field for each line, and why they differ from the proposal."""

    reason = forms.CharField(label="调整理由(与建议相同就空着)", max_length=200, required=False)

    def __init__(self, *args, lines, **kwargs):
        super().__init__(*args, **kwargs)
        for line in lines:
            self.fields[f"line_{line.pk}"] = forms.IntegerField(
                min_value=0, max_value=10_000_000, required=False, initial=line.quantity
            )

    @property
    def quantities(self) -> dict[int, int]:
        """By id of the line; an empty box is none."""
        return {
            int(name.removeprefix("line_")): value or 0
            for name, value in self.cleaned_data.items()
            if name.startswith("line_")
        }
