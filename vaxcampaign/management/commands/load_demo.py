"""``manage.py load_demo [--scale town|county|N] [--seed 7]``"""

from time import monotonic

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import User
from core.commands import BadCall, OurCommand
from core.errors import RuleBroken
from residents.models import Resident
from vaxcampaign.demo import (
    abroad,
    bulletins,
    closing,
    codes,
    cold,
    directory,
    documents,
    duty,
    floor,
    ground,
    imports,
    moves,
    papers,
    plans,
    reports,
    second_doses,
    story,
    supplies,
    tasks,
    twins,
    units,
    village,
    words,
)

SCALES = {"town": 20_000, "county": 1_000_000}


class Command(OurCommand):
    help = "Build the demo township through the services: deterministic, synthetic people only."

    def add_arguments(self, parser):
        parser.add_argument(
            "--scale", default="town", help="town (20 000 people), county (1 000 000) or a number"
        )
        parser.add_argument("--seed", type=int, default=7)

    def work(self, *, scale: str, seed: int, **options):
        people = SCALES.get(scale) or (int(scale) if scale.isdigit() else 0)
        if people < 200:
            raise BadCall("--scale 应为 town、county 或不小于 200 的人数。")
        if Resident.objects.exists() or User.objects.exists():
            raise RuleBroken(
                "NOT_EMPTY", "数据库里已有居民或帐号,不能再装入演示数据。演示请另用一个空数据库。"
            )
        started, now = monotonic(), timezone.localtime()
        today = now.date()

        def say(text: str) -> None:
            if options["verbosity"] and not options["json"]:
                self.stderr.write(f"{monotonic() - started:5.1f} 秒 {text}")

        land = ground.lay(today=today)
        campaign = story.open_campaign(land, today)
        say("地方、帐号、接种活动已建立")
        directory.fill(land, campaign, today=today)
        story.census(land, campaign, people=people, seed=seed, today=today, say=say)
        story.assign_targets(land, campaign, people=people, now=now)
        story.stock(land, now=now)
        codes.register(land, now=now)
        closing.close(land, now=story.clock(now, 12, 18, 30))
        documents.begin(land, now=now)
        cold.fill(land, now=now)
        closing.close(land, now=story.clock(now, 9, 18, 30))
        plans.last_week(land, campaign, now=now)
        closing.close(land, now=story.clock(now, 7, 18, 30))
        documents.go_on(land, now=now)
        floor.play(land, campaign, now=now, seed=seed, say=say)
        supplies.stock(land, now=now)
        second_doses.remember(land, campaign, today=today)
        units.fill(land, campaign, now=now)
        say("单位名册、安心便签、学校核对")
        papers.hand_in(land, campaign, now=now)
        words.answer(land, campaign, now=now)
        twins.register(land, campaign, now=now)
        abroad.register(land, now=now)
        village.tell(land, campaign, now=now)
        say("包干、走访、接送、宣传")
        moves.play(land, campaign, now=now)
        imports.send(land, campaign, now=now)
        plans.this_week(land, campaign, now=now)
        plans.tonight(land, campaign, now=now)
        say("上报、迁移、裁定、摸排文件")
        tasks.more_targets(land, campaign, now=now)
        story.roll_up(campaign, now=now)
        bulletins.rank(land, campaign, now=now)
        bulletins.write(land, campaign, now=now)
        reports.hand_in(land, campaign, now=now)
        duty.keep(land, campaign, now=now)
        reports.have_made(land, campaign, now=now)
        say("进度报告、日终封存、简报、带班和会议")
        _count_rows()
        residents = Resident.objects.count()
        seconds = round(monotonic() - started, 1)
        data = {
            "residents": residents,
            "users": sorted(land.users),
            "password": settings.DEMO_PASSWORD,
            "seconds": seconds,
        }
        sentence = (
            f"演示数据已建立:{land.town.name} {len(land.villages)} 个村、{residents} 名居民(虚构),用时 {seconds} 秒。\n"
            f"帐号:{' '.join(sorted(land.users))}\n密码:{settings.DEMO_PASSWORD}"
        )
        return True, sentence, data


def _count_rows() -> None:
    """PostgreSQL plans by statistics that it takes up by and by; until then a proof of the ledger took minutes, not moments."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
