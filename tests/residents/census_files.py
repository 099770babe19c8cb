"""Census files as offices really send them, built for the tests. All people are synthetic (region 999999)."""

import csv
import io
from datetime import date, datetime

from openpyxl import Workbook

from residents.services.census_cells import cells_of
from tests.factories.people import id_number

HEADER = [
    "序号",
    "村/社区",
    "组",
    "户号",
    "姓名",
    "性别",
    "身份证号",
    "出生日期",
    "联系电话",
    "人员类别",
    "备注",
]


def number(n: int, birth: date = date(1980, 5, 1)) -> str:
    """The number of synthetic person ``n``; odd ones are men."""
    return id_number(birth, n)


def workbook(*sheets, names=()) -> bytes:
    """An .xlsx of lists of rows; a row may be None (an empty line)."""
    book = Workbook()
    book.remove(book.active)
    for at, rows in enumerate(sheets):
        ws = book.create_sheet(names[at] if at < len(names) else f"Sheet{at + 1}")
        for line, row in enumerate(rows, start=1):
            for column, value in enumerate(row or (), start=1):
                ws.cell(line, column).value = value
    return saved(book)


def saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def comma_separated(rows, encoding: str) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode(encoding)


def simple(*people: dict) -> bytes:
    """One header row and ``people`` (dicts by column title)."""
    titles = list(dict.fromkeys(title for person in people for title in person))
    return workbook([titles, *([person.get(title) for title in titles] for person in people)])


def the_office_file() -> bytes:
    """The file of the acceptance bar. 16 rows of people: 7 good, 1 repeated alike, 8 bad.

    Titles above a two-row header, village, group and house merged over several lines, numbers as text and as damaged
    floats, dates in five shapes, full-width digits, trailing blanks, an empty line, a total, a note, the header again.
    """
    book = Workbook()
    ws = book.active
    ws.title = "曙光社区"
    ws.append(["迎泽街道新冠疫苗接种摸排登记表"])
    ws.merge_cells("A1:M1")
    ws.append(["填报单位:曙光社区", None, None, None, "填报时间:2021.12.1"])
    top = [
        "序号",
        "村/社区",
        "组",
        "户号",
        "姓 名",
        "性别",
        "身份证号码(18位)",
        "出生日期",
        "联系电话",
        "人员类别",
    ]
    ws.append([*top, "第一剂", None, "备注"])
    ws.append([None] * 10 + ["接种时间", "接种单位"])
    for column in "ABCDEFGHIJM":
        ws.merge_cells(f"{column}3:{column}4")
    ws.merge_cells("K3:L3")
    lines = [
        # 5: village, group and house are merged downwards
        [
            1,
            "曙光社区",
            "1组",
            "001",
            "王伟",
            "男",
            number(1),
            "1980.5.1",
            "13800000001",
            "常住",
            "2021.6.1",
            "旗医院",
        ],
        [2, None, None, None, "李娜 ", "女", number(2) + "  ", 29342, 13800000002, "常住", 44348, "旗医院"],
        [3, None, None, None, "张 敏", None, wide(number(4)), None, "138 0000 0003", None, "20210601", None],
        [
            4,
            None,
            None,
            "002",
            "刘洋",
            "男",
            number(5),
            datetime(1980, 5, 1),
            None,
            "常住",
            datetime(2021, 6, 1),
            None,
        ],
        [
            5,
            None,
            "2组",
            "003",
            "陈静",
            "女",
            number(6),
            "1980年5月1日",
            "13800000005",
            "常住",
            "2021年6月1日",
            None,
        ],
        None,
        # 11: the same person as in line 5, word for word
        [
            6,
            "曙光社区",
            "1组",
            "001",
            "王伟",
            "男",
            number(1),
            "1980.5.1",
            "13800000001",
            "常住",
            "2021.6.1",
            "旗医院",
        ],
        # 12, 13: one number, two phones
        [7, "曙光社区", "3组", "004", "杨帆", "男", number(7), None, "13800000007", "常住", None, None],
        [8, "曙光社区", "3组", "004", "杨帆", "男", number(7), None, "13800000008", "常住", None, None],
        # 14: a number that Excel has rounded; 15: a wrong check digit; 16: another birth date; 17: another village
        [
            9,
            "曙光社区",
            "3组",
            "005",
            "赵磊",
            "男",
            float(number(9)[:15] + "000"),
            None,
            None,
            "常住",
            None,
            None,
        ],
        [10, "曙光社区", "3组", "005", "孙丽", "女", spoiled(number(10)), None, None, "常住", None, None],
        [11, "曙光社区", "3组", "005", "周强", "男", number(11), "1981-05-01", None, "常住", None, None],
        [12, "南山社区", "3组", "005", "吴霞", "女", number(12), None, None, "常住", None, None],
        [
            "序号",
            "村/社区",
            "组",
            "户号",
            "姓名",
            "性别",
            "身份证号码",
            "出生日期",
            "联系电话",
            "人员类别",
            None,
            None,
        ],
        [
            13,
            "曙光",
            "4组",
            "006",
            "郑浩",
            "男",
            "150622800501131",
            None,
            None,
            "外出",
            None,
            None,
            "在呼市务工",
        ],
        [
            14,
            "曙光社区",
            "4组",
            "006",
            "冯玉兰",
            "女",
            number(14),
            None,
            "0477-4212345",
            "常住",
            "康希诺 2021.6.1",
            None,
        ],
        [15, "曙光社区", "4组", "007", "=1+1", "女", number(16), None, None, "常住", None, None],
        [16, "曙光社区", "4组", "007", "何芳", "女", number(18), None, None, "流入(省外)", None, None],
        ["合计", None, None, None, "16人"],
        ["填表人:王某   审核人:李某"],
    ]
    for line in lines:
        ws.append(line or [])
    ws.merge_cells("B5:B9")
    ws.merge_cells("C5:C8")
    ws.merge_cells("D5:D7")
    return saved(book)


def wide(digits: str) -> str:
    """Full-width digits, as some input methods type them."""
    return digits.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"})


def spoiled(number_: str) -> str:
    """The same number with a wrong check digit."""
    return number_[:17] + ("1" if number_[17] != "1" else "2")


def said_of(census) -> dict[str, str]:
    """What the only row of an import says, by field key."""
    [said] = cells_of(census.rows.all()).values()
    return said
