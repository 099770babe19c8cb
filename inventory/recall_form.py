"""Which lot, where, why, and what becomes of the vials."""

from django import forms
from django.utils import timezone

from core.views import KeyedForm
from inventory.choices import RecallRest
from inventory.forms import deed_helper
from inventory.models import Lot
from places.models import Place
from places.querysets import any_code_range


class _LotField(forms.ModelChoiceField):
    def label_from_instance(self, obj):
        return f"{obj.lot_no} · {obj.presentation.vaccine}"


class RecallForm(KeyedForm):
    """召回通知."""

    lot = _LotField(label="批号", queryset=Lot.objects.none(), empty_label="请选择")
    place = forms.ModelChoiceField(
        label="范围",
        queryset=Place.objects.none(),
        empty_label=None,
        help_text="这里和下面所有的接种点立即停用这个批号。",
    )
    reason = forms.CharField(label="原因", max_length=100)
    authority = forms.CharField(label="通知单位(可不填)", max_length=80, required=False)
    paper_no = forms.CharField(label="文号(可不填)", max_length=40, required=False)
    rest = forms.ChoiceField(label="余下的疫苗", choices=RecallRest, widget=forms.RadioSelect)

    def __init__(self, *args, user, back, **kwargs):
        super().__init__(*args, **kwargs)
        prefixes = user.scope("stock.recall").prefixes
        offices = Place.objects.filter(any_code_range("code", prefixes), level__in=("county", "town"))
        self.fields["place"].queryset = offices.order_by("code")
        lots = Lot.objects.filter(
            any_code_range("levels__site__place__code", prefixes), expires_on__gte=timezone.localdate()
        ).distinct()
        self.fields["lot"].queryset = lots.select_related("presentation__vaccine")
        self.fields["rest"].initial = RecallRest.KEEP.value
        self.helper = deed_helper("发出召回", back, *self.fields)
