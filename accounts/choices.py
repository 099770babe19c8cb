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
    AUDITOR = "auditor", "审计员"


# What a role must be tied to.
PLACE_ROLES = {Role.COUNTY, Role.TOWN, Role.CADRE, Role.SYSADMIN, Role.AUDITOR}
SITE_ROLES = {Role.REGISTRAR, Role.SCREENER, Role.VACCINATOR, Role.OBSERVER, Role.STOCK}
ORGANISATION_ROLES = {Role.SCHOOL, Role.EMPLOYER}
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
