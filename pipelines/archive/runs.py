"""A run's folder, handed from task to task through the store: each file under its hash. Without a store the folder itself is handed on."""

from collections.abc import Collection
from pathlib import Path

from pipelines.ground.errors import StoreFault
from pipelines.ground.store import fetch_checked, hash_of, open_store


def put_run(folder: Path, names: Collection[str] | None = None) -> None:
    """The store has these files of the folder; where none are named, all of them and no others."""
    if (store := open_store()) is None:
        return
    there, here = store.names(_name(folder)), []
    for path in sorted(folder.iterdir()):
        if names is None or path.name in names:
            here.append(f"{path.name}/{hash_of(path)}")
            if here[-1] not in there:
                store.add_file(f"{_name(folder)}/{here[-1]}", path)
    for name in there:
        if name not in here and (names is None or name.partition("/")[0] in names):
            store.remove(f"{_name(folder)}/{name}")


def fetch_run(folder: Path, names: Collection[str] | None = None) -> None:
    """The folder has these files; where none are named, all there are. Raises StoreFault where one is named and not there."""
    if (store := open_store()) is None:
        return
    found = dict(name.split("/", 1) for name in store.names(_name(folder)))
    if missing := set(names or ()) - found.keys():
        raise StoreFault(
            f"这次运行的文件 {'、'.join(sorted(missing))} 不在存储 {store.url} 里。请清除“收件”任务，从头再做"
        )
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir() if names is None else ():
        if path.name not in found:
            path.unlink()
    for name, sha256 in found.items():
        path = folder / name
        if (names is None or name in names) and not (path.exists() and hash_of(path) == sha256):
            fetch_checked(store, f"{_name(folder)}/{name}/{sha256}", sha256, path)


def remove_run(folder: Path) -> None:
    """The store has nothing of it any more."""
    if store := open_store():
        for name in store.names(_name(folder)):
            store.remove(f"{_name(folder)}/{name}")


def remove_left_runs(before: float) -> int:
    """Runs of which nothing was written since a moment are in the store no more; returns how many those were."""
    if (store := open_store()) is None:
        return 0
    runs: dict[str, dict[str, float]] = {}
    for name, written in store.ages("runs").items():
        runs.setdefault("/".join(name.split("/")[:2]), {})[name] = written
    left = [ages for ages in runs.values() if max(ages.values()) < before]
    for ages in left:
        for name in ages:
            store.remove(f"runs/{name}")
    return len(left)


def _name(folder: Path) -> str:
    return "/".join(folder.parts[-3:])
