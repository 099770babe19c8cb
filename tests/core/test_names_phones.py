"""Names, pinyin for search, telephone numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import names, phones


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("王 伟", "王伟"),
        (" 王\u3000伟 ", "王伟"),
        ("欧阳 小 明", "欧阳小明"),
        ("买买提 • 吐尔逊", "买买提·吐尔逊"),
        ("买买提．吐尔逊", "买买提·吐尔逊"),
        ("买买提.吐尔逊", "买买提·吐尔逊"),
        ("Ｊｏｈｎ  Smith", "John Smith"),
        ("𠮷野", "𠮷野"),
        ("王\u200b伟", "王伟"),
    ],
)
def test_one_spelling(typed, name):
    assert names.check(typed) == name


@pytest.mark.parametrize("typed", ["", "王", "王伟1", "张三(户主)", "甲" * 31, "张三?"])
def test_what_cannot_be_a_name(typed):
    with pytest.raises(ValueError, match="请"):
        names.check(typed)


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("王伟", "wangwei", "ww"),
        ("单田芳", "shantianfang dantianfang", "stf dtf"),
        ("尉迟恭", "yuchigong weichigong", "ycg wcg"),
        ("曾小明", "zengxiaoming cengxiaoming", "zxm cxm"),
        ("解放", "xiefang jiefang", "xf jf"),
        ("吕布", "lvbu", "lb"),
        ("王单", "wangdan", "wd"),
        ("John Smith", "johnsmith", "js"),
        ("", "", ""),
    ],
)
def test_pinyin(name, full, initials):
    assert names.pinyin(name) == (full, initials)


@pytest.mark.parametrize("surname", list("单解仇曾区朴翟查盖乐缪"))
def test_surnames_are_found_by_both_readings(surname):
    full, initials = names.pinyin(surname + "明")
    assert full == " ".join(f"{reading}ming" for reading in names.SURNAMES[surname])
    assert len(full.split()) == 2
    assert initials.split()[0] == f"{names.SURNAMES[surname][0][0]}m"


@given(st.text())
def test_normalising_twice_changes_nothing_and_pinyin_never_fails(text):
    once = names.normalise(text)
    assert names.normalise(once) == once
    names.pinyin(once)


def test_masked_name():
    assert (names.mask_name("张三丰"), names.mask_name("")) == ("张**", "")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("13812345678", "13812345678"),
        (13812345678.0, "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("１３８ 1234 5678", "13812345678"),
        ("0477-1234567", "0477-1234567"),
        ("(0477)1234567", "0477-1234567"),
        ("01012345678-12", "010-12345678-12"),
        ("", ""),
        (None, ""),
    ],
)
def test_phone_numbers_are_normalised(typed, number):
    assert phones.check(typed) == number


@pytest.mark.parametrize("typed", ["1381234567", "12812345678", "1234567", "无"])
def test_bad_phone_numbers_say_what_to_write(typed):
    with pytest.raises(ValueError, match="手机号是11位"):
        phones.check(typed)


def test_masked_phones():
    assert phones.mask("13812345678") == "138****5678"
    assert phones.mask("0477-1234567") == "0477-*****67"
    assert phones.mask("") == ""
