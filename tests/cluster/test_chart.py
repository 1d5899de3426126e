"""deploy/kubernetes/values.yaml, rendered by Airflow's official chart: needs `helm` on the PATH, and NOTICES_CHART, the chart's archive or folder."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.operate.test_deploy import KUBERNETES, PODS, VALUES

pytestmark = pytest.mark.soak
Manifest = dict[str, Any]


@pytest.fixture(scope="module")
def manifests() -> list[Manifest]:
    helm, chart = shutil.which("helm"), os.environ.get("NOTICES_CHART")
    if not helm or not chart:
        pytest.skip("helm is not on the PATH, or NOTICES_CHART does not say where the chart is")
    made = subprocess.run(
        [helm, "template", "notices", chart, "--namespace", "notices", "--values", KUBERNETES / "values.yaml"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return [one for one in yaml.safe_load_all(made.stdout) if one]


def pods(manifests: list[Manifest]) -> Iterator[tuple[str, Manifest]]:
    """The parts of Airflow, by name; the queue is the chart's own."""
    for one in manifests:
        template = one["spec"].get("template") if "spec" in one else None
        if template and not one["metadata"]["name"].endswith("-redis"):
            yield one["metadata"]["name"], template["spec"]


def named(manifests: Any, key: str) -> Iterator[Any]:
    """Every value of this key, at any depth."""
    for value in manifests.values() if isinstance(manifests, dict) else manifests:
        if isinstance(value, dict | list):
            yield from named(value, key)
    if isinstance(manifests, dict) and key in manifests:
        yield manifests[key]


def test_the_parts_are_those_of_the_machines(manifests: list[Manifest]) -> None:
    assert sorted(name for name, _ in pods(manifests)) == [
        "notices-api-server",
        "notices-dag-processor",
        "notices-run-airflow-migrations",
        "notices-scheduler",
        "notices-triggerer",
        "notices-worker",
    ]


def test_every_container_has_the_settings_and_the_home(manifests: list[Manifest]) -> None:
    for name, spec in pods(manifests):
        assert spec["securityContext"]["runAsUser"] == VALUES["uid"], name
        for container in [*spec.get("initContainers", []), *spec["containers"]]:
            told = {one["name"]: one["value"] for one in container["env"] if "value" in one}
            assert told.items() >= PODS.items(), (name, container["name"])
            mounts = {one["mountPath"] for one in container["volumeMounts"]}
            assert PODS["NOTICES_HOME"] in mounts, (name, container["name"])
            assert not [one for one in mounts if one.endswith("airflow_local_settings.py")], name
            assert "groomer" not in container["name"]


def test_the_pools_are_made_by_the_job_that_makes_the_tables(manifests: list[Manifest]) -> None:
    (job,) = (spec for name, spec in pods(manifests) if name.endswith("-migrations"))
    assert job["containers"][0]["args"] == VALUES["migrateDatabaseJob"]["args"]


def test_no_secret_is_made_and_those_that_are_used_are_named(manifests: list[Manifest]) -> None:
    assert not [one for one in manifests if one["kind"] == "Secret"]
    used = {one["name"] for one in named(manifests, "secretKeyRef")}
    known = {one["secretName"] for one in VALUES["secret"]} | set(VALUES["data"].values())
    known |= {value for name, value in VALUES.items() if name.endswith("SecretName")}
    assert used == known | {VALUES["redis"]["passwordSecretName"]}


def test_kubernetes_knows_every_field(manifests: list[Manifest]) -> None:
    kubernetes = pytest.importorskip("kubernetes_validate")
    for one in [*manifests, yaml.safe_load((KUBERNETES / "home.yaml").read_text("utf-8"))]:
        kubernetes.validate(one, "1.34", strict=True)
