"""What an alarm is: its kind, what it is about, and from when to when."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Kind:
    """A sort of alarm. `remedy` is what whoever reads it does next."""

    name: str
    remedy: str
    is_watched: bool = True
    """Each look finds all that stands: what it does not find any more is over. Else its end is stated."""
    ends_by_person: bool = False
    """It stays until a person settles it; its subject names the one event, which is never raised again."""


KINDS = {
    "no_collection": Kind(
        "没有收件",
        "打开网页看“收件：各通知”流程（collect）是否暂停、失败或卡住；机器重启过的，运行 make ui；恢复后自动补收",
    ),
    "not_loaded": Kind(
        "收下没有入库",
        "打开网页看这个通知的“收件入库”流程是否暂停、排队或失败；文件都在档案里，恢复运行后一次补上，收到时间不变",
    ),
    "run_failed": Kind(
        "运行失败",
        "按上面说的处理；看全文，在网页里打开这个流程最近一次失败的运行，点红色的任务看日志；再清除（Clear）重跑",
        is_watched=False,
    ),
    "notice_folder": Kind(
        "通知文件夹有误", "运行 notices check 通知编号，按列出的文件和行改正；改好约半分钟后自动恢复收件"
    ),
    "source_silent": Kind(
        "来源没有读到",
        "检查共享文件夹是否在线、连接的账号和密码是否有效；恢复后下一轮自动补收，收到时间不因此变迟",
    ),
    "source_quiet": Kind(
        "来源久无来件",
        "问一两个单位是否照常在报；看文件夹、信箱、表单是否换了地方。确实没有人报的，在待办里点“已处理”",
    ),
    "form_columns": Kind(
        "表单的列变了",
        "看变了的列：改了名的，把新名写进 notice.yaml 的 headers；不该变的，请改回表单。看过后在待办里点“已处理”",
        is_watched=False,
        ends_by_person=True,
    ),
    "mails": Kind(
        "邮件发不出去",
        "运行 notices outbox --state failed、--state unsure，按原因更正后 resend，或查明后 mark-sent（docs/mail.md）",
    ),
    "pushes": Kind(
        "推送推不出去",
        "运行 notices pushes --state failed、--state unsure，按原因改好连接后 resend，或问明对方后 mark-sent（docs/feeds.md）",
    ),
    "robots": Kind(
        "群机器人发不出去",
        "核对连接里的 Webhook 地址和加签密钥、群里机器人是否还在、关键词是否含“告警”；会自动再试三天",
    ),
    "lake": Kind(
        "湖仓没有跟上",
        "看目录库（PostgreSQL）是否在线、账号是否有效、存数据的地方写不写得进；恢复后下一次发布自动补上（docs/lake.md）",
    ),
    "disk": Kind("磁盘将满", "腾出空间或换大一些的磁盘；日志可按 NOTICES_KEEP_LOG_DAYS 早些清，档案不能删"),
    "approval": Kind(
        "审签在等人", "在网页“待办 Required Actions”里答复发出或不发；到时不答复按通知的规定处理"
    ),
}
"""In the order of urgency: what keeps figures back first."""
ALL_OF_THE_HOME = ""
"""The notice of what belongs to none: the disk, the robots, the care of the home."""


@dataclass(frozen=True)
class Condition:
    """Something that is wrong now. The same kind and subject of a notice is the same alarm, whatever the sentence says."""

    kind: str
    notice_id: str
    subject: str
    """What of the notice it is: a source, a DAG, a draft; '' where there can be only one. Never anything personal."""
    sentence: str
    """What is seen, in Chinese, without a full stop. It goes to group robots: no address, no name of a person."""

    @property
    def key(self) -> tuple[str, str, str]:
        return self.notice_id, self.kind, self.subject


@dataclass(frozen=True)
class Alarm:
    """An alarm as the journal knows it. Moments have their zone (UTC)."""

    position: int
    notice_id: str
    kind: str
    subject: str
    sentence: str
    raised_at: datetime
    gone_at: datetime | None
    """Since when its cause is not seen any more; None while it is."""
    over_at: datetime | None
    """When that was taken for its end."""
    settled_by: str | None
    """Who took it in hand, and why."""

    @property
    def id(self) -> str:
        return f"A{self.position:04d}"

    @property
    def entry_id(self) -> str:
        """What a person settles it by (notices decide NOTICE settle --subject …)."""
        return f"alarm:{self.id}"

    @property
    def name(self) -> str:
        return KINDS[self.kind].name

    @property
    def remedy(self) -> str:
        return KINDS[self.kind].remedy
