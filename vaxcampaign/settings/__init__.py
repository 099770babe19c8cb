"""``base`` is the product in all its forms; ``test`` is the suite, which sets its keys and loads ``base``."""
