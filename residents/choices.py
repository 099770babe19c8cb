"""Code lists of the register."""

from django.db import models


class IdType(models.TextChoices):
    """证件类型; two-digit codes are the national table, the others our extension."""

    ID_CARD = "01", "居民身份证"
    HUKOU_BOOK = "02", "居民户口簿"
    PASSPORT = "03", "护照"
    MILITARY = "04", "军官证(士兵证)"
    HK_MACAO_PERMIT = "06", "港澳居民来往内地通行证"
    TAIWAN_PERMIT = "07", "台湾居民来往大陆通行证"
    HMT_RESIDENCE = "01H", "港澳台居民居住证"
    BIRTH_CERT = "B1", "出生医学证明"
    FOREIGN_PR = "P1", "外国人永久居留身份证(2023版)"
    FOREIGN_PR_OLD = "P0", "外国人永久居留证(2017版)"
    NONE = "N0", "无证件"
    OTHER = "99", "其他"


# Documents of people of any country: the nationality has to be said.
OF_ANY_COUNTRY = frozenset({IdType.PASSPORT, IdType.FOREIGN_PR, IdType.FOREIGN_PR_OLD, IdType.OTHER})
OF_FOREIGNERS = frozenset({IdType.FOREIGN_PR, IdType.FOREIGN_PR_OLD})
OF_HONG_KONG_MACAO_TAIWAN = frozenset({IdType.HK_MACAO_PERMIT, IdType.TAIWAN_PERMIT, IdType.HMT_RESIDENCE})
OF_THE_MAINLAND = frozenset({IdType.ID_CARD, IdType.HUKOU_BOOK})


class Residence(models.TextChoices):
    """人员类别 and where an absent person is; the accounting unit follows from it."""

    LOCAL_RESIDENT = "local", "常住"
    AWAY_TOWN = "away_town", "外出(乡外县内)"
    AWAY_COUNTY = "away_county", "外出(县外省内)"
    AWAY_PROVINCE = "away_province", "外出(省外)"
    AWAY_ABROAD = "away_abroad", "外出(境外)"
    INFLOW_COUNTY = "in_county", "流入(县内其他乡镇)"
    INFLOW_PROVINCE = "in_province", "流入(县外省内)"
    INFLOW_OTHER = "in_other", "流入(省外)"
    INFLOW_ABROAD = "in_abroad", "流入(境外)"


AWAY = {Residence.AWAY_TOWN, Residence.AWAY_COUNTY, Residence.AWAY_PROVINCE, Residence.AWAY_ABROAD}
INFLOW = {Residence.INFLOW_COUNTY, Residence.INFLOW_PROVINCE, Residence.INFLOW_OTHER, Residence.INFLOW_ABROAD}


class Removal(models.TextChoices):
    """Why a person is no longer on the live register; the history stays."""

    DECEASED = "deceased", "死亡"
    MOVED_OUT = "moved_out", "迁出"
    DUPLICATE = "duplicate", "重复登记"
    ERROR = "error", "误登"


class PhoneOwner(models.TextChoices):
    SELF = "self", "本人"
    CHILD = "child", "子女"
    PARENT = "parent", "父母"
    SPOUSE = "spouse", "配偶"
    OTHER = "other", "其他"


class NotVaccinatedReason(models.TextChoices):
    """未接种原因, the union of the lists in use."""

    CONTRAINDICATED = "R01", "禁忌"
    DEFERRED = "R02", "暂缓"
    DOCTOR = "R03", "医生建议不接种"
    REFUSED = "R04", "拒绝(家长拒绝)"
    AWAY = "R05", "外出"
    ELSEWHERE = "R06", "已在外地接种(待核)"
    UNAWARE = "R07", "不知道"
    NO_TIME = "R08", "没时间"
    TOO_FAR = "R09", "接种点远"
    CANNOT_MOVE = "R10", "行动不便"
    NO_SUPPLY = "R11", "无疫苗(无号)"
    BOOKED = "R12", "已约未种"
    NOT_DUE = "R13", "年龄(间隔)未到"
    LOST = "R14", "失联"
    OTHER = "R99", "其他"


class RecordSource(models.TextChoices):
    HERE = "here", "本系统接种点"
    ELSEWHERE = "elsewhere", "外地接种"
    BACKFILL = "backfill", "补录"


class HoldKind(models.TextChoices):
    DEFER = "defer", "暂缓"
    CONTRA = "contra", "禁忌"
    SELF_REPORTED = "self", "自述禁忌(待鉴定)"


class Judgement(models.TextChoices):
    """What a doctor says of somebody who asked (S109)."""

    FIT = "fit", "可以接种"
    LATER = "later", "暂缓接种"
    NEVER = "never", "禁忌,不能接种"


class HoldScope(models.TextChoices):
    ALL = "all", "所有疫苗"
    PLATFORM = "platform", "同类疫苗"
    PRODUCT = "product", "本产品"


class EnrolmentStatus(models.TextChoices):
    """Derived; "due today" is a query over the dates, so rows do not rot overnight."""

    OPEN = "open", "待接种"
    HOLD = "hold", "暂缓"
    CONTRA = "contra", "禁忌"
    REVIEW = "review", "待核实"
    INELIGIBLE = "ineligible", "不在接种范围"
    COMPLETE = "complete", "已完成"
    OUT = "out", "不在册"


class ConsentChannel(models.TextChoices):
    TABLET = "tablet", "屏幕签名"
    PAPER = "paper", "纸质签名"


class Relation(models.TextChoices):
    SELF = "self", "本人"
    FATHER = "father", "父亲"
    MOTHER = "mother", "母亲"
    GUARDIAN = "guardian", "其他监护人"
    DELEGATE = "delegate", "受委托人"


class Grade(models.IntegerChoices):
    """Grades of nursery, primary, lower and upper secondary school; the value is the order."""

    NURSERY_1 = 1, "小班"
    NURSERY_2 = 2, "中班"
    NURSERY_3 = 3, "大班"
    YEAR_1 = 11, "一年级"
    YEAR_2 = 12, "二年级"
    YEAR_3 = 13, "三年级"
    YEAR_4 = 14, "四年级"
    YEAR_5 = 15, "五年级"
    YEAR_6 = 16, "六年级"
    YEAR_7 = 17, "七年级"
    YEAR_8 = 18, "八年级"
    YEAR_9 = 19, "九年级"
    SENIOR_1 = 21, "高一"
    SENIOR_2 = 22, "高二"
    SENIOR_3 = 23, "高三"


class Party(models.TextChoices):
    SCHOOL = "school", "学校"
    SITE = "site", "接种单位"


class Settlement(models.TextChoices):
    """How a difference between school and site was settled."""

    RECORDED = "recorded", "已补登外地接种"
    CORRECTED = "corrected", "学校已更正"
    KEPT = "kept", "以接种点记录为准"


class GuardianRelation(models.TextChoices):
    """Who the guardian of a pupil is."""

    FATHER = "father", "父亲"
    MOTHER = "mother", "母亲"
    GRANDPARENT = "grandparent", "祖父母(外祖父母)"
    OTHER = "other", "其他监护人"


class ImportState(models.TextChoices):
    CHECKING = "checking", "检查中"
    CHECKED = "checked", "待确认"
    COMMITTING = "committing", "导入中"
    COMMITTED = "committed", "已导入"
    FAILED = "failed", "未能导入"
    DISCARDED = "discarded", "已放弃"
    UNDOING = "undoing", "撤销中"
    UNDONE = "undone", "已撤销"


class RowState(models.TextChoices):
    CREATE = "create", "新增"
    UPDATE = "update", "补充"
    UNCHANGED = "unchanged", "无变化"
    REVIEW = "review", "待核对"
    REJECTED = "rejected", "有错误"


class Decision(models.TextChoices):
    """What a person said about a row that contradicts the register."""

    APPLIED = "applied", "已采用名单"
    DISCARDED = "discarded", "保留名册"
    TWINS = "twins", "登记为两个人"


class TagKind(models.TextChoices):
    """What a tag says: something about the person, or what the person needs at the site."""

    TAG = "tag", "人员标签"
    NEED = "need", "特殊需要"


class DutyLevel(models.TextChoices):
    """三级包干."""

    LEADER = "leader", "领导包村"
    CADRE = "cadre", "干部包组(网格)"
    HEAD = "head", "组长包人"


class OutreachKind(models.TextChoices):
    VISIT = "visit", "上门"
    CALL = "call", "电话"
    CHAT = "chat", "微信"
    OTHER = "other", "其他"


class LiftState(models.TextChoices):
    ASKED = "asked", "待安排"
    ARRANGED = "arranged", "已安排"
    DONE = "done", "已接送"
    CANCELLED = "cancelled", "已取消"


class PublicityKind(models.TextChoices):
    """What is counted for the weekly sheet of publicity (S115)."""

    BANNER = "banner", "横幅(条)"
    NOTICE = "notice", "通告(份)"
    VISIT = "visit", "入户(户)"
    LECTURE = "lecture", "讲座(场)"
    BROADCAST = "broadcast", "广播(次)"
    SCREEN = "screen", "电子屏(块)"
    CHAT = "chat", "微信群(条)"


class VersionKind(models.TextChoices):
    """Why the register was frozen: as the base that coverage is measured on, or as what a unit handed in."""

    BASE = "base", "基数"
    SUBMISSION = "submission", "上报名册"


class PairVerdict(models.TextChoices):
    """What somebody says of two records that look alike."""

    MAYBE = "maybe", "可能重复"
    DIFFERENT = "different", "不是同一人"


class MoveKind(models.TextChoices):
    """Who proposes: the village that has the person, the village that wants the person, or a removal from the register."""

    MOVE = "move", "迁出"
    CLAIM = "claim", "迁入"
    REMOVAL = "removal", "移出名册"


class MoveReason(models.TextChoices):
    HOME = "home", "搬家(常住地变了)"
    HUKOU = "hukou", "户口迁移"
    MARRIAGE = "marriage", "婚嫁"
    WORK = "work", "务工"
    SCHOOL = "school", "上学"
    CHECK = "check", "摸排核对"
    OTHER = "other", "其他"


class MoveState(models.TextChoices):
    OPEN = "open", "等待答复"
    ACCEPTED = "accepted", "已同意"
    REFUSED = "refused", "未同意"
    WITHDRAWN = "withdrawn", "已撤回"
    SETTLED = "settled", "由上级裁定执行"


class SubmissionKind(models.TextChoices):
    """What an office asks for (S25, S30, S31)."""

    RESIDENT = "resident", "常住人口摸底表"
    INFLOW = "inflow", "流入人口摸底表"
    SCHOOL = "school", "学校摸底汇总表"
    STAFF = "staff", "单位职工摸底表"
    PLAN = "plan", "接种计划表"
    SECOND = "second", "第二剂重新摸底表"


class Audience(models.TextChoices):
    """Who is asked."""

    VILLAGES = "villages", "各村(社区)"
    SCHOOLS = "schools", "各学校(幼儿园)"
    EMPLOYERS = "employers", "各企业(工地)、养老院和机关单位"


# Who may be asked for what; the first is proposed.
AUDIENCES: dict[str, tuple[str, ...]] = {
    SubmissionKind.RESIDENT: (Audience.VILLAGES,),
    SubmissionKind.INFLOW: (Audience.VILLAGES,),
    SubmissionKind.SCHOOL: (Audience.SCHOOLS,),
    SubmissionKind.STAFF: (Audience.EMPLOYERS,),
    SubmissionKind.PLAN: (Audience.VILLAGES, Audience.SCHOOLS, Audience.EMPLOYERS),
    SubmissionKind.SECOND: (Audience.SCHOOLS, Audience.VILLAGES, Audience.EMPLOYERS),
}


class SubmissionState(models.TextChoices):
    DRAFT = "draft", "填报中"
    SUBMITTED = "submitted", "已上报"
    ACCEPTED = "accepted", "已接收"
    RETURNED = "returned", "退回修改"


class RecheckAnswer(models.TextChoices):
    """What a second census found out about a person of the first."""

    SAME = "same", "情况不变"
    CHANGED = "changed", "有变化"


class ExportState(models.TextChoices):
    """Where a request for a large list stands."""

    DRAFT = "draft", "待写用途"
    WAITING = "waiting", "待批准"
    APPROVED = "approved", "已批准"
    REFUSED = "refused", "未批准"
    DONE = "done", "已生成"


class RequestKind(models.TextChoices):
    """What a person may ask about the own data (个人信息保护法 art. 45–47)."""

    ACCESS = "access", "查阅、复制"
    CORRECT = "correct", "更正、补充"
    DELETE = "delete", "删除"


class RequestOutcome(models.TextChoices):
    """What the office decided."""

    DONE = "done", "照办"
    PARTLY = "partly", "部分照办"
    REFUSED = "refused", "不照办"
