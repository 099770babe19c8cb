"""Code lists of the ground: levels of places, kinds of sites and organisations."""

from django.db import models


class Level(models.TextChoices):
    """Levels of the administrative tree; group and grid are ours, below the national code."""

    PROVINCE = "province", "省"
    CITY = "city", "市"
    COUNTY = "county", "县(区、旗)"
    TOWN = "town", "乡镇(街道)"
    VILLAGE = "village", "村(社区)"
    GROUP = "group", "组"
    GRID = "grid", "网格"


# How many digits of the 12-digit code name a place of this level and everything below it.
PREFIX_DIGITS = {Level.PROVINCE: 2, Level.CITY: 4, Level.COUNTY: 6, Level.TOWN: 9, Level.VILLAGE: 12}


class SiteKind(models.TextChoices):
    FIXED = "fixed", "固定接种点"
    TEMPORARY = "temporary", "临时接种点"
    MOBILE = "mobile", "流动接种队"
    STORE = "store", "疫苗库"


class CodeScan(models.TextChoices):
    """Whether the trace code of the vial is scanned at the needle (S90)."""

    REQUIRED = "required", "每一剂都要扫"
    OFFERED = "offered", "登记过追溯码的批号可以扫"
    OFF = "off", "不扫"


class OrganisationKind(models.TextChoices):
    SCHOOL = "school", "学校(幼儿园)"
    ENTERPRISE = "enterprise", "企业"
    CONSTRUCTION = "construction", "建筑工地"
    SHOP = "shop", "商户"
    CARE_HOME = "care_home", "养老院"
    UNIT = "unit", "驻镇单位(机关事业单位)"


class ShopType(models.TextChoices):
    """The kinds of shops that are counted for the 安心便签 (S80)."""

    HOTEL = "hotel", "旅馆"
    STORE = "store", "商店"
    SUPERMARKET = "supermarket", "超市"
    RESTAURANT = "restaurant", "餐馆"
    BEAUTY = "beauty", "美容美发店"
    OTHER = "other", "其他"
