"""gunicorn's settings beside those of the command line."""

import signal

graceful_timeout = 10


def post_worker_init(worker) -> None:
    """Leave Ctrl-C to the master, which stops its workers itself.

    The terminal signals both. A worker that is told twice at the same moment sometimes locked itself up until
    the master killed it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
