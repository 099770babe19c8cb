"""Forms of the publicity counts."""

from django import forms

from core.views import KeyedForm
from core.widgets import DateInput
from places.models import Place
from residents.choices import PublicityKind
from residents.forms.deeds import DeedForm


class PublicityForm(KeyedForm):
    """What one village did on one day; blank is nothing."""

    village = forms.ModelChoiceField(label="村(社区)", queryset=Place.objects.none(), empty_label="请选择")
    day = forms.DateField(label="日期", widget=DateInput())
    note = forms.CharField(label="说明(选填)", required=False, max_length=120)

    def __init__(self, *args, user, today, **kwargs):
        super().__init__(*args, **kwargs)
        villages = Place.objects.current().villages().inside(user.scope("publicity.record").prefixes)
        self.fields["village"].queryset = villages
        if len(villages) == 1:
            self.fields["village"].initial = villages[0]
        self.fields["day"].initial = today
        for kind, word in PublicityKind.choices:
            self.fields[f"n_{kind}"] = forms.IntegerField(
                label=word, required=False, min_value=0, max_value=100_000
            )

    @property
    def numbers(self):
        """The bound fields of the figures."""
        return [self[f"n_{kind}"] for kind in PublicityKind.values]

    @property
    def counts(self) -> dict[str, int]:
        """Kind → number, blanks as zero."""
        return {kind: self.cleaned_data.get(f"n_{kind}") or 0 for kind in PublicityKind.values}


class CorrectForm(DeedForm):
    """The right figure and why."""

    button = "更正"
    count = forms.IntegerField(label="正确的数量", min_value=0, max_value=100_000, help_text="没有做过填 0")
    reason = forms.CharField(label="更正原因", max_length=100)
