"""Whether a notice still knows the sources that its receipts came from: what was received stays received, and is read anew whenever
the notice changes."""

from collections.abc import Iterable

from pipelines.archive.store import Receipt
from pipelines.ground.errors import NoticesError
from pipelines.notice.model import Notice
from pipelines.notice.sources import BY_HAND, AnswerSource


class SourcesChangedError(NoticesError):
    """The notice's `sources` were changed in a way that leaves what was received unreadable, or another's."""


def require_origins(notice: Notice, receipts: Iterable[Receipt]) -> None:
    """Raises SourcesChangedError where receipts came from a source that is none any more, or are answers of one that is no form now.
    A source whose path alone was changed is the same source."""
    known = {one.id: isinstance(one, AnswerSource) for one in notice.sources}
    gone: dict[str, list[str]] = {}
    no_form: dict[str, list[str]] = {}
    for one in receipts:
        if one.source == BY_HAND:
            continue
        if one.source not in known:
            gone.setdefault(one.source, []).append(one.path)
        elif "answer" in one.evidence and not known[one.source]:
            no_form.setdefault(one.source, []).append(one.path)
    for source, paths in gone.items():
        raise SourcesChangedError(
            f"通知 {notice.id} 的 sources 里没有了来源 {source}，而它收过 {len(paths)} 件（如 {paths[0]}），这些仍然算数，没有它就读不了。"
            f"本轮没有收件，没有判定任何单位，已发布的数不变。请在 notice.yaml 里写回 id: {source}；改名的只改 path、不改 id；"
            "不再用的来源也要留着，留一个空文件夹即可"
        )
    for source, paths in no_form.items():
        raise SourcesChangedError(
            f"通知 {notice.id} 的来源 {source} 收过 {len(paths)} 份表单答卷（如 {paths[0]}），现在的 kind 不是表单，读不了它们。"
            "本轮没有收件，没有判定任何单位，已发布的数不变。请写回它原来的 kind；新的来源另起一个 id"
        )


def require_unswapped(notice: Notice, receipts: Iterable[Receipt]) -> None:
    """Raises SourcesChangedError where all that came from one source lies where another one's files are to come from now: what comes
    next would be taken for the other's."""
    places: dict[str, set[str]] = {}
    for receipt in receipts:
        places.setdefault(receipt.source, set()).add(receipt.path.rpartition("/")[0])
    paths = {one.id: f"{one.path}/" for one in notice.sources}
    for one in notice.sources:
        came = [f"{place}/" for place in places.get(one.id, ())]
        if any(place.startswith(paths[one.id]) for place in came):
            continue
        for other, path in paths.items():
            if any(place.startswith(path) for place in came):
                raise SourcesChangedError(
                    f"通知 {notice.id} 的来源 {one.id} 收过的都在“{path}”下，而 notice.yaml 里现在这是来源 {other} 的 path，"
                    f"{one.id} 的是“{paths[one.id]}”：两个来源的 path 像是对调了，或用了别的来源用过的。本轮没有收件，"
                    "没有判定任何单位，已发布的数不变。请把各自的 path 改回；新的文件夹用新的 id"
                )
