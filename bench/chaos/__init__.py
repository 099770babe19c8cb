"""`make chaos`: everything is killed in the middle of work, again and again, and nothing is lost or done twice."""

import sys
from pathlib import Path

# The tools are scripts that find each other beside themselves.
sys.path.append(str(Path(__file__).resolve().parent.parent.parent / "tools"))
