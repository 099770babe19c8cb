"""Code lists of consumables: syringes and diluent."""

from django.db import models


class SupplyKind(models.TextChoices):
    """注射器类型 as the paper ledger knows it (自毁型, 一次性), and what a dried vaccine is dissolved in."""

    AUTO_DISABLE = "auto_disable", "自毁型注射器"
    SINGLE_USE = "single_use", "一次性注射器"
    DILUENT = "diluent", "稀释液"


SYRINGES = (SupplyKind.AUTO_DISABLE, SupplyKind.SINGLE_USE)


class Programme(models.TextChoices):
    """属性 of the paper ledger."""

    NATIONAL = "1", "免疫规划"
    OTHER = "2", "非免疫规划"


class SupplyMove(models.TextChoices):
    RECEIPT = "receipt", "领取/购进"
    USE = "use", "接种使用"
    WASTE = "waste", "报废"
    ISSUE = "issue", "下发"
    RETURN = "return", "退回上级"
    TRANSFER_OUT = "transfer_out", "调拨出"
    TRANSFER_IN = "transfer_in", "调拨入"
    COUNT = "count", "盘点相符"
    GAIN = "gain", "盘盈"
    LOSS = "loss", "盘亏"
    REVERSAL = "reversal", "冲正"


class SupplyWaste(models.TextChoices):
    BROKEN = "broken", "包装破损或受潮"
    EXPIRED = "expired", "过期"
    FAILED = "failed", "抽吸失败或污染"
    RECALLED = "recalled", "通知停用"
