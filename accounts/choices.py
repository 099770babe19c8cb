"""Roles and staff qualifications."""

from django.db import models

from places.choices import Level


class Role(models.TextChoices):
    COUNTY = "county", "县级管理"
    TOWN = "town", "镇办"
    CADRE = "cadre", "村干部"
    SCHOOL = "school", "学校登记员"
    EMPLOYER = "employer", "单位登记员"
    REGISTRAR = "registrar", "登记台"
    SCREENER = "screener", "预检医生"
    VACCINATOR = "vaccinator", "接种员"
    OBSERVER = "observer", "留观护士"
    STOCK = "stock", "疫苗管理员"
    SYSADMIN = "sysadmin", "系统管理员"
    SECADMIN = "secadmin", "安全管理员"
    AUDITOR = "auditor", "审计员"


# What a role must be tied to.
PLACE_ROLES = {Role.COUNTY, Role.TOWN, Role.CADRE, Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR}
SITE_ROLES = {Role.REGISTRAR, Role.SCREENER, Role.VACCINATOR, Role.OBSERVER, Role.STOCK}
ORGANISATION_ROLES = {Role.SCHOOL, Role.EMPLOYER}
# 三员分立 (等保2.0 三级): who runs the system, who guards it and who reads its trail are three people without other work.
ADMIN_ROLES = {Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR}
# The levels a role may sit at; roles that are not named may sit anywhere.
ROLE_LEVELS = {
    Role.COUNTY: (Level.CITY, Level.COUNTY),
    Role.TOWN: (Level.TOWN,),
    Role.CADRE: (Level.VILLAGE, Level.GROUP, Level.GRID),
}


class QualificationKind(models.TextChoices):
    DOCTOR = "doctor", "执业(助理)医师"
    NURSE = "nurse", "护士"
    VACCINATOR = "vaccinator", "预防接种培训合格证"
    FIRST_AID = "first_aid", "急救"


class RoleState(models.TextChoices):
    """A role that waits for the security administrator gives no right yet; a refused one never."""

    IN_FORCE = "in_force", "有效"
    WAITING = "waiting", "待安全管理员确认"
    REFUSED = "refused", "未获确认"


class Confirming(models.TextChoices):
    """Whose roles the security administrator confirms before they are in force. In the order of strictness."""

    NONE = "none", "不需要"
    ADMINS = "admins", "管理员和审计员的岗位"
    ALL = "all", "所有岗位"


class DeviceState(models.TextChoices):
    """Of a lost authenticator that is to be forgotten."""

    WAITING = "waiting", "待安全管理员确认"
    DONE = "done", "已重置"
    REFUSED = "refused", "未获确认"


class SecurityKind(models.TextChoices):
    """What the log of log-ins and refusals tells."""

    LOGGED_IN = "logged_in", "登录"
    LOGGED_OUT = "logged_out", "退出"
    WRONG = "wrong", "用户名或密码不对"
    LOCKED = "locked", "输错太多,锁定"
    WRONG_CODE = "wrong_code", "动态口令不对"
    USED_CODE = "used_code", "动态口令重复使用"
    RECOVERY = "recovery", "用备用码登录"
    IDLE = "idle", "长时间不操作,自动退出"
    OVER = "over", "登录时间已满,自动退出"
    ELSEWHERE = "elsewhere", "别处登录,自动退出"
    OUTSIDE = "outside", "访问不存在或不归本人管的内容"
    NOT_ALLOWED = "not_allowed", "访问没有权限的页面"
    FORGED = "forged", "提交了页面上没有的内容"
    STALE = "stale", "页面过期或跨站提交"
    REPEATED = "repeated", "重复提交,内容不同"
    HOSTILE_FILE = "hostile_file", "上传的文件被拒绝"
    TOO_LARGE = "too_large", "上传的内容过大"
    TOO_OFTEN = "too_often", "请求过于频繁"
    FALSE_CODE = "false_code", "核验的凭证不是真的"
