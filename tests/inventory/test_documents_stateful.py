"""Whatever keepers, receivers and nurses do at two sites, in whatever order, also stopped half-way: no vial appears or is lost.

Beside the ledger runs a model in plain numbers: where each dose of each lot is. It knows nothing of movements or documents.
"""

from collections import Counter
from datetime import timedelta
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from core.errors import RuleBroken
from inventory.choices import (
    DifferenceReason,
    DocumentKind,
    DocumentState,
    MovementKind,
    RecallRest,
    WasteReason,
)
from inventory.models import DocumentLine, StockDocument, StockLevel, StockMovement
from inventory.services import (
    arrivals,
    consignments,
    disposals,
    documents,
    holding,
    ledger,
    losses,
    recalls,
    undoing,
)
from inventory.services.arrivals import Count
from inventory.services.consignments import Consignment
from inventory.services.verify import ledger_problems
from places.models import Place, Site
from tests.factories.stock import deliver, make_lot, make_presentation, transport
from tests.walks import examples

REFUSALS = {
    *(
        "SHORT_STOCK",
        "LOT_NOT_HERE",
        "OPEN_TOO_LONG",
        "LOT_HELD",
        "LOT_RECALLED",
        "USED_FURTHER",
        "ALREADY_REVERSED",
    ),
    *("NOT_REVERSIBLE", "NOTHING_UNDER_WAY", "DIFFERENCE", "ALREADY_HELD", "NOT_HELD", "NOTHING_TO_HOLD"),
    *("NOTHING_OPEN", "ANSWERED", "ALREADY_DONE", "RECALLED_ALREADY", "NOT_IN_FORCE", "IS_REVERSAL"),
}
SIZES = (1, 5)  # doses per vial of the two lots
WHERE = {  # where a movement puts what leaves a level (or what comes to it is taken from)
    MovementKind.USE: "used",
    MovementKind.WASTE_OPEN: "wasted",
    MovementKind.WASTE_CLOSED: "wasted",
    MovementKind.TRANSIT_DIFF: "difference",
    MovementKind.DISPOSAL: "disposed",
}
SENDING_KINDS = (DocumentKind.TRANSFER, DocumentKind.RETURN)
side, cut = st.sampled_from((0, 1)), st.sampled_from([False, False, False, True])
DEEDS = [
    *("receive", "use", "use", "use", "take_a_dose_back", "send", "send", "send", "look_again", "look_again"),
    *("waste", "end_of_the_day", "stop_and_go", "destroy", "undo", "undo", "time_passes"),
]
LESS = [reason for reason in DifferenceReason if reason != DifferenceReason.MORE]


class PowerCut(Exception):
    """The machine stops in the middle of a deed."""


class Keepers(RuleBasedStateMachine):
    """Two sites, two lots. ``came`` counts the doses that were ever brought."""

    def __init__(self):
        super().__init__()
        self.now = timezone.now().replace(microsecond=0)
        self.place, _ = Place.objects.get_or_create(
            code="150622002000", defaults={"name": "迎泽街道", "level": "town"}
        )
        number = Site.objects.count()
        self.sites = [
            Site.objects.create(code=f"s{number}{side}", name=f"接种点{number}{side}", place=self.place)
            for side in "ab"
        ]
        self.lots = [make_lot(presentation=make_presentation(doses_per_vial=n)) for n in SIZES]
        self.came = dict.fromkeys((lot.pk for lot in self.lots), 0)
        self.papers, self.uses = [], []
        for at, lot in ((0, self.lots[0]), (0, self.lots[1]), (1, self.lots[1])):
            self.receive(self.sites[at], lot, 6, lambda _: False)

    # --- how a deed is done: it may be refused, cut off in the middle, or sent twice

    def attempt(self, verb, *, cut=False, **kwargs):
        self.now += timedelta(seconds=1)
        kwargs = {"actor": None, "key": uuid4(), "now": self.now} | kwargs
        try:
            if cut:
                with patch.object(documents.DocumentLine.objects, "bulk_create", side_effect=PowerCut):
                    verb(**kwargs)
                return None
            row = verb(**kwargs)
            assert verb(**kwargs).pk == row.pk  # pressed twice
        except RuleBroken as error:
            assert error.code in REFUSALS, error.code
            return None
        except PowerCut:
            return None
        if isinstance(row, StockDocument):
            self.papers.append(row)
        return row

    # One rule that picks the deed: many rules would be switched off by turns, and the rare ones never meet.
    @rule(deed=st.sampled_from(DEEDS), at=side, what=side, n=st.integers(1, 3), cut=cut, data=st.data())
    def anything(self, deed, at, what, n, cut, data):
        site, lot = self.sites[at], self.lots[what]
        getattr(self, deed)(
            site=site, lot=lot, n=n, cut=cut, draw=lambda items: data.draw(st.sampled_from(items))
        )

    def receive(self, site, lot, n, draw, **_):
        refused = draw([False, False, True])
        verdict = {"verdict": DocumentState.REFUSED, "reason": "超温"} if refused else {}

        def verb(**signed):
            return deliver(site, [(lot, n)], transport=transport(self.now), **verdict, **signed)

        if self.attempt(verb) and not refused:
            self.came[lot.pk] += n * lot.presentation.doses_per_vial

    def use(self, site, lot, **_):
        if row := self.attempt(ledger.use_dose, site=site, lot=lot):
            self.uses.append(row)

    def take_a_dose_back(self, draw, **_):
        if self.uses:
            self.attempt(ledger.reverse, movement=draw(self.uses), reason="记错")

    def send(self, site, lot, n, cut, draw, **_):
        """A delivery, and what happens to it at once; ``look_again`` takes up what was left."""
        (other,) = (one for one in self.sites if one != site)
        one = Consignment(draw(SENDING_KINDS), site, ((lot, n),), other_site=other)

        def verb(**signed):
            return consignments.send(one, **signed)

        delivery, then = self.attempt(verb, cut=cut), draw(["leave", "arrive", "arrive", "undo", "call back"])
        if delivery and then in ("arrive", "undo"):
            arrival = self.arrive(delivery, draw)
            if arrival and then == "undo":
                self.attempt(undoing.undo, document=arrival, reason="点错")
        elif delivery and then == "call back":
            self.attempt(consignments.call_back, delivery=delivery, reason="没发成")

    def arrive(self, delivery, draw, cut=False):
        line, off, reason = delivery.lines.get(), draw([0, 0, -1, 1]), draw(LESS)
        reason = DifferenceReason.MORE if off > 0 else reason
        counts = {line.lot_id: Count(max(0, line.transit + off), reason if off else "")}
        verdict = {"transport": transport(self.now)}
        if reason == DifferenceReason.REFUSED_WAY and not off:
            verdict |= {"verdict": DocumentState.REFUSED, "reason": "超温"}
        return self.attempt(arrivals.arrive, delivery=delivery, counts=counts, cut=cut, **verdict)

    def look_again(self, cut, draw, **_):
        sent = [paper for paper in self.papers if paper.kind in SENDING_KINDS]
        if sent and draw([True, False]):
            self.arrive(draw(sent), draw, cut)
        elif sent:
            self.attempt(consignments.call_back, delivery=draw(sent), reason="没发成", cut=cut)

    def waste(self, site, lot, n, cut, draw, **_):
        reason = draw([WasteReason.DRAWN_BADLY, WasteReason.BROKEN])
        self.attempt(losses.waste, site=site, lot=lot, quantity=n, reason=reason, cut=cut)

    def end_of_the_day(self, site, **_):
        self.attempt(losses.waste_leftovers, site=site)

    def stop_and_go(self, site, lot, draw, **_):
        """Set apart, see that it stops, and let it go again: else everything would soon stand still."""
        deed = draw(["one", "all", "recall"])
        if deed == "recall":
            words = {"reason": "效价", "authority": "", "paper_no": "", "rest": RecallRest.KEEP}
            order = self.attempt(recalls.recall, lot=lot, place=self.place, **words)
            assert self.attempt(ledger.use_dose, site=site, lot=lot) is None
            self.attempt(recalls.lift_recall, order=order, reason="误发")
        else:
            self.attempt(holding.hold, site=site, lots=[] if deed == "all" else [lot], reason="断电")
            assert self.attempt(ledger.use_dose, site=site, lot=lot) is None
        for level in StockLevel.objects.exclude(held_reason="").select_related("site__place", "lot"):
            self.attempt(holding.release, site=level.site, lot=level.lot, reason="查明")

    def destroy(self, site, lot, n, cut, **_):
        plan = self.attempt(
            disposals.plan_disposal, site=site, goods=[(lot, n, WasteReason.EXPIRED)], note="焚烧"
        )
        if plan:
            self.attempt(disposals.confirm_disposal, plan=plan, cut=cut)

    def undo(self, cut, draw, **_):
        paper = draw(self.papers[-4:])
        done = self.attempt(undoing.undo, document=paper, reason="填错", cut=cut)
        if done and paper.kind == DocumentKind.RECEIPT:
            for line in done.lines.filter(movement__isnull=False).select_related("lot__presentation"):
                self.came[line.lot_id] += line.doses

    def time_passes(self, draw, **_):
        self.now += timedelta(minutes=draw([5, 61]))

    # --- what must hold after every step

    @invariant()
    def every_proof_holds(self):
        assert list(ledger_problems()) == []

    @invariant()
    def every_dose_is_somewhere(self):
        for lot in self.lots:
            there = sum(
                level.all_doses
                for level in StockLevel.objects.filter(lot=lot).select_related("lot__presentation")
            )
            lines = DocumentLine.objects.filter(lot=lot).values_list("transit", flat=True)
            per_vial, gone = lot.presentation.doses_per_vial, Counter()
            rows = StockMovement.objects.filter(lot=lot).select_related("lot__presentation", "reverses")
            for row in rows:
                if where := WHERE.get(row.reverses.kind if row.reverses else row.kind):
                    gone[where] -= row.vials * per_vial + row.open_doses
            assert min((gone[name] for name in ("used", "wasted", "disposed")), default=0) >= 0
            assert there + sum(lines) * per_vial + sum(gone.values()) == self.came[lot.pk]


@pytest.mark.requirement("S22")
class DocumentsStateful(TestCase):
    def test_any_interleaving_of_documents_and_doses_loses_nothing(self):
        run_state_machine_as_test(
            Keepers,
            settings=settings(
                max_examples=examples(8),
                stateful_step_count=30,
                suppress_health_check=list(HealthCheck),
            ),
        )
