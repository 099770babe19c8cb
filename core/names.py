"""Personal names: one spelling, pinyin for search, masking."""

import re
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from core.text import clean, is_cjk

_DOTS = str.maketrans(dict.fromkeys("•．.・‧∙⋅・", "·"))
# Nearly every name; the characters of the extensions and of other scripts take the long way.
_PLAIN = re.compile(r"[\u4e00-\u9fa5]{2,30}")
_ALLOWED = re.compile(r"[A-Za-zÀ-ɏ'’\- ·]")

# Characters read differently as a surname; the first reading is the surname's, the second the usual one.
SURNAMES = {
    "单": ("shan", "dan"),
    "解": ("xie", "jie"),
    "仇": ("qiu", "chou"),
    "曾": ("zeng", "ceng"),
    "区": ("ou", "qu"),
    "朴": ("piao", "pu"),
    "翟": ("zhai", "di"),
    "查": ("zha", "cha"),
    "盖": ("ge", "gai"),
    "乐": ("yue", "le"),
    "缪": ("miao", "mou"),
    "覃": ("qin", "tan"),
    "员": ("yun", "yuan"),
    "种": ("chong", "zhong"),
    "召": ("shao", "zhao"),
    "洗": ("xian", "xi"),
    "黑": ("he", "hei"),
    "祭": ("zhai", "ji"),
    "秘": ("bi", "mi"),
    "繁": ("po", "fan"),
    "折": ("she", "zhe"),
    "万": ("wan",),
    "宓": ("mi", "fu"),
    "谌": ("chen", "shen"),
    "郗": ("xi", "chi"),
    "隗": ("wei", "kui"),
    "牟": ("mou", "mu"),
    "车": ("che",),
    "柏": ("bai", "bo"),
    "薄": ("bo", "bao"),
    "重": ("chong", "zhong"),
    "能": ("nai", "neng"),
    "尉迟": ("yu chi", "wei chi"),
    "长孙": ("zhang sun", "chang sun"),
    "万俟": ("mo qi", "wan qi"),
    "澹台": ("tan tai", "dan tai"),
}


def normalise(raw: object) -> str:
    """One spelling of a name: half-width, one kind of middle dot, no blanks between Chinese characters.

    Latin names keep single blanks between their words. Rare characters pass through untouched.
    """
    text = clean(raw).translate(_DOTS)
    text = re.sub(r"\s*·\s*", "·", text).strip("·")
    return re.sub(r" ", lambda m: _blank(text, m.start()), text)


def check(raw: object) -> str:
    """The normalised name. Raises ValueError with a Chinese sentence when it cannot be a person's name."""
    if raw.__class__ is str and _PLAIN.fullmatch(raw):
        return raw
    name = normalise(raw)
    if not 2 <= len(name) <= 30:
        raise ValueError("姓名应为2到30个字,请填写证件上的姓名。")
    if strange := sorted({char for char in name if not is_cjk(char) and not _ALLOWED.match(char)}):
        raise ValueError(f"姓名里有不该有的字符“{''.join(strange)}”,请对照证件改正。")
    return name


def pinyin(name: str) -> tuple[str, str]:
    """(full, initials) for search, lower case: 单田芳 → ("shantianfang dantianfang", "stf dtf").

    Where a surname has a reading of its own, both readings are there, separated by a blank.
    """
    if _PLAIN.fullmatch(name) and not (name[0] in SURNAMES or name[:2] in SURNAMES):
        syllables = [syllable for char in name for syllable in _reading(char)]
        return "".join(syllables), "".join([syllable[0] for syllable in syllables])
    heads, rest = _split(name)
    tail = _syllables(rest)
    variants = [[*head.split(), *tail] for head in heads] or [list(tail)]
    full = " ".join(dict.fromkeys("".join(variant) for variant in variants))
    initials = " ".join(dict.fromkeys("".join(s[0] for s in variant) for variant in variants))
    return full, initials


def mask_name(name: str) -> str:
    """张*, 张**: the first character stays."""
    return name[:1] + "*" * max(len(name) - 1, 0)


def _blank(text: str, at: int) -> str:
    return "" if is_cjk(text[at - 1]) or is_cjk(text[at + 1]) else " "


def _split(name: str) -> tuple[tuple[str, ...], str]:
    for length in (2, 1):
        if name[:length] in SURNAMES and len(name) > length:
            return SURNAMES[name[:length]], name[length:]
    return (), name


def _syllables(text: str) -> tuple[str, ...]:
    """Syllables of Chinese characters, words of Latin letters, in order. Unknown characters are left out."""
    result: list[str] = []
    for word in re.findall(r"[A-Za-zÀ-ɏ]+|[^\sA-Za-zÀ-ɏ]", text):
        if word[0].isascii() or not is_cjk(word[0]):
            result += [word.lower()] if word[0].isalpha() else []
        else:
            result += _reading(word)
    return tuple(result)


@lru_cache(maxsize=32_768)
def _reading(char: str) -> tuple[str, ...]:
    # One character at a time: names are not words, and a cache of characters makes 100 000 names cheap.
    reading = lazy_pinyin(char, style=Style.NORMAL, errors="ignore")
    return tuple(syllable.replace("ü", "v") for syllable in reading if syllable)
