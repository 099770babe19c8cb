"""Code lists of vaccines and stock."""

from django.db import models


class Platform(models.TextChoices):
    INACTIVATED = "INACTIVATED", "灭活疫苗"
    VIRAL_VECTOR = "VIRAL_VECTOR", "腺病毒载体疫苗"
    PROTEIN = "PROTEIN", "重组蛋白疫苗"
    LIVE = "LIVE", "减毒活疫苗"
    LIVE_VECTOR = "LIVE_VECTOR", "活载体疫苗"
    POLYSACCHARIDE = "POLYSACCHARIDE", "多糖疫苗"
    UNKNOWN = "UNKNOWN", "种类不详"


class Route(models.TextChoices):
    IM = "IM", "肌内注射"
    SC = "SC", "皮下注射"
    ID = "ID", "皮内注射"
    INHALED = "INHALED", "吸入"
    NASAL = "NASAL", "鼻喷"
    ORAL = "ORAL", "口服"


class LotState(models.TextChoices):
    USABLE = "usable", "可用"
    QUARANTINED = "quarantined", "隔离待查"
    RECALLED = "recalled", "已召回"


class MovementKind(models.TextChoices):
    RECEIPT = "receipt", "领取/购进"
    USE = "use", "接种使用"
    WASTE_CLOSED = "waste_closed", "报废(未开启)"
    WASTE_OPEN = "waste_open", "损耗(已开启)"
    ISSUE = "issue", "下发"
    RETURN = "return", "退回上级"
    TRANSFER_OUT = "transfer_out", "调拨出"
    TRANSFER_IN = "transfer_in", "调拨入"
    GAIN = "gain", "盘盈"
    LOSS = "loss", "盘亏"
    REVERSAL = "reversal", "冲正"
