"""`make hosts`: the product on nine machines, each of which dies or loses its link in the middle of work."""

import sys
from pathlib import Path

# The tools are scripts that find each other beside themselves.
sys.path.append(str(Path(__file__).resolve().parent.parent.parent / "tools"))
