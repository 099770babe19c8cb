"""The two columns of tags in a census file: words separated by 、, known or not."""

import re
from collections.abc import Iterable

from django.db.models import Q

from core.text import clean
from places.models import Place
from residents.choices import TagKind
from residents.models import Tag
from residents.services.persons import Problem

_BETWEEN = re.compile(r"[、,;,;/]+")
_NONE = {"", "无", "否", "没有", "-"}


def tags_for(place: Place) -> list[Tag]:
    """The words in use at ``place``: the general ones and those of the places above it."""
    above = {place.code[:digits].ljust(12, "0") for digits in (2, 4, 6, 9, 12)}
    return list(Tag.objects.filter(Q(place=None) | Q(place__code__in=above), is_active=True))


def read_tags(raw: dict, offered: Iterable[Tag], problems: list[Problem]) -> tuple[Tag, ...]:
    """The tags of a row. A need in own words goes on to the floor as a remark; an unknown tag is said and left out."""
    if not (raw.get("tags") or raw.get("needs")):
        return ()
    offered = list(offered)
    found, unknown = _known(raw.pop("tags", ""), TagKind.TAG, offered)
    for word in unknown:
        problems.append(Problem("tags", "TAG_UNKNOWN", f"“{word}”不是已有的人员标签,没有导入。", "warning"))
    needs, own = _known(raw.pop("needs", ""), TagKind.NEED, offered)
    if own:
        raw["special_needs"] = "、".join(filter(None, [clean(raw.get("special_needs")), *own]))
        message = f"“{'、'.join(own)}”不在特殊需要的列表中,已写入特殊需要说明。"
        problems.append(Problem("needs", "NEED_OWN_WORDS", message, "warning"))
    return tuple(dict.fromkeys([*found, *needs]))


def _known(cell: object, kind: str, offered: list[Tag]) -> tuple[list[Tag], list[str]]:
    found, unknown = [], []
    for word in filter(lambda word: word.strip() not in _NONE, _BETWEEN.split(clean(cell))):
        word = word.strip()
        mine = [tag for tag in offered if tag.kind == kind]
        same = next((tag for tag in mine if tag.name == word), None)
        like = same or next((tag for tag in mine if word in tag.name or tag.name in word), None)
        if like:
            found.append(like)
        else:
            unknown.append(word)
    return found, unknown
