"""The strip of pages inside one room."""

from typing import NamedTuple


class Tab(NamedTuple):
    """One page of a room: address name, word, and the action that opens it."""

    url: str
    word: str
    action: str
