"""Forms of sites and organisations. The place can be chosen once, inside the user's places."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.core.exceptions import ValidationError

from core import phones
from places.choices import Level, OrganisationKind, SiteKind
from places.models import Place


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


class OrganisationForm(_GroundForm):
    """Who mobilises its own people."""

    levels = (Level.TOWN, Level.VILLAGE)

    name = forms.CharField(label="名称", max_length=80)
    kind = forms.ChoiceField(label="类型", choices=OrganisationKind)
    place = _PlaceChoice(Place.objects.none(), label="所在村(社区)", help_text="建立后不能更改。")
    address = forms.CharField(label="地址(可不填)", max_length=120, required=False)
    contact_name = forms.CharField(label="联系人(可不填)", max_length=30, required=False)
    contact_phone = forms.CharField(label="联系电话(可不填)", max_length=20, required=False)

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
