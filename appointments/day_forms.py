"""Forms about the day itself: staff, points of the checklist, zones of a site, stops of a mobile team."""

from decimal import Decimal

from django import forms

from accounts.models import User
from appointments.choices import Duty
from core.widgets import DateInput
from places.models import Place

ZONE_ROWS = 8


class StaffForm(forms.Form):
    """One person on the staff: somebody of the site, or a name with phone and certificate."""

    duty = forms.ChoiceField(label="岗位", choices=Duty)
    user = forms.ModelChoiceField(
        User.objects.none(), label="本点人员", required=False, empty_label="(不是本点帐号,填姓名)"
    )
    name = forms.CharField(label="姓名", max_length=30, required=False)
    phone = forms.CharField(label="电话(可不填)", max_length=20, required=False)
    cert_no = forms.CharField(label="证书编号(外来医护填)", max_length=40, required=False)
    cert_valid_to = forms.DateField(label="证书有效期至", required=False, widget=DateInput())

    def __init__(self, *args, staff, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = staff


class ChecksForm(forms.Form):
    """Ticked points, and the reading of the refrigerator."""

    points = forms.MultipleChoiceField(required=False)
    celsius = forms.DecimalField(
        label="冷藏温度(℃)",
        max_digits=4,
        decimal_places=1,
        min_value=Decimal(-60),
        max_value=Decimal(60),
        required=False,
        error_messages={"invalid": "温度写成 4.5 这样的数。"},
    )
    cold_note = forms.CharField(label="读的温度计", max_length=120, required=False)

    def __init__(self, *args, points, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["points"].choices = [(code, name) for code, (name, _) in points.items()]


class StartForm(forms.Form):
    """Open the doors; the reason is for the office when something is missing."""

    reason = forms.CharField(max_length=120, required=False)


class StopForm(forms.Form):
    """One halt of a tour."""

    starts_at = forms.TimeField(label="到达", widget=forms.TimeInput(attrs={"type": "time"}))
    ends_at = forms.TimeField(label="离开", widget=forms.TimeInput(attrs={"type": "time"}))
    place = forms.ModelChoiceField(Place.objects.none(), label="村(社区)", empty_label=None)
    where = forms.CharField(label="地点", max_length=60)

    def __init__(self, *args, villages, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = villages


class ZonesForm(forms.Form):
    """The zones of a site in their order; an empty name is no zone."""

    def __init__(self, *args, zones, **kwargs):
        super().__init__(*args, **kwargs)
        zones = list(zones) + [("", "")] * ZONE_ROWS
        for n in range(ZONE_ROWS):
            name, items = zones[n]
            self.fields[f"name_{n}"] = forms.CharField(
                label=f"第{n + 1}区", max_length=20, required=False, initial=name
            )
            self.fields[f"items_{n}"] = forms.CharField(
                label="配置物品(每行一样)",
                max_length=400,
                required=False,
                initial=items,
                widget=forms.Textarea(attrs={"rows": 5}),
            )

    def pairs(self) -> list[tuple]:
        """The boxes of each zone."""
        return [(self[f"name_{n}"], self[f"items_{n}"]) for n in range(ZONE_ROWS)]

    @property
    def zones(self) -> list[tuple[str, str]]:
        """What was filled in."""
        data = self.cleaned_data
        return [(data[f"name_{n}"], data[f"items_{n}"]) for n in range(ZONE_ROWS)]
