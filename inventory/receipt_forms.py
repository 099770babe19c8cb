"""入库验收: one delivery note with several lots. A lot that is known fills in the rest of its line."""

from django import forms

from core.widgets import DateInput
from inventory.choices import DocumentState, Platform
from inventory.models import ColdDevice, Lot, Presentation
from inventory.querysets import site_of
from inventory.services.deliveries import Box
from inventory.transport_form import TransportForm
from places.models import Site

LINES, SHOWN = 8, 3


class PresentationField(forms.ModelChoiceField):
    """Vaccine, maker and doses per vial in one line, as on the box."""

    def label_from_instance(self, obj):
        return f"{obj.vaccine} · {obj.doses_per_vial}剂/支"


class BoxForm(forms.Form):
    """One lot of the delivery note."""

    lot_no = forms.CharField(label="批号", max_length=30)
    presentation = PresentationField(
        label="疫苗和规格",
        queryset=Presentation.objects.exclude(vaccine__platform=Platform.UNKNOWN).select_related("vaccine"),
        empty_label="请选择",
        required=False,
    )
    expires_on = forms.DateField(label="有效期至", widget=DateInput(), required=False)
    vials = forms.IntegerField(label="数量(支)", min_value=1, max_value=100_000)
    release_no = forms.CharField(label="批签发合格证号", max_length=40, required=False)
    approval_no = forms.CharField(label="批准文号", max_length=40, required=False)
    refused = forms.CharField(label="这一批拒收的原因", max_length=120, required=False)

    def __init__(self, *args, presentations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["presentation"].choices = presentations
        self.fields["lot_no"].widget.attrs |= {
            "list": "lots",
            "autocomplete": "off",
            "autocapitalize": "characters",
            "data-lot": "",
        }
        self.fields["vials"].widget.attrs["inputmode"] = "numeric"

    def clean(self):
        data = super().clean()
        if lot_no := data.get("lot_no", "").strip().upper():
            known = list(Lot.objects.filter(lot_no=lot_no).select_related("presentation__vaccine")[:2])
            if len(known) == 1 and data.get("presentation") in (None, known[0].presentation):
                data["presentation"] = known[0].presentation
                data["expires_on"] = data.get("expires_on") or known[0].expires_on
            for name in ("presentation", "expires_on"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, "这个批号第一次来,请照包装填写。")
        return data


class ReceiveForm(TransportForm):
    """The papers and the way of one delivery; ``boxes`` are its lots."""

    site = forms.ModelChoiceField(label="接种点", queryset=Site.objects.none(), empty_label="请选择")
    counterparty = forms.CharField(
        label="来源单位", max_length=80, help_text="送来这批疫苗的单位,例如:准格尔旗疾控中心。"
    )
    paper_no = forms.CharField(label="出库单号", max_length=40, help_text="随货同行单上的号码。")
    second_name = forms.CharField(label="送货人", max_length=30, required=False)
    verdict = forms.ChoiceField(
        label="验收结论",
        widget=forms.RadioSelect,
        initial=DocumentState.ACCEPTED.value,
        choices=[
            (DocumentState.ACCEPTED.value, "接收:入库(缺批签发或运输资料的,系统自动暂存)"),
            (DocumentState.HELD.value, "暂存:入库但隔离,查明后再解除"),
            (DocumentState.REFUSED.value, "拒收:不入库,留下拒收记录,当场退回"),
        ],
    )
    reason = forms.CharField(label="暂存或拒收的原因", max_length=120, required=False)
    field_order = [
        "key",
        "site",
        "counterparty",
        "paper_no",
        "second_name",
        "carrier",
        "means",
        "started_at",
        "start_celsius",
        "arrived_at",
        "arrival_celsius",
        "device",
    ]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        sites = Site.objects.active().filter(site_of(user, "stock.manage"))
        self.fields["site"].queryset = sites
        only = list(sites[:2])
        if len(only) == 1:
            self.fields["site"].initial = only[0]
            self.fields["site"].empty_label = None
        self.fields["device"].queryset = ColdDevice.objects.with_vaccine().filter(site__in=sites)
        self.fields["counterparty"].widget.attrs |= {"list": "sources", "autocomplete": "off"}
        presentations = list(BoxForm.base_fields["presentation"].choices)  # one query for all lines
        lines = forms.formset_factory(BoxForm, extra=LINES)
        self.boxes = lines(
            self.data if self.is_bound else None, prefix="box", form_kwargs={"presentations": presentations}
        )

    @property
    def has_many_boxes(self) -> bool:
        """Something stands in a line that is folded away at first."""
        return any(line.has_changed() or line.errors for line in self.boxes.forms[SHOWN:])

    def is_valid(self):
        return super().is_valid() & self.boxes.is_valid()

    def clean(self):
        data = super().clean()
        if self.boxes.is_valid() and not any(line.has_changed() for line in self.boxes):
            self.add_error(None, "请至少填一个批号和数量。")
        return data

    def delivery(self) -> dict:
        """What ``take_delivery`` takes."""
        names = ("site", "counterparty", "paper_no", "second_name", "verdict", "reason", "device", "key")
        boxes = [Box(**line.cleaned_data) for line in self.boxes if line.has_changed()]
        kept = {name: self.cleaned_data[name] for name in names}
        return kept | {
            "boxes": boxes,
            "transport": self.transport(),
            "verdict": DocumentState(kept["verdict"]),
        }
