"""Code lists of the floor."""

from django.db import models


class Stage(models.TextChoices):
    """Where a visit is. Order and legal steps: docs/visit-states.md."""

    CHECKED_IN = "checked_in", "已登记"
    PASSED = "passed", "预检通过"
    DEFERRED = "deferred", "暂缓"
    CONTRAINDICATED = "contraindicated", "禁忌"
    CONSENTED = "consented", "已知情同意"
    REFUSED = "refused", "不同意接种"
    OBSERVING = "observing", "留观中"
    LEFT = "left", "已离场"
    TRANSFERRED = "transferred", "已转诊"
    ABANDONED = "abandoned", "未完成离场"


STAGE_KINDS = {  # how a stage is tagged on screen
    "checked_in": "due",
    "passed": "due",
    "consented": "due",
    "observing": "done",
    "left": "done",
    "deferred": "hold",
    "abandoned": "hold",
    "contraindicated": "stop",
    "refused": "stop",
    "transferred": "stop",
}
ON_FLOOR = ["checked_in", "passed", "consented", "observing"]


class Outcome(models.TextChoices):
    PASS = "PASS", "可接种"
    DEFER = "DEFER", "暂缓"
    CONTRA = "CONTRA", "禁忌"


class BodySite(models.TextChoices):
    LEFT_ARM = "left_arm", "左上臂三角肌"
    RIGHT_ARM = "right_arm", "右上臂三角肌"
    LEFT_THIGH = "left_thigh", "左大腿前外侧"
    RIGHT_THIGH = "right_thigh", "右大腿前外侧"
    OTHER = "other", "其他"


class ReactionKind(models.TextChoices):
    """What it looks like at first sight; most have a quick card of the same code (clinic/data/reaction_cards.json)."""

    SHOCK = "shock", "过敏性休克"
    LARYNX = "larynx", "急性过敏性喉头水肿"
    FAINT = "faint", "晕厥"
    SEIZURE = "seizure", "热性惊厥"
    NERVES = "nerves", "心因性反应"
    ANGIOEDEMA = "angioedema", "血管神经性水肿"
    RASH = "rash", "过敏性皮疹"
    PURPURA = "purpura", "过敏性紫癜"
    INFECTION = "infection", "局部细菌感染"
    MYOCARDITIS = "myocarditis", "心肌炎"
    COMMON = "common", "发热、红肿、硬结、乏力等一般反应"
    OTHER = "other", "其他"


class CardState(models.TextChoices):
    """Whether the case card still has to reach the county."""

    DUE = "due", "待上报"
    SENT = "sent", "已上报"
    WAIVED = "waived", "不需上报"


class EntryKind(models.TextChoices):
    """What is written into the log of a case."""

    SEEN = "seen", "镇办知悉"
    PHONE = "phone", "电话报告"
    SENT = "sent", "上报个案卡"
    WAIVED = "waived", "不需上报个案卡"
    WORSE = "worse", "转为严重"
    FOLLOW = "follow", "随访"
    GROUP = "group", "群体性判断"
    NOTE = "note", "其他"


class GroupState(models.TextChoices):
    SUSPECTED = "suspected", "待判断"
    CONFIRMED = "confirmed", "群体性反应"
    DISMISSED = "dismissed", "不是群体性反应"


# Code lists of the national case card (domain §5, L52). The numbers are the card's.
class Fever(models.TextChoices):
    LOW = "1", "37.1–37.5℃"
    MIDDLE = "2", "37.6–38.5℃"
    HIGH = "3", "≥38.6℃"
    NONE = "4", "无"


class Swelling(models.TextChoices):
    SMALL = "1", "≤2.5cm"
    MIDDLE = "2", "2.6–5.0cm"
    LARGE = "3", ">5.0cm"
    NONE = "4", "无"


class Programme(models.TextChoices):
    ROUTINE = "1", "常规"
    EXTRA = "2", "强化"
    EMERGENCY = "3", "应急"
    UNKNOWN = "4", "不详"


class YesNo(models.TextChoices):
    YES = "1", "是"
    NO = "2", "否"


class Preliminary(models.TextChoices):
    COMMON = "1", "一般反应"
    PENDING = "2", "待定"


class FoundBy(models.TextChoices):
    PASSIVE = "1", "被动监测"
    ACTIVE = "2", "主动监测"


class AefiClass(models.TextChoices):
    COMMON = "1", "一般反应"
    ABNORMAL = "2", "异常反应"
    QUALITY = "3", "疫苗质量事故"
    ERROR = "4", "接种(实施差错)事故"
    COINCIDENT = "5", "偶合症"
    PSYCHOGENIC = "6", "心因性反应"
    UNKNOWN = "7", "不明原因"
    PENDING = "8", "待定"


class AefiOutcome(models.TextChoices):
    RECOVERED = "1", "痊愈"
    BETTER = "2", "好转"
    SEQUELAE = "3", "后遗症"
    DEAD = "4", "死亡"
    UNKNOWN = "5", "不详"


class CorrectionKind(models.TextChoices):
    """What can be wrong with a recorded dose."""

    LOT = "lot", "批号录错"
    VACCINE = "vaccine", "疫苗品种录错"
    PERSON = "person", "记到了别人名下"
    DETAILS = "details", "时间或部位录错"
    NOT_GIVEN = "not_given", "其实没有接种"
    TWICE = "twice", "同一剂登记了两次"


class CorrectionState(models.TextChoices):
    PROPOSED = "proposed", "等第二人确认"
    DONE = "done", "已更正"
    REFUSED = "refused", "未同意"
    WITHDRAWN = "withdrawn", "已撤回"


CORRECTION_KINDS = {"proposed": "due", "done": "done", "refused": "stop", "withdrawn": "plain"}
