"""Forms of sites and organisations. The place can be chosen once, inside the user's places."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.core.exceptions import ValidationError

from core import phones
from core.widgets import DateInput
from places.choices import CodeScan, Level, OrganisationKind, ShopType, SiteKind
from places.models import Organisation, Place


def _helper(button: str, css: str = "btn-primary") -> FormHelper:
    helper = FormHelper()
    helper.add_input(Submit("save", button, css_class=css))
    return helper


class _PlaceChoice(forms.ModelChoiceField):
    """Villages with their town in front: names of villages repeat within a county."""

    def label_from_instance(self, place: Place) -> str:
        return f"{place.parent} · {place}" if place.parent and place.level == Level.VILLAGE else str(place)


class _GroundForm(forms.Form):
    """``prefixes``: where the user manages; None when the row exists and its place is settled."""

    levels: tuple[str, ...] = ()

    def __init__(self, *args, prefixes=None, button="保存", **kwargs):
        super().__init__(*args, **kwargs)
        if prefixes is None:
            del self.fields["place"]
        else:
            places = Place.objects.current().inside(prefixes).filter(level__in=self.levels)
            self.fields["place"].queryset = places.select_related("parent")
        self.helper = _helper(button)


class SiteForm(_GroundForm):
    """Where doses are given or kept."""

    levels = (Level.COUNTY, Level.TOWN)

    name = forms.CharField(label="名称", max_length=60, help_text="例如:暖水乡卫生院接种点。")
    kind = forms.ChoiceField(label="类型", choices=SiteKind, help_text="疫苗库只存放疫苗,不对外公布。")
    place = _PlaceChoice(Place.objects.none(), label="所在乡镇(街道)", help_text="建立后不能更改。")
    address = forms.CharField(label="地址", max_length=120, help_text="公布给群众,请写到门牌号。")
    phone = forms.CharField(label="电话(可不填)", max_length=20, required=False)
    opening = forms.CharField(
        label="开放时间(可不填)", max_length=120, required=False, help_text="例如:每天 8:00–17:30。"
    )
    code_scan = forms.ChoiceField(
        label="接种时扫追溯码",
        choices=CodeScan,
        initial=CodeScan.OFFERED,
        help_text="要求每一剂都扫的,扫不出来时由接种员写明原因。",
    )


class OrganisationForm(_GroundForm):
    """Who mobilises its own people."""

    levels = (Level.TOWN, Level.VILLAGE)

    name = forms.CharField(label="名称", max_length=80)
    kind = forms.ChoiceField(label="类型", choices=OrganisationKind)
    place = _PlaceChoice(Place.objects.none(), label="所在村(社区)", help_text="建立后不能更改。")
    shop_type = forms.ChoiceField(
        label="商户类型",
        choices=[("", "不是商户"), *ShopType.choices],
        required=False,
        help_text="安心便签按这个类型计数。",
    )
    starts_on = forms.DateField(
        label="开工日期(工地)",
        required=False,
        widget=DateInput(),
    )
    ends_on = forms.DateField(
        label="完工日期(工地)",
        required=False,
        widget=DateInput(),
    )
    parent = forms.ModelChoiceField(
        Organisation.objects.none(),
        label="主管单位(可不填)",
        required=False,
        empty_label="没有",
        help_text="主管单位能看到这个单位的名册,督促它的人员。",
    )
    address = forms.CharField(label="地址(可不填)", max_length=120, required=False)
    contact_name = forms.CharField(label="联系人(可不填)", max_length=30, required=False)
    contact_phone = forms.CharField(label="联系电话(可不填)", max_length=20, required=False)

    def __init__(self, *args, parents, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = parents

    def clean(self):
        cleaned = super().clean()
        is_shop = cleaned.get("kind") == OrganisationKind.SHOP
        if is_shop and not cleaned.get("shop_type"):
            self.add_error("shop_type", "商户请选择类型。")
        elif not is_shop and cleaned.get("shop_type"):
            self.add_error("shop_type", "只有商户才选类型,请改为“不是商户”。")
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "完工日期不能早于开工日期。")
        return cleaned

    def clean_contact_phone(self):
        try:
            return phones.check(self.cleaned_data["contact_phone"])
        except ValueError as error:
            raise ValidationError(str(error)) from error


class CloseForm(forms.Form):
    """Closing needs a reason."""

    reason = forms.CharField(label="停用原因", max_length=120, help_text="例如:临时接种点撤销、企业搬迁。")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = _helper("停用", "btn-danger")
