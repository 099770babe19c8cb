"""The rooms of each role: what stands on the left of every page."""

from dataclasses import dataclass

from core.addresses import address
from core.tabs import Tab
from inventory.tabs import TABS as STOCK
from reports.tabs import TABS as REPORTS
from residents.tabs import TABS as REGISTER


@dataclass(frozen=True)
class Room:
    """One entry: address name, word, icon, and the action that opens it."""

    url: str
    word: str
    icon: str
    action: str


ROOMS = [
    Room("desk", "工作台", "house", ""),
    Room("residents:list", "居民", "people", "residents.view"),
    Room("residents:rosters", "单位名册", "building", "members.own"),
    Room("residents:import", "摸排导入", "upload", "residents.import"),
    Room("appointments:list", "场次与预约", "calendar3", "sessions.view"),
    Room("clinic:floor", "接种现场", "clipboard2-pulse", "clinic.view"),
    Room("clinic:board", "留观", "stopwatch", "board.view"),
    Room("inventory:stock", "疫苗库存", "box-seam", "stock.view"),
    Room("reports:dashboard", "进度与报表", "bar-chart-line", "reports.view"),
    Room("reports:catalogue", "报表", "file-earmark-spreadsheet", "sheets.own"),
    Room("campaigns:list", "接种活动", "flag", "campaigns.manage"),
    Room("places:sites", "接种点与单位", "geo-alt", "places.manage"),
    Room("accounts:list", "帐号", "person-gear", "accounts.view"),
    Room("accounts:confirmations", "待确认", "person-check", "security.guard"),
    Room("accounts:security_log", "安全日志", "shield-lock", "security.guard"),
    Room("accounts:policy", "登录规则", "sliders", "security.guard"),
    Room("accounts:audit", "审计", "shield-check", "audit.view"),
]

# The pages of a room that has many: a strip on top of each of them, groups first, then the pages of the current group.
STRIPS = [REGISTER, STOCK, REPORTS]


def rooms_for(user, path: str = "") -> list[tuple[str, Room, bool]]:
    """(address, room, is it the one ``path`` is in) for every room ``user`` may enter.

    The longest fitting address wins: /residents/import/ is not also in /residents/.
    """
    found = [
        (where, room)
        for room in ROOMS
        if (not room.action or user.can(room.action)) and (where := address(room.url))
    ]
    fitting = [where for where, room in found if path == where or (where != "/" and path.startswith(where))]
    current = max(fitting, key=len, default=None)
    return [(where, room, where == current) for where, room in found]


def tabs_for(user, path: str) -> list[tuple[str, Tab, bool]]:
    """(address, tab, is it the one ``path`` is in) of the room that ``path`` is in; [] where there is no choice.

    The first tab of a strip stands at the room's own address.
    """
    for strip in STRIPS:
        if path.startswith(address(strip[0].url) or "//"):
            mine = [(where, tab) for tab in strip if user.can(tab.action) and (where := address(tab.url))]
            current = _current(mine, path, room=address(strip[0].url))
            return [(where, tab, where == current) for where, tab in mine] if len(mine) > 1 else []
    return []


def _current(tabs: list[tuple[str, Tab]], path: str, *, room: str) -> str | None:
    """The address of the tab whose pages ``path`` is among: the longest beginning that fits."""
    fitting = [
        (len(start), where)
        for where, tab in tabs
        for start in (where, *(room + more for more in tab.also))
        if path.startswith(start)
    ]
    return max(fitting)[1] if fitting else None


def groups_of(tabs: list[tuple[str, Tab, bool]]) -> list[tuple[str, str, bool]]:
    """(address of its first page, word, is the current page in it) for each group of ``tabs_for``."""
    found: dict[str, tuple[str, bool]] = {}
    for where, tab, is_current in tabs:
        first, has_current = found.get(tab.group, (where, False))
        found[tab.group] = first, has_current or is_current
    return [(where, word, is_current) for word, (where, is_current) in found.items()]


def tabs_beside(tabs: list[tuple[str, Tab, bool]]) -> list[tuple[str, Tab, bool]]:
    """The pages of ``tabs_for`` that stand in the group of the current one; all where none is current."""
    here = {tab.group for _, tab, is_current in tabs if is_current}
    return [one for one in tabs if not here or one[1].group in here]
