"""The pages of the register, in the order in which a village works through them."""

from core.tabs import Tab

TABS = [
    Tab("residents:list", "名册", "residents.view"),
    Tab("residents:grid", "表格登记", "residents.edit"),
    Tab("residents:moves", "迁移与移出", "residents.view"),
    Tab("residents:base", "基数", "campaigns.manage"),
    Tab("residents:counting", "计数核对", "residents.view"),
    Tab("residents:outreach", "走访", "outreach.log"),
    Tab("residents:duty", "包干", "duties.view"),
    Tab("residents:lifts", "接送", "lifts.manage"),
    Tab("residents:households", "按户", "residents.view"),
    Tab("residents:groups", "重点人群", "residents.view"),
    Tab("residents:doubtful", "外地接种核实", "doses.verify"),
    Tab("residents:publicity", "宣传统计", "publicity.view"),
    Tab("residents:tags", "标签", "tags.manage"),
    Tab("residents:import", "摸排导入", "residents.import"),
    Tab("residents:duplicates", "疑似重复", "duplicates.view"),
    Tab("residents:reviews", "导入待核对", "residents.import"),
    Tab("residents:submissions", "摸底上报", "submissions.view"),
    Tab("groups:list", "工作组名录", "directory.view"),
    Tab("residents:rosters", "单位名册", "members.view"),
]
