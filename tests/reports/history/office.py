"""What the office does: the base, tasks, reports handed in, a day closed, a week published."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import uuid4

from reports.choices import TargetBasis, TargetKind
from reports.services import daily_closing, progress, rollups, targets, weekly_publishing
from residents.services import enrolments
from residents.services.bases import freeze_base
from tests.reports.agreement import filed
from tests.reports.agreement.pairs import Pairs
from tests.reports.independent import changes, floor
from tests.reports.independent.asking import Asked, midnight, stored


@dataclass
class Chain:
    """The reports of one kind that were handed in: what counted at the last one, when it was cut off."""

    items: dict = field(default_factory=dict)
    last: tuple[date, datetime] | None = None
    told: list[tuple] = field(default_factory=list)  # (report, what the independent SQL said at that moment)


class OfficeDeeds:
    """``number``: which village, kind or base."""

    def open_office(self) -> None:
        self.chains = {"progress": Chain(), "daily": Chain()}
        phases = (
            ("成人", {"age_min": 18, "age_max": 59}),
            ("老年人", {"age_min": 60}),
            ("儿童", {"age_max": 17}),
        )
        for order, (name, cohort) in enumerate(phases, start=1):
            ends_on = self.began_on + timedelta(days=20 // order)
            self.campaign.phases.create(
                order=order, name=name, cohort=cohort, starts_on=self.began_on, ends_on=ends_on
            )

    @property
    def asked(self) -> Asked:
        """Our township, today."""
        self.campaign.refresh_from_db()
        return Asked(self.campaign, self.town.town.prefix, self.today)

    def base(self, who, number):
        """The office changes the base: from 18, from 50, from 18 to 70, from 3."""
        cohorts = ({"age_min": 18}, {"age_min": 50}, {"age_min": 18, "age_max": 70}, {"age_min": 3})
        self.campaign.cohort = cohorts[number]
        self.campaign.save()
        enrolments.refresh_all(campaign=self.campaign, today=self.today, step=lambda *_: None)
        told = {"actor": None, "reason": "口径调整", "now": self.now, "today": self.today}
        freeze_base(campaign=self.campaign, **told)

    def _assign(self, number, places, **more) -> None:
        targets.assign(
            actor=None,
            campaign=self.campaign,
            due_on=self.began_on + timedelta(days=3 + 20 * (number % 2)),
            quantities=places,
            key=uuid4(),
            now=self.now,
            **more,
        )

    def task(self, who, number):
        """So many people, or doses, of one village; counted from the beginning or from some days ago."""
        starts = {"starts_on": self.began_on - timedelta(days=50)} if who % 2 else {}
        self._assign(
            number, {self.town.villages[number % 3]: who + 1}, kind=list(TargetKind)[number], **starts
        )

    def percent(self, who, number):
        """So many of a hundred of the newest base, for every village."""
        shares = dict.fromkeys([self.town.town, *self.town.villages], 0)
        self._assign(number, shares, kind="first", basis=TargetBasis.PERCENT, percent=30 + 5 * who)

    def _file(self, kind: str, hand_in) -> None:
        asked, chain = self.asked, self.chains[kind]
        items = changes.standing(asked)
        account = changes.account(chain.items, items, asked=asked, now=self.now, last=chain.last)
        report = hand_in(
            campaign=self.campaign,
            place=self.town.town,
            day=self.today,
            actor=self.cast.town,
            key=uuid4(),
            now=self.now,
        )
        began = chain.last[1] if chain.last and chain.last[0] == self.today - timedelta(days=1) else None
        here = floor.given_here(
            asked, start=stored(began) if began else midnight(self.today), end=stored(self.now)
        )
        chain.items, chain.last = items, (self.today, self.now)
        chain.told.append((report, account, here))

    def file(self, who, number):
        """进度报告 as of now."""
        self._file("progress", lambda **asked: progress.file_progress(slot="上午", cut_off=self.now, **asked))

    def close(self, who, number):
        """日终封存."""
        self._file("daily", daily_closing.close_day)

    def publish(self, who, number):
        """周排名 of last week."""
        rollups.fill_dirty(now=self.now)
        asking = {"campaign": self.campaign, "place": self.town.town, "day": self.today - timedelta(days=7)}
        weekly_publishing.publish(
            kind=TargetKind.FIRST, actor=self.cast.town, key=uuid4(), now=self.now, **asking
        )

    def fill(self, who, number):
        rollups.fill_dirty(now=self.now)

    def handed_in(self) -> Pairs:
        """Every report that was handed in, as it stands now, and what the independent SQL said then."""
        pairs: Pairs = {}
        for report, account, _ in self.chains["progress"].told:
            pairs |= filed.accounted(report, account)
        for report, account, here in self.chains["daily"].told:
            pairs |= filed.closed(report, account, here)
        return pairs
