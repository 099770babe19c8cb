"""A village's cadre: looks people up as one types, corrects and registers, and fills the list of a coming day."""

import re
from collections.abc import Iterator

from bench.load.filled import fields
from bench.load.person import Person, Wrong

_TICK = re.compile(r'name="people" value="(\d+)"')
_SLOT = re.compile(r'name="slot" value="(\d+)" data-free="[1-9]\d*"')


class Cadre(Person):
    """``village`` (code), ``name``, ``people`` (uid, name, tail of the number), ``newcomers`` (name, number, phone),
    ``unvaccinated`` (uids), ``elsewhere`` (what is told of their dose on an earlier day), ``session``, ``on`` (the coming day)."""

    def rounds(self) -> Iterator[None]:
        works = [self._look_up, self._look_up, self._edit, self._register, self._list, self._unvaccinated]
        works += [self._fill_list, self._dose_elsewhere, self._desk]
        while True:
            order = works.copy()
            self.random.shuffle(order)
            for work in order:
                work()
                self.think(2)
                yield

    def _look_up(self) -> dict:
        who = self.random.choice(self.about["people"])
        for length in range(1, len(who["name"]) + 1):
            self.post("find as one types", "/residents/find/", {"q": who["name"][:length]}, part=True)
            self.think(0.4)
        tail = {"q": who["tail"]}
        _, text = self.post("find by the tail of a number", "/residents/find/", tail, part=True)
        if who["uid"] not in text and "还有更多" not in text:
            raise Wrong("find by the tail of a number: somebody of the village was not found")
        self.think(1)
        self.get("a person", f"/residents/{who['uid']}/", who["name"], "接种情况")
        return who

    def _edit(self) -> None:
        who = self._look_up()
        path = f"/residents/{who['uid']}/edit/"
        text = self.get("edit: the form", path, who["name"])
        self.think(3)
        form = fields(text, 'id="entry"') | {"note": f"入户核对{self.random.randrange(10**6)}"}
        where, _ = self.post("edit: save", path, form | {"then": "done", "confirmed": "done"})
        self.get("edit: the person again", where, "资料已保存")
        self.done["people edited"] += 1

    def _register(self) -> None:
        if not self.about["newcomers"]:
            return
        who = self.about["newcomers"].pop()
        text = self.get("register: the form", "/residents/add/", "登记居民")
        form = fields(text, 'id="entry"')
        form |= {"name": who["name"], "number": who["number"], "phone": who["phone"]}
        self.think(2)
        self.post("register: the number checked", "/residents/check/", form, part=True)
        self.think(3)
        send = form | {"then": "next", "confirmed": "next"}
        where, _ = self.post("register: save", "/residents/add/", send)
        self.get("register: the next form", where, f"已登记 {who['name']}")
        self.done["people registered"] += 1

    def _dose_elsewhere(self) -> None:
        """On a day that is over: its stored sums are to be counted again."""
        if not self.about["unvaccinated"]:
            return
        path = f"/residents/{self.about['unvaccinated'].pop()}/dose/"
        self.get("dose elsewhere: the form", path, "补登外地接种")
        self.think(3)
        where, _ = self.post("dose elsewhere: save", path, self.about["elsewhere"])
        self.get("dose elsewhere: the person", where, "剂次和下一剂日期已重新计算")
        self.done["doses elsewhere"] += 1

    def _desk(self) -> None:
        self.get("desk", "/", "可接种、还没预约")

    def _list(self) -> None:
        self.get("list of residents", "/residents/", self.about["name"])
        self.think(2)
        self.get("list of residents", "/residents/?page=2", self.about["name"])

    def _unvaccinated(self) -> None:
        self.get("list: due now", "/residents/?status=due", self.about["name"])
        self.think(2)
        asked = f"place={self.about['village']}&metric=unreached&kind=first"
        self.get("names: not yet vaccinated", f"/reports/names/?{asked}", "还没种首剂的人")

    def _fill_list(self) -> None:
        session, on = self.about["session"], self.about["on"]
        path = f"/appointments/{session}/book/"
        text = self.get("next day: who is due", path, "勾选要约的人")
        people, slots = _TICK.findall(text), _SLOT.findall(text)
        if people and slots:
            self.think(3)
            form = {"slot": self.random.choice(slots), "people": people[: self.random.randint(1, 3)]}
            self.post("next day: book", path, form, "约上", stays=True)
            self.done["bookings asked for"] += len(form["people"])
        self.think(1)
        roster = f"/appointments/roster/?on={on}"
        text = self.get("next day: the list", roster, "预约名单")
        if f"/appointments/{session}/submit/" in text:
            place = {"place": self.about["village"]}
            self.post("next day: hand in", f"/appointments/{session}/submit/", place)
            self.done["lists handed in"] += 1
