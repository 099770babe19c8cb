"""The census file of the bench: the usual columns of a village form on one sheet, one bad number in a hundred."""

from pathlib import Path
from random import Random

from bench import crowd, ground
from core.xlsx import Column, stream

_STREETS = ("建设路", "人民街", "和平巷", "新村", "东沟", "西梁", "河畔小区")
_RESIDENCES = ("常住",) * 9 + ("流入(县外省内)",)
_FIRST = 5_000_000  # numbers that nobody on the full register has
COLUMNS = (
    Column("serial", "序号", width=6),
    Column("village", "村/社区", width=14),
    Column("group", "组", width=6),
    Column("name", "姓名"),
    Column("sex", "性别", width=6),
    Column("number", "证件号码", width=22),
    Column("birth", "出生日期", width=12, format="date"),
    Column("phone", "联系电话", width=14),
    Column("residence", "人员类别", width=12),
    Column("address", "现住址", width=24),
    Column("job", "职业", width=10),
    Column("note", "备注", width=20),
)


def make(path: Path, count: int) -> Path:
    """Write ``count`` rows to ``path`` unless it is there: the people of one township, village after village."""
    if path.exists():
        return path
    random = Random(3)
    villages = [row["name"] for row in ground.divisions() if row["code"].startswith(ground.TOWN[:9])][1:]

    def rows():
        for n, person in enumerate(crowd.people(count, seed=2, first=_FIRST)):
            number = person.number
            yield {
                "serial": str(n + 1),
                "village": villages[n * len(villages) // count],
                "group": str(n % 12 + 1),
                "name": person.name,
                "sex": "男" if person.sex == "M" else "女",
                "number": number if n % 100 else f"{number[:17]}{'0' if number[17] != '0' else '1'}",
                "birth": person.birth_date,
                "phone": person.phone,
                "residence": random.choice(_RESIDENCES),
                "address": f"{random.choice(_STREETS)}{random.randrange(1, 300)}号",
                "job": random.choice(("务农", "务工", "个体", "退休", "学生", "")),
                "note": "" if n % 20 else "常年在家",
            }

    stream(path, COLUMNS, rows())
    return path
