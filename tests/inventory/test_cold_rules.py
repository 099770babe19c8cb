"""The cold chain without a database: times out of range, two readings a day, and the files of loggers."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from core.errors import RuleBroken
from inventory import logger_files
from inventory.choices import Half
from inventory.cold_rules import (
    Point,
    Word,
    check_apart,
    check_moment,
    check_value,
    lasting,
    owed,
    spans,
    was_inside,
)

ZONE = ZoneInfo("Asia/Shanghai")
LOW, HIGH = Decimal(2), Decimal(8)


def at(hour, minute=0, day=20):
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


def point(hour, celsius, lowest=None, highest=None):
    celsius = Decimal(str(celsius))
    return Point(at(hour), celsius, Decimal(str(lowest or celsius)), Decimal(str(highest or celsius)))


def refused(call, *args) -> RuleBroken:
    with pytest.raises(RuleBroken) as error:
        call(*args)
    return error.value


@pytest.mark.requirement("S47")
def test_a_span_lasts_from_the_first_bad_reading_to_the_first_good_one():
    (span,) = spans([point(8, 5), point(9, 8.1), point(10, 9.4), point(11, 7.9)], LOW, HIGH)
    assert (span.start, span.end, span.extreme, span.last_good) == (at(9), at(11), Decimal("9.4"), at(8))
    assert spans([point(8, 2), point(9, 8)], LOW, HIGH) == []  # both ends belong to the range
    (open_one,) = spans([point(8, 1.9)], LOW, HIGH)
    assert (open_one.end, open_one.last_good, open_one.extreme) == (None, None, Decimal("1.9"))


def test_the_memory_of_the_thermometer_counts_since_the_reading_before():
    (span,) = spans([point(8, 5), point(16, 5, highest=11)], LOW, HIGH)
    assert (span.start, span.end, span.extreme) == (at(8), at(16), Decimal(11))
    two = spans([point(8, 9), point(9, 5), point(10, 5), point(11, -1)], LOW, HIGH)
    assert [(one.start, one.end) for one in two] == [(at(8), at(9)), (at(11), None)]
    (frozen,) = spans([point(8, 5), point(16, 8.5, lowest=-3)], LOW, HIGH)
    assert frozen.extreme == -3  # further out than 8.5


@pytest.mark.parametrize(
    ("value", "lowest", "highest", "code"),
    [("55.1", None, None, "IMPLAUSIBLE"), ("-127", None, None, "IMPLAUSIBLE"), ("5", "6", None, "EXTREMES"), ("5", None, "4", "EXTREMES")],
)  # fmt: skip
def test_what_no_thermometer_shows_is_refused(value, lowest, highest, code):
    given = [Decimal(one) if one else None for one in (value, lowest, highest)]
    assert refused(check_value, *given).code == code


def test_two_readings_a_day_six_hours_apart():
    morning = SimpleNamespace(at=at(9, 30), half="am", celsius=Decimal("4.2"))
    check_apart(at(15, 30), [morning])
    near = refused(check_apart, at(15, 29), [morning])
    assert near.code == "TOO_NEAR" and "15:30 以后再记" in near.message
    again = refused(check_apart, at(10), [morning])
    assert again.code == "HALF_TAKEN" and "09:30,4.2 ℃" in again.message
    evening = SimpleNamespace(at=at(13), half="pm", celsius=Decimal("4.2"))
    assert "应早于 07:00" in refused(check_apart, at(9), [evening]).message


def test_a_reading_is_of_now_or_of_the_last_week():
    now, since = at(9), date(2026, 11, 15)
    check_moment(now - timedelta(days=5), now, since)
    assert refused(check_moment, now + timedelta(hours=1), now, since).code == "FUTURE"
    assert refused(check_moment, now - timedelta(days=8), now, since).code == "LONG_AGO"
    assert refused(check_moment, now - timedelta(days=6), now, since).code == "BEFORE_DEVICE"


@pytest.mark.requirement("S47")
def test_what_is_owed_is_named_once_its_half_day_is_over():
    since = date(2026, 11, 19)
    is_read = [(date(2026, 11, 19), "am")]
    assert owed(since, is_read, now=at(11, 59)) == [(date(2026, 11, 19), Half.PM)]
    assert owed(since, is_read, now=at(12))[-1] == (date(2026, 11, 20), Half.AM)
    assert len(owed(date(2026, 1, 1), [], now=at(18))) == 16  # a week and today, not the whole year


def test_a_duration_in_words():
    start = at(8)
    words = [lasting(start, start + timedelta(minutes=n)) for n in (0, 45, 60, 125, 1440 * 2 + 61)]
    assert words == ["不到 1 分钟", "45 分钟", "1 小时", "2 小时 5 分钟", "2 天 1 小时"]


# --- files of loggers --------------------------------------------------------------------------------------------------

EXPECTED = [(at(8), Decimal("4.5")), (at(8, 10), Decimal("-0.3"))]
FILES = {
    "GBK with a preamble": "设备名称,1号冰箱\n开始时间,2026-11-20 08:00\n\n序号,记录时间,温度(℃),湿度\n1,2026-11-20 08:00:00,4.5,50\n2,2026-11-20 08:10:00,-0.3,51\n",
    "English, semicolons": "No;Date/Time;Temperature(°C)\n1;2026/11/20 8:00;4.5\n2;2026/11/20 8:10;-0.3\n",
    "decimal comma": "Time;Temp\n2026-11-20T08:00:00;4,5 ℃\n2026-11-20T08:10:00;-0,3 ℃\n",
    "two columns, dots": "日期\t时间\t温度值\n2026.11.20\t8:00\t4.5\n2026.11.20\t上午 08:10\t-0.3\n",
    "month first": "Date,Time,CH1(°C)\n11/20/2026,8:00 AM,4.5\n11/20/2026,08:10 AM,-0.3\n",
    "day first": "Timestamp,Temp(C)\n20/11/26 08:00,4.5\n20/11/26 08:10,-0.3\n",
    "compact": "LogTime,Value\n20261120 080000,4.5\n202611200810,-0.3\n",
    "Chinese words": "采集时间,探头1\n2026年11月20日 8时00分,4.5\n2026年11月20日 8时10分,-0.3\n",
    "Fahrenheit": "Time,Temp(°F)\n2026-11-20 08:00,40.1\n2026-11-20 08:10,31.46\n",
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_usual_loggers_are_read(name, encoding):
    found = logger_files.read(FILES[name].encode(encoding))
    assert [(moment, celsius) for _, moment, celsius in found.points] == EXPECTED
    assert found.bad == []


def test_bad_lines_are_named_with_their_number_and_nothing_else_is_lost():
    lines = [
        "时间,温度",
        "2026-11-20 08:00,4.5",
        "2026-11-20 08:10,--",
        "2026-11-31 08:20,4.5",
        "??,4",
        "2026-11-20 08:30,999.9",
        ",4.5",
    ]
    lines += ["2026-11-20 08:40,4.6"]
    found = logger_files.read("\n".join(lines).encode())
    assert [number for number, _, _ in found.points] == [2, 8]
    assert [number for number, _, _ in found.bad] == [3, 4, 5, 6, 7]
    reasons = "".join(reason for _, _, reason in found.bad)
    for word in ("不是数", "没有这个时刻", "看不懂", "不可能", "没有时间"):
        assert word in reasons


@pytest.mark.parametrize(
    ("text", "code"),
    [("a,b\n1,2\n", "HEADER"), ("时间,温度\n03/04/2026 08:00,4\n", "DATE_ORDER"), ("", "FILE")],
)
def test_a_file_that_cannot_be_read_for_certain_is_refused_with_advice(text, code):
    assert refused(logger_files.read, text.encode()).code == code


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], False),  # not at the site yet
        ([(7, ())], True),  # nobody knows where
        ([(7, (1,))], True),
        ([(7, (2,))], False),
        ([(7, (1, 2))], True),  # in both
        ([(7, ()), (8, (2,))], False),  # put away in time
        ([(7, ()), (10, (2,))], True),  # too late: until then nobody knew
        ([(7, (1,)), (10, (2,))], True),  # moved while it was warm
        ([(7, (2,)), (10, ())], True),  # more came in without a word
        ([(7, (2,)), (13, (1,))], False),  # moved in afterwards
        ([(10, (2,))], False),  # came while it was warm, straight into the other one
        ([(13, ())], False),  # came afterwards
    ],
)
def test_what_lay_in_a_device_between_nine_and_twelve(words, expected):
    said = [Word(at(hour), frozenset(devices)) for hour, devices in words]
    assert was_inside(1, said, at(9), at(12)) is expected
    if expected:
        assert was_inside(1, said, None, at(12))
