"""The columns of the grid, and one row of it as the browser sends it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms

from campaigns.models import PriorityGroup
from places.models import Place
from residents.choices import IdType
from residents.fields import BY_KEY, Field
from residents.forms.person import villages_for

# What nearly every person needs comes first and fits the screen of a village laptop.
_KEYS = (
    "name",
    "number",
    "phone",
    "phone_owner",
    "group_no",
    "household_no",
    "residence",
    "away_place",
    "relation_to_head",
    "workplace",
    "school_class",
    "priority_groups",
    "id_type",
    "nationality",
    "sex",
    "birth_date",
    "address",
    "conditions",
    "guardian_name",
    "note",
    *(f"{dose}_{part}" for dose in ("dose1", "dose2", "dose3") for part in ("on", "vaccine", "place")),
)
COLUMNS: tuple[Field, ...] = tuple(BY_KEY[key] for key in _KEYS)
TOLD_BY_NUMBER = ("sex", "birth_date")
_WIDTHS = ((8, "s"), (12, "m"), (16, "l"))
_LONGEST = 400  # characters; more than any column takes, so that the answer names the column


@dataclass(frozen=True)
class Column:
    """A field as the page shows it: the words one may pick by their number, a hint, all headers known for it."""

    field: Field
    words: tuple[str, ...] = ()
    hint: str = ""

    @property
    def width(self) -> str:
        return next((size for limit, size in _WIDTHS if self.field.width <= limit), "xl")

    @property
    def headers(self) -> str:
        """The JavaScript compares whole words, so the usual names of a dose's column are spelt out."""
        if self.field.group:
            return "|".join(_dose_headers(self.field))
        return "|".join((self.field.title, *self.field.synonyms))

    @property
    def choices(self) -> str:
        return "|".join(self.words)


def columns() -> list[Column]:
    """The columns in their order, with the township's own list of groups in the hint."""
    groups = PriorityGroup.objects.filter(campaign=None).order_by("code")
    hints = {
        "name": "写证件上的姓名",
        "number": "18位身份证号码;出生日期和性别自动带出",
        "away_place": "外出的写现在的省市县,流入的写从哪里来",
        "priority_groups": "填名称或代码,多个用顿号分开:" + " ".join(f"{g.code}{g.name}" for g in groups),
        "conditions": "本人自己说的;能不能种由医生判断",
        "nationality": "外国人填,如 越南、缅甸;中国不用填",
        "birth_date": "如 1980-05-01;有身份证号码不用填",
        "dose1_on": "在别处种过的针,照接种凭证填,如 2021-04-09",
        "dose1_vaccine": "如 北京生物、科兴、康希诺;不知道可不填",
    }
    # A person without a document needs a reason and a guarantor: that is a matter for the form.
    words = {"id_type": [word for code, word in IdType.choices if code != IdType.NONE], "nationality": []}
    return [
        Column(f, tuple(words.get(f.key, f.choices)), hints.get(f.key, "" if f.choices else f.note))
        for f in COLUMNS
    ]


def _dose_headers(field: Field) -> list[str]:
    """第1针日期, 第一剂接种时间 … of one column."""
    number = field.key[4]
    parts = {
        "on": ("日期", "接种日期", "时间", "接种时间", ""),
        "vaccine": ("厂家", "疫苗厂家", "生产企业", "疫苗", "疫苗名称"),
        "place": ("地点", "接种地点", "接种单位"),
    }
    firsts = [
        f"第{digit}{word}"
        for digit in (number, "一二三"[int(number) - 1])
        for word in ("针", "剂", "剂次", "针次")
    ]
    return [first + part for first in firsts for part in parts[field.key.partition("_")[2]]]


class GridRowForm(forms.Form):
    """One row: the village, the key made in the browser, who typed it, and the cells as they are."""

    village = forms.ModelChoiceField(
        Place.objects.none(),
        to_field_name="code",
        error_messages={
            "invalid_choice": "这个村(社区)不在您的登记范围内。",
            "required": "请先选择村(社区)。",
        },
    )
    key = forms.UUIDField(error_messages={"required": "这一行没有编号,请刷新页面后再试。"})
    typed_by = forms.CharField()
    sure = forms.BooleanField(required=False)
    fill = forms.BooleanField(required=False)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["village"].queryset = villages_for(user).select_related("parent__parent__parent__parent")
        for column in COLUMNS:
            self.fields[f"cell_{column.key}"] = forms.CharField(required=False, max_length=_LONGEST)
            self.fields[f"cell_{column.key}"].error_messages["max_length"] = (
                f"“{column.full_title}”太长,请缩短。"
            )

    @property
    def cells(self) -> Mapping[str, str]:
        """What stands in the row, by field; blank cells are left out."""
        found = {column.key: self.cleaned_data[f"cell_{column.key}"] for column in COLUMNS}
        return {key: text for key, text in found.items() if text}
