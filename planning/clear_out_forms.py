"""Forms of a push: begin it, count at a site."""

from datetime import datetime, time

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils import timezone

from core.views import KeyedForm
from core.widgets import DateInput
from inventory.models import Vaccine
from places.models import Place, Site
from planning.clearing import SiteLines
from planning.services.clear_outs import Counted


class _Vaccines(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj):
        return obj.short_name


class BeginForm(KeyedForm):
    """What, where, until when."""

    place = forms.ModelChoiceField(label="范围", queryset=Place.objects.none(), empty_label=None)
    vaccines = _Vaccines(label="疫苗", queryset=Vaccine.objects.none(), widget=forms.CheckboxSelectMultiple)
    sites = forms.ModelMultipleChoiceField(
        label="接种点", queryset=Site.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    day = forms.DateField(label="限期日期", widget=DateInput())
    hour = forms.TimeField(label="限期时间", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    owed_reason = forms.CharField(
        label="以后第2剂的安排",
        max_length=120,
        required=False,
        help_text="限期以后还有人等这些疫苗打第2剂的,必须写明第2剂的苗从哪里来。",
    )

    def __init__(self, *args, places, sites, vaccines, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = places
        self.fields["sites"].queryset, self.fields["vaccines"].queryset = sites, vaccines
        self.fields["day"].initial, self.fields["hour"].initial = timezone.localdate(), time(22)
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.fields, Submit("save", "开始清零"))

    def clean(self):
        data = super().clean()
        if "day" in data and "hour" in data:
            data["deadline_at"] = timezone.make_aware(datetime.combine(data.pop("day"), data.pop("hour")))
        return data


class CountForm(KeyedForm):
    """Every lot of one site as two people found it."""

    second_name = forms.CharField(label="另一位盘点人", max_length=30, help_text="您是第一位,签您的名字。")

    def __init__(self, *args, here: SiteLines, **kwargs):
        super().__init__(*args, **kwargs)
        self.here = here
        second = self.fields.pop("second_name")
        for line in here.lots:
            pk, lot_no, pack = line.lot.pk, line.lot.lot_no, line.lot.presentation
            name = f"{pack.vaccine.short_name} {pack.doses_per_vial}剂/支 批号 {lot_no}"
            self.fields[f"vials_{pk}"] = _number(f"{name} 整支(账面 {line.vials} 支)")
            if pack.doses_per_vial > 1 or line.open_doses:
                self.fields[f"open_{pk}"] = _number(f"批号 {lot_no} 已开启余量(账面 {line.open_doses} 剂)", 0)
            self.fields[f"reason_{pk}"] = forms.CharField(
                label=f"批号 {lot_no} 与账面不同的原因(相同就空着)", max_length=120, required=False
            )
        self.fields["second_name"] = second
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.fields, Submit("save", "签字确认盘点"))

    @property
    def counted(self) -> dict[int, Counted]:
        """By id of the lot."""
        data = self.cleaned_data
        return {
            line.lot.pk: Counted(
                data[f"vials_{line.lot.pk}"],
                data.get(f"open_{line.lot.pk}", 0),
                data[f"reason_{line.lot.pk}"],
            )
            for line in self.here.lots
        }


def _number(label: str, initial: int | None = None) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=1_000_000, initial=initial)
