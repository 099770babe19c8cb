"""``base`` is the product in all its forms; ``test`` is the suite and sets its keys before it loads ``base``."""
