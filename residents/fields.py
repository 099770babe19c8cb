"""The columns of the 摸排登记表 (village census form): one list from which the template, the import, the error workbook
and the export of the register are made. Keys are those of ``PersonValues`` and of its raw values."""

import re

from core.text import clean
from residents.fields_base import Field, as_it_is, text_of
from residents.fields_life import LIFE
from residents.fields_who import WHO

DOSES = {"dose1": "第1针", "dose2": "第2针", "dose3": "第3针", "booster1": "加强1", "booster2": "加强2"}
_PARTS = {"on": ("日期", 12), "vaccine": ("厂家", 12), "place": ("地点", 16)}


def _product_word(vaccine) -> str:
    """The maker names the product, except that one maker has two: the inhaled one says so."""
    word = vaccine.manufacturer or vaccine.name
    return f"{word}(吸入)" if vaccine.route == "INHALED" else word


def _dose_field(dose: str, part: str) -> Field:
    title, width = _PARTS[part]
    order = list(DOSES).index(dose)

    def show(resident) -> object:
        records = sorted(resident.records.all(), key=lambda record: (record.given_on, record.pk))
        if order >= len(records):
            return ""
        record = records[order]
        if part == "vaccine":
            return _product_word(record.vaccine)
        return record.given_on if part == "on" else record.given_at_place

    return Field(
        f"{dose}_{part}",
        title,
        group=DOSES[dose],
        width=width,
        format="date" if part == "on" else "text",
        read=as_it_is if part == "on" else text_of,
        show=show,
    )


FIELDS: tuple[Field, ...] = (*WHO, *LIFE, *(_dose_field(dose, part) for dose in DOSES for part in _PARTS))
BY_KEY: dict[str, Field] = {field.key: field for field in FIELDS}
# What a column that the form does not have may mean: (key, title).
CHOICES = [(field.key, field.full_title) for field in FIELDS if field.key not in ("serial", "age")]
REQUIRED = [field for field in FIELDS if field.required]
REASON_KEY, REASON_TITLE = (
    "reason",
    "错误原因",
)  # the column that the error workbook adds; an import passes over it

_NOISE = re.compile(r"\([^)]*\)|[\s*:/、,。.·\-_“”\"']")
_DIGITS = str.maketrans("一二三四五剂次", "12345针针")
_DOSE = re.compile(r"(?:第?([123])针|加强针?([12])?|第([45])针)(.*)")
# What else a column of dates may hold beside them: 第一针时间及地点. Not 第一针预约时间: that is no dose.
_BESIDE = r"(接种)?(地点|单位|接种点|机构|医院|疫苗|厂家|企业|品种|名称)"
_DOSE_PARTS = [
    ("on", re.compile(rf"^({_BESIDE}[和及与]?)*(疫苗)?(接种)?(日期|时间|年月日)([和及与]?{_BESIDE})*$")),
    ("vaccine", re.compile(r"厂家|企业|品种|种类|疫苗名称|疫苗类型|产品|^疫苗$")),
    ("place", re.compile(r"地点|单位|接种点|地址|机构|医院")),
]


def plain_title(text: object) -> str:
    """A header without what varies: blanks, brackets and their content, marks of required columns."""
    return _NOISE.sub("", clean(text)).lower()


_KEY_OF = {plain_title(name): f.key for f in (*WHO, *LIFE) for name in (f.title, *f.synonyms)} | {
    plain_title(REASON_TITLE): REASON_KEY
}


def key_of(title: object) -> str | None:
    """The key of the field that a header means; None for a header nobody knows. 第一剂接种时间 → dose1_on."""
    plain = plain_title(title)
    if plain in _KEY_OF:
        return _KEY_OF[plain]
    match = _DOSE.fullmatch(plain.translate(_DIGITS))
    if match is None:
        return None
    dose = _dose_of(match)
    rest = match[4] or "日期"  # a single column per dose holds the date, often with place and maker behind it
    return next((f"{dose}_{part}" for part, pattern in _DOSE_PARTS if pattern.search(rest)), None)


def _dose_of(match: re.Match) -> str:
    if match[1]:
        return f"dose{match[1]}"
    return f"booster{match[2] or {'4': '1', '5': '2'}.get(match[3] or '', '1')}"
