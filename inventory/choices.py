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


class Attribute(models.TextChoices):
    """疫苗属性, with the numbers of the register."""

    PROGRAMME = "1", "免疫规划"
    OTHER = "2", "非免疫规划"


class DosageForm(models.TextChoices):
    """剂型, with the numbers of the register."""

    LIQUID = "1", "液体"
    DRIED = "2", "冻干"
    PILL = "3", "丸剂"
    OTHER = "4", "其他"


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
    RETURN_IN = "return_in", "下级退回"
    TRANSFER_OUT = "transfer_out", "调拨出"
    TRANSFER_IN = "transfer_in", "调拨入"
    GAIN = "gain", "盘盈"
    LOSS = "loss", "盘亏"
    CALL_BACK = "call_back", "在途撤回"
    TRANSIT_DIFF = "transit_diff", "运输差异"
    DISPOSAL = "disposal", "销毁"
    REVERSAL = "reversal", "冲正"


# Vials that are gone without having been opened, whichever paper says so; together one choice of the list of movements.
CLOSED_LOSSES = {MovementKind.WASTE_CLOSED, MovementKind.DISPOSAL}
CLOSED_LOSS = ("closed_loss", "报废和销毁(未开启)")


class WasteReason(models.TextChoices):
    """Why vials or doses are lost; ``OPENED`` belong to an opened vial, the others to closed ones."""

    BROKEN = "broken", "破损"
    EXPIRED = "expired", "过期"
    TEMPERATURE = "temperature", "冷链温度异常"
    LABEL = "label", "标签或包装不清"
    RECALLED = "recalled", "召回销毁"
    OPENED_TOO_LONG = "opened_too_long", "开启后超时"
    DAY_END = "day_end", "当日结束剩余"
    DRAWN_BADLY = "drawn_badly", "抽吸损失或污染"


OPENED_REASONS = {WasteReason.OPENED_TOO_LONG, WasteReason.DAY_END, WasteReason.DRAWN_BADLY}


class DifferenceReason(models.TextChoices):
    """Why less or more arrived than was sent. Of ``STILL_THERE`` the vials stay under way until the sender takes them back."""

    BROKEN_WAY = "broken_way", "途中破损"
    LOST_WAY = "lost_way", "途中短少,查无下落"
    MORE = "more", "发出方多装"
    NOT_LOADED = "not_loaded", "发出方少装,由发出方收回"
    REFUSED_WAY = "refused_way", "拒收,退回发出方"


STILL_THERE = {DifferenceReason.NOT_LOADED, DifferenceReason.REFUSED_WAY}
LINE_REASONS = [*WasteReason.choices, *DifferenceReason.choices]


class Register(models.TextChoices):
    """Whose numbers run on by themselves: vaccines, and syringes with diluent."""

    VACCINE = "V", "疫苗"
    CONSUMABLE = "Z", "注射器材"


class DocumentKind(models.TextChoices):
    RECEIPT = "receipt", "入库验收"
    ISSUE = "issue", "下发"
    TRANSFER = "transfer", "调拨"
    RETURN = "return", "退回上级"
    ARRIVAL = "arrival", "到货签收"
    CALL_BACK = "call_back", "撤回在途"
    WASTE = "waste", "报损"
    HOLD = "hold", "隔离"
    RELEASE = "release", "解除隔离"
    RECALL = "recall", "召回封存"
    PLAN = "plan", "销毁申请"
    DISPOSAL = "disposal", "销毁"
    STOCKTAKE = "stocktake", "盘点"
    CLOSE = "close", "日清日结"
    COUNTER = "counter", "冲正"


# The first hand of a delivery between two of our sites; the second is an ARRIVAL or a CALL_BACK.
SENDING = {DocumentKind.ISSUE, DocumentKind.TRANSFER, DocumentKind.RETURN}


class DocumentState(models.TextChoices):
    DONE = "done", "办结"
    ACCEPTED = "accepted", "接收"
    HELD = "held", "暂存"
    REFUSED = "refused", "拒收"


class RecallRest(models.TextChoices):
    """What becomes of the vials of a recalled lot."""

    KEEP = "keep", "就地封存,等通知"
    RETURN = "return", "退回上级"
    DISPOSE = "dispose", "就地销毁"


class TransportMeans(models.TextChoices):
    TRUCK = "truck", "冷藏车"
    BOX = "box", "冷藏箱"
    BAG = "bag", "冷藏包"


class ExpiryTier(models.TextChoices):
    """How near the last day is (tiers 180/90/30 days: our default, no rule of the ministry)."""

    EXPIRED = "expired", "已过期"
    DAYS_30 = "d30", "30天内到期"
    DAYS_90 = "d90", "90天内到期"
    DAYS_180 = "d180", "180天内到期"
    FAR = "far", "效期充足"


class StockState(models.TextChoices):
    """What the stock page can be narrowed to; without a choice it shows what is there."""

    USABLE = "usable", "可用"
    NEAR_30 = "near30", "30天内到期"
    NEAR = "near", "90天内到期"
    NEAR_180 = "near180", "180天内到期"
    EXPIRED = "expired", "已过期"
    HELD = "held", "隔离或召回"
    LOW = "low", "库存偏低"
    ALL = "all", "全部(含已用完)"


class DeviceKind(models.TextChoices):
    REFRIGERATOR = "fridge", "冷藏冰箱"
    FREEZER = "freezer", "冷冻冰箱"
    BOX = "box", "冷藏箱(包)"
    ROOM = "room", "冷库"


class ReadingKind(models.TextChoices):
    """A reading of the morning or afternoon is owed; a look in between and the points of a logger come besides."""

    DAILY = "daily", "每日记录"
    EXTRA = "extra", "临时复查"
    LOGGER = "logger", "记录仪"


class Half(models.TextChoices):
    AM = "am", "上午"
    PM = "pm", "下午"


class Part(models.TextChoices):
    """A column of the zero equation, in the order of the sheet."""

    RECEIVED = "received", "收入"
    FOUND = "found", "盘盈"
    ISSUED = "issued", "发出"
    USED = "used", "接种使用"
    WASTED_OPEN = "wasted_open", "已开启损耗"
    WASTED_CLOSED = "wasted_closed", "未开启报废"
    RETURNED = "returned", "退回"
    LOST = "lost", "盘亏"
    CORRECTED = "corrected", "更正前日"


class CloseState(models.TextChoices):
    """How far the close of a day is."""

    COUNTED = "counted", "等第二人复核"
    CLOSED = "closed", "已日结"
    WITHDRAWN = "withdrawn", "已撤回"


class TakeState(models.TextChoices):
    """How far a stock-take is."""

    COUNTING = "counting", "正在清点"
    COUNTED = "counted", "等第二人复核"
    POSTED = "posted", "已入账"
    CANCELLED = "cancelled", "已取消"
