"""The pages of the stock room, in groups; the first stands at the room's own address."""

from core.tabs import Tab

TABS = [
    Tab("inventory:stock", "库存", "stock.view", "台账"),
    Tab("inventory:movements", "出入库记录", "stock.view", "台账"),
    Tab("stock:figures", "库存分析", "stock.view", "台账"),
    Tab(
        "inventory:documents",
        "单据",
        "stock.view",
        "单据",
        also=("receive/", "send/", "dispose/", "hold/"),
    ),
    Tab("inventory:recalls", "召回", "stock.view", "单据"),
    Tab("inventory:cold", "冷链温度", "stock.view", "冷链"),
    Tab("inventory:supplies", "注射器和稀释液", "stock.view", "注射器"),
    Tab("planning:plans", "分配方案", "allocation.view", "分配"),
    Tab("clearout:list", "库存清零", "clearout.view", "分配"),
    Tab("closing:list", "日清日结", "stock.view", "清点"),
    Tab("takes:list", "盘点", "stock.view", "清点"),
    Tab("trace:search", "追溯与召回名单", "stock.view", "追溯", also=("codes/",)),
]
