"""Words of lists, counties, titles, links, phones and mailboxes."""

from typing import Any

from tests.read.habits.case import Case, accepted, material, materials, one, plan, rejected, title
from tests.read.habits.write import text
from tests.read.habits.write import xlsx_later as xlsx

_LINE_BREAK_IN_TITLE = f"{title()}\n下篇"
_SPACES_IN_TITLE = f"{title()} 与  山东　职教"
_INVISIBLE_IN_TITLE = f"{title()}\u200b下篇"
_PLAIN = title()
_FULL_WIDTH_TITLE = f"（{title()}）ＡＢＣ１２３"


def _read(id: str, values: dict[str, Any], write: Any = xlsx, name: str = "日报.xlsx", **cells: Any) -> Case:
    return one(id, name, write(materials(material(**cells))), accepted(1, values=[values]))


def _fails(id: str, reason: str, header: str, seen: str | None, **cells: Any) -> Case:
    end = rejected("no_valid_row", rejected_rows=reason, faults=[(2, header, reason, seen)])
    return one(id, "日报.xlsx", xlsx(materials(material(**cells))), end)


def _plan(id: str, **cells: Any) -> Case:
    return one(id, "附件.xlsx", xlsx(plan(**cells)), accepted(1, deliverable="plan"))


def _plan_fails(id: str, reason: str, header: str, seen: Any = None, **cells: Any) -> Case:
    faults = [(2, header, reason, seen)]
    end = rejected("no_valid_row", rejected_rows=reason, deliverable="plan", faults=faults)
    return one(id, "附件.xlsx", xlsx(plan(**cells)), end)


CASES = [
    _read("list-with-line-break", {"material_type": "典型案例", "category": "线上宣传展示"},
          type="典型\n案例", category="线上宣传\r\n展示"),
    _read("list-with-spaces", {"material_type": "照片", "theme": "抗疫事迹"}, type=" 照 片　", theme="抗疫 事迹"),
    _read("list-with-line-break-csv", {"material_type": "视频"}, text, "日报.csv", type="视\n频"),
    _fails("type-not-in-list", "not_in_list", "材料类型", "标语", type="标语"),
    _fails("category-not-in-list", "not_in_list", "活动类别", "宣传", category="宣传"),
    _fails("theme-not-in-list", "not_in_list", "宣传主题", "其他", theme="其他"),
    _fails("type-given-as-none", "not_in_list", "材料类型", "无", type="无"),
    _fails("type-invisible", "missing_required", "材料类型", None, type="\u200b"),
    _fails("type-blank", "missing_required", "材料类型", None, type=None),
    _fails("category-blank", "missing_required", "活动类别", None, category=" "),
    _fails("title-blank", "missing_required", "标题", None, title="　"),
    _read("theme-none", {"theme": None}, theme="无"),
    _read("theme-hyphen", {"theme": None}, theme=" - "),
    _read("county-none", {"county": None}, county="无"),
    _read("county-hyphen", {"county": None}, county="-"),
    _read("link-none", {"link": None}, link="无"),
    _read("link-hyphen", {"link": None}, link="-"),
    _read("county-blank", {"county": None}, county=None),
    _read("county-with-spaces", {"county": "历下区"}, county=" 历 下\n区 "),
    _fails("county-of-another-city", "unknown_county", "县（市、区）", "市南区", county="市南区"),
    _read("county-shortened", {"county": "历下区"}, county="历下"),
    _read("county-dash", {"county": None}, county="—"),
    _fails("county-elsewhere", "unknown_county", "县（市、区）", "黄岛区", county="黄岛区"),
    _read("title-outer-spaces", {"title": _PLAIN}, title=f" 　{_PLAIN}\n"),
    _read("title-inner-spaces", {"title": _SPACES_IN_TITLE}, title=_SPACES_IN_TITLE),
    _read("title-inner-line-break", {"title": _LINE_BREAK_IN_TITLE}, title=_LINE_BREAK_IN_TITLE),
    _read("title-invisible-inside", {"title": _INVISIBLE_IN_TITLE}, title=_INVISIBLE_IN_TITLE),
    _read("title-full-width", {"title": _FULL_WIDTH_TITLE}, title=_FULL_WIDTH_TITLE),
    _read("title-is-a-number", {"title": "20201109001"}, title=20201109001),
    _fails("title-none-with-type", "ambiguous_value", "标题", "无", title="无"),
    _read("link-http", {"link": "http://example.org"}, link=" http://example.org "),
    _read("link-in-capitals", {"link": "HTTPS://EXAMPLE.ORG/a"}, link="HTTPS://EXAMPLE.ORG/a"),
    _read("link-without-scheme", {"link": "http://www.example.org/a"}, link="www.example.org/a"),
    _read("link-slash", {"link": None}, link="/"),
    _read("link-full-width", {"link": "https://example.org/a"}, link="ｈｔｔｐｓ：／／ｅｘａｍｐｌｅ．ｏｒｇ／ａ"),
    _read("link-with-port", {"link": "http://10.0.0.1:8080/a?b=1#c"}, link="http://10.0.0.1:8080/a?b=1#c"),
    _read("link-chinese-host", {"link": "https://例子.中国/甲"}, link="https://例子.中国/甲"),
    *(_fails(f"link-{id}", "bad_url", "链接", link, link=link) for id, link in (
        ("of-ftp", "ftp://example.org"), ("without-host", "https:///a"),
        ("only-scheme", "http://"), ("one-slash", "http:/example.org"), ("word", "见附件"),
    )),
    _plan("plan-mobile-as-number", phone=13800000000),
    _plan("plan-mobile-full-width", phone="１３８００００００００"),
    _plan("plan-landline", phone="0531-88888888"),
    _plan("plan-landline-seven-digits", phone="0534-2345678"),
    _plan("plan-landline-brackets", phone="（0531）88888888"),
    _plan("plan-phone-two", phone="13800000000、13900000000"),
    _plan("plan-landline-joined", phone="053188888888"),
    _plan("plan-mail-with-spaces", email=" a.b@mail.example.org "),
    *(_plan_fails(f"plan-phone-{id}", "bad_phone", "手机", phone=phone) for id, phone in (
        ("ten-digits", "1380000000"), ("twelve-digits", "138000000001"), ("no-area", "88888888"),
        ("word", "办公室电话"), ("not-a-mobile", "12345678901"), ("none", "无"),
    )),
    *(_plan_fails(f"plan-mail-{id}", "bad_email", "邮箱", email=email) for id, email in (
        ("without-at", "a.example.org"), ("without-dot", "a@example"), ("with-space", "a b@example.org"),
        ("two", "a@example.org;b@example.org"), ("number", "12345678"), ("without-name", "@example.org"),
    )),
    _plan("plan-url-without-scheme", url="www.example.org"),
    _plan_fails("plan-url", "bad_url", "宣传专栏（网站）地址", "见网站", url="见网站"),
    _plan_fails("plan-contact-blank", "missing_required", "联络员", contact=None),
    _plan("plan-unit-blank", unit=""),
]  # fmt: skip
