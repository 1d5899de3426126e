"""The event's first and last day, its theme, and how many persons may be asked."""

import itertools
import re
from datetime import date

from pipelines.notice.draft.dates import Day, find_days, find_ranges
from pipelines.notice.draft.layout import Layout
from pipelines.notice.draft.records import Found
from pipelines.notice.draft.text import Line, split_sentences
from pipelines.notice.draft.units import is_unit

_EVENT_WORDS = (
    (
        6,
        r"定于|活动(?:周|月|日)?(?:的)?时间|举办时间|活动日期|培训时间|会议时间|比赛时间|竞赛时间|展演时间|宣传时间|时间(?:：|为|安排在|是)|工作时间|整治时间|检查时间",
    ),
    (5, r"决定|自.{0,12}起|在全[省市县区]|举办|开展|组织开展|举行|召开|执行期|有效期|施行|征集时间"),
    (3, r"期间|集中|为期|监测|实行"),
    (
        -6,
        r"阶段|报到|报名|提交|申报时间|报送时间|评审|公示|初审|复审|督查|抽查|上报|统计(?:时间|范围)|数据|学年|年度|试点赛|晴|上午|会期",
    ),
)
_THEME = re.compile(
    r"主题(?:口号)?(?:为|是|：|定为|确定为)[：]?\s*(?P<theme>“[^”]+”|[^。；，“]+(?:，[^。；，“]{2,16})?)|(?:以|围绕|紧扣)(?P<by>“[^”]{4,40}”)(?:为|这一|的|这个|活动)?(?:活动|宣传)?主题"
)
_NAME = re.compile(
    r"^[\u4e00-\u9fff]{1,3}(?:某{1,2}|×{1,2}|X{1,2})?$|^某{2,3}$|^[×*Xx某]{2,3}$|^[\u4e00-\u9fff][*×○〇某]{1,2}$"
)
_NO_NAME = re.compile(
    r"^(?:电话|手机|传真|邮箱|地址|邮编|同志|转|或|略|座机|办公|固话|联系|姓名|工作日|技术|咨询|监督|值班|微信|钉钉|科长|处长|主任|老师|先生|女士|及|和|号|网址)"
)


_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭"
    "廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳"
    "邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴"
    "华车冉房边净阴闫宗代肖佟冷应党晏迟郎苟敬宫仇逯娄戚佘荣穆初储褚窦艾边晁巩占尚滕习邬晋楼喻诸葛欧阳上官司马慕容"
)
"""The first letters of names: 2 or 3 letters that begin otherwise are hardly a person."""


def find_event(layout: Layout, issued: date | None) -> tuple[Found[str] | None, Found[str] | None]:
    """The range that the text speaks of as its event; a single day where it names but one."""
    best: tuple[float, Day, Day, str] | None = None
    heading = ""
    for number, line in enumerate(layout.body):
        for sentence in split_sentences(line.text):
            for first, last in find_ranges(sentence, issued):
                score = _event_score(sentence, first, last, heading) - number * 0.02
                if score > 2 and (best is None or score > best[0]):
                    best = (score, first, last, sentence)
        if line.level and len(line.text) < 20:
            heading = line.text
        elif line.level:
            heading = ""
    if best:
        _, first, last, sentence = best
        return Found(first.first.isoformat(), sentence), Found(last.last.isoformat(), sentence)
    if (force := _in_force(layout, issued))[0]:
        return force
    if (month := _whole_month(layout, issued))[0]:
        return month
    return _single_day(layout, issued)


def _event_score(sentence: str, first: Day, last: Day, heading: str) -> float:
    after = sentence[last.end :][:16]
    near = sentence[max(0, first.start - 16) : last.end + 16]
    score = 1.0 + sum(points for points, pattern in _EVENT_WORDS if re.search(pattern, near))
    if re.search(r"时间", heading) and len(sentence) < 60:
        score += 4
    if first.precision == "month":
        score -= 2.5 if re.search(r"报送|填报|上报", sentence) else 1
    if re.match(r"^[，]", after) and not sentence[: first.start] and first.precision == "day":
        score += 3
    if re.match(r"^(?:是|为)第[^，。]{1,6}(?:个|届|次)", after):
        score += 5
    if re.search(r"[《（][^》）]*$", sentence[: first.start]) and not re.match(
        r"^[^（《]*）[^。]{0,3}$", after
    ):
        score -= 3
    if re.search(r"活动情况基础|行动计划|规划", after):
        score -= 4
    return score


def _whole_month(layout: Layout, issued: date | None) -> tuple[Found[str] | None, Found[str] | None]:
    """A month under a heading 活动时间."""
    for line, following in itertools.pairwise(layout.body):
        if (
            line.level
            and re.search(r"(?:活动|工作|宣传|开展)?时间$", line.text.rstrip("：。"))
            and len(following.text) < 24
        ):
            days = find_days(following.text, issued)
            if len(days) == 1 and days[0].precision == "month":
                return Found(days[0].first.isoformat(), following.text), Found(
                    days[0].last.isoformat(), following.text
                )
    return None, None


def _in_force(layout: Layout, issued: date | None) -> tuple[Found[str] | None, Found[str] | None]:
    """自某日起施行，有效期至某日."""
    for line in layout.body:
        for sentence in split_sentences(line.text):
            if (
                re.search(r"起(?:施行|实施|执行)", sentence)
                and re.search(r"(?:有效期|执行|截)[^。]{0,4}至", sentence)
                and len(days := find_days(sentence, issued)) == 2
            ):
                return Found(days[0].first.isoformat(), sentence), Found(days[1].last.isoformat(), sentence)
    return None, None


def _single_day(layout: Layout, issued: date | None) -> tuple[Found[str] | None, Found[str] | None]:
    for line in layout.body:
        for sentence in split_sentences(line.text):
            for day in find_days(sentence, issued):
                before, after = sentence[: day.start][-8:], sentence[day.end :][:24]
                if (
                    day.precision == "day"
                    and not day.is_before
                    and re.search(
                        r"(?:定于|拟于|(?<!统计)(?<!发布)(?<!更新)时间：|(?:活动|会议|培训|比赛|举办)时间为)$",
                        before,
                    )
                    and (re.search(r"举办|召开|举行|开展|启动", after) or "时间" in before)
                ):
                    found = Found(day.first.isoformat(), sentence)
                    return found, found
    return None, None


def find_theme(layout: Layout) -> Found[str] | None:
    """What the text calls the theme; else the line below a heading 活动主题."""
    for line in layout.body:
        for sentence in split_sentences(line.text):
            if found := _theme_in(sentence):
                return Found(found, sentence)
    for line, following in zip(layout.body, layout.body[1:], strict=False):
        if (
            line.level
            and not following.level
            and re.search(r"主题$", line.text.rstrip("："))
            and len(line.text) < 16
            and (found := _theme_of_line(following.text))
        ):
            return Found(found, following.text)
    return None


def _theme_of_line(text: str) -> str:
    sentence = split_sentences(text)[0]
    if found := _theme_in(sentence):
        return found
    quoted: list[str] = re.findall(r"“([^”]{4,40})”", sentence)
    if quoted:
        return quoted[0]
    plain = sentence.strip("。：“” ")
    return plain if 4 <= len(plain) <= 40 else ""


def _theme_in(sentence: str) -> str:
    found = _THEME.search(re.sub(r"主题(?:教育|活动|党日|班会|网站|宣传|实践|征文|团日)", "……", sentence))
    if not found:
        return ""
    theme = (found["theme"] or found["by"]).strip("“”，。 ")
    return theme if 3 <= len(theme) <= 50 else ""


def count_contacts(layout: Layout) -> Found[int] | None:
    """How many persons are named to be asked; a telephone without a person is none. None where there is no such line."""
    told = {line.number for line in layout.contacts}
    lines = [*layout.contacts, *_inline([line for line in layout.body if line.number not in told])]
    lines = lines or [
        line
        for line in layout.body
        if len(line.text) < 50 and re.search(r"电话|手机|\d{7,}", line.text) and not line.text.endswith("。")
    ]
    if not lines:
        return None
    return Found(sum(_persons(line.raw) for line in lines), lines[0].text)


def _inline(body: list[Line]) -> list[Line]:
    found = []
    for line in body:
        for match in re.finditer(r"（\s*联\s*系\s*人[^）]*）?|联系人[：:](?P<rest>[^。]*)", line.raw):
            found.append(Line(match[0].strip("（）"), match[0].strip("（）"), line.number, False))
    return found


def _persons(raw: str) -> int:
    text = re.sub(
        r"(?:会务|技术|业务|报名|工作|财务|材料)?联\s*系\s*人(?:及(?:联系)?(?:电话|方式))?|联系(?:电话|方式)|工作联系人|及(?:电话|联系方式)",
        "、",
        raw,
    )
    text = re.sub(r"[\w.+-]+@[\w.-]+", "、", text)
    text = re.sub(
        r"(?:电\s*话|手\s*机|传\s*真|(?:电子)?邮\s*箱|地\s*址|邮\s*编|网\s*址|Q\s*Q)(?:[（(]传真[）)]|、传真|及传真|/传真)?[：: ]*[^；;，,。]*?(?=[；;，,。]|$|\s{2,}|\s(?=[\u4e00-\u9fff]))",
        "、",
        text,
    )
    text = re.sub(r"[\d—－\-–转]{3,}", "、", text)
    text = re.sub(
        r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff])(?=老师|同志|先生|女士|科长|处长|主任)", r"\1某", text
    )
    text = re.sub(r"（[^）]*）|老师|同志|先生|女士|科长|处长|主任", "、", text)
    text = re.sub(
        r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff])\s+([\u4e00-\u9fff])(?![\u4e00-\u9fff])", r"\1\2", text
    )
    return sum(_is_person(token) for token in re.split(r"[、，,；;：:。/\s|]+", text))


def _is_person(token: str) -> bool:
    token = token.strip()
    if not token or _NO_NAME.match(token):
        return False
    if "某" in token or "×" in token:
        return bool(re.search(r"某|×", token))
    return (
        len(token) in (2, 3)
        and bool(_NAME.match(token))
        and token[0] in _SURNAMES
        and not (
            is_unit(token)
            or token.endswith(("处", "科", "室", "办", "局", "厅", "部", "委", "股", "站", "组", "院", "社"))
        )
    )
