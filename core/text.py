"""Characters as people and spreadsheets really type them, brought to one form."""

import re
import unicodedata

# Excel, WeChat and PDF copies leave these in cells; none of them belongs to a name, number or date.
_INVISIBLE = dict.fromkeys(
    [*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0)]
    + [0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F)]
)
_FULL_WIDTH = {0x3000: 0x20, **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}}
_TABLE = {**_INVISIBLE, **_FULL_WIDTH, 0x00A0: 0x20}
# Most cells need nothing at all: a file of 100 000 people has ten million of them.
_STRANGE = re.compile(f"[{re.escape(''.join(map(chr, _TABLE)))}\\s]")

_SIGNS = {ord(sign): ord(sign) + 0xFEE0 for sign in ",:;()"}  # their twins in full width
_SIGNS_OF_WORDS = re.compile(r"[;()]|(?<!\d)[,:]|[,:](?!\d)")

_TENS = re.compile(r"([一二三四五六七八九]?)十([一二三四五六七八九]?)")
_FIGURES = str.maketrans("零〇○一二三四五六七八九", "000123456789")


def half_width(value: str) -> str:
    """Full-width letters, digits, signs and blanks become their ASCII twins; invisible characters go.

    Chinese characters stay exactly as they are, also rare ones: Unicode's own compatibility folding (NFKC)
    would replace some of them by look-alikes, so it is not used here.
    """
    return value.translate(_TABLE)


def formal(text: str) -> str:
    """Commas, colons, semicolons and brackets in full width, as official papers are set; those between figures (11,100, 10:30) stay."""
    return _SIGNS_OF_WORDS.sub(lambda found: found[0].translate(_SIGNS), text)


def clean(value: object) -> str:
    """A cell as one trimmed line of half-width text; ``None`` becomes the empty text, 3.0 becomes "3"."""
    if value is None:
        return ""
    if value.__class__ is str and ((value.isascii() and value.isalnum()) or not _STRANGE.search(value)):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return " ".join(half_width(str(value)).split())


def whole_number(text: object) -> int | None:
    """The number of 1 to 18 plain digits, else None: what ``isdigit`` lets pass (², digits of other scripts, any length)
    breaks ``int`` or the database."""
    text = str(text)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def in_figures(text: str) -> str:
    """Chinese numerals up to 99 and digit by digit as figures: 一九六五年十二月三日 → 1965年12月3日."""
    return _TENS.sub(lambda found: f"{found[1] or '一'}{found[2] or '〇'}", text).translate(_FIGURES)


def is_cjk(char: str) -> bool:
    """True for a Chinese character of any block, rare ones of the extensions and 〇 included."""
    return char == "〇" or unicodedata.name(char, "").startswith("CJK ")
