"""Forms of a stock-take: begin, and the blind count."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Layout, Submit
from django import forms
from django.urls import reverse_lazy
from django.utils.html import format_html

from core.views import KeyedForm
from inventory.models import TakeLine
from inventory.querysets import site_of
from inventory.take_rules import Quantity
from places.models import Site

MOST = 1_000_000


class StartForm(KeyedForm):
    """Which site, and why now."""

    site = forms.ModelChoiceField(label="接种点", queryset=Site.objects.none(), empty_label="请选择")
    reason = forms.CharField(
        label="为什么盘点(可不填)",
        max_length=120,
        required=False,
        help_text="例如:月末盘点、日结对不上、交接班。",
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        sites = Site.objects.active().filter(site_of(user, "stock.manage"))
        self.fields["site"].queryset = sites
        if len(only := list(sites[:2])) == 1:
            self.fields["site"].initial, self.fields["site"].empty_label = only[0], None
        self.helper = FormHelper()
        back = format_html('<a class="btn btn-link" href="{}">返回</a>', reverse_lazy("takes:list"))
        self.helper.layout = Layout("key", "site", "reason", Submit("", "开始盘点"), HTML(back))


class TakeForm(forms.Form):
    """``vials_<lot>`` and ``open_<lot>`` of what is counted now; ``reason_<lot>`` for a lot that differs."""

    def __init__(self, *args, lines: list[TakeLine], **kwargs):
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            self._add(f"vials_{line.lot_id}", f"批号 {line.lot} 实点(支)")
            if line.lot.presentation.doses_per_vial > 1:
                self._add(f"open_{line.lot_id}", f"批号 {line.lot} 已开启余(剂)")
            if line.variance_doses:
                label = f"批号 {line.lot} 差异原因"
                self.fields[f"reason_{line.lot_id}"] = forms.CharField(
                    label=label,
                    max_length=120,
                    required=False,
                    initial=line.reason,
                    widget=forms.TextInput(attrs={"aria-label": label}),
                )

    def _add(self, name: str, label: str) -> None:
        widget = forms.NumberInput(attrs={"inputmode": "numeric", "aria-label": label, "autocomplete": "off"})
        self.fields[name] = forms.IntegerField(
            label=label, min_value=0, max_value=MOST, required=False, widget=widget
        )

    def rows(self) -> list[tuple[TakeLine, object, object, object]]:
        """(line, field of the vials, of the opened doses or None, of the reason or None)."""

        def field(name):
            return self[name] if name in self.fields else None

        return [
            (
                line,
                self[f"vials_{line.lot_id}"],
                field(f"open_{line.lot_id}"),
                field(f"reason_{line.lot_id}"),
            )
            for line in self.lines
        ]

    def counts(self) -> dict[int, Quantity]:
        """What was entered now, by lot id; an opened vial left empty is none."""
        data = self.cleaned_data
        return {
            line.lot_id: Quantity(data[f"vials_{line.lot_id}"], data.get(f"open_{line.lot_id}") or 0)
            for line in self.lines
            if data.get(f"vials_{line.lot_id}") is not None
        }

    def reasons(self) -> dict[int, str]:
        """Why lots differ, by lot id."""
        return {line.lot_id: self.cleaned_data.get(f"reason_{line.lot_id}", "") for line in self.lines}
