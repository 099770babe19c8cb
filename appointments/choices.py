"""Code lists of sessions and bookings."""

from django.db import models


class SessionKind(models.TextChoices):
    OPEN = "open", "开放日"
    VILLAGE = "village", "村(社区)专场"
    SCHOOL = "school", "校园专场"
    ENTERPRISE = "enterprise", "企业(工地)专场"
    CHILDREN = "children", "儿童周末专场"
    ELDERS = "elders", "老年人专场"
    MOBILE = "mobile", "流动接种"
    EXTRA = "extra", "加班时段"


class Duty(models.TextChoices):
    """Who does what on the day of a session."""

    LEADER = "leader", "带班领导"
    CONTACT = "contact", "联系人"
    DOCTOR = "doctor", "预检医生"
    REGISTRAR = "registrar", "登记员"
    VACCINATOR = "vaccinator", "接种员"
    OBSERVER = "observer", "留观护士"
    FIRST_AID = "first_aid", "急救人员"
    PATROL = "patrol", "巡防队员"
    VOLUNTEER = "volunteer", "志愿者"
    PAEDIATRIC = "paediatric", "儿科医生"
    ANAESTHETIST = "anaesthetist", "麻醉医生"
    PSYCHOLOGIST = "psychologist", "心理医生"
    OTHER = "other", "其他(执法、安监、派出所等)"


class SessionState(models.TextChoices):
    PLANNED = "planned", "筹备"
    OPEN = "open", "开放预约"
    CLOSED = "closed", "已结束"
    CANCELLED = "cancelled", "已取消"


class BookingState(models.TextChoices):
    BOOKED = "booked", "已预约"
    ARRIVED = "arrived", "已到场"
    DONE = "done", "已接种"
    CANCELLED = "cancelled", "已取消"
    CALLED_OFF = "called_off", "场次取消"
    MOVED = "moved", "已改期"
    NOT_DONE = "not_done", "到场未种"
    NO_SHOW = "no_show", "未到"


class Band(models.TextChoices):
    """How pressing a second (or later) dose is; the most pressing first."""

    OVERDUE = "overdue", "已逾期"
    CLOSING = "closing", "7 天内到期限"
    DUE = "due", "可以接种"
    COMING = "coming", "7 天内可接种"


class Part(models.TextChoices):
    """What the roll call says of who is expected."""

    ARRIVED = "arrived", "已到"
    FLOOR = "floor", "在现场"
    DONE = "done", "已接种"
    HOME = "home", "到了没种"
    ABSENT = "absent", "没来"


ACTIVE = (BookingState.BOOKED, BookingState.ARRIVED)  # hold a place of the slot and block a second booking
TAKES_PLACE = (BookingState.BOOKED, BookingState.ARRIVED, BookingState.DONE, BookingState.NOT_DONE)
