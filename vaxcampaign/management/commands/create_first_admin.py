"""``manage.py create_first_admin [--username NAME --name 姓名 --place CODE --divisions FILE]``

What is not given as an argument or as FIRST_ADMIN_USERNAME, FIRST_ADMIN_NAME, FIRST_ADMIN_PLACE is asked for on the
terminal. Without a list of divisions no account can be anywhere, so the list comes first; vaccines and schedule rules
come along, so that the office can open a campaign. It stands on the top floor because it lays ground of several rooms.
"""

import os
import sys
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from accounts.services.accounts import create_account
from campaigns.models import ScheduleRule
from campaigns.services.reference import load_reference_data
from core.commands import BadCall, OurCommand
from core.errors import RuleBroken
from core.locks import deed
from places.models import Place
from places.services.divisions import import_divisions, read_divisions

SHIPPED = settings.BASE_DIR / "places" / "data" / "divisions_150622.csv"


class NoTerminal(BadCall, EOFError):
    """Something must be asked and nobody is there to answer."""


class Command(OurCommand):
    help = "Create the first administrator of an empty installation and print the first password."

    def add_arguments(self, parser):
        parser.add_argument("--username", default=os.environ.get("FIRST_ADMIN_USERNAME", ""))
        parser.add_argument("--name", default=os.environ.get("FIRST_ADMIN_NAME", ""))
        parser.add_argument("--place", default=os.environ.get("FIRST_ADMIN_PLACE", ""), metavar="CODE")
        parser.add_argument("--divisions", default="", metavar="FILE", help="CSV: code,name,level")

    def work(self, *, username, name, place, divisions, **options):
        if User.objects.exists():
            raise RuleBroken("NOT_FIRST", "系统里已有帐号;请由现有管理员在“帐号”页面新建。")
        with deed():
            self._load_divisions(divisions, place)
            where = self._place(place)
            if not ScheduleRule.objects.exists():
                load_reference_data()
            user, password = create_account(
                actor=None,
                username=username or self._ask("管理员登录名: "),
                display_name=name or self._ask("管理员姓名: "),
                phone="",
                role=Role.SYSADMIN,
                where=where,
                since=timezone.localdate(),
            )
        sentence = (
            f"已建立{where}的系统管理员 {user.username}({user})。\n"
            f"初始密码:{password}\n只显示这一次;首次登录须修改。"
        )
        return True, sentence, {"username": user.username, "place": where.code, "password": password}

    def _load_divisions(self, divisions: str, place: str) -> None:
        if not divisions and Place.objects.exists():
            return
        if not divisions and not place:
            self.stdout.write("系统里还没有行政区划(12 位统计用区划代码)。")
            divisions = self._ask(
                f"区划名单 CSV 的路径(直接回车装入随带的 {SHIPPED.name}): ", empty=str(SHIPPED)
            )
        path = Path(divisions or SHIPPED)
        if not path.is_file():
            raise BadCall(f"文件不存在: {path}")
        counts = import_divisions(read_divisions(path), actor=None, today=timezone.localdate())
        if counts.problems:
            raise RuleBroken("DIVISIONS_BAD", "区划名单有问题,未装入:\n" + "\n".join(counts.problems[:20]))

    def _place(self, code: str) -> Place:
        if not code:
            for found in Place.objects.current().filter(level__in=("county", "town")):
                self.stdout.write(f"  {found.code} {found}")
            code = self._ask("管理员负责哪里(12 位代码): ")
        found = Place.objects.current().filter(code=code).first()
        if found is None:
            raise RuleBroken(
                "NO_PLACE",
                f"区划代码 {code} 不在名单里。请核对代码,或先用 manage.py import_divisions 装入本地名单。",
            )
        return found

    def _ask(self, question: str, empty: str = "") -> str:
        if not sys.stdin.isatty():
            raise NoTerminal(
                "需要在终端回答问题;无终端时请用 --username --name --place(和 --divisions)给出全部内容。"
            )
        while True:
            if answer := input(question).strip() or empty:
                return answer
