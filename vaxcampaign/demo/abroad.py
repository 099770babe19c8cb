"""People of the demo without a mainland card: a wife from Vietnam, a cook from Hong Kong, an engineer from Taiwan."""

from datetime import date, datetime

from core.choices import Sex
from residents.choices import IdType, Residence
from residents.services.persons import Document, PersonValues
from residents.services.register import add_resident
from vaxcampaign.demo.ground import Ground
from vaxcampaign.demo.story import key

_PEOPLE = [
    ("NGUYEN THI LAN", Sex.FEMALE, date(1991, 5, 17), IdType.PASSPORT, "C9900001", "704", "越南"),
    ("陈家辉", Sex.MALE, date(1984, 9, 2), IdType.HK_MACAO_PERMIT, "H99000001", "156", "香港"),
    ("林志远", Sex.MALE, date(1979, 1, 23), IdType.TAIWAN_PERMIT, "99000001", "156", "台湾台中"),
]


def register(ground: Ground, *, now: datetime) -> None:
    """They live in the first villages and are counted there like everybody who came from abroad."""
    for n, (name, sex, born, kind, number, nationality, home) in enumerate(_PEOPLE):
        values = PersonValues(
            name=name,
            sex=sex,
            birth_date=born,
            village=ground.villages[n],
            documents=(Document(kind, number),),
            nationality=nationality,
            residence=Residence.INFLOW_ABROAD,
            away_place=home,
        )
        add_resident(actor=ground.users["town"], values=values, key=key("abroad", n), today=now.date())
