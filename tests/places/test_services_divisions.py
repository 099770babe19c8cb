"""Official lists of divisions: every kind of code that occurs, abolished and returning codes, bad rows."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from core.errors import RuleBroken
from places.choices import Level
from places.models import Place
from places.services.divisions import import_divisions, read_divisions

SHIPPED = Path(__file__).resolve().parents[2] / "places" / "data" / "divisions_150622.csv"
DAY = date(2026, 11, 21)
LATER = date(2026, 12, 1)


def _rows(*lines):
    return [dict(zip(("code", "name", "level"), line.split(), strict=True)) for line in lines]


COUNTY = _rows(
    "150000000000 内蒙古自治区 province",
    "150600000000 鄂尔多斯市 city",
    "150622000000 准格尔旗 county",
)
TOWN = _rows(
    "150622100000 薛家湾镇 township", "150622100001 一居委会 village", "150622100200 二村委会 village"
)


def _load(rows, today=DAY):
    return import_divisions(rows, actor=None, today=today)


def _outcome(counts):
    return counts.created, counts.updated, counts.unchanged, counts.closed


def _place(code):
    return Place.objects.get(code=code)


@pytest.mark.django_db
class TestShippedList:
    def test_everything_goes_in_and_hangs_together(self):
        rows = read_divisions(SHIPPED)
        counts = _load(rows)
        assert counts.problems == []
        assert _outcome(counts) == (219, 0, 0, 0)
        assert Place.objects.count() == len({row["code"] for row in rows}) == 219
        for place in Place.objects.exclude(level=Level.PROVINCE).select_related("parent"):
            assert place.code.startswith(place.parent.prefix)
        assert Place.objects.filter(level=Level.TOWN).count() == 15
        assert Place.objects.filter(level=Level.VILLAGE).count() == 201

    def test_second_time_changes_nothing(self):
        _load(read_divisions(SHIPPED))
        before = list(Place.objects.order_by("pk").values())
        assert _outcome(_load(read_divisions(SHIPPED), LATER)) == (0, 0, 219, 0)
        assert list(Place.objects.order_by("pk").values()) == before

    def test_command_answers_in_json(self, capsys):
        call_command("import_divisions", str(SHIPPED), json=True)
        printed = json.loads(capsys.readouterr().out)
        assert (printed["rows"], printed["created"], printed["problems"]) == (219, 219, [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "levels", [["city"], ["county"], ["city", "county"], ["county", "city"]], ids="-".join
)
def test_city_without_districts(levels):
    """东莞 has no districts: its county code ends in 00, and lists show it as a city, a county, or twice."""
    tree = [f"441900000000 东莞市 {level}" for level in levels]
    counts = _load(
        _rows(
            "440000000000 广东省 province",
            *tree,
            "441900003000 东城街道 township",
            "441900003001 岗贝社区 village",
        )
    )
    assert counts.problems == []
    dongguan, street = _place("441900000000"), _place("441900003000")
    assert dongguan.level == ("county" if "county" in levels else "city")
    assert dongguan.parent == _place("440000000000")
    assert street.parent == dongguan
    assert _place("441900003001").parent == street
    inside = set(Place.objects.under(dongguan).values_list("code", flat=True))
    assert inside == {"441900000000", "441900003000", "441900003001"}


@pytest.mark.django_db
def test_city_of_towns_stays_apart_from_its_neighbours():
    """4419… and 4420… share their first three digits, and a city of districts keeps its counties."""
    _load(
        _rows(
            "440000000000 广东省 province",
            "441900000000 东莞市 city",
            "442000000000 中山市 city",
            "442000001000 石岐街道 township",
            "441800000000 清远市 city",
            "441802000000 清城区 county",
            "441802001000 凤城街道 township",
        )
    )
    assert _place("442000001000").parent == _place("442000000000")
    assert _place("441802001000").parent == _place("441802000000")
    assert _place("441802000000").parent == _place("441800000000")
    assert Place.objects.under(_place("441900000000")).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("150622001000", "兴隆街道"),
        ("150622100000", "薛家湾镇"),
        ("150622200000", "暖水乡"),
        ("150622400000", "准格尔经济开发区"),
        ("150622599000", "农场"),
    ],
)
def test_every_kind_of_town_and_village_code(code, name):
    villages = [
        f"{code[:9]}{n} 第{n}村 village" for n in ("001", "199", "200", "399", "400", "498", "500", "998")
    ]
    counts = _load(COUNTY + _rows(f"{code} {name} township", *villages))
    assert counts.problems == []
    town = _place(code)
    assert (town.level, town.prefix) == (Level.TOWN, code[:9])
    assert town.children.count() == 8
    assert {village.level for village in town.children.all()} == {Level.VILLAGE}


@pytest.mark.django_db
class TestChanges:
    def test_revoked_code_is_closed_not_deleted(self):
        _load(COUNTY + TOWN)
        counts = _load(COUNTY + TOWN[:2], LATER)
        assert _outcome(counts) == (0, 0, 5, 1)
        assert _place("150622100200").valid_to == LATER
        assert not Place.objects.current().filter(code="150622100200").exists()

    def test_closed_stays_closed_on_its_day(self):
        _load(COUNTY + TOWN)
        _load(COUNTY + TOWN[:2], DAY)
        assert _load(COUNTY + TOWN[:2], LATER).closed == 0
        assert _place("150622100200").valid_to == DAY

    def test_code_that_comes_back_is_opened(self):
        _load(COUNTY + TOWN)
        closed = _place("150622100200").pk
        _load(COUNTY + TOWN[:2])
        counts = _load(COUNTY + TOWN, LATER)
        assert (counts.created, counts.updated) == (0, 1)
        assert (_place("150622100200").pk, _place("150622100200").valid_to) == (closed, None)

    def test_renamed(self):
        _load(COUNTY + TOWN)
        counts = _load(COUNTY + TOWN[:2] + _rows("150622100200 新村委会 village"))
        assert _outcome(counts) == (0, 1, 5, 0)
        assert _place("150622100200").name == "新村委会"

    def test_another_county_is_left_alone(self):
        _load(COUNTY + TOWN)
        counts = _load(
            _rows(
                "150621000000 达拉特旗 county",
                "150621100000 树林召镇 township",
                "150621100001 一社区 village",
            )
        )
        assert counts.closed == 0
        assert _place("150622100200").valid_to is None

    def test_list_without_towns_closes_none(self):
        _load(COUNTY + TOWN)
        assert _load(COUNTY).closed == 0


@pytest.mark.django_db
class TestBadRows:
    @pytest.mark.parametrize(
        "row",
        [
            {"code": "15062210000", "name": "十一位", "level": "township"},
            {"code": "15062210000O", "name": "字母", "level": "township"},
            {"code": "15062210000\uff10", "name": "全角", "level": "township"},
            {"code": "150622100000", "name": " ", "level": "township"},
            {"code": "150622100000", "name": "级别", "level": "galaxy"},
            {"code": None, "name": None, "level": None},
        ],
    )
    def test_told_with_its_line_and_left_out(self, row):
        counts = _load([*COUNTY, row])
        assert len(counts.problems) == 1
        assert counts.problems[0].startswith("第 5 行")
        assert counts.created == 3

    def test_orphan_is_told_and_left_out(self):
        counts = _load(_rows("150622100001 一居委会 village"))
        assert "上级不在名单" in counts.problems[0]
        assert not Place.objects.exists()

    def test_bad_row_closes_nothing(self):
        """A damaged line must not pass for an abolished village."""
        _load(COUNTY + TOWN)
        counts = _load([*COUNTY, *TOWN[:2], {"code": "15062210020", "name": "二村委会", "level": "village"}])
        assert counts.closed == 0
        assert _place("150622100200").valid_to is None


class TestReading:
    def test_levels_in_chinese_and_byte_order_mark(self, tmp_path, db):
        path = tmp_path / "list.csv"
        path.write_text(
            "\ufeffcode,name,level\n150622000000,准格尔旗,县级\n150622100000,薛家湾镇,乡级\n", "utf-8"
        )
        assert _load(read_divisions(path)).problems == []
        assert _place("150622100000").level == Level.TOWN

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"\xd7\xbc\xb8\xf1", "DIVISIONS_UNREADABLE"),
            (b"a,b\n1,2\n", "DIVISIONS_HEADER"),
            (b"", "DIVISIONS_HEADER"),
        ],
    )
    def test_not_such_a_list(self, content, code, tmp_path):
        path = tmp_path / "list.csv"
        path.write_bytes(content)
        with pytest.raises(RuleBroken) as refused:
            read_divisions(path)
        assert refused.value.code == code

    def test_missing_file_is_a_bad_call(self, db):
        with pytest.raises(CommandError) as refused:
            call_command("import_divisions", "/nowhere.csv")
        assert refused.value.returncode == 2

    def test_shipped_list_is_plain_csv(self):
        with SHIPPED.open(encoding="utf-8", newline="") as file:
            assert next(csv.reader(file)) == ["code", "name", "level"]
