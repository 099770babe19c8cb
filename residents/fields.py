"""The columns of the 摸排登记表 (village census form): one list from which the template, the import, the error workbook
and the export of the register are made. Keys are those of ``PersonValues`` and of its raw values."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.choices import Sex
from core.text import clean
from residents import words
from residents.choices import IdType, NotVaccinatedReason, PhoneOwner, Residence
from residents.nationalities import CHINA, NAMES

_COUNTRY = {name: code for code, name in NAMES.items()} | words.COUNTRIES


def _as_it_is(value: object) -> object:
    return value


def _text(value: object) -> str:
    text = clean(value)
    return "" if text in words.NOTHING else text


def _nationality(value: object) -> str:
    """The code of a country by its name; a code stays, also one whose zeros Excel has eaten (36 → 036)."""
    text = _text(value)
    return _COUNTRY.get(text, text.zfill(3) if text.isdigit() else text)


def _country(code: str) -> str:
    return NAMES.get(code, code)


def _willing(value: object) -> bool | str | None:
    text = _text(value)
    return words.WILLING.get(text, text or None)


@dataclass(frozen=True)
class Field:
    """One column. ``synonyms`` are other headers in use; ``read`` turns a cell into the raw value ``clean_values``
    takes; ``show`` gives the cell of a Resident for the export; ``shared`` values may stand in a merged cell for
    several people; ``choices`` make the drop-down of the template.
    """

    key: str
    title: str
    synonyms: Sequence[str] = ()
    example: object = ""
    group: str = ""
    width: float = 12
    format: str = "text"
    required: bool = False
    shared: bool = False
    choices: Sequence[str] = ()
    note: str = ""
    read: Callable[[object], object] = _text
    show: Callable[[object], object] = lambda resident: ""

    @property
    def full_title(self) -> str:
        """The title that messages use: 第1针日期."""
        return f"{self.group}{self.title}"


def _attribute(key: str) -> Callable[[object], object]:
    return lambda resident: getattr(resident, key)


def _label(key: str) -> Callable[[object], str]:
    return lambda resident: getattr(resident, f"get_{key}_display")() if getattr(resident, key) else ""


def _document(key: str) -> Callable[[object], str]:
    def show(resident) -> str:
        document = resident.primary_identifier
        if document is None:
            return ""
        return document.get_id_type_display() if key == "id_type" else getattr(document, key)

    return show


def _groups(resident) -> str:
    return "、".join(group.code for group in resident.priority_groups.all())


def _tag_words(kind: str) -> Callable[[object], str]:
    return lambda resident: "、".join(tag.name for tag in resident.tags.all() if tag.kind == kind)


def _willing_word(resident) -> str:
    return {True: "愿意", False: "不愿意", None: ""}[resident.willing]


def _plain(key: str, title: str, *synonyms: str, **more) -> Field:
    return Field(key, title, synonyms, show=_attribute(key), **more)


_PEOPLE = [
    Field("serial", "序号", ("编号", "顺序号", "行号"), example="示例", width=6, note="可不填"),
    Field(
        "village",
        "村/社区",
        ("村", "社区", "村居", "村委会", "所在村", "行政村", "村名", "居委会", "所属村", "村社区名称"),
        width=14,
        shared=True,
        note="名单只含一个村时可不填",
        show=lambda resident: resident.village.name,
    ),
    _plain(
        "group_no",
        "组",
        "村民小组",
        "小组",
        "社",
        "组别",
        "社别",
        "组社",
        "居民小组",
        example="1",
        width=6,
        shared=True,
    ),
    _plain("grid", "网格", "网格号", "所属网格", "网格名称", example="第3网格", width=10, shared=True),
    Field(
        "household_no",
        "户号",
        ("户编号", "门牌号", "家庭编号", "户籍号"),
        example="012",
        width=8,
        shared=True,
        show=lambda resident: resident.household.number if resident.household else "",
    ),
    _plain("relation_to_head", "与户主关系", "户主关系", "关系", "家庭关系", example="户主", width=11),
    Field(
        "name",
        "姓名",
        ("名字", "居民姓名", "受种者姓名", "学生姓名", "员工姓名", "接种人姓名"),
        example="王小明",
        required=True,
        read=_as_it_is,
        show=_attribute("name"),
    ),
    Field(
        "sex",
        "性别",
        example="男",
        width=6,
        choices=Sex.labels,
        note="有身份证号码时可不填",
        read=words.reader(Sex, words.SEXES),
        show=_label("sex"),
    ),
    Field(
        "id_type",
        "证件类型",
        ("证件种类", "证件名称", "证件类别"),
        example="居民身份证",
        width=14,
        choices=IdType.labels,
        note="不填就是居民身份证",
        read=words.reader(IdType, words.ID_TYPES),
        show=_document("id_type"),
    ),
    Field(
        "number",
        "证件号码",
        (
            "身份证号",
            "身份证号码",
            "身份证",
            "公民身份号码",
            "居民身份证号",
            "证件号",
            "居民身份证号码",
            "身份证件号码",
        ),
        width=22,
        required=True,
        note="整列设为“文本”格式后再填,否则Excel会把末三位变成0",
        read=_as_it_is,
        show=_document("number"),
    ),
    Field(
        "no_document_reason",
        "无证件原因",
        ("无证原因", "没有证件的原因", "无身份证原因"),
        width=14,
        note="证件类型为“无证件”时必填",
        show=_document("no_document_reason"),
    ),
    Field(
        "guarantor",
        "担保人",
        ("担保人姓名", "证明人"),
        width=10,
        note="证件类型为“无证件”时必填",
        show=_document("guarantor"),
    ),
    Field(
        "birth_date",
        "出生日期",
        ("出生年月日", "出生年月", "生日"),
        example="1980-05-01",
        format="date",
        width=12,
        note="有身份证号码时可不填",
        read=_as_it_is,
        show=_attribute("birth_date"),
    ),
    Field("age", "年龄", ("周岁", "岁数", "年龄周岁"), width=6, note="可不填"),
    Field(
        "phone",
        "联系电话",
        (
            "电话",
            "手机",
            "手机号",
            "手机号码",
            "联系方式",
            "电话号码",
            "本人电话",
            "联系电话手机",
            "移动电话",
        ),
        example="13800000000",
        width=14,
        shared=True,
        read=_text,
        show=_attribute("phone"),
    ),
    Field(
        "phone_owner",
        "电话机主",
        ("机主", "电话属于", "电话所有人", "联系人关系"),
        example="本人",
        width=10,
        choices=PhoneOwner.labels,
        read=words.reader(PhoneOwner, words.PHONE_OWNERS),
        show=_label("phone_owner"),
    ),
    Field(
        "residence",
        "人员类别",
        ("人口类别", "居住类型", "人员类型", "常住流入外出", "人口性质", "居住状态", "人户状态"),
        example="常住",
        width=16,
        choices=Residence.labels,
        note="不填就是常住",
        read=words.reader(Residence, words.RESIDENCES),
        show=_label("residence"),
    ),
    _plain("hukou_address", "户籍地址", "户籍地", "户籍所在地", "户口所在地", width=24, shared=True),
    _plain(
        "address",
        "现住址",
        "住址",
        "家庭住址",
        "现居住地",
        "居住地址",
        "现居住地址",
        "地址",
        "家庭地址",
        width=24,
        shared=True,
    ),
    _plain("away_place", "外出地", "流出地", "外出地址", "外出地点", "务工地", "外出地流出地", width=16),
    Field(
        "workplace",
        "工作单位/学校",
        ("工作单位", "单位", "学校", "单位名称", "就读学校", "工作单位或学校", "学校名称"),
        width=18,
        show=lambda resident: resident.organisation.name if resident.organisation else resident.workplace,
    ),
    _plain("school_class", "年级班级", "班级", "年级", "所在班级", width=12),
    _plain("occupation", "职业", "从事职业", "工种", "职业类别", width=10),
    Field(
        "priority_groups",
        "重点人群类别",
        ("重点人群", "人群类别", "人群分类", "所属重点人群", "重点人群分类"),
        width=14,
        note="填类别代码,多个用顿号分开",
        show=_groups,
    ),
    _plain(
        "conditions",
        "慢病/禁忌",
        "慢病",
        "禁忌",
        "慢性病",
        "基础疾病",
        "禁忌症",
        "疾病史",
        "慢病及禁忌",
        "身体状况",
        width=16,
    ),
    Field(
        "nationality",
        "国籍",
        ("国籍(地区)", "国家", "国家(地区)", "国别"),
        width=10,
        choices=[name for code, name in NAMES.items() if code != CHINA],
        note="中国可不填;其他国家填名称或3位数字代码",
        read=_nationality,
        show=lambda resident: "" if resident.nationality == CHINA else _country(resident.nationality),
    ),
    Field(
        "tags",
        "人员标签",
        ("标签", "人员身份", "特殊身份", "人员属性"),
        example="党员",
        width=12,
        note="如党员、村两委、独居老人;多个用顿号分开",
        show=_tag_words("tag"),
    ),
    Field(
        "needs",
        "特殊需要",
        ("特殊需求", "特殊情况", "需要照顾", "行动能力"),
        width=12,
        note="如听力、行动不便(轮椅)、需要陪护;多个用顿号分开",
        show=_tag_words("need"),
    ),
    _plain("special_needs", "特殊需要说明", "特殊需求说明", width=14),
    _plain("guardian_name", "监护人", "监护人姓名", "家长姓名", "家长", width=10),
    Field(
        "willing",
        "意愿",
        ("接种意愿", "是否愿意接种", "是否愿意", "是否同意接种"),
        width=8,
        choices=["愿意", "不愿意"],
        read=_willing,
        show=_willing_word,
    ),
    Field(
        "not_vaccinated_reason",
        "未接种原因",
        ("未种原因", "不接种原因", "原因", "未接种理由", "未接种疫苗原因"),
        width=14,
        choices=NotVaccinatedReason.labels,
        read=words.reader(NotVaccinatedReason, words.REASONS),
        show=_label("not_vaccinated_reason"),
    ),
    Field(
        "responsible_name",
        "包保人",
        ("包保责任人", "责任人", "包保干部", "包联干部", "包户干部", "包保人姓名"),
        width=10,
        shared=True,
        show=_attribute("responsible_name"),  # what was imported, so that an export goes back in unchanged
    ),
    _plain("note", "备注", "说明", "备注说明", "其他说明", width=20),
    Field(
        "vaccinated",
        "是否接种",
        ("接种与否", "是否已接种", "接种情况", "是否接种疫苗"),
        width=9,
        choices=["是", "否"],
    ),
    Field(
        "vaccine",
        "疫苗种类/厂家",
        (
            "疫苗种类",
            "疫苗厂家",
            "疫苗名称",
            "接种疫苗",
            "厂家",
            "生产企业",
            "疫苗品种",
            "疫苗生产企业",
            "疫苗类型",
        ),
        width=16,
        note="各针厂家相同时填这里",
    ),
]
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
        read=_as_it_is if part == "on" else _text,
        show=show,
    )


FIELDS: tuple[Field, ...] = (*_PEOPLE, *(_dose_field(dose, part) for dose in DOSES for part in _PARTS))
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


_KEY_OF = {plain_title(name): f.key for f in _PEOPLE for name in (f.title, *f.synonyms)} | {
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
