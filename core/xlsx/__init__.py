"""All our workbooks: a description of a sheet in, an .xlsx file out.

>>> columns = [Column("place", "村(社区)", width=14), Column("doses", "剂次", format="int", total="sum")]
>>> content = build([Sheet("日报", columns, rows, title="新冠疫苗接种日报", unit="剂")])

Give rows as dicts by column key. ``stream`` writes flat lists without looks; ``file_name`` names a download.
"""

from .build import build
from .cells import FORMATS, safe_text, stored
from .describe import Column, Ratio, Sheet
from .parts import STAMP, filled, signed, stamp
from .stream import file_name, stream

__all__ = [
    "FORMATS",
    "STAMP",
    "Column",
    "Ratio",
    "Sheet",
    "build",
    "file_name",
    "filled",
    "safe_text",
    "signed",
    "stamp",
    "stored",
    "stream",
]
