"""Forms with a line for each lot: sending, signing for what came, asking for disposal."""

from dataclasses import dataclass

from django import forms

from core.views import KeyedForm
from inventory.choices import (
    OPENED_REASONS,
    DifferenceReason,
    DocumentKind,
    DocumentState,
    WasteReason,
)
from inventory.models import Lot
from inventory.services.arrivals import Count
from inventory.transport_form import TransportForm
from places.models import Site

CLOSED_REASONS = [("", "请选择"), *((r.value, r.label) for r in WasteReason if r not in OPENED_REASONS)]


@dataclass
class Goods:
    """One line on the page: the lot, how much there is, and the fields beside it."""

    lot: Lot
    have: int
    cells: list  # (heading, bound field)


class GoodsMixin:
    """Adds a number, and what ``beside`` names, for each (lot, vials at hand)."""

    words: tuple[str, ...]  # the headings: of the number, then of what stands beside it
    beside: dict[str, forms.Field] = {}

    def add_goods(self, goods, *, filled: bool) -> None:
        """Make the fields; ``filled`` when all of it is meant until somebody says otherwise."""
        self.goods = list(goods)
        for lot, have in self.goods:
            number = forms.IntegerField(
                label=f"批号 {lot.lot_no} 数量(支)", min_value=0, max_value=100_000, required=False
            )
            number.initial = have if filled else None
            number.widget.attrs |= {"inputmode": "numeric"}
            self.fields[f"vials_{lot.pk}"] = number
            for name, make in self.beside.items():
                self.fields[f"{name}_{lot.pk}"] = make(lot)
            for name in ("vials", *self.beside):
                widget = self.fields[f"{name}_{lot.pk}"].widget
                size = "form-select" if isinstance(widget, forms.Select) else "form-control"
                widget.attrs["class"] = f"{size} {size}-sm"

    @property
    def rows(self) -> list[Goods]:
        """The lines for the page."""
        columns = list(zip(self.words, ("vials", *self.beside), strict=True))
        return [
            Goods(lot, have, [(word, self[f"{name}_{lot.pk}"]) for word, name in columns])
            for lot, have in self.goods
        ]

    @property
    def header(self) -> list:
        """The fields that stand above the lines."""
        lines = {f"{name}_{lot.pk}" for lot, _ in self.goods for name in ("vials", *self.beside)}
        return [field for field in self.visible_fields() if field.name not in lines]

    def chosen(self) -> list[tuple[Lot, int]]:
        """(lot, vials) of the lines with a number."""
        data = self.cleaned_data
        return [(lot, data[f"vials_{lot.pk}"]) for lot, _ in self.goods if data.get(f"vials_{lot.pk}")]


class SendForm(GoodsMixin, TransportForm):
    """发出: what kind, where to, how, and how many of which lot."""

    words = ("发出(支)",)
    arrived_at = arrival_celsius = device = None
    kind = forms.ChoiceField(
        label="单据",
        choices=[
            (DocumentKind.TRANSFER.value, "调拨(给同级接种点)"),
            (DocumentKind.ISSUE.value, "下发(给下级接种点)"),
            (DocumentKind.RETURN.value, "退回上级"),
        ],
        widget=forms.RadioSelect,
    )
    other_site = forms.ModelChoiceField(
        label="去向", queryset=Site.objects.none(), empty_label="请选择", required=False
    )
    counterparty = forms.CharField(label="去向单位(退回、系统里没有的单位)", max_length=80, required=False)
    second_name = forms.CharField(label="运送人(可不填)", max_length=30, required=False)
    note = forms.CharField(
        label="依据(分配方案编号或原因;先发后到期的批号时也写明)", max_length=120, required=False
    )
    field_order = [
        "key",
        "kind",
        "other_site",
        "counterparty",
        "carrier",
        "means",
        "started_at",
        "start_celsius",
    ]

    def __init__(self, *args, goods, destinations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["other_site"].queryset = destinations
        self.add_goods(goods, filled=False)


def _reason(lot: Lot) -> forms.Field:
    choices = [("", "与发出相符"), *DifferenceReason.choices]
    return forms.ChoiceField(label=f"批号 {lot.lot_no} 差异原因", choices=choices, required=False)


def _note(lot: Lot) -> forms.Field:
    return forms.CharField(label=f"批号 {lot.lot_no} 差异说明", max_length=120, required=False)


class ArriveForm(GoodsMixin, TransportForm):
    """签收: filled in from what was sent; the receiver counts, measures and decides."""

    words = ("实收(支)", "差异原因", "差异说明")
    beside = {"reason": _reason, "note": _note}
    carrier = None
    verdict = forms.ChoiceField(
        label="验收结论",
        widget=forms.RadioSelect,
        initial=DocumentState.ACCEPTED.value,
        choices=[
            (DocumentState.ACCEPTED.value, "接收:入库,可以使用"),
            (DocumentState.HELD.value, "暂存:入库但隔离,查明后再解除"),
            (DocumentState.REFUSED.value, "拒收:不入库,由发出方撤回"),
        ],
    )
    why = forms.CharField(label="暂存或拒收的原因", max_length=120, required=False)
    field_order = [
        "key",
        "means",
        "started_at",
        "start_celsius",
        "arrived_at",
        "arrival_celsius",
        "device",
        "verdict",
    ]

    def __init__(self, *args, goods, devices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["device"].queryset = devices
        self.add_goods(goods, filled=True)

    def counts(self) -> dict[int, Count]:
        """What the receiver has in hand, by lot id."""
        data = self.cleaned_data
        return {
            lot.pk: Count(
                data[f"vials_{lot.pk}"] if data.get(f"vials_{lot.pk}") is not None else have,
                data[f"reason_{lot.pk}"] and DifferenceReason(data[f"reason_{lot.pk}"]),
                data[f"note_{lot.pk}"],
            )
            for lot, have in self.goods
        }


def _waste_reason(lot: Lot) -> forms.Field:
    return forms.ChoiceField(label=f"批号 {lot.lot_no} 原因", choices=CLOSED_REASONS, required=False)


class DisposeForm(GoodsMixin, KeyedForm):
    """销毁申请: which vials and why, where and how they will be destroyed."""

    words = ("销毁(支)", "原因")
    beside = {"reason": _waste_reason}
    note = forms.CharField(
        label="销毁地点和方式", max_length=120, help_text="例如:卫生院医疗废物间,交有资质的单位焚烧。"
    )

    def __init__(self, *args, goods, **kwargs):
        super().__init__(*args, **kwargs)
        self.add_goods(goods, filled=False)

    def clean(self):
        data = super().clean()
        for lot, _ in self.goods:
            if data.get(f"vials_{lot.pk}") and not data.get(f"reason_{lot.pk}"):
                self.add_error(f"reason_{lot.pk}", f"请选择批号 {lot.lot_no} 的销毁原因。")
        return data

    def chosen(self):
        """(lot, vials, reason)."""
        return [
            (lot, vials, WasteReason(self.cleaned_data[f"reason_{lot.pk}"]))
            for lot, vials in super().chosen()
        ]
