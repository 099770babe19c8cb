"""Workbooks of the floor: the case card of a reaction with its log."""

from django.utils import timezone

from clinic.models import AdverseEvent
from clinic.services import case_cards
from core.xlsx import Column, Sheet

_VACCINE = {
    "name": "疫苗名称",
    "presentation": "规格",
    "maker": "生产企业",
    "lot": "批号",
    "given": "接种日期",
    "programme": "组织形式",
    "dose": "剂次",
    "ml": "剂量",
    "route": "途径",
    "part": "部位",
}


def card_sheets(event: AdverseEvent) -> list[Sheet]:
    """个案卡 (its 22 items in order, the vaccines of item 9 line by line) and 处置与随访记录."""
    card = case_cards.latest(event)
    rows = [
        {"no": number, "item": title, "text": text} for number, title, text in case_cards.items(event, card)
    ]
    vaccines = [
        {"no": 9, "item": f"可疑疫苗{n} {word}", "text": str(line[key])}
        for n, line in enumerate(case_cards.suspects(event, card), start=1)
        for key, word in _VACCINE.items()
    ]
    rows[8:8] = vaccines  # items 1-8 stand before
    columns = [
        Column("no", "序号", width=6, format="serial"),
        Column("item", "项目", width=22),
        Column("text", "内容", width=64),
    ]
    version = f"第{card.version}版" if card else "未填写"
    log = [
        {
            "at": entry.at,
            "kind": entry.get_kind_display(),
            "to": entry.to_whom,
            "text": entry.text,
            "state": entry.get_state_display(),
            "by": str(entry.by),
        }
        for entry in event.entries.select_related("by")
    ]
    log_columns = [
        Column("at", "时间", width=17, format="datetime"),
        Column("kind", "类别", width=14),
        Column("to", "对方", width=18),
        Column("text", "内容", width=40),
        Column("state", "情况", width=8),
        Column("by", "经手人", width=12),
    ]
    heads = {
        "filled_by": event.dose.site.name,
        "cut_off": timezone.localtime().strftime("%Y-%m-%d %H:%M"),
        "unit": "例",
    }
    signed = ["报告人签字:                报告日期:        年    月    日"]
    return [
        Sheet(
            "个案卡",
            columns,
            rows,
            title=f"疑似预防接种异常反应个案报告卡({version})",
            footer_lines=signed,
            portrait=True,
            **heads,
        ),
        Sheet(
            "处置与随访",
            log_columns,
            log,
            title="处置与随访记录",
            footer_lines=signed,
            **{**heads, "unit": "次"},
        ),
    ]
