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
