"""The memory that a program under test used at most.

`getrusage` is no measure of it: a new process begins with the figure of the one that started it, here a worker of
pytest that may have been large (the kernel's `exec` keeps `ru_maxrss`).
"""

from __future__ import annotations

from pathlib import Path


def peak_bytes() -> int:
    """The largest resident set of this process since its program began (`VmHWM`, proc(5))."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith("VmHWM:"))
    kilobytes, unit = line.split()[1:]
    if unit != "kB":
        raise ValueError(f"/proc/self/status counts VmHWM in {unit}, and kB is expected")
    return int(kilobytes) * 1024
