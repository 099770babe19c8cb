"""The figures of the reports once more: plain SQL over the facts, written from the words of docs/reports.md and domain §7,
without a line of ``reports``. What both ways agree on is right twice.

Taken as facts: doses, holds, consents, movements, rosters, bookings, reports as they were filed; of an enrolment the unit, and
for whom a next dose is due the status and its dates (the schedule rules have an oracle of their own). First dose, whole course,
booster, target and age follow here from the doses and the birthday.

| report of the catalogue | what is compared | where |
|---|---|---|
| 日报, 日终封存 | every column, workload, stock, AEFI; of a closed day what was frozen | coverage, floor, stock, changes |
| 进度总览 | done and today of every line, by state, 60 and over; next doses, cover of the stock | coverage, tasks, stock |
| 任务, 任务进度表 | task in force, done, missing, pace needed, days left, forecast; percentages of the kept base | tasks |
| 进度报告 | previous, new, late, voided, moved and total of every unit and figure, report after report | changes |
| 周排名 | task, week, so far, rank with ties, places moved, late entries; against the published week | weekly |
| 总结和简报 | the facts that its sentences tell | work, coverage, floor |
| 漏斗, 各阶段 | every step of every village, every phase with its daily need | register |
| 未接种, 老年人, 零消号 | every column by village; the first and the last also by who answers; rows of the lists | register, answering |
| 接种点与计入单位对账 | every cell | floor |
| 下周接种安排, 第二剂到期, 预约花名册 | sessions, booked, due without a place; bands; rows of a day | week |
| 学校年级班, 学校汇总, 学校每日, 安心便签 | every column of every class, school, village and shop | schools |
| 异常反应统计, 异常反应和禁忌公示 | cases by class and vaccine, people sent away (not by reason; hidden cells: test_small_cells) | floor |
| 库存表, 库存分析, 出入库台账 | by lot, by vaccine, opening and closing; from the movements alone | stock |
| 外乡镇群众接种, 重点人群, 医生鉴定, 宣传 | visits, people and done, who waits, counts by village | floor, work |
| 上报的接种计划 | people of the plans handed in (the rows are those handed in, as they were) | work |
| 摸排登记表 | rows, people with a dose | work |
| 带班和会议, 摸底上报 | not here: copies of other reports and what people wrote, no figure of their own | |
"""
