"""Which two records speak of one person, and how sure it is; without a database."""

from datetime import date

import pytest

from residents.likeness import Face, compare, near, reasons

BORN = date(2015, 3, 8)


def face(pk, name="李婉", **more) -> Face:
    values = {
        "pinyin": "liwan",
        "sex": "F",
        "birth_date": BORN,
        "phone": "",
        "nationality": "156",
        "village_code": "150622002001",
        "types": frozenset({"01"}),
    }
    return Face(pk, name, **(values | more))


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({}, "姓名、性别、出生日期都相同"),
        ({"sex": "M"}, "性别不同"),
        ({"birth_date": date(2014, 1, 1), "phone": "13812345678"}, "姓名和电话相同"),
        ({"types": frozenset({"B1"})}, "出生证"),
        ({"types": frozenset({"N0"})}, "临时编号"),
        ({"types": frozenset({"N0"}), "birth_date": date(2015, 1, 1)}, "出生年份相同"),
        ({"name": "李碗"}, "读音相同"),
        ({"is_legacy": True}, "15位"),
    ],
)
def test_reasons_are_said_in_words(other, words):
    found = reasons(face(1, phone="13812345678"), face(2, **other))
    assert any(words in reason.words for reason in found), found


def test_a_renewed_passport():
    one = face(1, name="ANNA", types=frozenset({"03"}), nationality="643")
    assert any(
        "护照" in r.words for r in reasons(one, face(2, name="ANNA", types=one.types, nationality="643"))
    )
    assert not any(
        "护照" in r.words for r in reasons(one, face(2, name="ANNA", types=one.types, nationality="840"))
    )


def test_twins_with_cards_are_two_people():
    """Same birth date, names that differ in one character, different sound: brothers."""
    one = face(1, name="张文博", pinyin="zhangwenbo")
    assert reasons(one, face(2, name="张文涛", pinyin="zhangwentao")) == []


def test_a_rare_character_on_the_birth_certificate():
    one = face(1, name="张文㛃", pinyin="zhangwen", types=frozenset({"B1"}))
    found = reasons(one, face(2, name="张文洁", pinyin="zhangwenjie"))
    assert [r.weight for r in found] == [60, 90]


def test_other_names_and_other_birth_dates_are_nothing():
    assert reasons(face(1), face(2, birth_date=date(2014, 3, 8))) == []
    assert reasons(face(1), face(2, name="王芳", pinyin="wangfang")) == []


@pytest.mark.parametrize(
    ("one", "other", "is_near"),
    [
        ("150622201503082118", "150622201503081218", True),  # neighbours transposed
        ("150622201503081218", "150622201503091218", True),  # one digit
        ("150622201503081218", "150622201503081213", False),  # only the check digit
        ("150622201503081218", "150622201504091218", False),
        ("150622201503081218", "", False),
    ],
)
def test_near_numbers(one, other, is_near):
    assert near(one, other) == near(other, one) == is_near


def test_a_crowd_of_namesakes_is_not_compared_with_everybody():
    """Two hundred 王伟 with different birthdays: work by birth date, not 20 000 pairs; the true pair is found."""
    crowd = [face(n, birth_date=date(1950 + n % 60, 1 + n % 12, 1 + n % 28)) for n in range(840)]
    twin = face(10_000, birth_date=crowd[5].birth_date)
    found = list(compare([[*crowd, twin]]))
    assert (crowd[5].pk, twin.pk) in {(pair.first, pair.second) for pair in found}


def test_surest_first():
    pair = next(iter(compare([[face(1), face(2, types=frozenset({"B1"}))]])))
    assert (pair.score, pair.level[1]) == (110, "很可能")
