#!/usr/bin/env python
"""Django's command line for VaxCampaign."""

import os
import sys


def main() -> None:
    # makemigrations compares code with code: it works in a clone that was never started, where there are no keys yet, and
    # leaves no empty database there that the first `make run` would take for one whose keys are lost.
    settings = "test" if sys.argv[1:2] == ["makemigrations"] else "base"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"vaxcampaign.settings.{settings}")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
