"""周排名 in words: ties, who moved, who is named. No database."""

from datetime import UTC, date, datetime

import pytest

from campaigns.models import Campaign
from core.text import half_width
from places.choices import Level
from places.models import Place
from reports.choices import TargetKind
from reports.weekly import Line, Ranking, notice, ranked


def line(name, done, quota=100, before=None, **more):
    code = f"150622002{sum(map(ord, name)) % 900:03d}"
    given = {"secretary": "", "week": 0, "week_before": 0, "quota_before": quota} | more
    return Line(
        Place(code=code, name=name),
        quota=quota,
        done=done,
        before=done if before is None else before,
        **given,
    )


def ranking(*lines) -> Ranking:
    return Ranking(
        place=Place(code="150622002000", name="迎泽街道", level=Level.TOWN),
        campaign=Campaign(name="新冠疫苗接种"),
        kind=TargetKind.FIRST,
        monday=date(2026, 11, 16),
        sunday=date(2026, 11, 22),
        cut_off=datetime(2026, 11, 23, 1, tzinfo=UTC),
        lines=ranked(lines),
        total=line("合计", sum(one.done for one in lines), sum(one.quota or 0 for one in lines)),
        due_on=date(2026, 12, 2),
    )


def names(lines) -> list[str]:
    return [one.place.name for one in lines]


@pytest.mark.requirement("S40")
def test_equal_rates_share_a_place_and_who_has_no_task_has_none():
    made = ranking(line("丁", 10), line("乙", 40, 80), line("甲", 50), line("丙", 30), line("戊", 9, None))
    assert [(one.place.name, one.rank) for one in made.lines if one.place.name in "丙丁戊"] == [
        ("丙", 3),
        ("丁", 4),
        ("戊", None),
    ]
    assert {one.rank for one in made.lines[:2]} == {1}
    assert names(made.placed) == names(made.lines[:4])
    assert made.unplaced_words == "没有下达任务、不排名也不计入合计:戊(9人)。"


def test_the_last_three_with_ties_but_nobody_who_is_through():
    many = ranking(
        *(line(name, done) for name, done in zip("甲乙丙丁戊己庚", (90, 80, 70, 60, 20, 20, 20), strict=True))
    )
    assert set(names(many.last)) == set("戊己庚")
    tied = ranking(
        *(line(name, done) for name, done in zip("甲乙丙丁戊己庚", (90, 80, 70, 20, 20, 20, 10), strict=True))
    )
    assert names(tied.last)[0] == "庚" and set(names(tied.last)) == set("丁戊己庚")
    through = ranking(
        *(line(name, done) for name, done in zip("甲乙丙丁戊", (120, 110, 105, 100, 99), strict=True))
    )
    assert names(through.last) == ["戊"]
    assert ranking(line("甲", 5), line("乙", 4), line("丙", 3)).last == []


@pytest.mark.parametrize(
    ("more", "moved", "change", "remark"),
    [
        ({"before": 44, "rank": 1, "rank_before": 3}, "升2位", "+6.0", ""),
        ({"before": 51, "rank": 4, "rank_before": 3}, "降1位", "-1.0", ""),
        ({"before": 50, "rank": 2, "rank_before": 2}, "持平", "0.0", ""),
        ({"before": 50, "quota_before": None, "rank": 2}, "—", "—", "任务由未下达调为100"),
        ({"before": 50, "quota_before": 200, "late": -2}, "—", "+25.0", "任务由200调为100,补录更正-2人"),
    ],
)
def test_what_a_line_says_of_the_week_before(more, moved, change, remark):
    one = line("甲", 50, **more)
    assert (one.moved_words, one.change_words, one.remark) == (moved, change, remark)


def test_the_notice_names_first_and_last_with_who_answers():
    lines = [
        line(name, done, secretary=f"{name}书记员")
        for name, done in zip("甲乙丙丁戊己", (60, 50, 40, 30, 20, 10), strict=True)
    ]
    said = [half_width(row) for row in notice(ranking(*lines)).splitlines()]
    assert said[0].startswith("【周排名通报】迎泽街道新冠疫苗接种首剂周排名(11月16日至11月22日)")
    assert "首剂任务600人,累计完成210人,完成率35.0%" in said[1]
    assert said[1].startswith("迎泽街道首剂任务600人")
    assert said[2:4] == ["居前:", "第1名 甲(书记 甲书记员) 60.0%,本周0人,—"]
    assert said[6:8] == ["居后:", "第6名 己(书记 己书记员) 10.0%,本周0人,—"]
    assert said[-1] == "期限12月2日,还有10天、390人,平均每天需39人。"
