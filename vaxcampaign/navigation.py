"""The rooms of each role: what stands on the left of every page."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse


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
    Room("residents:import", "摸排导入", "upload", "residents.import"),
    Room("appointments:list", "场次与预约", "calendar3", "sessions.view"),
    Room("clinic:floor", "接种现场", "clipboard2-pulse", "clinic.view"),
    Room("clinic:board", "留观", "stopwatch", "board.view"),
    Room("inventory:stock", "疫苗库存", "box-seam", "stock.view"),
    Room("reports:dashboard", "进度", "bar-chart-line", "reports.view"),
    Room("reports:targets", "任务", "bullseye", "targets.assign"),
    Room("reports:files", "报表文件", "file-earmark-spreadsheet", "reports.download"),
    Room("campaigns:list", "接种活动", "flag", "campaigns.manage"),
    Room("accounts:list", "帐号", "person-gear", "accounts.manage"),
    Room("accounts:audit", "审计", "shield-check", "audit.view"),
]


def rooms_for(user) -> list[tuple[str, Room]]:
    """(address, room) for every room ``user`` may enter."""
    found = []
    for room in ROOMS:
        if not room.action or user.can(room.action):
            try:
                found.append((reverse(room.url), room))
            except NoReverseMatch:
                continue
    return found
