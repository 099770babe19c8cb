"""How many places of a slot may be taken, and by whom: pure decisions.

``capacity`` places stand at the tables; ``reserved`` of them are kept for routine immunisation (S55) and never booked;
of the rest, ``percent`` are released so far (放号 in batches, S57). A quota gives one village, or one dose number, places
of its own: it may take these and no more, and whoever has no quota shares what no quota has claimed.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from appointments.rules import Refusal

FULL_CODES = frozenset({"SLOT_FULL", "NOT_RELEASED", "VILLAGE_FULL", "DOSE_FULL"})
Taken = Mapping[tuple[str, int], int]  # (village code, dose number) → people


@dataclass(frozen=True, slots=True)
class Room:
    """The places of one slot. ``villages``: code prefix → places; ``doses``: dose number → places."""

    capacity: int
    reserved: int = 0
    percent: int = 100
    villages: Mapping[str, int] = field(default_factory=dict)
    doses: Mapping[int, int] = field(default_factory=dict)

    @property
    def bookable(self) -> int:
        """What may be booked once everything is released."""
        return max(0, self.capacity - self.reserved)

    @property
    def released(self) -> int:
        """What may be booked now."""
        return self.bookable * self.percent // 100

    def village_key(self, code: str) -> str | None:
        """The quota a village falls under; None shares the rest."""
        return next((prefix for prefix in self.villages if code.startswith(prefix)), None)


def free_for(room: Room, taken: Taken, village_code: str, dose: int | None = None) -> tuple[int, str]:
    """(places left for this village and dose, code of the limit that binds). ``dose`` None: whatever the dose."""
    everybody = sum(taken.values())
    total = "SLOT_FULL" if room.released == room.bookable else "NOT_RELEASED"
    found = [(room.released - everybody, total)]
    village = room.village_key(village_code)
    found += _share(room, room.villages, village, _by_village(room, taken), "VILLAGE_FULL")
    if dose is not None:
        key = dose if dose in room.doses else None
        found += _share(room, room.doses, key, _by_dose(room, taken), "DOSE_FULL")
    return min(found, key=lambda one: one[0])


def _share(room: Room, quotas: Mapping, key, taken: Mapping, code: str) -> list[tuple[int, str]]:
    if not quotas:
        return []
    limit = quotas[key] if key is not None else room.bookable - sum(quotas.values())
    return [(limit - taken.get(key, 0), code)]


def _by_village(room: Room, taken: Taken) -> dict[str | None, int]:
    return _summed((room.village_key(code), people) for (code, _), people in taken.items())


def _by_dose(room: Room, taken: Taken) -> dict[int | None, int]:
    return _summed((dose if dose in room.doses else None, people) for (_, dose), people in taken.items())


def _summed(pairs: Iterable[tuple[Hashable, int]]) -> dict:
    sums: dict = {}
    for key, people in pairs:
        sums[key] = sums.get(key, 0) + people
    return sums


def room_fault(room: Room, taken: Taken, names: Mapping[str, str]) -> Refusal | None:
    """Why the places of a slot cannot be set like this; None when they can. ``names`` of villages by code prefix."""
    everybody = sum(taken.values())
    if room.reserved > room.capacity:
        return Refusal("RESERVED", f"常规免疫预留 {room.reserved} 不能多于号源 {room.capacity}。")
    if room.bookable < everybody:
        kept = f"(另为常规免疫预留 {room.reserved})" if room.reserved else ""
        return Refusal(
            "BELOW_TAKEN",
            f"已约 {everybody} 人,可约号源{kept}不能少于 {everybody}。请先改约或取消部分人员。",
            "capacity",
        )
    parts = (
        ("各村(社区)", room.villages, _by_village(room, taken), lambda key: names.get(key, key)),
        ("各剂次", room.doses, _by_dose(room, taken), lambda key: f"第{key}剂"),
    )
    for whole, quotas, used, word in parts:
        if fault := _quota_fault(whole, quotas, used, room.bookable, word):
            return fault
    return None


def _quota_fault(whole: str, quotas: Mapping, used: Mapping, bookable: int, word) -> Refusal | None:
    if not quotas:
        return None
    given = sum(quotas.values())
    if given > bookable:
        return Refusal("QUOTA_SUM", f"{whole}名额合计 {given},多于可约号源 {bookable}。")
    for key, places in quotas.items():
        if used.get(key, 0) > places:
            return Refusal("QUOTA_TAKEN", f"{word(key)} 已约 {used[key]} 人,名额不能少于 {used[key]}。")
    if used.get(None, 0) > bookable - given:
        return Refusal(
            "QUOTA_TAKEN",
            f"没有单列名额的已约 {used[None]} 人,{whole}名额合计不能多于 {bookable - used[None]}。",
        )
    return None


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """``total`` places by ``weights`` (people who are due): whole numbers that add up, largest remainders first."""
    whole = sum(weights)
    if whole <= 0:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda n: (-(total * weights[n] % whole), n))
    for n in order[: total - sum(parts)]:
        parts[n] += 1
    return parts
