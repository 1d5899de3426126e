"""What deploy/ says agrees with the program, with Airflow as it is installed, and with docs/cluster.md; nothing is started."""

import configparser
import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.ground.home import ROOT
from tools.airflow_env import POOLS

DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MACHINES = dict(
    line.split("=", 1)
    for line in (DEPLOY / "notices.env").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
)
VALUES: dict[str, Any] = yaml.load((KUBERNETES / "values.yaml").read_text("utf-8"), Loader=LOADER)
PODS = {one["name"]: one["value"] for one in VALUES["env"]}
BUILT_IN = {
    "AIRFLOW__CORE__EXECUTOR",
    "AIRFLOW__CORE__EXECUTION_API_SERVER_URL",
    "AIRFLOW__CORE__FERNET_KEY",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN",
    "AIRFLOW__CELERY__BROKER_URL",
    "AIRFLOW__CELERY__RESULT_BACKEND",
    "AIRFLOW__API__HOST",
    "AIRFLOW__API__PORT",
    "AIRFLOW__API__SECRET_KEY",
    "AIRFLOW__API_AUTH__JWT_SECRET",
}
"""What the chart sets by itself, from its values and the secrets that are named there."""
WITHOUT_DEFAULT = {"AIRFLOW__CELERY__RESULT_BACKEND"}
"""A provider's settings that have none stand in the provider alone, which the extra `cluster` installs."""
OWN_FOLDER = "NOTICES_AIRFLOW_HOME"
"""Read by tools/airflow_env.py, which does not run in pods: each has a disk of its own."""


@pytest.fixture(scope="module")
def options() -> set[str]:
    """Every setting that Airflow and its providers know, as an environment names it."""
    found = importlib.util.find_spec("airflow")
    assert found
    assert found.submodule_search_locations
    templates = Path(found.submodule_search_locations[0]) / "config_templates"
    core = yaml.load((templates / "config.yml").read_text("utf-8"), Loader=LOADER)
    providers = configparser.ConfigParser(interpolation=None, allow_no_value=True)
    providers.read(templates / "provider_config_fallback_defaults.cfg", "utf-8")
    sections = {name: set(section["options"]) for name, section in core.items()}
    for name in providers.sections():
        sections.setdefault(name, set()).update(providers.options(name))
    return {f"AIRFLOW__{name}__{option}".upper() for name, known in sections.items() for option in known}


@pytest.mark.parametrize("settings", [MACHINES, PODS], ids=["machines", "pods"])
def test_every_setting_is_one_that_airflow_knows(settings: dict[str, str], options: set[str]) -> None:
    named = {name for name in settings if name.startswith("AIRFLOW__")}
    assert len(named) > 8
    assert named - options - WITHOUT_DEFAULT == set()


def test_pods_are_told_what_machines_are_told() -> None:
    assert MACHINES.keys() - PODS.keys() == BUILT_IN | {OWN_FOLDER}
    both = {name for name in MACHINES.keys() & PODS.keys() if "<" not in MACHINES[name]}
    assert len(both) > 5
    assert {name: PODS[name] for name in both} == {name: MACHINES[name] for name in both}
    assert VALUES["executor"] == MACHINES["AIRFLOW__CORE__EXECUTOR"]


def test_the_pools_are_made_with_the_tables() -> None:
    script = VALUES["migrateDatabaseJob"]["args"][-1]
    made = re.findall(r"airflow pools set (\S+) (\d+) '([^']+)'", script)
    assert made == list(POOLS)
    assert script.startswith("airflow db migrate")


def test_all_pods_mount_the_claimed_home() -> None:
    claim = yaml.load((KUBERNETES / "home.yaml").read_text("utf-8"), Loader=LOADER)
    (volume,), (mount,) = VALUES["volumes"], VALUES["volumeMounts"]
    assert volume["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
    assert mount == {"name": volume["name"], "mountPath": PODS["NOTICES_HOME"]}


def test_the_image_and_the_chart_are_of_the_airflow_that_is_pinned() -> None:
    pinned = re.search(r"(?m)^apache-airflow==(\S+)", (ROOT / "constraints.txt").read_text("utf-8"))
    assert pinned
    assert VALUES["airflowVersion"] == pinned[1]
    image = (KUBERNETES / "Containerfile").read_text("utf-8")
    assert f"FROM apache/airflow:{pinned[1]}-python3" in image


def test_secrets_are_named_and_the_page_says_how_each_is_made() -> None:
    named = {one["secretName"] for one in VALUES["secret"]} | {
        *(value for name, value in VALUES["data"].items() if name.endswith("SecretName")),
        *(value for name, value in VALUES.items() if name.endswith("SecretName") or name == "jwtSecretName"),
        VALUES["redis"]["passwordSecretName"],
    }
    page = (ROOT / "docs" / "cluster.md").read_text("utf-8")
    assert named == set(re.findall(r"create secret generic (\S+)", page))
    assert len(named) == 7
