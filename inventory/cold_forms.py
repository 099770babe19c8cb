"""Forms of the cold chain."""

from crispy_forms.bootstrap import InlineCheckboxes
from django import forms
from django.urls import reverse
from django.utils import timezone

from core.text import half_width
from core.views import KeyedForm
from inventory.choices import DeviceKind
from inventory.forms import deed_helper
from inventory.models import ColdDevice
from inventory.querysets import site_of
from places.models import Site


class CelsiusField(forms.DecimalField):
    """A temperature as people type it: with a comma, a Chinese full stop or ℃ behind it."""

    def __init__(self, **kwargs):
        super().__init__(max_digits=4, decimal_places=1, **kwargs)
        self.error_messages |= {
            "invalid": "温度写成 4.5 这样的数。",
            "max_decimal_places": "温度只写一位小数,例如 4.5。",
            "max_digits": "这个温度不可能,是不是漏了小数点?例如 4.5。",
            "max_whole_digits": "这个温度不可能,是不是漏了小数点?例如 4.5。",
        }
        self.widget.input_type = "text"
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def to_python(self, value):
        if isinstance(value, str):
            plain = half_width(value).replace("\u2103", "").replace("\u2212", "-")
            value = plain.replace(",", ".").replace("\u3002", ".").strip()
        return super().to_python(value)


class ReadingForm(KeyedForm):
    """Device, number, done; the rest only when there is something to say."""

    device = forms.ModelChoiceField(
        label="设备", queryset=ColdDevice.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    celsius = CelsiusField(label="现在的温度(℃)")
    action = forms.CharField(label="处理措施(超出范围时必填)", max_length=200, required=False)
    lowest = CelsiusField(label="最低温(℃)", required=False)
    highest = CelsiusField(label="最高温(℃)", required=False)
    at = forms.DateTimeField(
        label="读数时间(补记时填)",
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    is_extra = forms.BooleanField(label="临时复查(不算上、下午的记录)", required=False)

    MORE = ("lowest", "highest", "at", "is_extra")

    def __init__(self, *args, devices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["device"].queryset = devices
        if len(devices) == 1:
            self.fields["device"].initial = devices[0].pk

    @property
    def is_open(self) -> bool:
        """True when one of the rarer fields was used or has an error."""
        return any(self.errors.get(name) or (self.is_bound and self[name].value()) for name in self.MORE)


class CorrectionForm(KeyedForm):
    """What the thermometer really showed."""

    celsius = CelsiusField(label="正确的温度(℃)")
    reason = forms.CharField(label="更正原因", max_length=120, help_text="例如:小数点写错。原来的一条保留。")


class LoggerForm(forms.Form):
    """The file that the logger's own program has written."""

    file = forms.FileField(
        label="记录仪导出的文件",
        help_text=".csv 或 .xlsx,最多 10 万行。要有“时间”和“温度”两列;同一个文件传两次不会重复计入。",
        widget=forms.ClearableFileInput({"accept": ".csv,.txt,.xlsx,.xls"}),
    )


class DeviceForm(forms.ModelForm):
    """A device of a site the user keeps."""

    class Meta:
        model = ColdDevice
        fields = ("site", "name", "kind", "serial_no", "low", "high", "holds_vaccine", "since")
        help_texts = {
            "name": "大家怎么叫它,例如:1号冰箱。",
            "serial_no": "铭牌上的编号,可不填。",
            "holds_vaccine": "勾选后,这台超温时系统自动隔离本点的疫苗。只放冰排的冷冻柜不勾。",
        }
        widgets = {"since": forms.DateInput({"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = Site.objects.active().filter(site_of(user, "stock.manage"))
        self.fields["site"].empty_label = None
        self.fields["kind"].choices = DeviceKind.choices
        self.fields["since"].initial = timezone.localdate


class DeviceChangeForm(DeviceForm):
    """The same device later: another name or range, or out of use."""

    class Meta(DeviceForm.Meta):
        fields = ("name", "kind", "serial_no", "low", "high", "holds_vaccine", "is_in_use", "out_reason")

    def __init__(self, *args, user, **kwargs):
        forms.ModelForm.__init__(self, *args, **kwargs)


class DecisionForm(forms.Form):
    """What becomes of the vaccine that was inside."""

    release = forms.ModelMultipleChoiceField(
        label="可以继续使用、解除隔离的批号",
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="不勾的继续隔离,到“疫苗库存”里登记报废。",
    )
    reason = forms.CharField(
        label="结论和依据",
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        help_text="例如:查记录仪,超温共 25 分钟,厂家答复可以使用(电话记录附后)。",
    )

    def __init__(self, *args, excursion, levels, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["release"].queryset = levels
        self.fields["release"].label_from_instance = lambda level: (
            f"{level.lot.presentation.vaccine.short_name} 批号 {level.lot.lot_no},{level.vials} 支"
        )


class PlacesForm(KeyedForm):
    """For each lot (``levels`` with the ids of the devices where it lies) a tick for every device."""

    def __init__(self, *args, levels, devices, **kwargs):
        super().__init__(*args, **kwargs)
        self.levels, self.devices = [level for level, _ in levels], {str(one.pk): one for one in devices}
        rows = [InlineCheckboxes(f"level_{level.pk}") for level in self.levels]
        for level, there in levels:
            vaccine = level.lot.presentation.vaccine.short_name
            held = "" if there else "(还没有登记)"
            self.fields[f"level_{level.pk}"] = forms.MultipleChoiceField(
                label=f"{vaccine} 批号 {level.lot},{level.vials} 支{held}",
                choices=[(pk, one.name) for pk, one in self.devices.items()],
                initial=[str(pk) for pk in there],
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
        self.helper = deed_helper("保存", reverse("inventory:cold"), "key", *rows)

    def places(self) -> dict[int, list[ColdDevice]]:
        """level id → devices."""
        ticked = {level.pk: self.cleaned_data[f"level_{level.pk}"] for level in self.levels}
        return {pk: [self.devices[one] for one in found] for pk, found in ticked.items()}
