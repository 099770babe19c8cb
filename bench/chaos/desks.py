"""Who works while the machines die: the floor, the office that books, the stock room, the import and the export."""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO

from accounts.choices import Role
from bench import floor_visits
from bench.chaos.hands import Hand, query

ROWS = 300  # of each imported file


class Floor(Hand):
    """One person after the other from the door to the needle."""

    def __init__(self, stage, browsers, seed: int, people: list):
        super().__init__(f"floor {seed}", browsers, seed)
        staff, campaign = stage.day.staff, stage.campaign
        self.desk, self.doctor, self.nurse = (
            staff[role][seed % 2].username for role in (Role.REGISTRAR, Role.SCREENER, Role.VACCINATOR)
        )
        self.forms = floor_visits.filled_in(campaign, stage.day.lot)
        self.people = people

    def deeds(self) -> Iterator[None]:
        for person in self.people:
            done = self.sign("check-in", self.desk, f"/clinic/check-in/{person.uid}/", {})
            visit = self.insist("ticket", self.doctor, "POST", "/clinic/", {"q": query(done, "done")})[0]
            self.sign("screening", self.doctor, f"{visit}screen/", self.forms["screen"])
            self.sign("consent", self.desk, f"{visit}consent/", self.forms["consent"])
            self.sign("dose", self.nurse, f"{visit}dose/", self.forms["dose"])
            yield


class Booker(Hand):
    """The office books one person after the other."""

    def __init__(self, stage, browsers, seed: int):
        super().__init__("office books", browsers, seed)
        self.stage = stage

    def deeds(self) -> Iterator[None]:
        words = {"reason": "补约", "second_reason": "已与旗里约好"}
        for uid in self.stage.to_book:
            path = f"/appointments/person/{uid}/book/"
            self.sign("booking", self.stage.office, path, {"slot": self.stage.slot} | words)
            yield


class Keeper(Hand):
    """A vial is broken, and a paper is written about it; again and again."""

    def __init__(self, stage, browsers, seed: int):
        super().__init__("keeper", browsers, seed)
        self.user, self.path = stage.keeper, f"/inventory/{stage.level.pk}/waste/"

    def deeds(self) -> Iterator[None]:
        while True:
            form = {
                "what": "closed",
                "quantity": self.random.randint(1, 3),
                "reason": "broken",
                "note": "掉在地上",
            }
            self.sign("stock document", self.user, self.path, form)
            yield


class Importer(Hand):
    """Sends a list in, has it put on the register, and starts again what was cut off, as its page says."""

    def __init__(self, stage, browsers, seed: int):
        super().__init__("import", browsers, seed)
        self.stage, self.numbers, self.resumed = stage, [], 0

    def deeds(self) -> Iterator[None]:
        for number in range(1_000):
            content, numbers = self.stage.census_file(number, ROWS)
            user, place = self.stage.office, self.stage.town.pk
            upload = (f"list{number}.xlsx", content)
            job, _ = self.insist("upload", user, "POST", "/residents/import/", {"place": place}, upload)
            census = self._census(user, job)
            while "撤销导入" not in self.look(user, census):  # which is offered once all of it is in
                where, _ = self.insist("commit", user, "POST", f"{census}commit/", {})
                if where.startswith("/jobs/"):
                    self.resumed += self.wait_for(user, where)[0] == "stop"
            self.numbers += numbers
            self.acknowledged.setdefault("import", []).append(census)
            yield

    def _census(self, user: str, job: str) -> str:
        end, page = self.wait_for(user, job)
        self.resumed += end == "stop"
        return re.search(r"/residents/import/[0-9a-f-]{36}/", page)[0]


class Exporter(Hand):
    """Asks for the whole register as a workbook; asks again when its page says that it was cut off."""

    def __init__(self, stage, browsers, seed: int):
        super().__init__("export", browsers, seed)
        self.user, self.resumed = stage.office, 0

    def deeds(self) -> Iterator[None]:
        while True:
            job, _ = self.insist(
                "export", self.user, "POST", "/residents/export/full/", {"purpose": "每日核对"}
            )
            end, _ = self.wait_for(self.user, job)
            if end == "done":
                _, content = self.insist("file", self.user, "GET", f"{job}file/")
                if zipfile.ZipFile(BytesIO(content)).testzip():
                    self.trouble.append("export: a workbook that was handed out cannot be read")
                self.acknowledged.setdefault("export", []).append(job)
            else:
                self.resumed += 1
            yield
