"""What a day needs before its doors open: staff with certificates, vaccine, and points somebody has looked at. Pure.

Sources: three certified duties and two guards S48, S54; schools and children's days S39, S58; leader and contact of the day S102; first-aid
kit, disinfection, goods, rehearsal S81; zones with their things S60, S100; hospital of the green channel S105.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.choices import QualificationKind
from appointments.choices import Duty, SessionKind

COLD = (Decimal(2), Decimal(8))  # °C, storage of all products (domain.md §3.1)
CERTIFICATES = {
    Duty.DOCTOR: QualificationKind.DOCTOR,
    Duty.VACCINATOR: QualificationKind.VACCINATOR,
    Duty.FIRST_AID: QualificationKind.FIRST_AID,
}
# Points that somebody ticks on the spot: code → (short name, what is true when ticked).
POINTS = {
    "cold": ("冷藏温度", "冷藏设备温度在 2–8℃"),
    "first_aid": ("急救箱", "急救箱、肾上腺素、氧气在位且在效期内"),
    "disinfection": ("消杀", "场地、台面已消杀,有消杀记录"),
    "goods": ("物资", "注射器、安全盒、医废容器、口罩、手消等物资够用"),
    "route": ("单向路线", "分区单向行走,指示牌、一米线就位"),
    "rehearsal": ("演练", "流程和应急处置已演练"),
    "hospital": ("绿色通道", "救治医院绿色通道电话已打通"),
}
# … and at sessions of pupils and small children only (S39, S58).
_TEACHERS = ("老师培训", "带班老师已培训:排队秩序、陪护、心因性反应的识别和疏导,不围观、不传话")
POINTS_OF_KIND = {
    SessionKind.SCHOOL: {"teachers": _TEACHERS},
    SessionKind.CHILDREN: {
        "teachers": _TEACHERS,
        "children": ("儿童安抚", "玩具区、贴纸、零食就位,工作人员会微笑着哄孩子"),
    },
}

SAME_DAY = frozenset({"cold", "disinfection"})  # yesterday's word does not count


@dataclass(frozen=True, slots=True)
class Post:
    """One person on the staff of the day; ``certified_to`` is when the certificate of this duty ends, None: there is none."""

    duty: str
    name: str
    certified_to: date | None = None


@dataclass(frozen=True, slots=True)
class Supply:
    """One product offered: usable doses at the site, and people booked who may get it."""

    product: str
    doses: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is missing, in words; ``part`` is where on the page it is put right."""

    part: str  # staff, stock, zones, points
    words: str


def required(kind: str, stations: int) -> dict[str, int]:
    """How many people each duty needs: one certified vaccinator a table, two guards, a leader and a contact on duty."""
    needed = {
        Duty.LEADER: 1,
        Duty.CONTACT: 1,
        Duty.DOCTOR: 1,
        Duty.REGISTRAR: min(3, stations),  # domain.md §4.1: three to five at a site of full size
        Duty.VACCINATOR: stations,
        Duty.OBSERVER: 1,
        Duty.FIRST_AID: 1,
        Duty.PATROL: 2,
    }
    if kind == SessionKind.CHILDREN:
        needed |= {Duty.PAEDIATRIC: 1, Duty.ANAESTHETIST: 1, Duty.PSYCHOLOGIST: 1, Duty.VOLUNTEER: 2}
    if kind == SessionKind.SCHOOL:
        needed |= {Duty.PSYCHOLOGIST: 1, Duty.VOLUNTEER: 1}  # a teacher with each class, at least one
    return needed


def staff_gaps(posts: Sequence[Post], *, kind: str, stations: int, on: date) -> list[Gap]:
    """Duties with too few people, and people without a certificate that is valid on the day."""
    gaps = []
    for duty, needed in required(kind, stations).items():
        have = sum(post.duty == duty for post in posts)
        if have < needed:
            gaps.append(Gap("staff", f"{Duty(duty).label}还缺 {needed - have} 人(需 {needed} 人)"))
    for post in posts:
        if post.duty not in CERTIFICATES:
            continue
        word = CERTIFICATES[post.duty].label
        if post.certified_to is None:
            gaps.append(Gap("staff", f"{Duty(post.duty).label} {post.name} 没有登记{word}证书"))
        elif post.certified_to < on:
            gaps.append(Gap("staff", f"{post.name} 的{word}证书 {post.certified_to} 到期"))
    return gaps


def stock_gaps(supplies: Iterable[Supply], *, booked: int, every: bool) -> list[Gap]:
    """Products without a usable dose (``every``: each one named for the day must be there), and fewer doses than people."""
    supplies = list(supplies)
    empty = [supply.product for supply in supplies if not supply.doses]
    doses = sum(supply.doses for supply in supplies)
    if not doses:
        return [Gap("stock", "本接种点没有可用的疫苗(在效期、未隔离的批次)")]
    gaps = [Gap("stock", f"{product} 没有可用批次") for product in empty] if every else []
    if doses < booked:
        gaps.append(Gap("stock", f"可用疫苗 {doses} 剂,少于已约的 {booked} 人"))
    return gaps


def point_gaps(wanted: Iterable[tuple[str, str]], ticked: Iterable[str]) -> list[Gap]:
    """One gap that names the points nobody has ticked; ``wanted``: (code, short name) in the order of the page."""
    done = set(ticked)
    open_ones = [name for code, name in wanted if code not in done]
    return [Gap("points", f"未确认:{'、'.join(open_ones)}")] if open_ones else []


def cold_fault(celsius: Decimal | None, reason: str) -> str:
    """Why a typed reading of a site without registered devices does not do; "" when it does."""
    if celsius is None:
        return "请填写冷藏设备的温度读数。"
    low, high = COLD
    if not low <= celsius <= high:
        return f"冷藏温度 {celsius}℃ 超出 {low}–{high}℃,不能开场。请隔离这批疫苗并报告镇办。"
    if not reason.strip():
        return "本点还没有登记冷链设备:请写明读的是哪个温度计;常用的设备请疫苗管理员先登记。"
    return ""


def device_fault(readings: Sequence[tuple]) -> str:
    """Why the last readings of the day do not do: (device, reading or None) pairs; "" when all are there and in range."""
    if missing := [str(device) for device, reading in readings if reading is None]:
        return f"{'、'.join(missing)}今天还没有记温度。请先到“疫苗库存—冷链温度”记一次,再勾选。"
    for device, reading in readings:
        if not device.is_fine(reading.celsius):
            return f"{device}最近一次是 {reading.celsius}℃,超出 {device.range_words},不能开场。请先处理并再记一次温度。"
    return ""


# Layouts of a site (S60 four zones, S81/S100 five, large sites six): name and what each needs.
_WAITING = ("等候区", "一米线\n座椅\n测温设备\n健康码核验点")
_DESK = ("登记区", "A、B 登记台\n知情同意书\n电脑和扫码枪")
_ASK = ("咨询(预检)区", "体温计\n血压计\n健康询问表")
_GIVE = ("接种区", "接种台\n冷藏包\n75%酒精、棉签\n安全盒、医废桶\n室温 23℃、遮挡")
_WATCH = ("观察区", "座椅\n时钟\n留观提示牌")
_AID = ("紧急处置区", "急救箱(肾上腺素)\n氧气、血压计\n担架床\n救治医院电话")
LAYOUTS: dict[int, list[tuple[str, str]]] = {
    4: [_DESK, _ASK, _GIVE, _WATCH],
    5: [_WAITING, _DESK, _GIVE, _WATCH, _AID],
    6: [_WAITING, _DESK, _ASK, _GIVE, _WATCH, _AID],
}
