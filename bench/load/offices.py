"""Offices of townships and of the county: dashboards refreshed, progress, daily report, tasks, and down to the names."""

from collections.abc import Iterator

from bench.load.filled import fields
from bench.load.person import Person


class Office(Person):
    """``place`` (code), ``name``, ``below`` (codes of the places directly below), ``town`` (whose daily report)."""

    def rounds(self) -> Iterator[None]:
        works = [self._dashboard, self._dashboard, self._down, self._progress, self._daily, self._assign]
        while True:
            order = works.copy()
            self.random.shuffle(order)
            for work in order:
                work()
                self.think(4)
                yield

    def _dashboard(self) -> None:
        place, name = self.about["place"], self.about["name"]
        self.get(f"dashboard of a {self._level}", f"/reports/?place={place}", name, "统计截至")
        asked = f"/reports/outlook/?place={place}&kind=first&cohort="
        self.get(f"outlook of a {self._level}", asked, "名册上的人到了哪一步", part=True)

    @property
    def _level(self) -> str:
        return "county" if self.about["place"].endswith("000000") else "township"

    def _down(self) -> None:
        below = self.random.choice(self.about["below"])
        self.get("drill down: below", f"/reports/?place={below}", "统计截至")
        self.think(2)
        asked = f"place={below}&metric=unreached&kind=first"
        self.get("drill down: names", f"/reports/names/?{asked}", "还没种首剂的人")

    def _progress(self) -> None:
        self.get("progress board", "/reports/progress/", "进度报告")

    def _daily(self) -> None:
        self.get("daily report", f"/reports/daily/?place={self.about['town']}", "填报单位", "合计")

    def _assign(self) -> None:
        path = f"/reports/targets/?place={self.about['place']}&kind=first"
        text = self.get("tasks", path, "下达任务")
        form = fields(text, "data-today")
        self.think(3)
        shares = [name for name in form if any(code in name for code in self.about["below"])]
        form |= {name: self.random.randrange(100, 3000) for name in shares}
        where, _ = self.post("tasks: save", path, form)
        self.get("tasks: page after it", where, "已下达")
        self.done["tasks given"] += 1
