"""The office's own words: versions, who may write, what the public and a class get to read."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import CampaignText
from core.models import AuditEvent
from residents.models import RosterEntry
from tests.factories.people import make_enrolled

pytestmark = pytest.mark.django_db


def write(client, campaign, topic=None, **said):
    name, args = ("text_add", [campaign.code]) if topic is None else ("text", [campaign.code, topic])
    return client.post(reverse(f"campaigns:{name}", args=args), {"key": uuid4(), "is_shown": "on"} | said)


@pytest.mark.requirement("S51")
def test_the_office_answers_and_everybody_reads_the_last_version(campaign, cast, client_as):
    county = client_as(cast.county)
    assert "还没有问答" in Client().get("/sites/questions/").content.decode()
    empty = write(county, campaign, title="要钱吗", body=" ")
    assert empty.status_code == 422 and "请填写正文" in empty.content.decode()
    write(county, campaign, title="要钱吗", body="不要钱。")
    write(county, campaign, title="疼吗", body="有一点。")
    for _ in range(2):  # the same words again are no new version
        write(county, campaign, 1, title="要钱吗", body="不要钱,疫苗免费。")
    form = county.get(reverse("campaigns:text", args=[campaign.code, 1])).content.decode()
    assert "<h1>修改:要钱吗</h1>" in form and "不要钱,疫苗免费。" in form and "第1版" in form
    assert list(CampaignText.objects.filter(topic=1).values_list("version", flat=True)) == [2, 1]
    page = Client().get("/sites/questions/").content.decode()
    assert "疫苗免费" in page and "不要钱。</p>" not in page and "疼吗" in page
    assert reverse("questions") in Client().get("/sites/").content.decode()
    county.post(
        reverse("campaigns:text", args=[campaign.code, 2]),
        {"key": uuid4(), "title": "疼吗", "body": "有一点。"},
    )
    assert "疼吗" not in Client().get("/sites/questions/").content.decode()
    assert "疼吗" in county.get(reverse("campaigns:texts", args=[campaign.code])).content.decode()
    assert county.get(reverse("campaigns:text", args=[campaign.code, 9])).status_code == 404
    refused = write(client_as(cast.town), campaign, title="x", body="y")
    assert refused.status_code == 422 and "组织单位" in refused.content.decode(), "the county leads it"
    assert AuditEvent.objects.filter(action="campaign.text_put").count() == 4


@pytest.mark.requirement("S34")
def test_a_class_gets_its_letters_with_slips_to_return(campaign, cast, client_as, town, today, school):
    teacher, page = client_as(cast.school), reverse("residents:letters", args=[school.pk])
    for name, class_no in (("王小一", "1"), ("王小二", "1"), ("李小三", "2")):
        pupil = make_enrolled(town.village, campaign, today, name=name).resident
        RosterEntry.objects.create(
            organisation=school,
            resident=pupil,
            grade=13,
            class_no=class_no,
            since=today,
            added_by=cast.school,
        )
    shown = teacher.get(page, {"part": "三年级2班"}).content.decode()
    assert shown.count("<article") == 1 and "李小三" in shown and "王小一" not in shown
    assert "回 执" in shown and "仍须到场签知情同意书" in shown and "样本" in shown
    assert "过敏" in shown and "监护人是否到场并已签字" not in shown, "what is asked at the site only"
    write(client_as(cast.county), campaign, 0, title="告家长书", body="尊敬的家长:\n明天带孩子来。")
    shown = teacher.get(page).content.decode()
    assert shown.count("<article") == 2 and "告家长书" in shown and "第1版" in shown
    printed = AuditEvent.objects.filter(action="members.letters_printed").latest("pk")
    assert (printed.data["part"], printed.data["people"]) == ("三年级1班", 2)
    assert client_as(cast.employer).get(page).status_code == 404
