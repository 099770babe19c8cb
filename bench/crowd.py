"""Made-up people in any number, the same for the same seed. Their ID numbers begin with 99: no real card does."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random

# Surnames by their real frequency (per mille, rounded), so that the commonest prefix is as common as in life.
_SURNAMES = (
    "王71李70张68刘54陈45杨31黄22赵21吴20周20徐17孙15马13朱13胡12郭12何12高11林11罗10郑9梁9谢8宋8唐7许7韩7邓6冯6曹6彭6曾6肖6田5董5"
    "潘5袁5蔡5蒋5余5于5杜5叶5程5魏4苏4吕4丁4任4卢4姚4沈4钟4姜4崔4谭4陆4范4汪3廖3石3金3韦3贾3夏3付3方3邹3熊3白3孟3秦3邱3侯3江3尹3薛3"
    "闫3段3雷3龙3黎3史3陶3贺3毛3郝3顾2龚2邵2万2覃2武2钱2戴2严2莫2孔2向2单1解1仇1翟1查1乐1"
)
_GIVEN = (
    "伟强磊军勇杰涛明超刚平辉鹏华飞波斌宇浩凯健俊帆亮建国志文海东峰龙林民永成德福根宝山芳娜敏静丽艳娟霞秀英玲桂兰燕红梅琳云莉洁雪萍凤丹慧淑"
    "珍婷玉萱欣怡佳颖倩香月莲翠花巧子一诗涵梓轩雨泽思嘉奕晨睿博安然天佑心悦语桐可若希彤家豪振兴庆祥瑞金银铁柱来喜顺利长春夏秋冬生"
)
_TODAY = date(2026, 6, 1)  # ages are as of this day, whenever the bench runs


@dataclass(frozen=True, slots=True)
class Somebody:
    """One made-up person."""

    name: str
    sex: str
    birth_date: date
    number: str
    phone: str


def people(count: int, *, seed: int, first: int = 0) -> Iterator[Somebody]:
    """``count`` people with numbers that are unique for all ``first`` … ``first + count`` below 40 millions."""
    random = Random(seed)
    surnames, weights = _surnames()
    given_weights = list(accumulate(1 / (10 + at) for at in range(len(_GIVEN))))
    for n in range(first, first + count):
        family = random.choices(surnames, cum_weights=weights)[0]
        length = 1 if random.random() < 0.2 else 2
        name = family + "".join(random.choices(_GIVEN, cum_weights=given_weights, k=length))
        birth = _TODAY - timedelta(days=int(random.triangular(0, 95, 42) * 365.25))
        sequence = n % 1000
        yield Somebody(
            name=name,
            sex="M" if sequence % 2 else "F",
            birth_date=birth,
            number=_with_check_digit(f"99{n // 1000 % 10_000:04d}{birth:%Y%m%d}{sequence:03d}", n),
            phone=f"1{random.choice('35789')}{random.randrange(10**9):09d}",
        )


def _surnames() -> tuple[list[str], list[int]]:
    names, shares, digits = [], [], ""
    for char in _SURNAMES + "X":
        if char.isdigit():
            digits += char
            continue
        if digits:
            shares.append(int(digits))
            digits = ""
        names.append(char)
    return names[:-1], list(accumulate(shares))


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643


def _with_check_digit(body: str, n: int) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]
