"""One column of the 摸排登记表: what its cells mean, and how it shows a person."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.text import clean
from residents import words
from residents.nationalities import NAMES

_COUNTRY = {name: code for code, name in NAMES.items()} | words.COUNTRIES


def as_it_is(value: object) -> object:
    """The cell untouched."""
    return value


def text_of(value: object) -> str:
    """One line of text; a word for nothing (无, 不详) is nothing."""
    text = clean(value)
    return "" if text in words.NOTHING else text


def nationality_of(value: object) -> str:
    """The code of a country by its name; a code stays, also one whose zeros Excel has eaten (36 → 036)."""
    text = text_of(value)
    return _COUNTRY.get(text, text.zfill(3) if text.isdigit() else text)


def country_word(code: str) -> str:
    """The name of a country by its code."""
    return NAMES.get(code, code)


def willing_of(value: object) -> bool | str | None:
    """True, False, nothing, or the text that nobody understands."""
    text = text_of(value)
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
    read: Callable[[object], object] = text_of
    show: Callable[[object], object] = lambda resident: ""

    @property
    def full_title(self) -> str:
        """The title that messages use: 第1针日期."""
        return f"{self.group}{self.title}"


def attribute(key: str) -> Callable[[object], object]:
    """Shows a column of the person."""
    return lambda resident: getattr(resident, key)


def label(key: str) -> Callable[[object], str]:
    """Shows the word of a code."""
    return lambda resident: getattr(resident, f"get_{key}_display")() if getattr(resident, key) else ""


def document(key: str) -> Callable[[object], str]:
    """Shows the main document: its type, number, reason or guarantor."""

    def show(resident) -> str:
        document = resident.primary_identifier
        if document is None:
            return ""
        return document.get_id_type_display() if key == "id_type" else getattr(document, key)

    return show


def group_codes(resident) -> str:
    """The codes of the key groups."""
    return "、".join(group.code for group in resident.priority_groups.all())


def tag_words(kind: str) -> Callable[[object], str]:
    """Shows the tags of one kind."""
    return lambda resident: "、".join(tag.name for tag in resident.tags.all() if tag.kind == kind)


def willing_word(resident) -> str:
    """愿意, 不愿意 or nothing."""
    return {True: "愿意", False: "不愿意", None: ""}[resident.willing]


def plain(key: str, title: str, *synonyms: str, **more) -> Field:
    """A text column that is read and shown as it is."""
    return Field(key, title, synonyms, show=attribute(key), **more)
