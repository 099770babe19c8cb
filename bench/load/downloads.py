"""Somebody who takes files away all day: the flat list of a township, the daily report, a bulletin."""

import re
import time
import zipfile
from collections.abc import Iterator
from io import BytesIO

from bench.load.filled import fields
from bench.load.person import Person, Wrong

_LINK = re.compile(r'class="btn btn-primary" href="([^"]+)"')
_PEOPLE = re.compile(r"共 (\d+) 人")


class Taker(Person):
    """``town`` (code), ``name``, ``day``, ``people``: how many the flat list must have at least."""

    def rounds(self) -> Iterator[None]:
        while True:
            for work in (self._flat_list, self._daily, self._bulletin):
                work()
                self.think(3)
                yield

    def _flat_list(self) -> None:
        page, link = self._job("flat list", "/residents/export/", {})
        found = _PEOPLE.search(page)
        if not found or int(found[1]) < self.about["people"]:
            raise Wrong(f"flat list: {found and found[1]} people of {self.about['people']}")
        self._take("flat list: the file", link, "xl/workbook.xml")

    def _daily(self) -> None:
        form = {"place": self.about["town"], "day": self.about["day"]}
        _, link = self._job("daily report", "/reports/daily/produce/", form)
        page = self.get("daily report: its files", link, "日报")
        if file := re.search(r"/reports/files/[0-9a-f-]{36}/", page):
            self._take("daily report: the file", file[0], "xl/workbook.xml")
        else:
            raise Wrong("daily report: no file on its page")

    def _bulletin(self) -> None:
        text = self.get("bulletins", "/reports/bulletins/", "总结")
        form = fields(text, "bulletin-new") | {"kind": "daily"}
        where, _ = self.post("bulletin: written", "/reports/bulletins/", form)
        self.get("bulletin: its page", where, self.about["name"])
        self._take("bulletin: the file", f"{where}file/", "word/document.xml")

    def _job(self, name: str, path: str, form: dict) -> tuple[str, str]:
        """Have it made: (its page when it is over, where the file lies)."""
        job, _ = self.post(f"{name}: asked for", path, form)
        while True:
            time.sleep(1)  # as its page does
            page = self.get("progress of a job", job, part=True)
            if "tag-done" in page:
                break
            if "tag-stop" in page:
                raise Wrong(f"{name}: {' '.join(page.split())[:200]}")
        return page, _LINK.search(page)[1]

    def _take(self, page: str, path: str, part: str) -> None:
        content = self.file(page, path)
        with zipfile.ZipFile(BytesIO(content)) as packed:
            if packed.testzip() or part not in packed.namelist():
                raise Wrong(f"{page}: what was handed out cannot be read")
        self.done["files taken"] += 1
