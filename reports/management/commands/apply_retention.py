"""``manage.py apply_retention [--dry-run]``"""

from django.utils import timezone

from core.commands import OurCommand
from reports.services import retention


class Command(OurCommand):
    help = "Remove what is kept no longer (docs/retention.md), as every night does; --dry-run only counts."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true")

    def work(self, **options):
        done = retention.apply(now=timezone.now(), dry_run=options["dry_run"])
        verb = "将清除" if options["dry_run"] else "已清除"
        sentence = (
            f"{verb}:导入名单的副本 {done.census_copies} 份,一年前没有到场的预约 {done.bookings} 条,"
            f"登录日志和会话 {done.login_rows} 行,导出文件 {done.produced_folders} 个文件夹,"
            f"含个人信息的报表 {done.lists_of_people} 份,无主文件 {done.stray_files} 个。"
            f"过了最低保存期限的接种记录 {done.records_over} 条(不自动删除)。"
        )
        return True, sentence, done.as_dict() | {"dry_run": options["dry_run"]}
