"""The ground of one import: its villages by every name that offices use for them, and the names above."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.text import clean
from places.choices import Level
from places.models import Place

_VILLAGE_ENDING = re.compile(r"(村民委员会|居民委员会|村委会|居委会|社区|村|嘎查)$")
_TOWN_ENDING = re.compile(r"(街道办事处|街道|镇|乡|苏木)$")
_REGION_ENDING = re.compile(r"(省|市|自治区|自治州|自治县|地区|盟|县|区|旗)$")
# What stands around a village's name on the tab of a sheet: 1.曙光社区摸排表(12月).
_AROUND = re.compile(
    r"^[\d.、\s\-_]+|\(.*?\)|(摸排|登记|人员|居民|花名|信息|接种|疫苗|统计|汇总)*(表|册|名单|台账)$|[\d.、\s\-_]+$"
)


@dataclass(frozen=True)
class Ground:
    """Where the import takes place: its place, the villages below it, and the names above it.

    ``elsewhere`` are the other villages of the township when the import is of one village only.
    """

    place: Place
    villages: dict[str, Place]  # by every name in use
    above: dict[str, str]  # level → name without 省/市/县
    town_names: tuple[str, ...]
    elsewhere: dict[str, Place] = field(default_factory=dict)

    def village(self, name: str) -> Place | None:
        """The village of this import that ``name`` means: 曙光社区, 曙光, 曙光居委会, 迎泽街道曙光社区, its code."""
        return self._among(self.villages, name)

    def village_of_sheet(self, sheet: str) -> Place | None:
        """The village that the name of a sheet means, also with a number before and 名单 or 登记表 behind it."""
        return self.village(sheet) or self.village(bare_sheet(sheet))

    def other_village_of_sheet(self, sheet: str) -> Place | None:
        """A village of the township that this import must not touch."""
        name = bare_sheet(sheet)
        return self._among(self.elsewhere, sheet) or self._among(self.elsewhere, name)

    def _among(self, villages: dict[str, Place], name: str) -> Place | None:
        name = clean(name)
        if not name:
            return None
        # First without the town before it: 暖水村 of 暖水乡 is a village's whole name.
        return villages.get(name) or villages.get(stem(name)) or villages.get(stem(name, self.town_names))


def ground_of(place: Place) -> Ground:
    """Read the ground of an import into ``place`` (a village or a township)."""
    above = {p.level: p.name for p in [*place.ancestors(), place]}
    town = above.get(Level.TOWN, "")
    short = {str(level): _REGION_ENDING.sub("", name) or name for level, name in above.items()}
    names = tuple(filter(None, (town, _TOWN_ENDING.sub("", town))))
    if place.level != Level.VILLAGE:
        return Ground(place, _by_name(Place.objects.current().under(place).villages()), short, names)
    all_ = list(Place.objects.current().under(place.parent).villages())
    others = [village for village in all_ if village.pk != place.pk]
    taken = _by_name(others)
    mine = {name: village for name, village in _by_name([place]).items() if name not in taken}
    return Ground(place, {**mine, place.code: place}, short, names, taken)


def stem(name: str, towns: Iterable[str] = ()) -> str:
    """迎泽街道曙光社区居委会 → 曙光."""
    for town in towns:
        if town and name.startswith(town) and len(name) > len(town):
            name = name.removeprefix(town)
            break
    shorter = _VILLAGE_ENDING.sub("", name)
    return _VILLAGE_ENDING.sub("", shorter) or name


def bare_sheet(sheet: str) -> str:
    """The name of a sheet without numbers, brackets and the word for list around it."""
    name, before = clean(sheet), ""
    while name != before:
        before, name = name, _AROUND.sub("", name)
    return name


def _by_name(rows: Iterable[Place]) -> dict[str, Place]:
    """Every name in use → village. Two villages with one name are told apart by the code, with one stem by the name."""
    found: dict[str, set[Place]] = {}
    for village in rows:
        for name in {village.name, village.code}:
            found.setdefault(name, set()).add(village)
    full = {name: next(iter(places)) for name, places in found.items() if len(places) == 1}
    stems: dict[str, set[Place]] = {}
    for village in {place for places in found.values() for place in places}:
        stems.setdefault(stem(village.name), set()).add(village)
    short = {name: next(iter(places)) for name, places in stems.items() if len(places) == 1 and name}
    return {**short, **full}
