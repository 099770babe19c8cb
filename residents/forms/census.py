"""Sending in a census file."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from accounts.models import User
from core.sheets import MAX_BYTES
from places.models import Organisation, Place
from places.querysets import any_code_range

_ENDINGS = (".xlsx", ".xls", ".csv")


class CensusForm(forms.Form):
    """A file and where its people live. What the file really is, its first bytes decide later; the ending only guards
    against choosing the wrong one."""

    file = forms.FileField(
        label="摸排表文件",
        help_text="Excel(.xlsx、.xls)或 .csv,最大 30MB。表头上面可以有标题,列的顺序不限。",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(_ENDINGS)}),
        error_messages={"required": "请先选择文件。"},
    )
    place = forms.ModelChoiceField(label="名单属于哪里", queryset=Place.objects.none(), empty_label="请选择")

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["place"]
        field.queryset = _places(user)
        field.label_from_instance = lambda p: (
            p.name if p.level == "village" else f"{p.name}(多个村在一个文件里)"
        )
        places = list(field.queryset[:2])
        if len(places) == 1:
            field.initial, field.empty_label = places[0], None
        self.helper = FormHelper()
        self.helper.add_input(Submit("send", "上传并检查"))

    def clean_file(self):
        file = self.cleaned_data["file"]
        if not file.name.lower().endswith(_ENDINGS):
            raise forms.ValidationError("请选择Excel文件(.xlsx、.xls)或 .csv 文件。")
        if file.size > MAX_BYTES:
            raise forms.ValidationError("文件超过30MB,请按村拆成几个文件再上传。")
        return file


class FullExportForm(forms.Form):
    """Whose register, and what for."""

    village = forms.ModelChoiceField(
        label="村(社区)", queryset=Place.objects.none(), required=False, empty_label="全部"
    )
    purpose = forms.CharField(
        label="用途",
        min_length=2,
        max_length=200,
        help_text="例如“核对后重新导入”。导出含完整证件号码,会记录在案。",
        error_messages={"required": "请写明用途。"},
    )

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        mine = any_code_range("code", user.scope("residents.export").prefixes)
        self.fields["village"].queryset = Place.objects.current().villages().filter(mine).order_by("code")
        self.helper = FormHelper()
        self.helper.add_input(Submit("send", "导出"))


def own_organisation(user: User) -> Organisation | None:
    """The school or employer that the user keeps the roster of; None for those who answer for places."""
    scope = user.scope("residents.import")
    if scope.prefixes or not scope.organisations:
        return None
    return Organisation.objects.filter(pk__in=scope.organisations).select_related("place__parent").first()


def _places(user: User):
    organisation = own_organisation(user)
    if organisation:  # its people live in any village of the town
        return Place.objects.filter(pk=organisation.place.parent_id)
    mine = any_code_range("code", user.scope("residents.import").prefixes)
    return Place.objects.current().filter(mine, level__in=("town", "village")).order_by("code")
