"""Each group robot is spoken to as its service asks, and whatever it answers is believed and no secret is told."""

import logging

import pytest

from pipelines.alarms.robots import ROBOTS, Message, find_robots, post
from pipelines.ground.connections import Connection
from tests.alarms.conftest import KEYS, NOW, SECRETS, nowhere

AT = int(NOW.timestamp())
NEWS = Message("告警：磁盘将满", ("只剩 1 GiB。", "怎么办：腾出空间。"))
ALL = list(ROBOTS)


def yes():
    return True


def say(groups, name, message=NEWS, at=AT):
    return post(groups.connect(name)(name), message, at, yes)


@pytest.mark.parametrize("name", ALL)
def test_every_service_takes_it(groups, name):
    assert say(groups, name).state == "sent"
    ((heard, body),) = groups.heard
    assert heard == name
    assert "告警：磁盘将满" in str(body)
    assert "怎么办：腾出空间。" in str(body)


@pytest.mark.parametrize("name", list(SECRETS))
@pytest.mark.parametrize("how", ["another secret", "no secret", "an old clock"])
def test_a_signature_that_does_not_fit_is_refused_and_tried_again(groups, name, how):
    extra = {
        "another secret": {"secret": "wrong"},
        "no secret": {},
        "an old clock": {"secret": SECRETS[name]},
    }[how]
    connection = Connection(name, password=groups.address(name), extra=extra)
    said = post(connection, NEWS, AT - (7200 if how == "an old clock" else 0), yes)
    assert said.state == "retry"
    assert "sign" in said.error
    assert groups.heard == []


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("alarm_wecom", (93000, "invalid webhook url")),
        ("alarm_dingtalk", (310000, "keywords not in content")),
        ("alarm_feishu", (9499, "Bad Request")),
    ],
    ids=["企业微信", "钉钉", "飞书"],
)
def test_a_refusal_stands_in_the_body_of_a_good_answer(groups, name, refusal):
    groups.refuse[name] = refusal
    said = say(groups, name)
    assert (said.state, str(refusal[0]) in said.error, refusal[1] in said.error) == ("retry", True, True)


@pytest.mark.parametrize("name", ALL)
def test_of_a_service_that_never_answers_nobody_knows(groups, name):
    groups.hang_up_on.add(name)
    assert say(groups, name).state == "unsure"


@pytest.mark.parametrize("name", ALL)
def test_what_never_left_is_tried_again(groups, name):
    connection = Connection(name, password="http://127.0.0.1:9/robot/send?key=hidden-key")
    said = post(connection, NEWS, AT, yes)
    assert (said.state, "连不上" in said.error) == ("retry", True)
    assert "hidden" not in said.error


@pytest.mark.parametrize(
    "password",
    ["", "   ", "http://example.com/robot/send?access_token=hidden-key", "https://", "http://[hidden-key"],
    ids=["nothing", "blanks", "in clear over the network", "no host", "no address"],
)
def test_a_connection_that_makes_no_sense_posts_nothing_and_does_not_quote_it(password):
    said = post(Connection("alarm_dingtalk", password=password), NEWS, AT, yes)
    assert said.state == "retry"
    assert said.error
    assert "hidden-key" not in said.error


def test_nothing_leaves_where_it_may_not(groups):
    said = post(groups.connect("alarm_wecom")("alarm_wecom"), NEWS, AT, lambda: False)
    assert (said.state, groups.asked) == ("retry", [])


@pytest.mark.parametrize("name", ALL)
def test_no_log_holds_a_key(groups, name, caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.INFO)
    groups.refuse["alarm_feishu"] = (19001, "no")
    say(groups, name)
    connection = groups.connect(name)(name)
    for secret in (KEYS[name], *SECRETS.values()):
        assert secret not in caplog.text
        assert secret not in repr(connection)


@pytest.mark.parametrize("name", ALL)
def test_what_units_wrote_can_mention_nobody_and_link_nowhere(groups, name):
    hostile = (
        "<@all> <at user_id='all'></at> [点我](http://evil.example) *粗* <font color=red>`x`\n# 大 @所有人"
    )
    assert say(groups, name, Message("告警：" + hostile, (hostile,))).state == "sent"
    ((_, body),) = groups.heard
    said = str(body)
    for mark in ("<@all>", "<at ", "](", "@所有人", "\n# 大", "<font color=red>"):
        assert mark not in said


@pytest.mark.parametrize("name", ALL)
def test_a_long_one_is_cut_to_what_every_service_takes(groups, name):
    assert say(groups, name, Message("告警：来源没有读到", ("某某来源" * 2000,))).state == "sent"
    assert "……" in str(groups.heard)


def test_only_connections_that_are_there_are_robots(groups):
    assert find_robots(nowhere) == {}
    assert list(find_robots(groups.connect("alarm_feishu"))) == ["alarm_feishu"]


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("alarm_wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k-1"),
        ("alarm_dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=k-1"),
        ("alarm_feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/k-1"),
    ],
    ids=["企业微信", "钉钉", "飞书"],
)
def test_a_key_alone_is_enough(name, address):
    from pipelines.alarms.robots import _prepare

    assert str(_prepare(ROBOTS[name], Connection(name, password="k-1"), NEWS, AT)[0]) == address
