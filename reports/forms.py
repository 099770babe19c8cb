"""The form by which an office shares a task out."""

from django import forms
from django.utils import timezone

from core.views import KeyedForm
from core.widgets import DateInput, TimeInput
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


class FileForm(KeyedForm):
    """Which hour of which day is handed in; ``now`` is an extra report cut off at this moment."""

    place = forms.CharField(widget=forms.HiddenInput)
    slot = forms.CharField(widget=forms.HiddenInput)
    note = forms.CharField(
        label="说明(可不填)",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )


class CloseDayForm(KeyedForm):
    """The daily report of one town and day is closed."""

    place = forms.CharField(widget=forms.HiddenInput)
    day = forms.DateField(widget=forms.HiddenInput)


class PushDayForm(KeyedForm):
    """A push day and why."""

    place = forms.CharField(widget=forms.HiddenInput)
    day = forms.DateField(label="日期", widget=DateInput(attrs={"class": "form-control"}))
    reason = forms.CharField(
        label="说明(可不填)",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control", "placeholder": "例如:全旗第一剂攻坚"}),
    )


class HoursForm(KeyedForm):
    """Up to three hours for progress reports (a line without a name is none), and the one of the daily report."""

    LINES = 3
    place = forms.CharField(widget=forms.HiddenInput)
    daily_at = forms.TimeField(
        label="日报截止时间",
        required=False,
        widget=TimeInput(attrs={"class": "form-control"}),
        help_text="不填就是当天 24:00。截止以后录入的,进下一天日报的“补录”。",
    )

    def __init__(self, *args, slots, daily, day, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["daily_at"].initial = _hour(daily, day)
        for n in range(self.LINES):
            slot = slots[n] if n < len(slots) else None
            self.fields[f"name_{n}"] = forms.CharField(
                label=f"时段 {n + 1} 名称",
                max_length=10,
                required=False,
                initial=slot.name if slot else "",
                widget=forms.TextInput(attrs={"class": "form-control"}),
            )
            self.fields[f"at_{n}"] = forms.TimeField(
                label=f"时段 {n + 1} 截止时间",
                required=False,
                initial=_hour(slot, day) if slot else None,
                widget=TimeInput(attrs={"class": "form-control"}),
            )
            self.fields[f"always_{n}"] = forms.BooleanField(
                label=f"时段 {n + 1} 每天都报",
                required=False,
                initial=bool(slot and slot.is_daily),
                widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
            )

    @property
    def lines(self):
        """The three fields of each line."""
        return [[self[f"{name}_{n}"] for name in ("name", "at", "always")] for n in range(self.LINES)]

    def hours(self) -> list[tuple]:
        """(name, hour, every day) of the lines that have a name."""
        data = self.cleaned_data
        lines = [(data[f"name_{n}"].strip(), data[f"at_{n}"], data[f"always_{n}"]) for n in range(self.LINES)]
        return [line for line in lines if line[0]]

    def clean(self):
        data = super().clean()
        for n in range(self.LINES):
            if bool(data.get(f"name_{n}")) != (data.get(f"at_{n}") is not None):
                self.add_error(f"at_{n}", "名称和时间要一起填;不用这个时段就两个都留空。")
        return data


def _hour(slot, day):
    """The hour of a slot as it is typed; None for the midnight at the end of ``day``."""
    local = timezone.localtime(slot.cut_off)
    return local.time() if timezone.localdate(slot.cut_off) == day else None
