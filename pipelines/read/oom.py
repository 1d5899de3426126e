"""What the kernel killed for want of memory: a child that it ended is none of a file's doing."""

from pathlib import Path


def count_oom_kills() -> int:
    """How often the kernel has killed for want of memory, here or in our control group; 0 where it does not say."""
    return sum(_counter(path) for path in (Path("/proc/vmstat"), *_memory_events()))


def _memory_events() -> list[Path]:
    try:
        groups = Path("/proc/self/cgroup").read_text("ascii").splitlines()
    except OSError:
        return []
    own = [line.split(":", 2) for line in groups]
    return [
        Path(f"/sys/fs/cgroup/memory{path}/memory.oom_control" if kind == "memory" else f"/sys/fs/cgroup{path}/memory.events")
        for _, kind, path in own
        if kind in ("", "memory")
    ]  # fmt: skip


def _counter(path: Path) -> int:
    try:
        lines = path.read_text("ascii").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))
