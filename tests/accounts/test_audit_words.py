"""Every action that the code records has words for the auditor."""

import re
from pathlib import Path

import pytest

from accounts.audit_words import action_word

ROOT = Path(__file__).resolve().parents[2]
ROOMS = [
    "core",
    "places",
    "accounts",
    "inventory",
    "campaigns",
    "residents",
    "appointments",
    "clinic",
    "reports",
    "planning",
    "vaxcampaign",
]
_CALL = re.compile(r"""audit\.record\(\s*["']([a-z_]+\.[a-z_]+)["']""")


def _recorded():
    return sorted(
        {
            a
            for room in ROOMS
            for p in (ROOT / room).rglob("*.py")
            for a in _CALL.findall(p.read_text("utf-8"))
        }
    )


def test_actions_are_found_in_the_code():
    assert {"account.locked", "campaign.opened"} <= set(_recorded())


@pytest.mark.parametrize("action", _recorded())
def test_action_has_words(action):
    assert action_word(action) != action, "add it to accounts/audit_words.py"
