"""The count of a day: for each lot the vials in the refrigerator, and a word where something does not agree."""

from django import forms

from core.views import KeyedForm
from inventory.closing_rules import Count, LotDay

MOST = 1_000_000


class CountForm(KeyedForm):
    """``count_<lot>`` where the vials can still be counted, ``reason_<lot>`` for an explanation."""

    def __init__(self, *args, lines: list[LotDay], **kwargs):
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            lot = line.lot
            if line.is_countable:
                widget = forms.NumberInput(
                    attrs={"inputmode": "numeric", "aria-label": f"批号 {lot} 实点(支)"}
                )
                self.fields[f"count_{lot.pk}"] = forms.IntegerField(
                    label=f"批号 {lot} 实点(支)", min_value=0, max_value=MOST, required=False, widget=widget
                )
            widget = forms.TextInput(attrs={"aria-label": f"批号 {lot} 对不上的说明"})
            self.fields[f"reason_{lot.pk}"] = forms.CharField(
                label=f"批号 {lot} 说明", max_length=200, required=False, widget=widget
            )

    def rows(self) -> list[tuple[LotDay, object, object]]:
        """(line, bound field of the count or None, bound field of the reason)."""
        return [
            (line, self[f"count_{line.lot.pk}"] if line.is_countable else None, self[f"reason_{line.lot.pk}"])
            for line in self.lines
        ]

    def counts(self) -> dict[int, Count]:
        """What was counted, by lot id."""
        data = self.cleaned_data
        return {
            line.lot.pk: Count(data.get(f"count_{line.lot.pk}"), data.get(f"reason_{line.lot.pk}", ""))
            for line in self.lines
        }
