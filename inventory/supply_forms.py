"""Forms of the ledger of syringes and diluent."""

from crispy_forms.layout import Field
from django import forms

from core.views import KeyedForm
from core.widgets import DateInput
from inventory.forms import deed_helper
from inventory.querysets import site_of
from inventory.supply_choices import Programme, SupplyKind, SupplyMove, SupplyWaste
from places.models import Site

ITEM_FIELDS = ("kind", "maker", "spec", "programme", "approval_no")
PAPER_FIELDS = ("counterparty", "document_no", "other_hand")
LISTED = ("spec", "maker", "approval_no", "counterparty")  # what was typed before is offered


class SiteChoice(forms.ModelChoiceField):
    """Sites that the user keeps; chosen already where there is one only."""

    def __init__(self, **kwargs):
        super().__init__(queryset=Site.objects.none(), empty_label="请选择", **kwargs)

    def offer(self, sites) -> None:
        """Offer ``sites``."""
        self.queryset = sites
        if len(only := list(sites[:2])) == 1:
            self.initial, self.empty_label = only[0], None


class SupplyReceiveForm(KeyedForm):
    """One lot of one delivery."""

    site = SiteChoice(label="接种点")
    kind = forms.ChoiceField(label="类型", choices=SupplyKind)
    spec = forms.CharField(label="规格(mL/支)", max_length=20, help_text="只写毫升数,例如 0.5、1。")
    maker = forms.CharField(label="生产企业", max_length=60)
    programme = forms.ChoiceField(label="属性", choices=Programme, initial=Programme.OTHER)
    approval_no = forms.CharField(label="批准文号(注册证号)", max_length=40)
    lot_no = forms.CharField(label="批号", max_length=30)
    expires_on = forms.DateField(label="有效期至", widget=DateInput())
    quantity = forms.IntegerField(label="数量(支)", min_value=1, max_value=1_000_000)
    counterparty = forms.CharField(label="来源单位", max_length=80)
    document_no = forms.CharField(label="单号(可不填)", max_length=40, required=False)
    other_hand = forms.CharField(label="对方经手人", max_length=30, help_text="送货的人。您是本方经手人。")

    def __init__(self, *args, user, back, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].offer(Site.objects.active().filter(site_of(user, "stock.manage")))
        fields = [
            Field(name, list=f"known-{name}", autocomplete="off") if name in LISTED else name
            for name in self.fields
        ]
        self.helper = deed_helper("入库", back, *fields)


class HandOverForm(KeyedForm):
    """Away to another site of ours, to somebody outside, or back up."""

    kind = forms.ChoiceField(
        label="去哪里",
        widget=forms.RadioSelect,
        choices=[
            (SupplyMove.TRANSFER_OUT, "调拨给另一个接种点(对方立即入库)"),
            (SupplyMove.ISSUE, "下发给其他单位"),
            (SupplyMove.RETURN, "退回上级"),
        ],
        initial=SupplyMove.TRANSFER_OUT,
    )
    other_site = forms.ModelChoiceField(
        label="接收的接种点(调拨时选)", queryset=Site.objects.none(), required=False, empty_label="请选择"
    )
    counterparty = forms.CharField(label="接收单位(下发、退回时填)", max_length=80, required=False)
    quantity = forms.IntegerField(label="数量(支)", min_value=1, max_value=1_000_000)
    other_hand = forms.CharField(label="对方经手人", max_length=30)
    document_no = forms.CharField(label="单号(可不填)", max_length=40, required=False)
    note = forms.CharField(label="依据", max_length=120, help_text="分配方案编号或原因。没有依据的不能发出。")

    def __init__(self, *args, level, user, back, **kwargs):
        super().__init__(*args, **kwargs)
        near = level.site.place.code[:6]
        sites = Site.objects.active().inside([near]).exclude(pk=level.site_id)
        self.fields["other_site"].queryset = sites.order_by("place__code", "code")
        self.helper = deed_helper("发出", back, *self.fields)

    def clean(self):
        data = super().clean()
        moved = data.get("kind") == SupplyMove.TRANSFER_OUT
        if moved and not data.get("other_site"):
            self.add_error("other_site", "请选择接收的接种点。")
        if not moved and not data.get("counterparty"):
            self.add_error("counterparty", "请填接收单位。")
        return data | ({"counterparty": ""} if moved else {"other_site": None})


class SupplyWasteForm(KeyedForm):
    """Pieces that nobody may use."""

    quantity = forms.IntegerField(label="数量(支)", min_value=1, max_value=1_000_000)
    reason = forms.ChoiceField(label="原因", choices=[("", "请选择"), *SupplyWaste.choices])
    note = forms.CharField(label="补充说明(可不填)", max_length=100, required=False)

    def __init__(self, *args, level, user, back, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = deed_helper("登记报废", back, *self.fields)

    def words(self) -> str:
        """The reason as it stands in the ledger."""
        label, note = SupplyWaste(self.cleaned_data["reason"]).label, self.cleaned_data["note"].strip()
        return f"{label}:{note}" if note else label


class SupplyCountForm(KeyedForm):
    """What two people have counted."""

    counted = forms.IntegerField(label="实盘数量(支)", min_value=0, max_value=1_000_000)
    other_hand = forms.CharField(label="另一位盘点人", max_length=30, help_text="盘点要两个人,您是第一位。")
    reason = forms.CharField(label="与账面不同的原因(相同就空着)", max_length=120, required=False)

    def __init__(self, *args, level, user, back, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = deed_helper("保存盘点", back, *self.fields)


class SupplyUseForm(KeyedForm):
    """What was used on a day at a site, by lot. ``offers``: (last movement of the lot, pieces proposed)."""

    reason = forms.CharField(label="少于接种剂次的原因(不少就空着)", max_length=120, required=False)

    def __init__(self, *args, offers, back, **kwargs):
        super().__init__(*args, **kwargs)
        self.offers = offers
        reason = self.fields.pop("reason")
        for row, pieces in offers:
            self.fields[f"lot_{row.lot_id}"] = forms.IntegerField(
                label=f"{row.lot.item} 批号 {row.lot.lot_no}(现有 {row.balance} 支)",
                min_value=0,
                max_value=1_000_000,
                required=False,
                initial=pieces,
            )
        self.fields["reason"] = reason
        self.helper = deed_helper("登记使用", back, *self.fields)

    @property
    def taken(self) -> dict:
        """Pieces by lot."""
        return {row.lot: self.cleaned_data[f"lot_{row.lot_id}"] or 0 for row, _ in self.offers}


class LedgerForm(forms.Form):
    """The filter row of the ledger."""

    site = forms.ModelChoiceField(
        label="接种点", queryset=Site.objects.none(), required=False, empty_label="全部"
    )
    kind = forms.ChoiceField(label="类型", required=False, choices=[("", "全部"), *SupplyKind.choices])
    since = forms.DateField(label="自", required=False, widget=DateInput())
    until = forms.DateField(label="至(含)", required=False, widget=DateInput())
    _PATHS = {"site": "site", "kind": "lot__item__kind", "since": "on__gte", "until": "on__lte"}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites = Site.objects.filter(site_of(user, "stock.view"))
        self._only = sites[0] if len(sites[:2]) == 1 else None
        if self._only:
            del self.fields["site"]
        self.is_valid()

    @property
    def criteria(self) -> dict:
        """What was chosen, for ``filter``; what cannot be read is left out."""
        return {path: value for name, path in self._PATHS.items() if (value := self.cleaned_data.get(name))}

    @property
    def chosen_site(self) -> Site | None:
        """The one site that is shown, if it is one."""
        return self._only or self.cleaned_data.get("site")
