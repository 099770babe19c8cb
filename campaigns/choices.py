"""Code lists of campaigns."""

from django.db import models


class CampaignState(models.TextChoices):
    PLANNED = "planned", "筹备"
    RUNNING = "running", "进行中"
    CLOSED = "closed", "已结束"


class InternalPolicy(models.TextChoices):
    """Where people who move within the county are counted (S11: at the hukou place)."""

    HUKOU = "hukou", "按户籍地"
    RESIDENCE = "residence", "按现居住地"


class InflowPolicy(models.TextChoices):
    """Where inflow people who belong to an enterprise or building site are counted (S13)."""

    VILLAGE = "village", "按登记的村"
    WORK = "work", "按单位(工地)所在的村"


class Disease(models.TextChoices):
    """What the shipped rules and products are about; a code without a word here is shown as it is."""

    COVID = "COVID", "新型冠状病毒感染"
    FLU = "FLU", "流行性感冒"
    HPV = "HPV", "人乳头瘤病毒感染(HPV)"
    MMR = "MMR", "麻疹、腮腺炎、风疹"
    PPV23 = "PPV23", "肺炎球菌性疾病(23价)"
    RAB = "RAB", "狂犬病"
    RZV = "RZV", "带状疱疹"


def disease_word(code: str) -> str:
    """The disease in words."""
    return Disease(code).label if code in Disease.values else code


class GroupKind(models.TextChoices):
    """What a working group is for; the order is that of the directory."""

    LEADING = "leading", "领导小组"
    SPECIAL = "special", "专项工作组"
    VILLAGE = "village", "村(社区)工作组"
    HELPING = "helping", "一对一帮扶工作组"


class GroupRole(models.TextChoices):
    """The place of a person in a group; the order is that of the directory (S8, S74)."""

    COMMANDER = "1commander", "总指挥"
    VICE_COMMANDER = "2vice", "副总指挥"
    LEADER = "3leader", "组长"
    DEPUTY = "4deputy", "副组长"
    ASSIGNED = "5assigned", "村分工干部"
    MEMBER = "6member", "成员"
    CONTACT = "7contact", "联系人"


# The special groups of a county or township as they are usually set up (S96); every name can be changed.
SPECIAL_GROUPS = (
    ("综合协调组", "统筹安排、会议和文件、上传下达"),
    ("宣传动员组", "政策宣传、入户动员、舆论引导"),
    ("摸底登记组", "人员摸底、名册核对、计划编制"),
    ("接种组织组", "场次安排、人员通知、现场秩序引导"),
    ("接种实施组", "预检、知情告知、接种、留观"),
    ("疫苗和物资保障组", "疫苗、注射器和物资的领取、保管、发放"),
    ("医疗救治保障组", "异常反应监测、处置和转诊"),
    ("安全和后勤保障组", "场地、车辆、交通、安全保卫"),
    ("信息统计和督导组", "每日统计上报、进度通报、督促检查"),
)
