"""How offices write the codes of the register: everyday words → values of our choices. Pure data and look-ups."""

import re
from collections.abc import Callable

from core.choices import Sex
from core.text import clean, in_figures, whole_number
from residents.choices import IdType, NotVaccinatedReason, PhoneOwner, Residence

NOTHING = {"", "无", "-", "--", "—", "/", "\\", "空", "没有", "不详", "暂无", "未知"}

SEXES = {"男性": Sex.MALE, "1": Sex.MALE, "女性": Sex.FEMALE, "2": Sex.FEMALE}
ID_TYPES = {
    "身份证": IdType.ID_CARD,
    "二代身份证": IdType.ID_CARD,
    "二代证": IdType.ID_CARD,
    "户口本": IdType.HUKOU_BOOK,
    "户口簿": IdType.HUKOU_BOOK,
    "出生证": IdType.BIRTH_CERT,
    "出生证明": IdType.BIRTH_CERT,
    "中国护照": IdType.PASSPORT,
    "外国护照": IdType.PASSPORT,
    "军官证": IdType.MILITARY,
    "士兵证": IdType.MILITARY,
    "港澳通行证": IdType.HK_MACAO_PERMIT,
    "回乡证": IdType.HK_MACAO_PERMIT,
    "台胞证": IdType.TAIWAN_PERMIT,
    "台湾通行证": IdType.TAIWAN_PERMIT,
    "居住证": IdType.HMT_RESIDENCE,
    "港澳台居住证": IdType.HMT_RESIDENCE,
    "永久居留证": IdType.FOREIGN_PR,
    "没有证件": IdType.NONE,
}
PHONE_OWNERS = {
    "自己": PhoneOwner.SELF,
    "儿子": PhoneOwner.CHILD,
    "女儿": PhoneOwner.CHILD,
    "儿女": PhoneOwner.CHILD,
    "父亲": PhoneOwner.PARENT,
    "母亲": PhoneOwner.PARENT,
    "丈夫": PhoneOwner.SPOUSE,
    "妻子": PhoneOwner.SPOUSE,
    "爱人": PhoneOwner.SPOUSE,
    "家长": PhoneOwner.PARENT,
    "监护人": PhoneOwner.PARENT,
    "亲属": PhoneOwner.OTHER,
    "邻居": PhoneOwner.OTHER,
}
RESIDENCES = {
    "常驻": Residence.LOCAL_RESIDENT,
    "常住人口": Residence.LOCAL_RESIDENT,
    "常住户籍": Residence.LOCAL_RESIDENT,
    "户籍": Residence.LOCAL_RESIDENT,
    "户籍人口": Residence.LOCAL_RESIDENT,
    "本地": Residence.LOCAL_RESIDENT,
    "在家": Residence.LOCAL_RESIDENT,
}
# These words leave open from or to where; the place beside them decides.
AWAY_WORDS = {"外出", "外出人口", "外出人员", "外出务工", "流出", "在外"}
GONE_WORDS = {"死亡", "已死亡", "去世", "已故", "亡故", "病故", "注销", "迁出", "已迁出"}
INFLOW_WORDS = {"流入", "流入人口", "流动", "流动人口", "外来", "外来人口", "租户", "暂住"}
COUNTRIES = {
    **dict.fromkeys(("中华人民共和国", "CHN"), "156"),
    "俄国": "643",
    "蒙古国": "496",
    "大韩民国": "410",
    "南朝鲜": "410",
    "老挝人民民主共和国": "418",
    "越南社会主义共和国": "704",
    "缅甸联邦": "104",
    "美利坚合众国": "840",
    "英格兰": "826",
}
WILLING = {
    "是": True,
    "愿意": True,
    "同意": True,
    "愿": True,
    "否": False,
    "不愿意": False,
    "不同意": False,
    "拒绝": False,
    "待定": None,
    "犹豫": None,
}
REASONS = {
    "有禁忌": NotVaccinatedReason.CONTRAINDICATED,
    "禁忌症": NotVaccinatedReason.CONTRAINDICATED,
    "缓种": NotVaccinatedReason.DEFERRED,
    "医生建议": NotVaccinatedReason.DOCTOR,
    "拒绝": NotVaccinatedReason.REFUSED,
    "不愿意": NotVaccinatedReason.REFUSED,
    "家长拒绝": NotVaccinatedReason.REFUSED,
    "外出务工": NotVaccinatedReason.AWAY,
    "外地已接种": NotVaccinatedReason.ELSEWHERE,
    "已在外地接种": NotVaccinatedReason.ELSEWHERE,
    "没有时间": NotVaccinatedReason.NO_TIME,
    "行动不便": NotVaccinatedReason.CANNOT_MOVE,
    "卧床": NotVaccinatedReason.CANNOT_MOVE,
    "无疫苗": NotVaccinatedReason.NO_SUPPLY,
    "年龄未到": NotVaccinatedReason.NOT_DUE,
    "间隔未到": NotVaccinatedReason.NOT_DUE,
    "联系不上": NotVaccinatedReason.LOST,
}
# Words that name a COVID-19 product in remarks, the most telling first; the code is of the product list.
PRODUCTS = [
    (r"吸入", "CV-KXI"),
    (r"康希诺|腺病毒|一针(剂|型|的)|单针", "CV-KX"),
    (r"智飞|重组.*CHO|三针(剂|型|的)|^三针$|重组(蛋白|亚单位|亚单元)|智克威得", "CV-ZF"),
    (r"武汉(生物|所)|^武汉$|武生", "CV-WH"),
    (r"北京(生物|所)|^北京$|国药中生北京|北生", "CV-BJ"),
    (r"科兴|克尔来福", "CV-SV"),
    (r"康泰|民海|可维克", "CV-KT"),
    (r"昆明|医科院|生物学研究所|科维福", "CV-YK"),
    (r"神州细胞", "CV-SZ"),
    (r"三叶草", "CV-SYC"),
    (r"丽珠", "CV-LZ"),
    (r"威斯克", "CV-WSK"),
    (r"万泰|鼻喷", "CV-WT"),
    (r"XBB", "CV-XBB"),
]
UNKNOWN_COVID = "CV-UNK"


_GROUP = re.compile(r"第?0*([1-9]\d?)(村民小组|村民组|小组|组|社|队|号)?")
# What people say of themselves that a doctor has to judge first (S109); a steady chronic illness is not among it.
_FOR_THE_DOCTOR = re.compile(
    r"过敏|禁忌|癫痫|惊厥|脑炎|脑病|格林巴利|吉兰|脊髓炎|脱髓鞘|免疫缺陷|免疫抑制|化疗|放疗|移植|怀孕|妊娠|孕|"
    r"血小板|血友病|紫癜|心衰|透析|急性"
)


def group_number(value: object) -> str:
    """One word for one group of a village: 第三村民小组, 3社 and 03 are 3. A name (东社) stays as it is."""
    text = clean(value)
    match = _GROUP.fullmatch(in_figures(text))
    return match[1] if match else text


def group_order(group: str) -> tuple[bool, bool, int, str]:
    """By this groups are sorted as people count: 2 before 10, names after numbers, no group at the end."""
    number = whole_number(group)
    return not group, number is None, number or 0, group


def is_for_the_doctor(conditions: str, reason: str) -> bool:
    """True when what a person says (慢病/自述禁忌, or the reason 禁忌) has to be judged before a dose is planned."""
    return bool(
        conditions and (reason == NotVaccinatedReason.CONTRAINDICATED or _FOR_THE_DOCTOR.search(conditions))
    )


def reader(choices, words: dict) -> Callable[[object], str]:
    """What turns a text into the value of ``choices`` that it means, by value, label or everyday word; a text that means
    none stays as it is, one that says nothing becomes ""."""
    labels = {label: str(value) for value, label in choices.choices}
    known = {
        **_without_brackets(labels),
        **words,
        **labels,
        **{str(value): str(value) for value in choices.values},
    }

    def read(text: object) -> str:
        text = clean(text)
        return "" if text in NOTHING else known.get(text, text)

    return read


def _without_brackets(labels: dict[str, str]) -> dict[str, str]:
    short: dict[str, list[str]] = {}
    for label, value in labels.items():
        short.setdefault(re.sub(r"\(.*\)", "", label), []).append(value)
    return {label: values[0] for label, values in short.items() if len(values) == 1}


def product_of(text: object) -> str:
    """The code of the COVID-19 product that a cell or remark names; "" when it names none."""
    words = clean(text).upper()
    return next((code for pattern, code in PRODUCTS if re.search(pattern, words)), "")
