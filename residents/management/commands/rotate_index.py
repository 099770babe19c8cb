"""``manage.py rotate_index --offline``"""

from core.commands import BadCall, OurCommand
from residents.services.index_rotation import reindex


class Command(OurCommand):
    help = "Another key for the index of identity numbers (docs/keys.md). Every web and worker process must be stopped."

    def add_arguments(self, parser):
        parser.add_argument("--offline", action="store_true", help="yes, nobody works")

    def work(self, **options):
        if not options["offline"]:
            raise BadCall("请先停止所有网页和后台进程(否则同一个证件可能登记两次),再加 --offline 运行。")
        done = reindex()
        return True, f"查找码已换:{done['changed']} 项;原已是新密钥的 {done['unchanged']} 项。", done
