"""Synthetic people. Their ID numbers begin with 99, a region that no real card carries; everything is drawn from a
seeded generator, so the same seed gives the same township."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from core.idnumbers import check_digit
from inventory.models import Vaccine
from places.models import Organisation, Place
from residents.choices import IdType, PhoneOwner, RecordSource, Residence
from residents.services.persons import Document, DoseValues, PersonValues

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
_MALE = "伟强磊军勇杰涛明超刚平辉鹏华飞波斌宇浩凯健俊帆亮建国志文海东峰龙林民永成德福根宝山"
_FEMALE = "芳娜敏静丽艳娟霞秀英玲桂兰燕红梅琳云莉洁雪萍凤丹慧淑珍婷玉萱欣怡佳颖倩香月莲翠花巧"
_JOBS = ("务农", "务工", "个体经营", "教师", "医护", "司机", "公务员", "无业", "")
_AWAY = ("呼和浩特市", "包头市昆都仑区", "榆林市榆阳区", "北京市大兴区", "西安市雁塔区", "鄂尔多斯市东胜区")
_CONDITIONS = ("高血压", "2型糖尿病", "冠心病", "慢性支气管炎", "青霉素过敏")
# Shares of ages 0-17, 18-59, 60-79, 80+ of a rural township.
_AGE_BANDS = ((0.15, 0, 17), (0.61, 18, 59), (0.20, 60, 79), (0.04, 80, 96))


@dataclass
class VillagePlan:
    """How many people a village has and how far its campaign is: shares of adults with a first dose."""

    village: Place
    people: int
    first_dose: float
    organisations: Sequence[Organisation] = field(default_factory=tuple)


class Crowd:
    """Draws households of people, village by village."""

    def __init__(self, seed: int, today: date, vaccines: Sequence[Vaccine], campaign_days: int):
        self.random = Random(seed)  # noqa: S311 (not a secret: a deterministic demo)
        self.today, self.vaccines, self.campaign_days = today, vaccines, campaign_days
        self._number = 0

    def village(self, plan: VillagePlan) -> Iterator[PersonValues]:
        """The people of one village, household after household."""
        made, house = 0, 0
        while made < plan.people:
            house += 1
            size = min(plan.people - made, self.random.choices((1, 2, 3, 4, 5), (15, 30, 27, 18, 10))[0])
            surname = self.random.choice(_SURNAMES)
            group = str(self.random.randint(1, 6))
            for place_in_house in range(size):
                own = surname if place_in_house % 2 == 0 else self.random.choice(_SURNAMES)
                made += 1
                yield self._person(plan, own, house, group, head=place_in_house == 0)

    def _person(self, plan: VillagePlan, surname: str, house: int, group: str, *, head: bool) -> PersonValues:
        draw = self.random
        sex = draw.choice("MF")
        birth = self._birth(adult=head)
        age = (self.today - birth).days / 365.25
        residence, away = self._residence(age)
        occupation = "学生" if 6 <= age < 18 else draw.choice(_JOBS) if 18 <= age < 65 else ""
        phone_owner = (
            PhoneOwner.SELF if 14 <= age < 75 else (PhoneOwner.PARENT if age < 14 else PhoneOwner.CHILD)
        )
        wanted = "school" if 6 <= age < 16 else "enterprise" if occupation == "务工" else None
        organisation = (
            next((o for o in plan.organisations if o.kind == wanted), None) if draw.random() < 0.5 else None
        )
        return PersonValues(
            name=surname + "".join(draw.sample(_MALE if sex == "M" else _FEMALE, draw.choice((1, 2, 2)))),
            sex=sex,
            birth_date=birth,
            village=plan.village,
            documents=(Document(IdType.ID_CARD, self._id_number(birth, sex)),),
            group_no=group,
            household_no=f"{house:04d}",
            relation_to_head="户主" if head else "",
            residence=residence,
            address=f"{plan.village.name}{group}组{house}号",
            away_place=away,
            phone=f"1990000{draw.randrange(10_000):04d}",
            phone_owner=phone_owner,
            organisation=organisation,
            occupation=occupation,
            conditions=draw.choice(_CONDITIONS) if age > 50 and draw.random() < 0.15 else "",
            guardian_name=surname + "建国" if age < 18 else "",
            responsible_name=f"{group}组组长",
            doses=self._doses(plan, age, residence),
        )

    def _birth(self, *, adult: bool) -> date:
        bands = _AGE_BANDS[1:] if adult else _AGE_BANDS
        _, youngest, oldest = self.random.choices(bands, [band[0] for band in bands])[0]
        return self.today - timedelta(days=self.random.randint(youngest * 365 + 30, oldest * 366 + 300))

    def _residence(self, age: float) -> tuple[str, str]:
        kind = self.random.choices(
            (
                Residence.LOCAL_RESIDENT,
                Residence.AWAY_TOWN,
                Residence.AWAY_COUNTY,
                Residence.AWAY_PROVINCE,
                Residence.INFLOW_PROVINCE,
                Residence.INFLOW_OTHER,
            ),
            (82, 4, 4, 2, 5, 3) if 18 <= age < 60 else (94, 1, 1, 1, 2, 1),
        )[0]
        return kind, "" if kind == Residence.LOCAL_RESIDENT else self.random.choice(_AWAY)

    def _doses(self, plan: VillagePlan, age: float, residence: str) -> tuple[DoseValues, ...]:
        """Doses given in the weeks before the system came, by the product's real intervals."""
        share = plan.first_dose * (0.75 if age >= 60 else 1) if age >= 18 else 0
        if self.random.random() >= share:
            return ()
        elsewhere = residence not in (Residence.LOCAL_RESIDENT, Residence.AWAY_TOWN)
        vaccine = self.random.choice(self.vaccines)
        gap = {"CV-ZF": 28, "CV-KX": None}.get(vaccine.code, 21)
        day = self.today - timedelta(days=self.random.randint(3, self.campaign_days))
        doses = []
        for _ in range(vaccine.primary_doses):
            doses.append(
                DoseValues(
                    given_on=day,
                    vaccine=vaccine,
                    place_name="外地接种点" if elsewhere else "乡卫生院(系统启用前)",
                    source=RecordSource.ELSEWHERE,
                    is_verified=not elsewhere,
                )
            )
            day += timedelta(days=(gap or 0) + self.random.randint(0, 10))
            if gap is None or day > self.today - timedelta(days=3) or self.random.random() < 0.15:
                break
        return tuple(doses)

    def _id_number(self, birth: date, sex: str) -> str:
        """Unique over the whole demo: the running number fills region tail and sequence."""
        self._number += 1
        region, half = divmod(self._number, 499)
        sequence = half * 2 + (1 if sex == "M" else 2)
        body = f"99{region:04d}{birth:%Y%m%d}{sequence:03d}"
        return body + check_digit(body)
