"""Whether a clause speaks of what the issuer itself will do, and what its own texts call it."""

import re

OUR_OWN = re.compile(
    r"^(?:并)?(?:由)?(?:我(?:厅|局|委|办|部|省|市|会|处|中心)|(?:评审|评选)?专家|组委会(?!办公室[^，。]{0,4}报)|活动结束后我)"
)


_PLAN_OF_ISSUER = re.compile(r"将(?:择优|适时|组织|对|根据|会同|视|按照|汇总|统一组织|在|从|予以|向|定期)")


def is_own(clause: str, issuers: list[str]) -> bool:
    """Whether the clause speaks of what an issuer will do."""
    starts = [
        name
        for name in issuers
        for short in (name, short_name(name))
        if clause.startswith(short)
        and re.match(r"^(?:将|拟|定期|组织|统筹|适时|会同|按(?!要求)|对|根据)(?!军)", clause[len(short) :])
    ]
    if starts:
        return True
    if not _PLAN_OF_ISSUER.search(clause) and not re.search(
        r"(?:报|向)(?:省委|省政府|市委|市政府|国家|教育部|中央|国务院|上级)|将[^，。]{0,12}报(?:省|市)(?:政府|委)",
        clause,
    ):
        return False
    return any(
        clause.startswith((short_name(name), name))
        or re.match(rf"^(?:并|由)?{re.escape(short_name(name))}", clause)
        for name in issuers
    )


def short_name(name: str) -> str:
    """A unit as its own texts call it: 山东省教育厅 is 省教育厅, 委员会 is 委."""
    if league := re.match(
        r"^共青团[\u4e00-\u9fff]{1,7}?(?P<level>省|市|县|区)委(?:员会)?(?P<rest>.*)$", name
    ):
        return f"团{league['level']}委{league['rest']}"
    if re.match(r"^(?:团|省|市|县|区|厅|局)(?![\u4e00-\u9fff]{1,3}(?:省|市|县|区)[\u4e00-\u9fff])", name):
        return name
    name = re.sub(r"办公室$", "", name) if re.search(r"(?:厅|局)办公室$", name) else name
    found = re.match(
        r"^(?:中共|共青团)?[\u4e00-\u9fff]{1,7}?(?P<rest>(?:省|市|县|区|自治区|州)[\u4e00-\u9fff].*)$", name
    )
    short = found["rest"] if found else name
    return re.sub(r"(?<=.{3})委员会$", "委", short)
