"""三级包干: one holder at a time, ended and never deleted, people handed over, and who answers for a person."""

from datetime import timedelta
from uuid import uuid4

import pytest

from core.errors import NotAllowed, RuleBroken
from residents import duty_tree
from residents.models import Charge, DutyAssignment
from residents.responsibility import DutyBook
from residents.services import duties
from tests.factories.people import make_resident

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("S111"), pytest.mark.requirement("S74")]


@pytest.fixture
def put(cast, town, today):
    """Assign somebody in our first village."""

    def assign(level, name="王主任", *, actor=None, **more):
        values = {"village": town.village, "since": today, "key": uuid4(), "name": name} | more
        return duties.assign(actor=actor or cast.town, level=level, **values)

    return assign


def test_a_person_is_answered_for_by_the_nearest(put, town, cast, today):
    person = make_resident(town.village, group_no="3", responsible_name="摸排写的人")
    assert DutyBook([person]).name(person) == "摸排写的人"
    put("leader", "刘书记")
    assert DutyBook([person]).name(person) == "刘书记"
    put("cadre", "赵干部", group_no="3")
    assert DutyBook([person]).name(person) == "赵干部"
    head = put("head", "李组长", group_no="3", phone="13812345678")
    duties.charge(duty=head, residents=[person], actor=cast.cadre01, today=today)
    book = DutyBook([person])
    assert [duty.name for duty in book.whom_to_call(person)] == ["李组长", "赵干部", "刘书记"]
    assert book.head(person).phone == "13812345678"


def test_the_cadre_of_a_grid_answers_where_the_group_has_none(put, town):
    person = make_resident(town.village, group_no="3", grid="第2网格")
    put("cadre", "网格员", grid="第2网格")
    put("cadre", "别组的", group_no="4")
    assert DutyBook([person]).name(person) == "网格员"


def test_a_new_holder_relieves_the_old_one_who_stays_on_record(put, cast):
    old = put("leader", "刘书记")
    new = put("leader", holder=cast.town, name="")
    old.refresh_from_db()
    assert old.until is not None
    assert old.ended_by == cast.town
    assert list(DutyAssignment.objects.current()) == [new]
    assert new.name == cast.town.display_name


def test_people_change_over_and_the_former_time_stays(put, town, cast, today):
    people = [make_resident(town.village) for _ in range(3)]
    first, second = put("head", "甲"), put("head", "乙")
    assert duties.charge(duty=first, residents=people, actor=cast.cadre01, today=today) == 3
    assert duties.charge(duty=second, residents=people[:1], actor=cast.cadre01, today=today) == 1
    assert duties.charge(duty=second, residents=people[:1], actor=cast.cadre01, today=today) == 0
    assert Charge.objects.filter(duty=first, until=None).count() == 2
    assert Charge.objects.filter(resident=people[0]).count() == 2


def test_the_end_of_a_head_frees_the_people(put, town, cast, today):
    person = make_resident(town.village)
    head = put("head")
    duties.charge(duty=head, residents=[person], actor=cast.town, today=today)
    duties.end(duty=head, actor=cast.town, reason="换届", today=today)
    assert DutyBook([person]).head(person) is None
    with pytest.raises(RuleBroken) as refused:
        duties.end(duty=head, actor=cast.town, reason="换届", today=today)
    assert refused.value.code == "DUTY_ENDED"
    with pytest.raises(RuleBroken) as refused:
        duties.charge(duty=head, residents=[person], actor=cast.town, today=today)
    assert refused.value.code == "DUTY_ENDED"


def test_who_moved_to_another_village_has_no_head_there(put, town, cast, today):
    person = make_resident(town.village)
    duties.charge(duty=put("head"), residents=[person], actor=cast.town, today=today)
    person.village, person.village_code = town.villages[1], town.villages[1].code
    person.save()
    assert DutyBook([person]).head(person) is None
    assert list(duty_tree.headless(type(person).objects.all())) == [person]


def test_rights(put, town, cast, today):
    with pytest.raises(NotAllowed):
        put("leader", actor=cast.cadre01)
    with pytest.raises(NotAllowed):
        put("cadre", actor=cast.cadre02, group_no="1")
    assert put("cadre", actor=cast.cadre01, group_no="1").created_by == cast.cadre01
    stranger = make_resident(town.villages[1])
    with pytest.raises(RuleBroken) as refused:
        duties.charge(duty=put("head"), residents=[stranger], actor=cast.town, today=today)
    assert refused.value.code == "OTHER_VILLAGE"


def test_the_census_names_the_heads(town, cast, today):
    for name in ("李组长", "李组长", "张组长", ""):
        make_resident(town.village, responsible_name=name)
    done = duties.heads_from_census(village=town.village, actor=cast.cadre01, today=today, key=uuid4())
    assert done == (2, 3)
    again = duties.heads_from_census(village=town.village, actor=cast.cadre01, today=today, key=uuid4())
    assert again == (0, 0)


def test_the_tree_says_who_has_nobody(put, town, cast, today):
    people = [make_resident(town.village, group_no=group) for group in ("1", "1", "2")]
    make_resident(town.villages[1], group_no="1")
    make_resident(town.other_villages[0], group_no="9")
    put("leader")
    put("cadre", "赵", group_no="1")
    duties.charge(duty=put("head", "李"), residents=people[:1], actor=cast.town, today=today)
    villages = duty_tree.tree(cast.town)
    assert [village.place for village in villages] == town.villages
    first = villages[0]
    assert (first.people, first.headless) == (3, 2)
    assert [(part.group_no, part.people, part.with_head) for part in first.parts] == [
        ("1", 2, 1),
        ("2", 1, 0),
    ]
    assert [people for _, people in first.heads] == [1]
    found = duty_tree.gaps(villages)
    assert [village.place for village in found["leader"]] == town.villages[1:]
    assert [(v.place.name, part.group_no) for v, part in found["cadre"]] == [
        (town.village.name, "2"),
        (town.villages[1].name, "1"),
    ]
    assert len(found["head"]) == 2


def test_a_repeated_form_makes_one_duty(put):
    key = uuid4()
    assert put("head", key=key) == put("head", key=key)


def test_a_holder_that_starts_later_does_not_end_before_it_began(put, today):
    old = put("leader", since=today + timedelta(days=3))
    put("leader", "新人")
    old.refresh_from_db()
    assert old.until >= old.since
