"""Tags, key groups of a campaign, proofs of doses given elsewhere."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from campaigns.models import PriorityGroup
from campaigns.services import key_groups
from core import files
from core.crypto import Undecipherable
from core.errors import NotAllowed, RuleBroken
from inventory.models import StockMovement, Vaccine
from residents import ledgers
from residents.models import Household, Tag
from residents.services import proofs, tags
from residents.services.census_tags import read_tags, tags_for
from residents.services.records import note_dose, void_record
from residents.services.register import edit_resident
from tests.factories.people import make_enrolled, make_resident
from tests.factories.residents import cleaned, register_person, typed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def default_tags(db):
    tags.load_default_tags()


def test_a_town_adds_its_own_words(cast, town):
    word = tags.add_tag(actor=cast.town, place=town.town, kind="tag", name="退役军人")
    assert word in Tag.objects.offered_to(cast.cadre01)
    assert word not in Tag.objects.offered_to(cast.othertown)
    for name in ("退役军人", "党员", "两 个"):
        with pytest.raises(RuleBroken):
            tags.add_tag(actor=cast.town, place=town.town, kind="tag", name=name)
    with pytest.raises(NotAllowed):
        tags.rename_tag(actor=cast.town, tag=Tag.objects.get(code="party"), name="共产党员")
    tags.switch_tag(actor=cast.town, tag=word, is_active=False)
    assert word not in Tag.objects.offered_to(cast.cadre01)


def test_a_file_names_tags_and_needs(town):
    raw, problems = {"tags": "党员、独居老人、富豪", "needs": "轮椅,左眼失明"}, []
    found = read_tags(raw, tags_for(town.village), problems)
    assert sorted(tag.code for tag in found) == ["alone", "mobility", "party"]
    assert raw == {"special_needs": "左眼失明"}
    assert {problem.code for problem in problems} == {"TAG_UNKNOWN", "NEED_OWN_WORDS"}
    assert all(problem.level == "warning" for problem in problems)


def test_an_edit_writes_tags_and_tells_them(town, cast, today):
    person = register_person(town.village, today, actor=cast.cadre01)
    party = Tag.objects.get(code="party")
    values = cleaned(town.village, today, **typed(person.birth_date))
    values.documents, values.tags = (), (party,)

    edit_resident(resident=person, actor=cast.cadre01, values=values, today=today)
    assert list(person.tags.all()) == [party]


@pytest.mark.requirement("S99")
def test_groups_are_edited_for_one_campaign_only(campaign, cast, town, today):
    key_groups.rename_group(actor=cast.county, campaign=campaign, code="K5", name="学校师生")
    key_groups.switch_group(actor=cast.county, campaign=campaign, code="K1", is_active=False)
    own = key_groups.add_group(actor=cast.county, campaign=campaign, name="快递员")
    here = {group.code: group.name for group in PriorityGroup.objects.in_use([campaign])}
    assert here["K5"] == "学校师生"
    assert "K1" not in here
    assert here[own.code] == "快递员"
    general = {group.code: group.name for group in PriorityGroup.objects.in_use()}
    assert "K1" in general
    assert general["K5"] != "学校师生"
    assert own.code not in general
    with pytest.raises(NotAllowed):
        key_groups.add_group(actor=cast.town, campaign=campaign, name="镇里的")
    with pytest.raises(RuleBroken) as refused:
        key_groups.add_group(actor=cast.county, campaign=campaign, name="快递员")
    assert refused.value.code == "GROUP_TWICE"


@pytest.mark.requirement("S99")
def test_people_of_a_renamed_group_keep_counting(campaign, cast, town, today):
    person = make_enrolled(town.village, campaign, today).resident
    person.priority_groups.add(PriorityGroup.objects.get(campaign=None, code="K5"))
    key_groups.rename_group(actor=cast.county, campaign=campaign, code="K5", name="学校师生")
    table = ledgers.key_groups(cast.town, campaign)
    column = [words for _, words in table.columns].index("K5 学校师生")
    assert table.rows[0][1][column] == ledgers.Cell(1, 0)
    assert table.totals[column].people == 1


@pytest.mark.requirement("S72")
def test_party_members_and_their_families(campaign, cast, town, today):
    house = Household.objects.create(village=town.village, number="1")
    member = make_enrolled(town.village, campaign, today, household=house)
    make_enrolled(town.village, campaign, today, household=house)
    make_enrolled(town.village, campaign, today)
    member.resident.tags.add(Tag.objects.get(code="party"))
    note_dose(
        enrolment=member,
        vaccine=Vaccine.objects.get(code="CV-SV"),
        given_on=today - timedelta(days=1),
        actor=cast.town,
        today=today,
        source="elsewhere",
    )
    (_, cells), *_ = ledgers.party(cast.town, campaign).rows
    assert cells == [ledgers.Cell(1, 1), ledgers.Cell(0, 0), ledgers.Cell(1, 0)]


@pytest.fixture
def dose(campaign, cast, town, today):
    enrolment = make_enrolled(town.village, campaign, today)
    return note_dose(
        enrolment=enrolment,
        vaccine=Vaccine.objects.get(code="CV-SV"),
        given_on=today - timedelta(days=40),
        actor=cast.cadre01,
        today=today,
        source="elsewhere",
        is_verified=False,
    )


def _stands(dose):
    enrolment = dose.resident.enrolments.get()
    return enrolment.doses_done, enrolment.next_dose


def test_a_doubtful_dose_counts_and_touches_no_stock(dose, cast):
    assert _stands(dose) == (1, 2)
    proofs.verify(record=dose, actor=cast.screener, proof="接种证", now=timezone.now())
    dose.refresh_from_db()
    assert (dose.is_verified, dose.verified_by, dose.proof) == (True, cast.screener, "接种证")
    assert _stands(dose) == (1, 2)
    assert not StockMovement.objects.exists()
    with pytest.raises(RuleBroken) as refused:
        proofs.verify(record=dose, actor=cast.screener, proof="接种证", now=timezone.now())
    assert refused.value.code == "VERIFIED_ALREADY"


def test_a_rejected_dose_no_longer_counts(dose, cast):
    void_record(record=dose, actor=cast.town, reason="核实不通过:系统查不到", now=timezone.now())
    assert _stands(dose) == (0, 1)
    assert not StockMovement.objects.exists()


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_a_proof_is_kept_encrypted(dose, cast, media):
    picture = b"\xff\xd8\xff\xe0" + b"certificate" * 50
    upload = SimpleUploadedFile("evil.html", picture)
    proof = proofs.add_proof(record=dose, upload=upload, actor=cast.cadre01, now=timezone.now())
    assert proof.content_type == "image/jpeg"
    stored = files.kept(proof.stored_as)
    assert b"certificate" not in stored.read_bytes()
    assert proofs.open_proof(proof=proof, by=cast.town) == picture
    stored.write_text("x" + stored.read_text())
    with pytest.raises(Undecipherable):
        proofs.open_proof(proof=proof, by=cast.town)


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"<html><script>", "FILE_KIND"), (b"", "FILE_SIZE"), (b"\xff\xd8\xff" + b"0" * (5 << 20), "FILE_SIZE")],
)
def test_other_files_are_refused(dose, cast, media, content, code):
    with pytest.raises(RuleBroken) as refused:
        proofs.add_proof(
            record=dose, upload=SimpleUploadedFile("a.jpg", content), actor=cast.cadre01, now=timezone.now()
        )
    assert refused.value.code == code
    assert not list(media.rglob("*.sealed"))


def test_needs_are_said_with_the_remark(town):
    person = make_resident(town.village, special_needs="左眼失明")
    person.tags.add(Tag.objects.get(code="mobility"), Tag.objects.get(code="party"))
    assert person.needs == "行动不便(轮椅)、左眼失明"
