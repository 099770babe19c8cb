"""The pages of the register, in groups, in the order in which a village works through them."""

from core.tabs import Tab

TABS = [
    Tab("residents:list", "居民名册", "residents.view", "登记"),
    Tab("residents:grid", "表格登记", "residents.edit", "登记"),
    Tab("residents:import", "摸排导入", "residents.import", "登记"),
    Tab("residents:moves", "迁移与移出", "residents.view", "登记"),
    Tab("residents:reviews", "导入待核对", "residents.import", "核对"),
    Tab("residents:duplicates", "疑似重复", "duplicates.view", "核对"),
    Tab("residents:counting", "计数核对", "residents.view", "核对"),
    Tab("residents:base", "基数", "campaigns.manage", "核对"),
    Tab("residents:doubtful", "外地接种", "doses.verify", "核对"),
    Tab("residents:requests", "个人信息请求", "requests.answer", "核对"),
    Tab("residents:exports", "导出审批", "exports.approve", "核对"),
    Tab("residents:doctors", "医生鉴定", "conditions.view", "核对"),
    Tab("residents:outreach", "走访名单", "outreach.log", "走访"),
    Tab("residents:duty", "包干责任", "duties.view", "走访"),
    Tab("residents:lifts", "接送", "lifts.manage", "走访"),
    Tab("residents:publicity", "宣传统计", "publicity.view", "走访"),
    Tab("residents:households", "按户查看", "residents.view", "人群"),
    Tab("residents:groups", "重点人群", "residents.view", "人群"),
    Tab("residents:tags", "标签", "tags.manage", "人群"),
    Tab("residents:rosters", "单位名册", "members.view", "单位"),
    Tab("residents:reconciliations", "学校核对", "members.reconcile", "单位"),
    Tab("residents:stickers", "安心便签", "members.view", "单位"),
    Tab("residents:submissions", "摸底上报", "submissions.view", "上报"),
    Tab("papers:page", "登记表打印", "papers.print", "上报"),
    Tab("groups:list", "工作组名录", "directory.view", "上报"),
]
