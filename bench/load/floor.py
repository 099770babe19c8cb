"""The clinic floor: teams that lead one person after the other from the door to the chair, and screens that refresh."""

import re
import urllib.parse
from collections.abc import Iterator

from bench.load.person import Person, Wrong

_FREE_TO_GO = re.compile(r'action="(/clinic/[0-9a-f-]{36}/release/)"')


class Team(Person):
    """``registrar``, ``screener``, ``vaccinator`` and ``observer`` of a site, for ``people`` (uid, name, number) in turn;
    ``forms``: what is filled in at each step."""

    def rounds(self) -> Iterator[None]:
        while self.about["people"]:
            self._lead(self.about["people"].pop())
            yield

    def _lead(self, who: dict) -> None:
        number = self._let_in(who)
        visit = self._open("ticket scanned", number, "screener", who)
        for step, user, waits in (
            ("screen", "screener", 3),
            ("consent", "registrar", 2),
            ("dose", "vaccinator", 3),
        ):
            self.think(waits)
            form = self.about["forms"][step]
            where, _ = self.post(f"{step}: save", f"{visit}{step}/", form, user=user)
            self.get(f"{step}: page after it", where, who["name"], user=user)
        self.done["doses"] += 1
        self.think(1)
        visit = self._open("ticket scanned at the chairs", number, "observer", who)
        self.post("chair: save", f"{visit}seat/", {"seat": f"A{int(number) % 90 + 1}"}, user="observer")

    def _let_in(self, who: dict) -> str:
        self.think(2)
        found, _ = self.post("card scanned", "/clinic/", {"q": who["number"]}, user="registrar")
        self.get("card scanned: the person", found, who["name"], user="registrar")
        self.think(1)
        path = f"/clinic/check-in/{who['uid']}/"
        where, _ = self.post("check-in: save", path, {}, user="registrar")
        self.get("check-in: page after it", where, "已登记,排队号", user="registrar")
        return urllib.parse.parse_qs(urllib.parse.urlsplit(where).query)["done"][0]

    def _open(self, page: str, number: str, user: str, who: dict) -> str:
        visit, _ = self.post(page, "/clinic/", {"q": number}, user=user)
        if not visit:
            raise Wrong(f"{page}: number {number} leads nowhere")
        self.get(f"{page}: the visit", visit, who["name"], user=user)
        return visit


class Board(Person):
    """The observer's board, asked for every few seconds; whose time is over may go."""

    def rounds(self) -> Iterator[None]:
        self.get("board", "/clinic/board/", "留观")
        while True:
            self.think(5)
            text = self.get("board: refreshed", "/clinic/board/", "今天已离场", part=True)
            if free := _FREE_TO_GO.search(text):
                self.post("board: let go", free[1], {})
                self.done["people let go"] += 1
            yield


class Screens(Person):
    """The floor's page of a desk and the screen that calls, asked for every few seconds."""

    def rounds(self) -> Iterator[None]:
        while True:
            self.get("floor", "/clinic/", "接种现场", "到场")
            self.think(5)
            self.get("calling screen", "/clinic/calls/", part=True)
            self.think(5)
            yield
