"""Forms of the keeper: receive, write off, take back, hold and release."""

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Field, Layout, Submit
from django import forms

from core.views import KeyedForm
from core.widgets import DateInput, DateTimeInput
from inventory.choices import OPENED_REASONS, Platform, TransportMeans, WasteReason
from inventory.models import Presentation
from inventory.querysets import site_of
from inventory.services.deliveries import Box
from inventory.services.drafts import Transport
from places.models import Site


class PresentationField(forms.ModelChoiceField):
    """Vaccine, maker and doses per vial in one line, as on the box."""

    def label_from_instance(self, obj):
        return f"{obj.vaccine} · {obj.doses_per_vial}剂/支"


class ReceiveForm(KeyedForm):
    """One lot of one delivery."""

    site = forms.ModelChoiceField(label="接种点", queryset=Site.objects.none(), empty_label="请选择")
    presentation = PresentationField(
        label="疫苗和规格",
        queryset=Presentation.objects.exclude(vaccine__platform=Platform.UNKNOWN).select_related("vaccine"),
        empty_label="请选择",
        help_text="生产企业和每支剂数要与包装一致。",
    )
    lot_no = forms.CharField(label="批号", max_length=30, help_text="照包装上印的写。")
    expires_on = forms.DateField(
        label="有效期至", widget=DateInput(), help_text="包装上只印年月的,填当月最后一天。"
    )
    release_no = forms.CharField(
        label="批签发合格证号(进口填通关单号)",
        max_length=40,
        required=False,
        help_text="还没有就空着:疫苗收下但隔离,补到号码再解除,之前不能接种。",
    )
    vials = forms.IntegerField(label="数量(支)", min_value=1, max_value=100_000)
    counterparty = forms.CharField(
        label="来源单位", max_length=80, help_text="送来这批疫苗的单位,例如:准格尔旗疾控中心。"
    )
    paper_no = forms.CharField(label="出库单号", max_length=40, help_text="随货同行单上的号码。")
    carrier = forms.CharField(label="配送单位(可不填)", max_length=40, required=False)
    means = forms.ChoiceField(
        label="运输工具", choices=[("", "请选择"), *TransportMeans.choices], required=False
    )
    started_at = forms.DateTimeField(label="启运时间", widget=DateTimeInput(), required=False)
    arrived_at = forms.DateTimeField(label="到货时间", widget=DateTimeInput(), required=False)
    start_celsius = forms.DecimalField(label="启运温度(℃)", max_digits=4, decimal_places=1, required=False)
    arrival_celsius = forms.DecimalField(
        label="到货温度(℃)",
        max_digits=4,
        decimal_places=1,
        required=False,
        help_text="看温度记录仪。没有记录或不在 2–8 ℃ 的,系统不收,应当场拒收。",
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        sites = Site.objects.active().filter(site_of(user, "stock.manage"))
        self.fields["site"].queryset = sites
        only = list(sites[:2])
        if len(only) == 1:
            self.fields["site"].initial = only[0]
            self.fields["site"].empty_label = None
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "key",
            "site",
            "presentation",
            Field("lot_no", autocomplete="off", autocapitalize="characters"),
            "expires_on",
            "release_no",
            Field("vials", inputmode="numeric"),
            Field("counterparty", list="sources", autocomplete="off"),
            "paper_no",
            "carrier",
            "means",
            "started_at",
            "arrived_at",
            Field("start_celsius", inputmode="decimal"),
            Field("arrival_celsius", inputmode="decimal"),
            Submit("save", "入库"),
            StrictButton(
                "入库并登记下一批", type="submit", name="more", value="1", css_class="btn-outline-primary"
            ),
        )

    def delivery(self) -> dict:
        """What ``take_delivery`` takes."""
        data = dict(self.cleaned_data)
        box = Box(
            **{
                name: data.pop(name)
                for name in ("presentation", "lot_no", "expires_on", "release_no", "vials")
            }
        )
        transport = Transport(**{name: data.pop(name) for name in Transport.__dataclass_fields__})
        return {**data, "boxes": [box], "transport": transport}


def deed_helper(word: str, back: str, *fields) -> FormHelper:
    """The layout of a deed: ``fields``, the button ``word``, and the way back without doing it."""
    made = FormHelper()
    made.layout = Layout(
        *fields,
        Submit("save", word),
        HTML(f'<a class="btn btn-link" href="{back}">不做,返回</a>'),
    )
    return made


class WasteForm(KeyedForm):
    """Vials or opened doses that nobody will get."""

    CLOSED, OPENED = "closed", "opened"
    what = forms.ChoiceField(label="报废的是", widget=forms.RadioSelect)
    quantity = forms.IntegerField(label="数量", min_value=1, max_value=100_000)
    reason = forms.ChoiceField(label="原因")
    note = forms.CharField(label="补充说明(可不填)", max_length=120, required=False)

    def __init__(self, *args, level, back, **kwargs):
        super().__init__(*args, **kwargs)
        choices, reasons = [], [("", "请选择")]
        if level.vials:
            closed = [(r.value, r.label) for r in WasteReason if r not in OPENED_REASONS]
            reasons.append(("未开启的整支", closed))
            choices.append((self.CLOSED, f"未开启的整支(现有 {level.vials} 支,按支填)"))
        if level.open_doses:
            opened = [(r.value, r.label) for r in WasteReason if r in OPENED_REASONS]
            reasons.append(("已开启的余量", opened))
            choices.append((self.OPENED, f"已开启一支的余量(现有 {level.open_doses} 剂,按剂填)"))
        self.fields["what"].choices, self.fields["reason"].choices = choices, reasons
        if len(choices) == 1:
            self.fields["what"].initial = choices[0][0]
        self.helper = deed_helper(
            "登记报废", back, "key", "what", Field("quantity", inputmode="numeric"), "reason", "note"
        )

    def clean(self):
        data = super().clean()
        what, reason = data.get("what"), data.get("reason")
        if what and reason and (reason in OPENED_REASONS) != (what == self.OPENED):
            kinds = "已开启" if reason in OPENED_REASONS else "未开启"
            self.add_error(
                "reason", f"“{WasteReason(reason).label}”是{kinds}疫苗的原因,与上面选的不符,请改一处。"
            )
        return data


class ReasonForm(KeyedForm):
    """One reason in words; ``submit`` is the deed on the button."""

    reason = forms.CharField(label="原因", max_length=120)

    def __init__(self, *args, submit, back, hint="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = hint
        self.helper = deed_helper(submit, back, *self.fields)


class ReleaseForm(ReasonForm):
    """Why the hold ends, and the number that may have been missing."""

    release_no = forms.CharField(label="批签发合格证号", max_length=40, required=False)

    def __init__(self, *args, level, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = "解除的依据"
        if level.lot.release_no:
            del self.fields["release_no"]
            self.helper.layout.fields.remove("release_no")
        else:
            self.fields["release_no"].help_text = "入库时还没有。没有这个号码不能解除。"
