"""The strip of pages inside one room."""

from typing import NamedTuple


class Tab(NamedTuple):
    """One page of a room: address name, word, the action that opens it, and the group of pages it stands in.

    ``also``: beginnings of addresses inside the room that belong to it although they do not stand under it.
    """

    url: str
    word: str
    action: str
    group: str = ""
    also: tuple[str, ...] = ()
