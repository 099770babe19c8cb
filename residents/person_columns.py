"""The columns in which every list of people names a person, so that all of them read alike."""

from core.xlsx import Column

SERIAL = Column("no", "序号", width=6, format="serial")
VILLAGE = Column("village", "村(社区)", width=14)
GROUP = Column("group", "组", width=6)
NAME = Column("name", "姓名", width=10)
SEX = Column("sex", "性别", width=6)
AGE = Column("age", "年龄", width=6, format="serial")
BIRTH = Column("birth", "出生日期", width=12, format="date")
NUMBER = Column("number", "证件号码(部分隐藏)", width=21)
PHONE = Column("phone", "联系电话", width=14)
