"""The peer: django-import-export with its default look-up (one query per row) on the same file and the same tables."""

import uuid
from datetime import date
from pathlib import Path

import tablib
from import_export import resources

from campaigns.models import Campaign
from core.idnumbers import check_digit, mask
from core.names import pinyin
from places.models import Place
from residents.models import Enrolment, Resident, ResidentIdentifier

_RESIDENCE = {"常住": "local", "流入(县外省内)": "in_province"}


class ResidentResource(resources.ModelResource):
    """As its documentation has it: a resource of the model, looked up by a unique column (``key``, made of the number)."""

    class Meta:
        model = Resident
        import_id_fields = ("key",)
        fields = (
            *("key", "name", "pinyin", "initials", "given", "sex", "birth_date", "village", "village_code"),
            *("group_no", "phone", "phone_tail", "residence", "address", "occupation", "note"),
        )

    def __init__(self, *, place: Place, campaign: Campaign, today: date):
        super().__init__()
        self.villages = {p.name: p for p in Place.objects.under(place)}
        self.campaign, self.adult = campaign, today.replace(year=today.year - 18)

    def before_import_row(self, row, **kwargs):
        number = row["证件号码"]
        if check_digit(number[:17]) != number[17]:
            raise ValueError("check digit")
        village = self.villages[row["村/社区"]]
        full, initials = pinyin(row["姓名"])
        row |= {
            "key": uuid.uuid5(uuid.NAMESPACE_OID, number),
            "name": row["姓名"],
            "given": row["姓名"][1:],
            "pinyin": full,
            "initials": initials,
            "sex": "M" if row["性别"] == "男" else "F",
            "birth_date": row["出生日期"],
            "village": village.pk,
            "village_code": village.code,
            "group_no": row["组"],
            "phone": row["联系电话"],
            "phone_tail": row["联系电话"][-4:],
            "residence": _RESIDENCE[row["人员类别"]],
            "address": row["现住址"],
            "occupation": row["职业"] or "",
            "note": row["备注"] or "",
        }

    def after_save_instance(self, instance, row, **kwargs):
        number = row["证件号码"]
        ResidentIdentifier.objects.create(
            resident=instance,
            number=number,
            number_hash=ResidentIdentifier.hash_of("01", number),
            masked=mask(number),
            last4=number[-4:],
        )
        Enrolment.objects.create(
            resident=instance,
            campaign=self.campaign,
            unit_id=instance.village_id,
            unit_code=instance.village_code,
            is_target=instance.birth_date <= self.adult,
        )


def import_file(path: Path, *, place: Place, campaign: Campaign, today: date) -> int:
    """How many people were written."""
    dataset = tablib.Dataset().load(path.read_bytes(), format="xlsx")
    resource = ResidentResource(place=place, campaign=campaign, today=today)
    result = resource.import_data(dataset, raise_errors=False, use_transactions=False)
    return result.totals["new"]
