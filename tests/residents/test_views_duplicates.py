"""The list of alike records, the judgement of who knows them, the merge and its undoing, through the pages."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from residents.models import Merge, PairMark, Resident, ResidentIdentifier
from residents.services.likely_pairs import likely_pairs
from residents.services.merging import merge
from residents.services.pair_marks import mark_pair
from tests.factories.clinic import refused
from tests.factories.people import make_enrolled, make_resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def twins(town, campaign, today):
    return tuple(
        make_enrolled(village, campaign, today, name="王建国", phone=phone).resident
        for village, phone in ((town.villages[0], "13812345678"), (town.villages[1], ""))
    )


def found(user) -> list[set[int]]:
    return [{pair.first, pair.second} for pair in likely_pairs(user)]


def pair_url(name, *people):
    return reverse(f"residents:{name}", args=[person.uid for person in people])


@pytest.mark.requirement("S110")
def test_office_sees_every_pair_of_the_town_and_a_village_its_own(twins, town, cast):
    pair = {person.pk for person in twins}
    assert found(cast.town) == found(cast.cadre01) == found(cast.cadre02) == [pair]
    assert found(cast.othertown) == found(cast.othercadre) == []
    Resident.objects.filter(pk=twins[0].pk).update(
        village=town.villages[2], village_code=town.villages[2].code
    )
    assert found(cast.cadre01) == []


def test_a_village_sees_the_other_side_masked(twins, cast, client_as):
    page = client_as(cast.cadre01).get(reverse("residents:duplicates")).content.decode()
    assert "王建国" in page and "王**" in page and "不在您的范围内" in page
    assert twins[0].identifiers.get().masked in page
    assert twins[1].identifiers.get().masked not in page
    page = client_as(cast.cadre01).get(pair_url("pair", *twins)).content.decode()
    assert twins[1].identifiers.get().masked not in page and "不是同一人" not in page


def test_a_certificate_and_a_card(town, cast):
    child = make_resident(town.village, name="张文㛃", pinyin="zhangwen")
    ResidentIdentifier.objects.filter(resident=child).update(id_type="B1")
    make_resident(town.village, name="张文洁", pinyin="zhangwenjie")
    reasons = likely_pairs(cast.town)[0].reasons
    assert any("出生证" in reason.words for reason in reasons)


def test_a_card_number_under_another_type(town, cast):
    one = make_resident(town.village, name="甲某某")
    number = one.identifiers.get().number
    other = make_resident(town.village, name="乙某某", birth_date=one.birth_date.replace(year=1990))
    ResidentIdentifier.objects.filter(resident=other).delete()
    ResidentIdentifier.objects.create(
        resident=other,
        id_type="99",
        number=number,
        number_hash=ResidentIdentifier.hash_of("99", number),
        masked=one.identifiers.get().masked,
        last4=number[-4:],
    )
    assert found(cast.town) == [{one.pk, other.pk}]


def test_two_people_are_never_asked_about_again(twins, cast, client_as):
    answer = client_as(cast.town).post(pair_url("pair", *twins), {"verdict": "different", "reason": "堂兄弟"})
    assert answer.status_code == 302
    assert found(cast.town) == []
    mark = PairMark.objects.get()
    assert (mark.by, mark.reason) == (cast.town, "堂兄弟")
    client_as(cast.town).post(pair_url("pair", *twins), {"verdict": "maybe", "reason": "再查"})
    assert len(found(cast.town)) == 1 and PairMark.objects.count() == 2


def test_two_people_needs_a_reason_and_both_in_reach(twins, cast):
    given = {"one": twins[0], "other": twins[1], "now": timezone.now()}
    with refused("REASON_MISSING"):
        mark_pair(verdict="different", reason=" ", actor=cast.town, **given)
    with refused("NOT_ALLOWED"):
        mark_pair(verdict="different", reason="堂兄弟", actor=cast.cadre01, **given)
    with refused("NOT_ALLOWED"):
        mark_pair(verdict="maybe", reason="", actor=cast.othercadre, **given)


def test_a_village_proposes_a_pair_that_no_rule_finds(town, cast, client_as):
    one, other = make_resident(town.village, name="李老三"), make_resident(town.village, name="李建军")
    assert found(cast.town) == []
    client_as(cast.cadre01).post(pair_url("pair", one, other), {"verdict": "maybe", "reason": "小名"})
    pairs = likely_pairs(cast.town)
    assert "小名" in pairs[0].reasons[0].words


def test_merge_through_the_page(twins, cast, client_as):
    client = client_as(cast.town)
    page = client.get(pair_url("merge", *twins))
    assert "合并会做什么" in page.content.decode()
    form = page.context["form"]
    data = {"key": form["key"].value(), "reason": "同一人", "choose_phone": "absorbed"}
    preview = client.post(pair_url("merge", *twins), data | {"preview": "1"})
    assert preview.status_code == 200 and not Merge.objects.exists()
    part = client.post(pair_url("merge", *twins), {"preview": "1"}, headers={"HX-Request": "true"}).text
    assert "并入的档案移出名册" in part and "<html" not in part and not Merge.objects.exists()
    answer = client.post(pair_url("merge", *twins), data)
    merge = Merge.objects.get()
    assert answer.url == merge.get_absolute_url()
    assert client.post(pair_url("merge", *twins), data).status_code == 302  # a double click
    assert Merge.objects.count() == 1
    kept = Resident.objects.get(pk=twins[0].pk)
    assert kept.phone == ""
    assert client.get(merge.get_absolute_url()).status_code == 200


def story_url(person):
    return reverse("residents:story", args=[person.uid])


def test_old_address_leads_to_the_survivor(twins, cast, client_as):
    merged(twins, cast)
    answer = client_as(cast.town).get(twins[1].get_absolute_url(), follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [(twins[0].get_absolute_url(), 302)]
    assert "已并入这份档案" in page
    assert "合并档案" in client_as(cast.town).get(story_url(twins[0])).content.decode()
    answer = client_as(cast.cadre02).get(twins[1].get_absolute_url())  # the survivor is not this village's
    assert "已并入另一村" in answer.content.decode()


def merged(twins, cast):
    return merge(
        kept=twins[0],
        absorbed=twins[1],
        choices={},
        actor=cast.town,
        reason="同一人",
        key=uuid4(),
        now=timezone.now(),
    )


def test_unmerge_through_the_page(twins, cast, client_as):
    row, client = merged(twins, cast), client_as(cast.town)
    assert client.post(row.get_absolute_url(), {}).status_code == 422
    answer = client.post(row.get_absolute_url(), {"reason": "是两个人"}, follow=True)
    assert "已撤销" in answer.content.decode()
    assert Resident.objects.live().filter(name="王建国").count() == 2
    assert client.post(row.get_absolute_url(), {"reason": "是两个人"}).status_code == 302  # a double click
    page = client.get(story_url(twins[1])).content.decode()
    assert "撤销合并" in page and "是两个人" in page


def test_the_number_of_the_absorbed_finds_the_survivor(twins, cast, client_as):
    number = twins[1].identifiers.get().number
    merged(twins, cast)
    page = client_as(cast.town).post(reverse("residents:find"), {"q": number}).content.decode()
    assert twins[0].get_absolute_url() in page and twins[1].get_absolute_url() not in page


@pytest.mark.parametrize("pairs", [3, 30])
def test_the_list_asks_a_fixed_number_of_queries(town, cast, client_as, pairs, django_assert_max_num_queries):
    for n in range(pairs):
        for village in town.villages[:2]:
            make_resident(village, name=f"王{chr(0x4E00 + n)}国")
    client = client_as(cast.town)
    client.get(reverse("residents:duplicates"))
    with django_assert_max_num_queries(20):
        page = client.get(reverse("residents:duplicates"))
    assert page.context["count"] == pairs


def test_twenty_thousand_people_in_a_second_or_two(town, cast, today):
    """No square: a township with a thousand namesakes of the commonest name is still listed at once."""
    rows = [
        Resident(
            name="王伟" if n % 20 == 0 else f"张{chr(0x4E00 + n % 5000)}{chr(0x5E00 + n // 5000)}",
            pinyin=f"p{n % 9000}",
            sex="M",
            birth_date=today.replace(year=1940 + n % 80, month=1 + n % 12, day=1 + n % 28),
            village=town.villages[n % 3],
            village_code=town.villages[n % 3].code,
        )
        for n in range(20_000)
    ]
    Resident.objects.bulk_create(rows, batch_size=1000)
    started = timezone.now()
    with CaptureQueriesContext(connection) as queries:
        pairs = likely_pairs(cast.town)
    assert len(queries) <= 12
    assert (timezone.now() - started).total_seconds() < 10
    assert len(pairs) < 20_000
