"""The form of every command of ours: one sentence, or one JSON object with ``--json``; exit 0 ok, 1 problems, 2 bad call."""

import json
import sys

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.errors import RuleBroken


class OurCommand(BaseCommand):
    """Implement ``work(**options) -> (ok, sentence, data)``."""

    def create_parser(self, prog_name, subcommand, **kwargs) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        return parser

    def handle(self, *args, **options):
        try:
            ok, sentence, data = self.work(**options)
        except RuleBroken as error:
            ok, sentence, data = False, error.message, {"code": error.code, "message": error.message}
        self.stdout.write(json.dumps(data, ensure_ascii=False, default=str) if options["json"] else sentence)
        if not ok:
            sys.exit(1)

    def work(self, **options) -> tuple[bool, str, dict]:
        raise NotImplementedError


class BadCall(CommandError):
    """Bad arguments: exit code 2."""

    def __init__(self, message: str):
        super().__init__(message, returncode=2)
