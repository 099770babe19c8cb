"""How goods travel, and where they are put when they are there."""

from django import forms

from core.views import KeyedForm
from core.widgets import DateTimeInput
from inventory.choices import TransportMeans
from inventory.models import ColdDevice
from inventory.services.drafts import Transport


class TransportForm(KeyedForm):
    """How goods travel; a child takes the fields it needs."""

    carrier = forms.CharField(label="配送单位(可不填)", max_length=40, required=False)
    means = forms.ChoiceField(
        label="运输工具", choices=[("", "请选择"), *TransportMeans.choices], required=False
    )
    started_at = forms.DateTimeField(label="启运时间", widget=DateTimeInput(), required=False)
    start_celsius = forms.DecimalField(label="启运温度(℃)", max_digits=4, decimal_places=1, required=False)
    arrived_at = forms.DateTimeField(label="到货时间", widget=DateTimeInput(), required=False)
    arrival_celsius = forms.DecimalField(
        label="到货温度(℃)",
        max_digits=4,
        decimal_places=1,
        required=False,
        help_text="看温度记录仪。没有记录或不在 2–8 ℃ 的必须拒收。",
    )

    device = forms.ModelChoiceField(
        label="放入哪台设备(可不填)",
        queryset=ColdDevice.objects.none(),
        required=False,
        empty_label="先不登记",
        help_text="登记了,以后温度超限只隔离那台设备里的。",
    )

    def transport(self) -> Transport:
        """What was filled in about the way."""
        data = self.cleaned_data
        return Transport(**{name: data[name] for name in Transport.__dataclass_fields__ if name in data})
