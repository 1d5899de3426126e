"""deploy/compose.yaml starts what the units start, with the settings that the cluster has: what is tried of them is tried of it."""

import re

import pytest
import yaml

from tests.cluster.services import ROOT

DEPLOY = ROOT / "deploy"
PARTS = ("api-server", "scheduler", "dag-processor", "triggerer", "worker")
NO_SECRETS = re.compile(r"\$\{([A-Z_]+):\?\}")


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]


def settings_of(file):
    lines = (DEPLOY / file).read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@pytest.mark.parametrize("part", PARTS)
def test_a_service_runs_the_command_of_its_unit(compose, part):
    unit = (DEPLOY / "systemd" / f"notices-{part}.service").read_text("utf-8")
    image = (DEPLOY / "Containerfile").read_text("utf-8")
    (said,) = re.findall(r"^ExecStart=/opt/notices/(.+)$", unit, re.M)
    (entry,) = re.findall(r'^ENTRYPOINT \["tini", "--", (.+)\]$', image, re.M)
    assert [*re.findall(r'"([^"]+)"', entry), *compose[part]["command"]] == said.split()


@pytest.mark.parametrize("part", PARTS)
def test_a_service_has_the_settings_of_a_cluster_and_the_office_s_logins(compose, part):
    said, shipped = compose[part]["environment"], settings_of("notices.env")
    assert said.keys() - {"FORWARDED_ALLOW_IPS"} == shipped.keys() | {"NOTICES_LOGINS"}
    assert said["NOTICES_LOGINS"] == "office"
    plain = {name for name, one in shipped.items() if "<" not in one and not name.startswith("AIRFLOW__API")}
    assert {name: said[name] for name in plain} == {name: shipped[name] for name in plain}
    assert ("FORWARDED_ALLOW_IPS" in said) is (part == "api-server")


def test_only_the_page_is_told_where_the_office_s_accounts_are(compose):
    told = {name for name, one in compose.items() if "env_file" in one or "./accounts:/etc/notices/accounts:ro" in one.get("volumes", [])}  # fmt: skip
    assert told == {"api-server"}
    assert compose["api-server"]["env_file"] == "compose.env"
    assert set(compose["worker"]["volumes"]) < set(compose["api-server"]["volumes"])
    image = (DEPLOY / "Containerfile").read_text("utf-8")
    (extras,) = re.findall(r"tools/install\.sh \.venv /dev/null (\S+)", image)
    assert {"cluster", "office", "directory", "sso"} == {*extras.split(",")}


def test_nothing_secret_is_written_and_nothing_but_the_proxy_is_open(compose):
    asked = set(NO_SECRETS.findall((DEPLOY / "compose.yaml").read_text("utf-8")))
    assert asked == settings_of("compose.env.example").keys()
    assert [name for name, one in compose.items() if "ports" in one] == ["proxy"]


def test_the_proxy_leads_to_the_page(compose):
    site = (DEPLOY / "nginx.conf").read_text("utf-8")
    command = compose["proxy"]["command"][2]
    for pattern, word in re.findall(r"-e 's/([^/]+)/([^/]+)/'", command):
        assert re.search(pattern, site), pattern
        assert word in ("api-server:8080", "${HOST_NAME:?}")
    assert re.search(r"location /execution/ \{\s*return 404;", site), (
        "tasks' own address is not open to the world"
    )
