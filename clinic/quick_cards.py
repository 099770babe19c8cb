"""Quick cards of reactions: versioned reference texts with checklists (clinic/data/README.md). Pure."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "data" / "reaction_cards.json"


@dataclass(frozen=True)
class Step:
    """One line of a checklist."""

    code: str
    text: str


@dataclass(frozen=True)
class QuickCard:
    """One version of one card. ``digest`` proves the text: what was shown on a case is this very wording."""

    code: str
    version: int
    since: str
    key: str
    name: str
    urgent: bool
    when: str
    signs: tuple[str, ...]
    steps: tuple[Step, ...]
    avoid: tuple[str, ...]
    refer: str
    sources: tuple[str, ...]
    digest: str

    @property
    def step_codes(self) -> frozenset[str]:
        """The codes that may be ticked."""
        return frozenset(step.code for step in self.steps)


def _card(item: dict) -> QuickCard:
    text = json.dumps(item, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    lists = {name: tuple(item[name]) for name in ("signs", "avoid", "sources")}
    steps = tuple(Step(**step) for step in item["steps"])
    digest = hashlib.sha256(text.encode()).hexdigest()
    return QuickCard(**item | lists | {"steps": steps, "digest": digest})


@cache
def _all() -> tuple[str, dict[tuple[str, int], QuickCard]]:
    data = json.loads(FILE.read_text(encoding="utf-8"))
    cards = [_card(item) for item in data["cards"]]
    found = {(card.code, card.version): card for card in cards}
    if len(found) != len(cards):
        raise ValueError("two quick cards have the same code and version")
    return data["notice"], found


def notice() -> str:
    """The sentence that stands on every card: reference, not orders."""
    return _all()[0]


def current() -> list[QuickCard]:
    """The newest version of every card, in the order of the file."""
    newest: dict[str, QuickCard] = {}
    for card in _all()[1].values():
        if card.code not in newest or card.version > newest[card.code].version:
            newest[card.code] = card
    return list(newest.values())


def card_of(code: str, version: int | None = None) -> QuickCard | None:
    """The card, by default its newest version; None when there is no such card."""
    if version is None:
        return next((card for card in current() if card.code == code), None)
    return _all()[1].get((code, version))
