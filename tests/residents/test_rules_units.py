"""Where a person is counted: exactly one unit or a named reason for none, whatever the order of asking."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residents.choices import AWAY, INFLOW, Residence
from residents.rules import UNIT_RULES, CountingRules, Placing, Standing, accounting_unit, told
from residents.rules.units import NOWHERE

HERE, WORK, ELSEWHERE = "150622002001", "150622002002", "150622002200"
AT_HUKOU, AT_RESIDENCE = CountingRules(movers_at_hukou=True), CountingRules(movers_at_hukou=False)
AT_WORK = CountingRules(inflow_at_work=True)

settings = st.builds(CountingRules, st.booleans(), st.booleans())
people = st.builds(
    Standing,
    residence=st.sampled_from(Residence.values),
    village=st.just(HERE),
    removed=st.booleans(),
    is_pupil=st.booleans(),
    work_village=st.sampled_from(["", HERE, WORK]),
    settled=st.sampled_from([None, "", HERE, ELSEWHERE]),
)


@pytest.mark.requirement("S11")
@pytest.mark.parametrize(
    ("residence", "rules", "unit", "rule"),
    [
        (Residence.LOCAL_RESIDENT, AT_HUKOU, HERE, "LOCAL"),
        (Residence.AWAY_TOWN, AT_HUKOU, HERE, "MOVER_AT_HUKOU"),
        (Residence.AWAY_TOWN, AT_RESIDENCE, "", "MOVER_ELSEWHERE"),
        (Residence.INFLOW_COUNTY, AT_HUKOU, "", "MOVER_ELSEWHERE"),
        (Residence.INFLOW_COUNTY, AT_RESIDENCE, HERE, "MOVER_AT_RESIDENCE"),
        (Residence.AWAY_COUNTY, AT_HUKOU, "", "AWAY"),
        (Residence.AWAY_ABROAD, AT_RESIDENCE, "", "AWAY"),
        (Residence.INFLOW_OTHER, AT_HUKOU, HERE, "INFLOW"),
    ],
)
def test_movers_count_at_their_hukou_place_or_by_setting_where_they_live(residence, rules, unit, rule):
    assert accounting_unit(Standing(residence, HERE), rules) == Placing(unit, rule)
    assert accounting_unit(Standing(residence, HERE, removed=True), rules) == Placing("", "REMOVED")


@pytest.mark.requirement("S13")
def test_inflow_people_of_a_building_site_count_in_its_village_when_the_campaign_says_so():
    person = Standing(Residence.INFLOW_OTHER, HERE, work_village=WORK)
    assert accounting_unit(person, AT_HUKOU) == Placing(HERE, "INFLOW")
    assert accounting_unit(person, AT_WORK) == Placing(WORK, "INFLOW_AT_WORK")
    at_home = Standing(Residence.LOCAL_RESIDENT, HERE, work_village=WORK)
    assert accounting_unit(at_home, AT_WORK) == Placing(HERE, "LOCAL")


@pytest.mark.requirement("S32")
@pytest.mark.parametrize("rules", [AT_HUKOU, AT_RESIDENCE])
def test_pupils_count_where_they_live_whatever_the_setting_for_movers(rules):
    lives_here = Standing(Residence.INFLOW_COUNTY, HERE, is_pupil=True)
    lives_elsewhere = Standing(Residence.AWAY_TOWN, HERE, is_pupil=True)
    assert accounting_unit(lives_here, rules) == Placing(HERE, "PUPIL")
    assert accounting_unit(lives_elsewhere, rules) == Placing("", "PUPIL_ELSEWHERE")


def test_the_office_decides_above_every_rule_but_not_for_the_removed():
    settled = Standing(Residence.AWAY_PROVINCE, HERE, settled=ELSEWHERE)
    assert accounting_unit(settled, AT_HUKOU) == Placing(ELSEWHERE, "SETTLED")
    nowhere = Standing(Residence.LOCAL_RESIDENT, HERE, settled="")
    assert accounting_unit(nowhere, AT_HUKOU) == Placing("", "SETTLED_NOWHERE")
    gone = Standing(Residence.LOCAL_RESIDENT, HERE, removed=True, settled=HERE)
    assert accounting_unit(gone, AT_HUKOU) == Placing("", "REMOVED")


@given(people, settings)
def test_everybody_is_in_one_unit_or_nowhere_for_a_named_reason(person, rules):
    placed = accounting_unit(person, rules)
    assert placed.rule in UNIT_RULES
    assert (placed.unit == "") == (placed.rule in {*NOWHERE, "REMOVED"})
    assert placed.unit in {"", HERE, person.work_village, person.settled}
    assert (placed.rule == "REMOVED") == person.removed


@given(people, settings)
def test_two_villages_that_share_a_mover_never_both_count_the_person(person, rules):
    """The hukou side lists 外出(县内), the side of residence 流入(县内): whatever the setting, one of them counts."""
    if person.residence != Residence.AWAY_TOWN or person.removed or person.settled is not None:
        return
    other = Standing(Residence.INFLOW_COUNTY, ELSEWHERE, is_pupil=person.is_pupil)
    units = [accounting_unit(person, rules).unit, accounting_unit(other, rules).unit]
    assert sorted(units) in ([["", HERE]] if units[0] else [["", ELSEWHERE]])


def test_the_page_says_the_rule_in_words():
    assert told("INFLOW", "南山社区") == "计入 南山社区:县外流入,计入现居住的村(社区)"
    assert told("AWAY", "") == "不计入:外出到县外,由居住地计入,本村只列名单"
    assert set(AWAY) | set(INFLOW) | {Residence.LOCAL_RESIDENT} == set(Residence)
