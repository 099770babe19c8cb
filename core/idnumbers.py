"""Identity document numbers: normalise, check, derive birth date and sex.

Pure. Sources: GB 11643-1999 (resident identity number, ISO 7064 MOD 11-2 check digit) and the national
table of document types; types marked with a letter are our extension codes (see docs of the field).
"""

import re
from dataclasses import dataclass
from datetime import date
from operator import mul
from typing import NamedTuple

from core.dates import age_on
from core.text import clean

# (code, name) in the order forms should offer them.
ID_TYPES = [
    ("01", "居民身份证"),
    ("02", "居民户口簿"),
    ("B1", "出生医学证明"),
    ("01H", "港澳台居民居住证"),
    ("06", "港澳居民来往内地通行证"),
    ("07", "台湾居民来往大陆通行证"),
    ("03", "护照"),
    ("P1", "外国人永久居留身份证(2023版)"),
    ("P0", "外国人永久居留身份证(2017版)"),
    ("04", "军官证/士兵证"),
    ("05", "驾驶证"),
    ("99", "其他证件"),
    ("N0", "无证件"),
]
ID_NAMES = dict(ID_TYPES)
CN18_TYPES = frozenset({"01", "02", "01H"})
MALE, FEMALE = "M", "F"

# First two digits, GB/T 2260; 9x belongs to foreigners' cards and to demonstration data.
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9\d")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[Ee]\+?\d{1,2}")
_ZEROS = re.compile(r"(\d{15}00)0")
_MOD11 = re.compile(r"[0-9]{17}[0-9X]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_WEIGHTS_OF_48 = 48 * sum(_WEIGHTS)
_CHECK_DIGITS = "10X98765432"
_OLDEST = 125
_CARD_WITHIN = re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[\dXx]|\d{15})(?![0-9A-Za-z])")
_DASHES = re.compile(r"[\s\-‐‑‒–—―−]+")
_PASSPORT_CN = re.compile(r"E[A-HJ-NP-Z0-9]\d{7}|G\d{8}|[PSD][A-Z]?\d{7,8}")

# type → (pattern, level when it does not fit, what the number looks like)
_PATTERNS = {
    "B1": (r"[A-Z]\d{9}", "error", "出生证编号是1个字母加9位数字,请对照证件核对"),
    "03": (r"[A-Z0-9]{5,18}", "warning", "护照号码一般是5到18位字母和数字,请再核对一次"),
    "06": (r"[HM]\d{8}(\d{2})?", "error", "通行证号码是H或M加8位数字,请对照证件核对"),
    "07": (r"\d{8}(\d{2}|[A-Z])?", "error", "通行证号码是8位数字,请对照证件核对"),
    "P0": (r"[A-Z]{3}\d{12}", "error", "永久居留证(2017版)号码是3个字母加12位数字,请对照证件核对"),
    "04": (r".{4,20}", "error", "证件号码应为4到20个字符,请对照证件核对"),
    "05": (r".{4,20}", "error", "证件号码应为4到20个字符,请对照证件核对"),
    "99": (r".{1,30}", "error", "证件号码最多30个字符,请对照证件核对"),
    "N0": (r"TMP-\d{9}-\d{10}", "error", "无证件人员的编号由系统给出,请不要自己填写"),
}


@dataclass(frozen=True)
class IdProblem:
    """What is wrong with a number: stable ``code``, Chinese ``message``, ``level`` 'error' or 'warning'."""

    code: str
    message: str
    level: str = "error"


class IdResult(NamedTuple):
    """A checked number in its stored form; ``birth_date`` and ``sex`` (M, F) only where it tells them."""

    number: str
    birth_date: date | None
    sex: str | None
    problems: tuple[IdProblem, ...] = ()

    @property
    def ok(self) -> bool:
        """True when nothing worse than a warning was found."""
        return not self.problems or not self.errors

    @property
    def errors(self) -> list[IdProblem]:
        return [problem for problem in self.problems if problem.level == "error"]

    @property
    def warnings(self) -> list[IdProblem]:
        return [problem for problem in self.problems if problem.level == "warning"]


def check(
    id_type: str, raw: object, *, today: date, birth_date: date | None = None, sex: str | None = None
) -> IdResult:
    """Check one number as typed, against the birth date and sex given with it, if any.

    ``raw`` may be a cell of a spreadsheet (str, int or float). Never raises for bad input: whatever is
    wrong is in ``problems``. ``id_type`` is a code of ID_TYPES, else KeyError.
    """
    ID_NAMES[id_type]
    # Nearly every number. What Excel may have harmed ends in 000.
    if id_type in CN18_TYPES and raw.__class__ is str and _MOD11.fullmatch(raw) and not raw.endswith("000"):
        return _check_mod11(id_type, raw, today, birth_date, sex)
    if harm := damaged(raw):
        return IdResult("", None, None, (harm,))
    number = normalise(id_type, raw)
    if not number:
        return IdResult("", None, None, (IdProblem("ID_EMPTY", "没有证件号码,请填写。"),))
    if id_type in CN18_TYPES or id_type == "P1":
        return _check_mod11(id_type, number, today, birth_date, sex)
    return IdResult(_stored_part(id_type, number), None, None, tuple(_pattern_problems(id_type, number)))


def normalise(id_type: str, raw: object) -> str:
    """The number without blanks and dashes, half-width, upper case; our own TMP- numbers keep them."""
    text = clean(raw).upper().lstrip("'‘’`")
    return text.replace(" ", "") if id_type == "N0" else _DASHES.sub("", text)


def damaged(raw: object) -> IdProblem | None:
    """Tell whether a spreadsheet has already destroyed the number, so that no one imports the ruin.

    Excel keeps 15 digits: a long number typed into a number cell loses its last three (150622199001011000)
    or shows as 1.50622E+17. Such a number cannot be repaired, only typed again.
    """
    text = clean(raw)
    scientific = _SCIENTIFIC.fullmatch(text)
    too_long = isinstance(raw, int | float) and not isinstance(raw, bool) and abs(raw) >= 10**15
    # As text the same digits may be genuine: then, and only then, the check digit (0) is right.
    zeros = _ZEROS.fullmatch(text)
    if scientific or too_long or (zeros and check_digit(zeros[1]) != "0"):
        return IdProblem(
            "ID_DAMAGED", "证件号码被Excel改坏(末三位变成0),请把该列设为“文本”格式后对照证件重新填写。"
        )
    return None


def check_digit(first17: str) -> str:
    """The 18th character for 17 digits, by ISO 7064 MOD 11-2."""
    # A byte of a digit is 48 more than the digit.
    return _CHECK_DIGITS[(sum(map(mul, _WEIGHTS, first17.encode())) - _WEIGHTS_OF_48) % 11]


def upgrade15(number: str) -> str:
    """The 18-character number of a first-generation 15-digit one (all of them are of people born 19xx)."""
    first17 = f"{number[:6]}19{number[6:]}"
    return first17 + check_digit(first17)


def mask(number: str) -> str:
    """330782********1234; shorter numbers keep their first and last two characters."""
    if len(number) >= 15:
        return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"
    if len(number) > 4:
        return f"{number[:2]}{'*' * (len(number) - 4)}{number[-2:]}"
    return "*" * len(number)


def mask_within(text: str) -> str:
    """``text`` with every card number in it (15 digits, or 18 with an X) masked: people write them into reasons and
    names of files. Longer runs (trace codes, digests) are no card numbers."""
    return _CARD_WITHIN.sub(lambda found: mask(found[0]), text)


def number_family(id_type: str) -> str:
    """What a number is unique within: card, household book and residence permit share one numbering."""
    return "CN18" if id_type in CN18_TYPES else id_type


def _stored_part(id_type: str, number: str) -> str:
    # The trailing characters of a travel permit count its renewals; the person is the part before them.
    if id_type == "06" and re.fullmatch(r"[HM]\d{10}", number):
        return number[:9]
    if id_type == "07" and re.fullmatch(r"\d{8}(\d{2}|[A-Z])", number):
        return number[:8]
    return number


def _pattern_problems(id_type: str, number: str) -> list[IdProblem]:
    pattern, level, words = _PATTERNS[id_type]
    if not re.fullmatch(pattern, number):
        return [IdProblem("ID_FORMAT", f"{words}。", level)]
    if id_type == "03" and number[0] in "EG" and not _PASSPORT_CN.fullmatch(number):
        return [IdProblem("ID_FORMAT", "不像中国护照号码,若是外国护照可以忽略。", "warning")]
    return []


def _check_mod11(
    id_type: str, number: str, today: date, birth_date: date | None, sex: str | None
) -> IdResult:
    problems: list[IdProblem] = []
    if len(number) == 15 and number.isascii() and number.isdigit() and id_type in {"01", "02"}:
        number = upgrade15(number)
        problems.append(IdProblem("ID_LEGACY15", "15位旧证号已换成18位,请对照新身份证核对。", "warning"))
    if shape := _shape_problem(id_type, number):
        return IdResult(number, None, None, (*problems, shape))
    if number[-1] != check_digit(number[:17]):
        problems.append(IdProblem("ID_CHECK", "证件号码校验码不对,请对照证件逐位核对。"))
    if id_type != "P1" and not _PROVINCE.match(number):
        problems.append(IdProblem("ID_REGION", "证件号码前两位不是已知的省份代码,请再核对一次。", "warning"))
    born, wrong = _birth(number[6:14], today)
    if wrong:
        return IdResult(number, None, None, (*problems, wrong))
    # The permanent residence card has no sex digit.
    derived_sex = None if id_type == "P1" else (MALE if int(number[16]) % 2 else FEMALE)
    if birth_date and birth_date != born:
        words = f"出生日期与证件号码不一致(证件号码上是{born:%Y-%m-%d}),请对照证件改正。"
        problems.append(IdProblem("ID_BIRTH_MISMATCH", words))
    if sex and derived_sex and sex != derived_sex:
        words = "男" if derived_sex == MALE else "女"
        problems.append(
            IdProblem("ID_SEX_MISMATCH", f"性别与证件号码不一致(证件号码上是{words}),请对照证件改正。")
        )
    return IdResult(number, born, derived_sex, tuple(problems))


def _shape_problem(id_type: str, number: str) -> IdProblem | None:
    name = ID_NAMES["01"] if id_type == "02" else ID_NAMES[id_type]
    if len(number) != 18:
        return IdProblem("ID_LENGTH", f"{name}号码应为18位,现在是{len(number)}位,请补全或删去多余的字符。")
    if not _MOD11.fullmatch(number):
        return IdProblem("ID_DIGITS", f"{name}号码前17位应为数字,末位为数字或X,请对照证件核对。")
    if id_type == "01H" and not re.match(r"8[123]0000", number):
        return IdProblem("ID_FORMAT", "港澳台居民居住证号码以810000、820000或830000开头,请核对证件类型。")
    if id_type == "P1" and number[0] != "9":
        return IdProblem("ID_FORMAT", "外国人永久居留身份证(2023版)号码以9开头,请核对证件类型。")
    return None


def _birth(digits: str, today: date) -> tuple[date | None, IdProblem | None]:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None, IdProblem("ID_DATE", "证件号码中的出生日期不存在,请对照证件核对第7到14位。")
    if born > today:
        return None, IdProblem("ID_FUTURE", "证件号码中的出生日期在今天以后,请对照证件核对第7到14位。")
    if age_on(born, today) > _OLDEST:
        return None, IdProblem("ID_AGE", f"按证件号码年龄超过{_OLDEST}岁,请对照证件核对第7到14位。")
    return born, None
