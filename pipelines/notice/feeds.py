"""What a notice says about what leaves: to the media (`feeds:`) and as a recommendation (`recommend:`) in notice.yaml."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from pipelines.notice.fields import Code, Frozen, Word

ConnectionId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
Folder = Annotated[str, StringConstraints(pattern=r"^[^/\\\s][^\\\s]*$", strip_whitespace=True)]
"""Below what the connection opens: without a slash in front, white space or a backslash."""
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$")]
Sent = Literal["feed", "package"]
Properties = Literal["remove", "hold", "keep"]


class Destination(Frozen):
    """A place that selected items are pushed to."""

    connection: ConnectionId = Field(
        description="用哪个 Airflow 连接：SFTP、WebDAV、S3、SMB、HTTP 或本机文件夹"
    )
    path: Folder | None = Field(default=None, description="推到那里的哪个文件夹；不写则为连接所指的那个")
    sends: Annotated[tuple[Sent, ...], Field(min_length=1)] = Field(
        default=("package", "feed"), description="推什么：package 每件一个素材包，feed 供稿列表"
    )


class Feeds(Frozen):
    """What the media are given."""

    authority: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")] = Field(
        description="本机关的域名，如 edu.example.gov.cn：条目的永久编号由它和通知代号组成，定了不改"
    )
    title: Word | None = Field(default=None, description="供稿列表的名称；不写则为通知标题")
    base: Url | None = Field(
        default=None, description="推过去以后公众从哪个网址看到；写了，条目里才有下载链接"
    )
    destinations: dict[Code, Destination] = Field(default={}, description="推到哪些地方；不写则只生成，不推")
    give_up_after_hours: int = Field(default=72, ge=1, description="多少小时推不出去就不再推，请人处理")


class Recommend(Frozen):
    """How the best are recommended to the ministry."""

    to: Word = Field(description="推荐给谁，如 某某部某某司")
    publisher: Word | None = Field(default=None, description="署名；不写则为通报的署名")
    mail_to: tuple[Code, ...] = Field(default=(), description="寄给 mail.lists 里的哪些名单")
    connection: ConnectionId | None = Field(
        default=None, description="用哪个 Airflow 连接上传；与 mail_to 二选一"
    )
    path: Folder | None = Field(default=None, description="传到那里的哪个文件夹")
    max_size_mb: int = Field(default=20, ge=1, le=2000, description="每个压缩包至多多少 MB，大了分成几个")
    properties: Properties = Field(
        default="remove",
        description="原件里的作者、单位、批注和修订的作者、照片和影片的拍摄位置：remove 送出前去掉，程序不认得的格式原样放入并写明；"
        "hold 去掉，不认得的格式不放入；keep 都原样放入",
    )
    give_up_after_hours: int = Field(default=72, ge=1, description="多少小时传不出去就不再传，请人处理")
