"""Charts: order, ranks, geometry, and markup that a strict content policy and a screen reader accept."""

from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from core import charts

ROWS = [("乙村", 30, 100), ("甲村", 90, 100), ("丁村", 5, 0), ("丙村", 9, 10), ("戊村民委员会联合村", 12, 10)]


def drawn(tag, chart):
    html = Template("{% load charts %}{% " + tag + " chart %}").render(Context({"chart": chart}))
    return html, ElementTree.fromstring(html)


def test_bars_stand_in_rank_order_and_ties_share_a_rank():
    chart = charts.completion(ROWS, title="完成率", key="c", pace=0.5)
    assert [(bar.rank, bar.label) for bar in chart.bars] == [
        (1, "戊村民委员会…"),
        (2, "甲村"),
        (2, "丙村"),
        (4, "乙村"),
        (None, "丁村"),
    ]
    assert [bar.behind for bar in chart.bars] == [False, False, False, True, False]
    assert chart.bars[3].figures == "30.0% (30/100) 落后"
    assert chart.bars[4].figures == "5 人,未定任务"
    assert "乙村 30.0% (30/100) 落后" in chart.description


def test_more_than_the_target_is_drawn_as_more():
    chart = charts.completion([("甲村", 150, 100), ("乙村", 75, 100)], title="完成率", key="c", pace=0.75)
    plot = chart.right - chart.left
    assert chart.bars[0].width == plot
    assert chart.bars[1].width == plot / 2
    assert chart.target_x == pytest.approx(chart.left + plot / 1.5, abs=0.1)
    assert chart.pace_x == chart.left + plot / 2


@given(st.lists(st.tuples(st.just("村"), st.integers(0, 10**6), st.integers(0, 10**5)), max_size=30))
def test_bars_always_fit_their_plot(rows):
    chart = charts.completion(rows, title="完成率", key="c")
    assert all(0 <= bar.width <= chart.right - chart.left for bar in chart.bars)
    assert chart.left <= chart.target_x <= chart.right
    assert len(chart.bars) == len(rows)


@given(st.lists(st.dictionaries(st.integers(1, 7), st.integers(0, 5000)), max_size=40))
def test_columns_stack_up_to_their_sum_inside_the_plot(counts):
    days = {date(2026, 11, 1) + timedelta(days=at): doses for at, doses in enumerate(counts)}
    chart = charts.doses_per_day(days, title="每日接种", key="d")
    assert len(chart.segments) == sum(1 for doses in counts for count in doses.values() if count)
    assert all(part.y >= 28 and part.y + part.height <= chart.base + 1 for part in chart.segments)
    assert len(chart.labels) <= 12


def test_the_day_chart_says_the_sum_and_the_best_day():
    days = {date(2026, 11, 20): {1: 100, 2: 50}, date(2026, 11, 21): {1: 3000}}
    chart = charts.doses_per_day(days, title="每日接种", key="d")
    assert chart.description == "11月20日至11月21日共接种3,150剂次,最多的一天是11月21日,3,000剂次。"
    assert [words for *_, words in chart.totals] == ["150", "3,000"]
    assert [words for _, words in chart.ticks] == ["0", "1,000", "2,000", "3,000", "4,000"]
    assert [words for *_, words in chart.legend] == ["第1剂", "第2剂"]
    assert charts.doses_per_day({}, title="每日接种", key="d").description == "还没有接种记录。"


@pytest.mark.parametrize("kind", ["bar_chart", "day_chart"])
def test_markup_is_well_formed_named_escaped_and_without_styles(kind):
    if kind == "bar_chart":
        chart = charts.completion([("<甲>&村", 1200, 1000), *ROWS], title="完成率", key="k", pace=0.9)
    else:
        days = {date(2026, 11, 1) + timedelta(days=n): {1: 1000 + n, 2: 7} for n in range(20)}
        chart = charts.doses_per_day(days, title="每日接种", key="k")
    html, root = drawn(kind, chart)
    svg = root.find("svg")
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == "k-title k-desc"
    assert (svg.find("title").text, svg.find("desc").text) == (chart.title, chart.description)
    assert "style" not in html
    for element in svg.iter("rect"):
        assert float(element.get("width")) >= 0  # no thousands separators or decimal commas in numbers


@pytest.mark.parametrize(("highest", "top"), [(0, 4), (5, 8), (9, 20), (81, 100), (842, 1000), (1001, 2000)])
def test_the_scale_ends_at_a_round_number_not_far_above(highest, top):
    chart = charts.doses_per_day({date(2026, 11, 21): {1: highest}}, title="每日接种", key="d")
    assert chart.ticks[-1][1] == f"{top:,}"
