"""One row of a census file → one person: villages, everyday words, places of origin and earlier doses understood."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from campaigns.models import Campaign, PriorityGroup
from core.dates import FIRST_DOSES, age_on, parse_loose_date
from core.idnumbers import check as check_number
from core.text import clean
from inventory.models import Vaccine
from places.choices import Level
from places.models import Organisation, Place
from residents import words
from residents.choices import IdType, NotVaccinatedReason, Residence
from residents.fields import BY_KEY, DOSES
from residents.services.census_ground import ground_of
from residents.services.census_tags import read_tags, tags_for
from residents.services.persons import DoseValues, PersonValues, Problem, clean_values

_AGE = re.compile(r"(\d{1,3})(岁|周岁)?")
_AGE_TOLERANCE = 2  # years: 虚岁 and files of last year
_DAY_INSIDE = re.compile(r"(?<!\d)(?:\d{4}|\d{2})\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}\s*日?|\d{8}")
_ABROAD = re.compile(r"国外|境外|海外|香港|澳门|台湾|[^中外本全]国(?!营|道|际|庆)")
COVID = "COVID"
_DOSE_KEYS = {f"{dose}_{part}" for dose in DOSES for part in ("on", "vaccine", "place")}


class Interpreter:
    """Understands the rows of one import. Reads everything it needs once; then no queries."""

    def __init__(
        self,
        *,
        place: Place,
        campaign: Campaign | None,
        today: date,
        organisation: Organisation | None = None,
        sheets: Mapping[str, str] | None = None,
    ):
        """``organisation`` is given for its own roster: everybody on it belongs there, whatever the row says.

        ``sheets``: what the user said of sheets whose names tell no village (sheet → village code).
        """
        self.today, self.campaign, self.ground = today, campaign, ground_of(place)
        self.sheets = dict(sheets or {})
        self.organisation = organisation
        self.disease = campaign.disease if campaign else COVID
        self.vaccines = {v.code: v for v in Vaccine.objects.filter(disease=self.disease)}
        self.tags = tags_for(place)
        self.groups = {g.code: g for g in PriorityGroup.objects.in_use([campaign] if campaign else [])}
        town = place.parent if place.level == Level.VILLAGE else place
        organisations = Organisation.objects.filter(is_active=True)
        self.organisations = {
            o.name: o for o in organisations.select_related("place") if o.place.code.startswith(town.prefix)
        }

    def person(
        self, cells: Mapping[str, object], *, sheet: str = ""
    ) -> tuple[PersonValues | None, list[Problem]]:
        """The person of one row (None when an error was found) and every problem, by field key."""
        problems: list[Problem] = []
        raw = {key: BY_KEY[key].read(value) for key, value in cells.items()}
        if not clean(raw.get("number")) and raw.get("id_type") != IdType.NONE:
            message = "没有证件号码,请填写。确实没有证件的人,证件类型写“无证件”,并填写无证件原因和担保人。"
            problems.append(Problem("number", "ID_EMPTY", message))
            raw.pop("id_type", None)
        village = self._village(clean(raw.get("village")), sheet, problems)
        self._residence(raw, problems)
        self._reason(raw, problems)
        groups = self._groups(raw.get("priority_groups"), problems)
        tags = read_tags(raw, self.tags, problems)
        doses = self._doses(raw, problems)
        values, found = clean_values(
            raw,
            village=village or self.ground.place,
            today=self.today,
            organisation=self.organisation or self.organisations.get(clean(raw.get("workplace"))),
            priority_groups=groups,
            tags=tags,
        )
        problems += _without_echoes(found, problems)
        if values is None or _has_error(problems):
            return None, problems
        problems += self._doubts(raw, values, doses)
        if _has_error(problems):
            return None, problems
        if values.organisation:
            values.workplace = ""
        if self.organisation:  # it says that the person is on its roster, not that this is the only one
            values = replace(values, unsaid=values.unsaid | {"workplace"})
        if problem := _own_number(values, cells.get("number")):
            return None, [*problems, problem]
        values.doses = doses
        return values, problems

    def village_of_sheet(self, sheet: str) -> Place | None:
        """The village that the user chose for a sheet, or that its name means."""
        code = self.sheets.get(sheet)
        return self.ground.village(code) if code else self.ground.village_of_sheet(sheet)

    def _village(self, name: str, sheet: str, problems: list[Problem]) -> Place | None:
        place = self.ground.place
        if name:
            village = self.ground.village(name)
            if village is None:
                message = f"“{name}”不在{place.name}范围内,请改正或到该村导入。"
                problems.append(Problem("village", "VILLAGE_OUTSIDE", message))
            return village
        if village := self.village_of_sheet(sheet):
            return village
        if place.level != Level.VILLAGE:
            message = "没有写是哪个村(社区)。请在上面选择这个工作表属于哪个村,或在表中填写。"
            problems.append(Problem("village", "VILLAGE_MISSING", message))
            return None
        if other := self.ground.other_village_of_sheet(sheet):
            message = f"工作表“{sheet}”是{other.name}的名单,这里只能导入{place.name}。请交{other.name}导入。"
            problems.append(Problem("village", "VILLAGE_OUTSIDE", message))
            return None
        return place

    def _residence(self, raw: dict, problems: list[Problem]) -> None:
        """外出 and 流入 alone leave open how far; the place written beside it tells, for inflow also the ID number."""
        said = clean(raw.get("residence"))
        if said in words.AWAY_WORDS:
            if where := self._how_far(clean(raw.get("away_place"))):
                raw["residence"] = {
                    "county": Residence.AWAY_TOWN,
                    "province": Residence.AWAY_COUNTY,
                    "other": Residence.AWAY_PROVINCE,
                    "abroad": Residence.AWAY_ABROAD,
                }[where]
            else:
                raw["residence"] = ""
                words_ = "写了外出,但没有写外出地。请在“外出地”填写省、市、县。"
                problems.append(Problem("away_place", "AWAY_PLACE", words_))
        elif said in words.GONE_WORDS:
            raw["residence"] = ""
            gone = f"写的是“{said}”,名册只登记在册的人,这一行没有导入。已在册的,请打开这个人的页面办理移出。"
            problems.append(Problem("residence", "RESIDENCE_GONE", gone))
        elif said in words.INFLOW_WORDS:
            origin = clean(raw.get("away_place")) or clean(raw.get("hukou_address"))
            where = self._how_far(origin) if origin else self._origin_of(clean(raw.get("number")))
            raw["residence"] = {
                "county": Residence.INFLOW_COUNTY,
                "province": Residence.INFLOW_PROVINCE,
                "other": Residence.INFLOW_OTHER,
                "abroad": Residence.INFLOW_ABROAD,
            }[where]
            if not origin:
                word = Residence(raw["residence"]).label
                message = f"没有写从哪里流入,先按证件号码前6位记为“{word}”,请核对。"
                problems.append(Problem("residence", "INFLOW_ORIGIN", message, "warning"))

    def _how_far(self, where: str) -> str:
        """county, province, other, abroad; "" for an empty text."""
        if not where:
            return ""
        above = self.ground.above
        if above.get("county") and above["county"] in where:
            return "county"
        if any(above.get(level) and above[level] in where for level in ("city", "province")):
            return "province"
        return "abroad" if _ABROAD.search(where) else "other"

    def _origin_of(self, number: str) -> str:
        code = self.ground.place.code
        if number[:6] == code[:6]:
            return "county"
        return "province" if number[:2] == code[:2] else "other"

    def _reason(self, raw: dict, problems: list[Problem]) -> None:
        """A reason in own words is kept in the remarks."""
        said = clean(raw.get("not_vaccinated_reason"))
        if said and said not in NotVaccinatedReason.values:
            raw["not_vaccinated_reason"] = NotVaccinatedReason.OTHER
            raw["note"] = ";".join(filter(None, [clean(raw.get("note")), f"未接种原因:{said}"]))
            message = f"“{said}”不在未接种原因的列表中,已记为“其他”,原文写入备注。"
            problems.append(Problem("not_vaccinated_reason", "REASON_OTHER", message, "warning"))

    def _groups(self, raw: object, problems: list[Problem]) -> tuple[PriorityGroup, ...]:
        found = []
        for word in filter(None, re.split(r"[、,;/\s]+", clean(raw))) if raw else ():
            if word in ("无", "否", "不是"):
                continue
            group = (
                self.groups.get(word)
                or self.groups.get(word.upper())
                or next((g for g in self.groups.values() if word in g.name or g.name in word), None)
            )
            if group is None:
                message = f"“{word}”不是已知的重点人群类别,没有导入。请填写类别代码,如 K5。"
                problems.append(Problem("priority_groups", "GROUP_UNKNOWN", message, "warning"))
            else:
                found.append(group)
        return tuple(dict.fromkeys(found))

    def _doses(self, raw: Mapping[str, object], problems: list[Problem]) -> tuple[DoseValues, ...]:
        doses: list[DoseValues] = []
        for dose in DOSES if not _DOSE_KEYS.isdisjoint(raw) else ():
            key = f"{dose}_on"
            remark, day = clean(raw.get(key)), None
            try:
                day, remark = self._day_and_remark(raw.get(key), remark)
            except ValueError as error:
                problems.append(Problem(key, "DOSE_DATE", str(error)))
                continue
            product = clean(raw.get(f"{dose}_vaccine"))
            place = clean(raw.get(f"{dose}_place")) or remark
            if day is None:
                if product or place:
                    message = "没有接种日期,这一针没有导入;知道日期后请补登。"
                    problems.append(Problem(key, "DOSE_NO_DATE", message, "warning"))
                continue
            doses.append(self._dose(dose, day, product or remark, place, raw, problems))
        if not doses and clean(raw.get("vaccinated")) in ("是", "已接种", "已种"):
            message = "写了已接种,但没有任何接种日期,接种记录没有导入。"
            problems.append(Problem("vaccinated", "DOSE_NO_DATE", message, "warning"))
        days = [dose.given_on for dose in doses]
        if len(set(days)) < len(days) or days != sorted(days):
            problems.append(
                Problem("dose1_on", "DOSE_ORDER", "各针接种日期应一针比一针晚,请对照接种凭证改正。")
            )
        return tuple(doses)

    def _day_and_remark(self, value: object, text: str) -> tuple[date | None, str]:
        """A date, possibly with words around it (2021.6.1北京生物 旗医院); the words are the remark."""
        if text in words.NOTHING or text in ("未接种", "未种", "否"):
            return None, ""
        inside = _DAY_INSIDE.search(text) if isinstance(value, str) else None
        if inside and inside[0] != text and not re.match(r"[ T]\d{1,2}:", text[inside.end() :]):
            rest = (text[: inside.start()] + " " + text[inside.end() :]).strip(" ,;、")
            return parse_loose_date(inside[0], today=self.today, since=FIRST_DOSES), rest
        if not re.search(r"\d", text):
            return None, text
        return parse_loose_date(value, today=self.today, since=FIRST_DOSES), ""

    def _dose(self, dose, day: date, product: str, place: str, raw, problems) -> DoseValues:
        code = words.product_of(product) or words.product_of(raw.get("vaccine"))
        vaccine = self.vaccines.get(code) or self._by_name(product or clean(raw.get("vaccine")))
        if vaccine is None:
            code = words.product_of(raw.get("note"))  # remarks hide the product (三针)
            vaccine = self.vaccines.get(code) or self._unknown()
            if product and vaccine is not None and vaccine.code == words.UNKNOWN_COVID:
                message = f"认不出“{product}”是哪种疫苗,先记为“品种不详”,请核对凭证后补登。"
                problems.append(Problem(f"{dose}_vaccine", "DOSE_PRODUCT", message, "warning"))
        if vaccine is None:
            message = "本次活动的疫苗里没有可以对应的品种,请写明疫苗名称。"
            problems.append(Problem(f"{dose}_vaccine", "DOSE_PRODUCT", message))
        if day > self.today:
            problems.append(Problem(f"{dose}_on", "DOSE_FUTURE", "接种日期在今天以后,请改正。"))
        return DoseValues(day, vaccine, place[:80])

    def _by_name(self, text: str) -> Vaccine | None:
        named = [v for v in self.vaccines.values() if text and (text == v.code or text == v.name)]
        return named[0] if named else None

    def _unknown(self) -> Vaccine | None:
        return next((v for v in self.vaccines.values() if v.platform == "UNKNOWN"), None)

    def _doubts(self, raw: Mapping, values: PersonValues, doses) -> list[Problem]:
        problems = []
        said = _AGE.fullmatch(clean(raw["age"])) if raw.get("age") else None
        age = age_on(values.birth_date, self.today) if said else 0
        if said and abs(int(said[1]) - age) > _AGE_TOLERANCE:
            message = f"表中年龄{said[1]}岁,按出生日期是{age}岁,以出生日期为准,请核对。"
            problems.append(Problem("age", "AGE", message, "warning"))
        if any(dose.given_on < values.birth_date for dose in doses):
            problems.append(Problem("dose1_on", "DOSE_BEFORE_BIRTH", "接种日期早于出生日期,请改正。"))
        return problems


def _has_error(problems: list[Problem]) -> bool:
    return bool(problems) and any(problem.level == "error" for problem in problems)


def _without_echoes(found: list[Problem], said: list[Problem]) -> list[Problem]:
    """Leave out what only follows from a bad number: it also tells no sex and no birth date."""
    if not found:
        return found
    bad_number = any(p.field == "number" and p.level == "error" for p in [*found, *said])
    blank = {problem.field for problem in said}
    return [
        problem
        for problem in found
        if not (problem.code == "MISSING" and bad_number)
        and not (problem.code == "ID_EMPTY" and problem.field in blank)
    ]


def _own_number(values: PersonValues, cell: object) -> Problem | None:
    """A person without document may come back with the number that the register gave, never with another one."""
    if not cell or not values.documents or values.documents[0].id_type != IdType.NONE:
        return None
    said = clean(cell)
    if not check_number(IdType.NONE, said, today=values.birth_date).ok:
        return Problem("number", "NO_DOCUMENT", "无证件人员的编号由系统给出,请把证件号码留空。")
    values.documents = (replace(values.documents[0], number=said), *values.documents[1:])
    return None
