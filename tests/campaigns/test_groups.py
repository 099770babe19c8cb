"""Directories of the leading group, the special groups and the village groups (S8, S74, S96)."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from campaigns.choices import SPECIAL_GROUPS, GroupKind, GroupRole
from campaigns.models import Campaign, WorkGroup, WorkGroupMember
from campaigns.services import groups
from campaigns.services.setup import open_covid_campaign
from core.errors import NotAllowed, RuleBroken
from core.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def directory(cast, campaign, town):
    groups.open_default_groups(actor=cast.town, campaign=campaign, place=town.town)
    return campaign.work_groups.all()


@pytest.fixture
def village_group(directory, town):
    return directory.get(place=town.village, kind=GroupKind.VILLAGE)


def add(group, actor, today, **values):
    values = {"role": GroupRole.MEMBER, "name": "王强"} | values
    return groups.add_member(actor=actor, group=group, key=uuid4(), today=today, **values)


@pytest.mark.requirement("S96")
def test_the_usual_groups_are_set_up_once(cast, campaign, town, directory):
    at_town = directory.filter(place=town.town)
    assert at_town.get(kind=GroupKind.LEADING).name == "新冠疫苗接种领导小组"
    special = at_town.filter(kind=GroupKind.SPECIAL)
    assert [group.name for group in special] == [name for name, _ in SPECIAL_GROUPS]
    assert len(SPECIAL_GROUPS) == 9
    per_village = {(g.place_id, g.kind) for g in directory if g.place_id != town.town.pk}
    assert per_village == {
        (village.pk, kind) for village in town.villages for kind in (GroupKind.VILLAGE, GroupKind.HELPING)
    }
    before = directory.count()
    groups.change_group(actor=cast.town, group=special[0], name="综合办公室", duty="")
    again = groups.open_default_groups(actor=cast.town, campaign=campaign, place=town.town)
    # The renamed one is missing under its usual name; nothing else is made twice.
    assert [group.name for group in again] == [SPECIAL_GROUPS[0][0]]
    assert directory.all().count() == before + 1


def test_a_group_stands_where_it_belongs(cast, campaign, town):
    with pytest.raises(RuleBroken, match="设在县或乡镇") as refused:
        groups.open_group(
            actor=cast.town, campaign=campaign, place=town.village, kind=GroupKind.LEADING, name="领导小组"
        )
    assert refused.value.code == "GROUP_PLACE"


def test_one_leading_group_and_no_name_twice(cast, campaign, town, directory):
    for kind, name in ((GroupKind.LEADING, "另一个"), (GroupKind.SPECIAL, SPECIAL_GROUPS[0][0])):
        with pytest.raises(RuleBroken) as refused:
            groups.open_group(actor=cast.town, campaign=campaign, place=town.town, kind=kind, name=name)
        assert refused.value.code == "GROUP_TWICE"


@pytest.mark.requirement("S8")
def test_a_change_keeps_the_former_line(cast, village_group, today):
    old = add(village_group, cast.cadre01, today - timedelta(days=9), post="村主任", phone="13800000001")
    new = groups.change_member(
        actor=cast.cadre01, member=old, today=today, role=GroupRole.LEADER, post="村支书"
    )
    old.refresh_from_db()
    assert (old.post, old.until) == ("村主任", today)
    assert (new.post, new.role, new.since, new.until, new.replaces) == ("村支书", "3leader", today, None, old)
    assert list(village_group.members.current()) == [new]
    unchanged = groups.change_member(actor=cast.cadre01, member=new, today=today, post="村支书")
    assert unchanged == new
    event = AuditEvent.objects.get(action="group.member_changed")
    assert event.data["changed"] == ["role", "post"]
    with pytest.raises(RuleBroken) as refused:
        groups.change_member(actor=cast.cadre01, member=old, today=today, post="会计")
    assert refused.value.code == "MEMBER_GONE"


def test_who_left_stays_in_the_history(cast, village_group, today):
    member = add(village_group, cast.cadre01, today)
    groups.remove_member(actor=cast.cadre01, member=member, today=today)
    assert not village_group.members.current().exists()
    assert WorkGroupMember.objects.get(pk=member.pk).until == today


def test_a_double_click_adds_one_member(cast, village_group, today):
    key = uuid4()
    values = {"role": GroupRole.MEMBER, "name": "王强", "phone": "13800000001"}
    first, second = (
        groups.add_member(actor=cast.cadre01, group=village_group, key=key, today=today, **values)
        for _ in range(2)
    )
    assert first == second
    with pytest.raises(RuleBroken) as refused:
        add(village_group, cast.cadre01, today, phone="13800000001")
    assert refused.value.code == "MEMBER_TWICE"


@pytest.mark.parametrize(("values", "code"), [({"name": " "}, "MEMBER_NAME"), ({"phone": "123"}, "PHONE")])
def test_a_bad_member_is_refused_in_words(cast, village_group, today, values, code):
    with pytest.raises(RuleBroken) as refused:
        add(village_group, cast.cadre01, today, **values)
    assert refused.value.code == code


@pytest.mark.requirement("S74")
def test_a_village_keeps_its_own_group_only(cast, directory, town, village_group, today):
    add(village_group, cast.cadre01, today)
    helping = directory.get(place=town.village, kind=GroupKind.HELPING)
    leading = directory.get(kind=GroupKind.LEADING)
    neighbour = directory.get(place=town.villages[1], kind=GroupKind.VILLAGE)
    for group in (helping, leading, neighbour):
        with pytest.raises(NotAllowed):
            add(group, cast.cadre01, today)
        assert not groups.may_edit(cast.cadre01, group)
    add(helping, cast.town, today, role=GroupRole.ASSIGNED, name="刘建军")
    assert set(WorkGroup.objects.editable_by(cast.cadre01)) == {village_group}
    assert all(
        groups.may_edit(user, group) == WorkGroup.objects.editable_by(user).filter(pk=group.pk).exists()
        for user in (cast.county, cast.town, cast.cadre01, cast.cadre02, cast.othertown, cast.registrar)
        for group in directory
    )


def test_the_township_reads_all_of_it_the_neighbour_nothing(cast, campaign, town, directory):
    county = groups.open_group(
        actor=cast.county, campaign=campaign, place=town.county, kind=GroupKind.LEADING, name="旗领导小组"
    )
    every = set(directory)
    assert county in every
    for user in (cast.county, cast.town, cast.cadre01, cast.school, cast.registrar, cast.stock):
        assert set(WorkGroup.objects.visible_to(user)) == every, user.username
    assert set(WorkGroup.objects.visible_to(cast.othercadre)) == {county}


def test_groups_are_taken_over_with_their_people(cast, campaign, town, village_group, today):
    gone = add(village_group, cast.town, today, name="老张")
    groups.remove_member(actor=cast.town, member=gone, today=today)
    add(village_group, cast.town, today, role=GroupRole.LEADER, name="王强", phone="13800000001")
    flu = open_covid_campaign(
        actor=None,
        place=town.town,
        code="autumn",
        name="秋季接种",
        starts_on=today,
        ends_on=today + timedelta(days=60),
        target_age_ref_date=today,
        cohort={"age_min": 18},
    )
    copied = groups.copy_groups(actor=cast.town, source=campaign, target=flu, place=town.town, today=today)
    assert copied == (16, 1)
    assert flu.work_groups.get(kind=GroupKind.LEADING).name == "秋季接种领导小组"
    member = WorkGroupMember.objects.get(group__campaign=flu)
    assert (member.name, member.role, member.phone) == ("王强", GroupRole.LEADER, "13800000001")
    again = groups.copy_groups(actor=cast.town, source=campaign, target=flu, place=town.town, today=today)
    assert again == (0, 0)


def test_a_dissolved_group_takes_nobody(cast, village_group, today):
    add(village_group, cast.town, today)
    groups.dissolve_group(actor=cast.town, group=village_group, today=today)
    assert not village_group.members.current().exists()
    with pytest.raises(RuleBroken) as refused:
        add(village_group, cast.town, today, name="李四")
    assert refused.value.code == "GROUP_ENDED"


def test_the_office_builds_and_a_cadre_fills_in(client_as, cast, campaign, town, today):
    office = client_as(cast.town)
    assert "建立常用工作组" in office.get(reverse("groups:list")).content.decode()
    office.post(reverse("groups:defaults"))
    group = WorkGroup.objects.get(place=town.village, kind=GroupKind.VILLAGE)
    cadre = client_as(cast.cadre01)
    form = {"role": "3leader", "name": "王强", "post": "村支书", "phone": "138 0000 0001", "key": uuid4()}
    response = cadre.post(reverse("groups:member_add", args=[group.uid]), form)
    assert response.url == group.get_absolute_url()
    bad = cadre.post(reverse("groups:member_add", args=[group.uid]), form | {"key": uuid4(), "phone": "12"})
    assert bad.status_code == 422
    assert "电话号码不对" in bad.content.decode()
    member = group.members.get()
    edit = reverse("groups:member_edit", args=[group.uid, member.pk])
    assert 'value="村支书"' in cadre.get(edit).content.decode()
    cadre.post(edit, form | {"post": "村党支部书记"})
    page = cadre.get(group.get_absolute_url()).content.decode()
    assert "变动记录" in page
    assert "村党支部书记" in page
    text = (
        client_as(cast.registrar).get(reverse("groups:list"), {"place": town.village.code}).content.decode()
    )
    assert "王强" in text
    assert "建立常用工作组" not in text


@pytest.mark.requirement("S8")
def test_the_directory_goes_out_as_a_workbook(client_as, cast, village_group, today):
    add(village_group, cast.town, today, role=GroupRole.CONTACT, name="=王强", phone="13800000001")
    response = client_as(cast.town).get(reverse("groups:file"), {"kind": "village"})
    sheet = load_workbook(io.BytesIO(response.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4, max_row=4)]
    assert rows == [[1, "曙光社区", "曙光社区工作组", "联系人", "=王强", None, None, None, "13800000001"]]
    assert AuditEvent.objects.get(action="groups.exported").data == {"groups": 3}


@pytest.mark.parametrize("groups_with_people", [1, 12])
def test_the_page_asks_as_many_questions_whatever_its_length(
    groups_with_people, client_as, cast, directory, today, django_assert_max_num_queries
):
    for group in directory[:groups_with_people]:
        add(group, cast.town, today)
    client = client_as(cast.town)
    with django_assert_max_num_queries(20):
        page = client.get(reverse("groups:list"))
    assert page.context["people"] == groups_with_people


def test_without_a_campaign_the_page_says_so(client_as, cast):
    assert not Campaign.objects.exists()
    assert "还没有接种活动" in client_as(cast.cadre01).get(reverse("groups:list")).content.decode()
