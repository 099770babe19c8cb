"""Forms of the trace codes."""

from django import forms

from inventory.models import Lot


class LotChoice(forms.ModelChoiceField):
    """Lots by vaccine and number."""

    def label_from_instance(self, obj):
        return f"{obj.presentation.vaccine.short_name} 批号 {obj.lot_no}"


class CodesForm(forms.Form):
    """First and last of a range, or codes one by one."""

    lot = LotChoice(label="批号", queryset=Lot.objects.none(), empty_label=None)
    first = forms.CharField(label="首码(或单个码)", max_length=200, required=False)
    last = forms.CharField(label="末码(只有一个就空着)", max_length=200, required=False)
    codes = forms.CharField(
        label="或者逐个扫,一行一个",
        required=False,
        max_length=200_000,
        widget=forms.Textarea({"rows": 4}),
        help_text="扫码枪扫一个换一行。箱码、盒码不要扫,只扫最小包装上的追溯码。",
    )

    def __init__(self, *args, lots, **kwargs):
        super().__init__(*args, **kwargs)
        rows = Lot.objects.filter(pk__in=lots).select_related("presentation__vaccine")
        self.fields["lot"].queryset = rows
        self.lots = list(rows)
        for name in ("first", "last", "codes"):
            self.fields[name].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}

    def clean_codes(self):
        return self.cleaned_data["codes"].split()

    def clean(self):
        data = super().clean()
        if not data.get("codes") and not data.get("first"):
            self.add_error("first", "请扫首码和末码,或者在下面逐个扫。")
        if data.get("codes") and data.get("first"):
            self.add_error("codes", "首末码和逐个扫只用一种,请清空另一种。")
        return data


class WithdrawForm(forms.Form):
    """Why the codes are taken back."""

    reason = forms.CharField(label="撤销原因", max_length=120, help_text="例如:扫成了另一批。记录保留。")
