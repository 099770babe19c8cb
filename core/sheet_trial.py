"""``python -m core.sheet_trial < file``: does this workbook open within bounds? Exit code 0 says yes, or that it was refused
in order (``core.sheets`` then refuses it in the same words); anything else is the end of this process, not of the service.
"""

import sys
from contextlib import suppress

from core.sheets import MAX_ROWS, TRIAL_MEMORY, SheetError, read_excel

try:
    import resource
except ImportError:  # Windows knows no such limit; a file that ends the process still ends this one only
    resource = None


def main() -> None:
    """Open the workbook on standard input with bounded memory."""
    if resource:
        resource.setrlimit(resource.RLIMIT_AS, (TRIAL_MEMORY, TRIAL_MEMORY))
    with suppress(SheetError):
        read_excel(sys.stdin.buffer.read(), MAX_ROWS)


if __name__ == "__main__":
    main()
