"""Ages, months, working days and loosely written dates."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import dates

TODAY = date(2026, 11, 21)
days = st.dates(date(1900, 3, 1), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("birth", "on", "years"),
    [
        (date(2008, 11, 21), date(2026, 11, 21), 18),
        (date(2008, 11, 22), date(2026, 11, 21), 17),
        (date(2004, 2, 29), date(2023, 2, 28), 18),
        (date(2004, 2, 29), date(2023, 3, 1), 19),
        (date(2026, 12, 1), date(2026, 11, 21), -1),
    ],
)
def test_age_counts_completed_years(birth, on, years):
    assert dates.age_on(birth, on) == years


@pytest.mark.parametrize(
    ("birth", "on", "months"),
    [
        (date(2026, 1, 31), date(2026, 2, 27), 0),
        (date(2026, 1, 31), date(2026, 2, 28), 1),
        (date(2025, 11, 21), date(2026, 11, 20), 11),
        (date(2025, 11, 21), date(2026, 11, 21), 12),
    ],
)
def test_age_in_months(birth, on, months):
    assert dates.age_months_on(birth, on) == months


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        (date(2021, 1, 31), 1, date(2021, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2021, 8, 31), 6, date(2022, 2, 28)),
        (date(2021, 12, 15), 1, date(2022, 1, 15)),
        (date(2021, 3, 31), -1, date(2021, 2, 28)),
        (date(2021, 1, 1), -1, date(2020, 12, 1)),
    ],
)
def test_add_months_clamps_to_the_end_of_the_month(day, months, result):
    assert dates.add_months(day, months) == result


@given(days, st.integers(0, 600))
def test_a_person_is_as_many_months_old_as_months_have_passed(birth, months):
    assert dates.age_months_on(birth, dates.add_months(birth, months)) == months
    assert dates.age_months_on(birth, dates.add_months(birth, months) - timedelta(days=1)) == months - 1


@pytest.mark.parametrize(
    "written",
    [
        "2021.6.1",
        "2021/6/1",
        "2021-06-01",
        "20210601",
        "2021年6月1日",
        "2021年6月1号",
        "2021 年 6 月 1 日",
        " 2021.6.1  ",
        "2021、6、1",
        "2021.06.01.",
        "二〇二一年六月一日",
        "二零二一年六月一号",
        "2021-06-01 00:00:00",
        "2021-06-01T08:30:00Z",
        "20210601.0",
        "44348",
        44348,
        44348.0,
        44348.75,
        20210601,
        20210601.0,
        date(2021, 6, 1),
        datetime(2021, 6, 1, 9, 30),
        "\u3000\ufeff2021-6-1\u00a0",
    ],
)
def test_every_usual_way_to_write_a_date_is_read(written):
    assert dates.parse_loose_date(written, today=TODAY) == date(2021, 6, 1)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("6月1日", date(2026, 6, 1)),
        ("11月21日", date(2026, 11, 21)),
        ("11月22日", date(2025, 11, 22)),
        ("2月29日", date(2024, 2, 29)),
        ("六月一日", date(2026, 6, 1)),
    ],
)
def test_a_date_without_a_year_is_the_latest_one_not_in_the_future(written, day):
    assert dates.parse_loose_date(written, today=TODAY) == day


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("65-3-7", date(1965, 3, 7)),
        ("65年3月7日", date(1965, 3, 7)),
        ("88.12.31", date(1988, 12, 31)),
        ("一九六五年十二月二十七日", date(1965, 12, 27)),
        ("一九九〇年三月三十日", date(1990, 3, 30)),
        ("二〇一〇年十月十日", date(2010, 10, 10)),
    ],
)
def test_years_of_two_digits_and_chinese_numerals_are_read_where_only_one_day_is_meant(written, day):
    assert dates.parse_loose_date(written, today=TODAY) == day


def test_a_short_year_of_something_that_is_not_old_means_this_century():
    assert dates.parse_loose_date("21.6.1", today=TODAY, since=dates.FIRST_DOSES) == date(2021, 6, 1)
    assert dates.parse_loose_date("78.6.1", today=TODAY, since=dates.FIRST_DOSES) == date(1978, 6, 1)
    with pytest.raises(ValueError, match="年份写全"):
        dates.parse_loose_date("30.6.1", today=TODAY, since=dates.FIRST_DOSES)


@pytest.mark.parametrize("empty", [None, "", "   ", "-", "/", "无", "\u3000"])
def test_an_empty_cell_is_no_date(empty):
    assert dates.parse_loose_date(empty, today=TODAY) is None


@pytest.mark.parametrize(
    ("written", "part"),
    [
        ("2021-02-30", "没有这一天"),
        ("20211301", "没有这一天"),
        ("2月30日", "没有这一天"),
        ("2021", "不是完整的日期"),
        (2021, "不是完整的日期"),
        ("202106", "不是完整的日期"),
        (202106, "不是完整的日期"),
        ("2021年6月", "看不出是哪一天"),
        ("去年", "看不出是哪一天"),
        ("6.1", "看不出是哪一天"),
        (17, "看不出是哪一天"),
        (1.5e17, "看不出是哪一天"),
        ("99999", "看不出是哪一天"),
        ("1021-06-01", "年份不对"),
        ("21.6.1", "1921年还是2021年"),
        ("65-13-1", "没有这一天"),
        ("一九六五年", "看不出是哪一天"),
        (True, "不是日期"),
    ],
)
def test_an_unreadable_date_says_so_in_chinese(written, part):
    with pytest.raises(ValueError, match=part):
        dates.parse_loose_date(written, today=TODAY)


@given(days)
def test_any_date_survives_each_way_of_writing(day):
    for written in (f"{day.year}.{day.month}.{day.day}", day.isoformat(), day.strftime("%Y%m%d")):
        assert dates.parse_loose_date(written, today=TODAY) == day


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans()))
def test_nothing_but_value_error_comes_out(value):
    try:
        result = dates.parse_loose_date(value, today=TODAY)
    except ValueError:
        return
    assert result is None or isinstance(result, date)


def test_holidays_and_exchange_days_follow_the_national_table():
    assert not dates.is_workday(date(2026, 10, 1))  # National Day, a Thursday
    assert dates.is_workday(date(2024, 2, 18))  # a Sunday worked in exchange for the Spring Festival
    assert not dates.is_workday(date(2026, 11, 21))


def test_beyond_the_table_weekdays_count_and_overrides_win():
    friday, saturday = date(2031, 10, 3), date(2031, 10, 4)
    assert dates.is_workday(friday)
    assert not dates.is_workday(saturday)
    assert list(dates.workdays(friday, saturday, overrides={friday: False, saturday: True})) == [saturday]


def test_days_in_words():
    assert dates.weekday_zh(TODAY) == "周六"
    assert dates.day_zh(TODAY) == "11月21日 周六"
