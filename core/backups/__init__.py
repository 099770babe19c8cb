"""One file with everything, and the way back from it: ``manage.py backup`` and ``manage.py restore``."""
