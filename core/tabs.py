"""The strip of pages inside one room."""

from typing import NamedTuple


class Tab(NamedTuple):
    """One page of a room: address name, word, the action that opens it, and the group of pages it stands in."""

    url: str
    word: str
    action: str
    group: str = ""
