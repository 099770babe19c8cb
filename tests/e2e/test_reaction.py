"""Journey: somebody feels faint on a chair; one key to the card, two ticks, the case card to the county, the office told."""

import pytest
from playwright.sync_api import expect

from clinic.models import AdverseEvent, CardMark
from tests.factories.clinic import Floor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.requirement("S120")
def test_from_the_board_to_the_county(desk, live_server, site, campaign, town, cast):
    floor = Floor(site=site, campaign=campaign, village=town.village, cast=cast)
    visit = floor.observed()
    observer = desk("observer")
    observer.goto(f"{live_server.url}/clinic/board/")
    observer.get_by_role("link", name="打开").click()
    observer.get_by_label("座位").fill("a3")
    observer.keyboard.press("Enter")
    expect(observer.get_by_text("A3座")).to_be_visible()

    observer.get_by_role("link", name="打开").click()
    observer.get_by_text("报告异常反应").first.click()
    observer.get_by_label("像哪一种").select_option(label="晕厥")
    observer.get_by_label("表现").fill("头晕、面色苍白、出冷汗")
    observer.get_by_role("button", name="报告异常反应").click()
    expect(observer.get_by_role("heading", name="晕厥")).to_be_visible()  # its card, at once
    observer.get_by_role("button", name="就地平卧").click()
    expect(observer.get_by_text("已做")).to_have_count(1)
    event = AdverseEvent.objects.get()
    assert CardMark.objects.filter(event=event, step="01", by=cast.observer).exists()

    observer.goto(f"{live_server.url}/clinic/board/")
    expect(observer.get_by_text("异常反应处置中")).to_be_visible()
    observer.keyboard.press("c")
    expect(observer.get_by_role("heading", name="正在处置的病例")).to_be_visible()
    observer.goto(f"{live_server.url}{event.get_absolute_url()}")
    expect(observer.get_by_text("还有 1 天 23 小时")).to_be_visible()
    observer.get_by_role("link", name="填个案卡").click()
    observer.get_by_role("button", name="保存个案卡").click()
    expect(observer.get_by_text("第1版").first).to_be_visible()
    observer.get_by_label("记什么").select_option(label="上报个案卡")
    observer.get_by_label("报给谁").fill("县疾控 张医生")
    observer.get_by_role("button", name="登记", exact=True).click()
    expect(observer.get_by_text("个案卡已上报")).to_be_visible()

    office = desk("town")
    office.goto(live_server.url)
    office.get_by_role("link", name="新的异常反应,还没知悉").click()
    office.get_by_text(visit.enrolment.resident.name).click()
    office.get_by_text("记一笔").click()
    office.get_by_role("button", name="登记", exact=True).click()  # 镇办知悉 is proposed
    expect(office.get_by_text("已登记:镇办知悉")).to_be_visible()
    event.refresh_from_db()
    assert event.card_state == "sent" and event.seen_at is not None
