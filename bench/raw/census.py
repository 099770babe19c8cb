"""The raw pipeline: the same file into the same tables with nothing around it.

Read with calamine, check every row, encrypt, look up the numbers that are known, then one COPY (PostgreSQL) or executemany
(SQLite) per table in one transaction. No preview, no row kept, no page, no undo, no progress, nobody let in between.
"""

import csv
import io
import re
import uuid
from datetime import date, datetime
from functools import cache
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone
from pypinyin import lazy_pinyin
from python_calamine import CalamineWorkbook

from campaigns.models import Campaign
from core.crypto import key_ring
from places.models import Place

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_VALUE = [{str(digit): digit * weight for digit in range(10)} for weight in _WEIGHTS]
_NUMBER = re.compile(r"\d{17}[\dX]")
_PHONE = re.compile(r"1[3-9]\d{9}")
_RESIDENCE = {"常住": "local", "流入(县外省内)": "in_province"}
_RESIDENT = (
    "id uid name pinyin initials given sex birth_date nationality village_id village_code group_no grid relation_to_head"
    " residence hukou_address address away_place phone phone_tail phone_owner workplace school_class occupation conditions"
    " special_needs guardian_name not_vaccinated_reason responsible_name note removal created_at created_by_id updated_at"
)
_IDENTIFIER = (
    "resident_id id_type number number_hash masked last4 is_primary flags no_document_reason guarantor"
)


def import_file(path: Path, *, place: Place, campaign: Campaign, actor, today: date) -> int:
    """How many people were written."""
    ring, now = key_ring(), timezone.now()
    villages = {p.name: (p.pk, p.code) for p in Place.objects.under(place)}
    adult = today.replace(year=today.year - 18)
    rows = iter(CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python())
    at = {title: n for n, title in enumerate(next(rows))}
    title = [
        at[t]
        for t in (
            "村/社区",
            "组",
            "姓名",
            "性别",
            "证件号码",
            "出生日期",
            "联系电话",
            "人员类别",
            "现住址",
            "职业",
            "备注",
        )
    ]
    good, seen, bad = [], set(), 0
    for row in rows:
        village, group, name, sex, number, born, phone, residence, address, job, note = (
            row[n] for n in title
        )
        number = number.strip().upper()
        if (
            not _NUMBER.fullmatch(number)
            or "10X98765432"[sum(v[d] for v, d in zip(_VALUE, number, strict=False)) % 11] != number[17]
            or village not in villages
            or not 2 <= len(name) <= 30
            or sex != ("男" if int(number[16]) % 2 else "女")
            or f"{born:%Y%m%d}" != number[6:14]
            or (phone and not _PHONE.fullmatch(phone))
            or residence not in _RESIDENCE
            or number in seen
        ):
            bad += 1
            continue
        seen.add(number)
        born = born.date() if isinstance(born, datetime) else born
        good.append(
            (
                village,
                group,
                name,
                "M" if sex == "男" else "F",
                number,
                born,
                phone,
                residence,
                address,
                job,
                note,
            )
        )
    hashes = [ring.blind_index(f"CN18:{person[4]}") for person in good]
    residents, papers, enrolments = [], [], []
    with transaction.atomic(), connection.cursor() as cursor:
        known = _known(cursor, hashes)
        first = _next(cursor)
        for pk, (person, digest) in enumerate(zip(good, hashes, strict=True), start=first):
            if digest in known:
                continue
            village, group, name, sex, number, born, phone, residence, address, job, note = person
            village_id, code = villages[village]
            syllables = [_reading(char) for char in name]
            residents.append(
                (
                    *(
                        pk,
                        uuid.uuid4().hex,
                        name,
                        "".join(syllables),
                        "".join(s[0] for s in syllables),
                        name[1:],
                        sex,
                    ),
                    *(
                        born.isoformat(),
                        "156",
                        village_id,
                        code,
                        group,
                        "",
                        "",
                        _RESIDENCE[residence],
                        "",
                        address,
                        "",
                    ),
                    *(
                        phone,
                        phone[-4:],
                        "self",
                        "",
                        "",
                        job,
                        "",
                        "",
                        "",
                        "",
                        "",
                        note,
                        "",
                        now,
                        actor.pk,
                        now,
                    ),
                )
            )
            sealed, masked = ring.encrypt(number, "id_number"), f"{number[:6]}********{number[-4:]}"
            papers.append((pk, "01", sealed, digest, masked, number[-4:], True, "[]", "", ""))
            old = born <= adult
            status = ("open", 1, today.isoformat()) if old else ("ineligible", None, None)
            enrolments.append(
                (pk, campaign.pk, village_id, code, "LOCAL", old, old, 0, *status, "今天可以接种第1剂。")
            )
        _write(cursor, "residents_resident", _RESIDENT, residents)
        _write(cursor, "residents_residentidentifier", _IDENTIFIER, papers)
        columns = "resident_id campaign_id unit_id unit_code unit_rule in_cohort is_target doses_done status next_dose due_from"
        _write(cursor, "residents_enrolment", f"{columns} status_reason", enrolments)
    return len(residents)


@cache
def _reading(char: str) -> str:
    return lazy_pinyin(char)[0]


def _known(cursor, hashes: list[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(hashes), 10_000):
        part = hashes[start : start + 10_000]
        marks = ",".join(["%s"] * len(part))
        cursor.execute(
            f"SELECT number_hash FROM residents_residentidentifier WHERE number_hash IN ({marks})", part
        )
        found.update(digest for (digest,) in cursor.fetchall())
    return found


def _next(cursor) -> int:
    cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM residents_resident")
    return cursor.fetchone()[0]


def _write(cursor, table: str, columns: str, rows: list[tuple]) -> None:
    names = columns.replace(" ", ", ")
    if connection.vendor == "sqlite":
        marks = ", ".join(["%s"] * len(columns.split()))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
        return
    text = io.StringIO()
    csv.writer(text).writerows([["\\N" if v is None else v for v in row] for row in rows])
    text.seek(0)
    cursor.cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN (FORMAT csv, NULL '\\N')", text)
