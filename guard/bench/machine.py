"""What a timing belongs to."""

import os
import re
import sys
from pathlib import Path


def machine() -> str:
    """This machine in one line."""
    info = Path("/proc/cpuinfo")
    named = re.search(r"model name\s*:\s*(.+)", info.read_text(encoding="utf-8")) if info.exists() else None
    return f"{named.group(1) if named else 'unknown processor'}, {os.cpu_count()} cores, Python {sys.version.split()[0]}"
