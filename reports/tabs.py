"""The pages of the reports room, in groups; the first stands at the room's own address."""

from core.tabs import Tab

TABS = [
    Tab("reports:dashboard", "进度总览", "reports.view", "进度"),
    Tab("reports:targets", "任务", "targets.assign", "进度"),
    Tab("reports:funnel", "漏斗", "reports.view", "进度"),
    Tab("reports:phases", "各阶段", "reports.view", "进度"),
    Tab("reports:cross", "对账", "reports.download", "进度"),
    Tab("reports:progress", "进度报告", "reports.download", "上报"),
    Tab("reports:daily", "日报", "reports.download", "上报"),
    Tab("reports:weekly", "周排名", "reports.view", "上报"),
    Tab("reports:bulletins", "总结和简报", "reports.download", "上报"),
    Tab("reports:duty", "带班和会议", "duty_book.view", "上报"),
    Tab("reports:reactions", "异常反应和禁忌", "reports.download", "上报"),
    Tab("reports:catalogue", "报表目录", "sheets.view", "报表"),
    Tab("reports:files", "报表文件", "sheets.view", "报表"),
    Tab("reports:schedules", "定时报表", "reports.schedule", "报表"),
]
