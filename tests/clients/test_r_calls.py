"""The HTTP calls of MLflow's R client. It writes every scalar of a body as a string, sends run_uuid beside run_id, and
leaves out what is NULL or empty."""

import json

import pytest

NOW = "1700000000123"


@pytest.fixture
def run(api, experiment_id):
    """What mlflow_start_run sends: create, then get."""
    status, created = api.post(
        "runs/create",
        {
            "experiment_id": experiment_id,
            "user_id": "unknown",
            "start_time": NOW,
            "tags": [{"key": "mlflow.source.type", "value": "LOCAL"}, {"key": "mlflow.user", "value": "unknown"}],
        },
    )
    assert status == 200
    return both(created["run"]["info"]["run_uuid"])


def both(run_id):
    return {"run_uuid": run_id, "run_id": run_id}


def got(api, run):
    status, answer = api.get("runs/get", **run)
    assert status == 200
    return answer["run"]


def test_an_experiment_is_created_renamed_deleted_and_restored(api, name):
    _, created = api.post("experiments/create", {"name": name})
    experiment = {"experiment_id": created["experiment_id"]}
    assert api.post("experiments/update", {**experiment, "new_name": f"{name}-new"}) == (200, {})
    assert api.post("experiments/set-experiment-tag", {**experiment, "key": "a", "value": "1"}) == (200, {})
    assert api.post("experiments/delete", experiment) == (200, {})
    assert api.get("experiments/get", **experiment)[1]["experiment"]["lifecycle_stage"] == "deleted"
    assert api.post("experiments/restore", experiment) == (200, {})
    found = api.get("experiments/get-by-name", experiment_name=f"{name}-new")[1]["experiment"]
    assert (found["lifecycle_stage"], found["tags"]) == ("active", [{"key": "a", "value": "1"}])


def test_experiments_are_searched_with_post_and_a_number_in_a_string(api, name):
    for letter in "abc":
        api.post("experiments/create", {"name": f"{name}-{letter}"})
    names, token = [], None
    while token != "":
        question = {
            "view_type": "ACTIVE_ONLY",
            "max_results": "2",
            "filter": f"name LIKE '{name}%'",
            "order_by": ["name"],
        }
        status, page = api.post("experiments/search", {**question, **({"page_token": token} if token else {})})
        assert status == 200
        names += [experiment["name"][-1] for experiment in page["experiments"]]
        token = page.get("next_page_token", "")
    assert names == ["a", "b", "c"]


def test_a_run_is_told_under_both_of_its_names(api, run, experiment_id):
    info = got(api, run)["info"]
    assert (info["run_id"], info["run_uuid"]) == (run["run_id"], run["run_uuid"])
    assert (info["experiment_id"], info["user_id"], info["status"]) == (experiment_id, "unknown", "RUNNING")
    assert info["start_time"] == int(NOW)  # R reads a number; of a string it would make no time
    only = {"run_uuid": run["run_id"]}
    assert got(api, only)["info"] == info


@pytest.mark.parametrize(
    "sent, told",
    [("0.25", 0.25), ("1e-20", 1e-20), ("3", 3), ("NaN", "NaN"), ("Infinity", 1e308), ("-Infinity", -1e308)],
)
def test_a_metric_is_a_string(api, run, sent, told):
    point = {"key": "m", "value": sent, "timestamp": NOW, "step": "7"}
    assert api.post("runs/log-metric", {**run, **point}) == (200, {})
    [metric] = got(api, run)["data"]["metrics"]
    assert (metric["step"], metric["timestamp"]) == (7, int(NOW))
    assert metric["value"] == told if told == "NaN" or abs(told) < 1e300 else abs(float(metric["value"])) > 1e308
    [point] = api.get("metrics/get-history", **run, metric_key="m")[1]["metrics"]
    assert point == metric or "NaN" in (point["value"], metric["value"])


def test_params_and_tags_are_set_and_deleted(api, run):
    for call, body in [
        ("log-parameter", {**run, "key": "p", "value": "TRUE"}),
        ("log-parameter", {**run, "key": "p", "value": "TRUE"}),
        ("set-tag", {**run, "key": "t", "value": "1"}),
        ("set-tag", {**run, "key": "u", "value": "2"}),
        ("delete-tag", {"run_id": run["run_id"], "key": "u"}),
    ]:
        assert api.post(f"runs/{call}", body) == (200, {})
    data = got(api, run)["data"]
    assert data["params"] == [{"key": "p", "value": "TRUE"}]
    assert {tag["key"]: tag["value"] for tag in data["tags"] if not tag["key"].startswith("mlflow.")} == {"t": "1"}


def test_a_batch_is_made_of_rows_of_strings(api, run):
    rows = [
        {"key": "a", "value": "0.5", "step": "0", "timestamp": NOW},
        {"key": "a", "value": "NaN", "step": "1", "timestamp": NOW},
        {"key": "b", "value": "-Infinity", "step": "-3", "timestamp": "0"},
    ]
    body = {"run_id": run["run_id"], "metrics": rows, "params": [{"key": "p", "value": "1"}]}
    assert api.post("runs/log-batch", body) == (200, {})
    assert api.post("runs/log-batch", {"run_id": run["run_id"], "tags": [{"key": "t", "value": "v"}]}) == (200, {})
    metrics = {metric["key"]: metric for metric in got(api, run)["data"]["metrics"]}
    assert (metrics["a"]["value"], metrics["a"]["step"], metrics["b"]["step"]) == ("NaN", 1, -3)


def test_round_numbers_come_in_powers_of_ten(api, run):
    # as.character(1.7e12) is "1.7e+12" in R
    point = {"key": "m", "value": "1e+05", "timestamp": "1.7e+12", "step": "1e+05"}
    assert api.post("runs/log-metric", {**run, **point}) == (200, {})
    rows = [{"key": "n", "value": "1e+05", "timestamp": "1.7e+12", "step": "2e+05"}]
    assert api.post("runs/log-batch", {"run_id": run["run_id"], "metrics": rows}) == (200, {})
    assert api.post("runs/update", {**run, "status": "FAILED", "end_time": "1.7e+12"})[0] == 200
    found = got(api, run)
    assert found["info"]["end_time"] == 1_700_000_000_000
    assert found["data"]["metrics"] == [
        {"key": "m", "value": 100_000, "timestamp": 1_700_000_000_000, "step": 100_000},
        {"key": "n", "value": 100_000, "timestamp": 1_700_000_000_000, "step": 200_000},
    ]


def test_a_run_ends_with_its_time_in_a_string(api, run):
    status, answer = api.post("runs/update", {**run, "status": "FINISHED", "end_time": "1700000001000"})
    assert status == 200 and answer["run_info"]["run_uuid"] == run["run_id"]
    info = got(api, run)["info"]
    assert (info["status"], info["end_time"]) == ("FINISHED", 1700000001000)
    assert api.post("runs/delete", {"run_id": run["run_id"]}) == (200, {})
    assert got(api, run)["info"]["lifecycle_stage"] == "deleted"
    assert api.post("runs/restore", {"run_id": run["run_id"]}) == (200, {})
    assert got(api, run)["info"]["lifecycle_stage"] == "active"


def test_runs_are_searched(api, run, experiment_id):
    api.post("runs/log-metric", {**run, "key": "m", "value": "1", "timestamp": NOW, "step": "0"})
    question = {"experiment_ids": [experiment_id], "run_view_type": "ACTIVE_ONLY"}
    for extra in ({}, {"filter": "metrics.m > 0", "order_by": ["metrics.m DESC"]}):
        status, answer = api.post("runs/search", {**question, **extra})
        assert status == 200 and [found["info"]["run_uuid"] for found in answer["runs"]] == [run["run_id"]]
    assert api.post("runs/search", {**question, "run_view_type": "DELETED_ONLY"}) == (200, {})


def test_files_are_listed(api, run):
    status, answer = api.get("artifacts/list", **run)
    assert status == 200 and answer["root_uri"].endswith(f"{run['run_id']}/artifacts") and "files" not in answer
    root = answer["root_uri"].removeprefix("mlflow-artifacts:/")
    api.send("PUT", f"/api/2.0/mlflow-artifacts/artifacts/{root}/folder/a.txt", data=b"four")
    assert api.get("artifacts/list", **run)[1]["files"] == [{"path": "folder", "is_dir": True}]
    assert api.get("artifacts/list", **run, path="folder")[1]["files"] == [
        {"path": "folder/a.txt", "is_dir": False, "file_size": 4}
    ]


def test_a_model_that_r_has_saved_is_recorded_in_its_run(api, run):
    flavors = {"crate": {"version": "0.1.0", "model": "crate.bin"}}
    model = {
        "utc_time_created": "24-01-01T00:00:00.00",
        "run_id": run["run_id"],
        "artifact_path": "model",
        "flavors": flavors,
    }
    assert api.post("runs/log-model", {"run_id": run["run_id"], "model_json": json.dumps(model)}) == (200, {})
    [history] = [tag["value"] for tag in got(api, run)["data"]["tags"] if tag["key"] == "mlflow.log-model.history"]
    assert [recorded["flavors"] for recorded in json.loads(history)] == [flavors]


def test_the_registry_is_written_and_read(api, name):
    _, answer = api.post("registered-models/create", {"name": name, "tags": [{"key": "a", "value": "TRUE"}]})
    assert answer["registered_model"]["tags"] == [{"key": "a", "value": "TRUE"}]
    _, answer = api.post("model-versions/create", {"name": name, "source": "s3://bucket/model", "description": "d"})
    assert answer["model_version"]["version"] == "1"
    _, answer = api.answer("PATCH", "model-versions/update", json={"name": name, "version": "1", "description": "e"})
    assert answer["model_version"]["description"] == "e"
    body = {"name": name, "version": "1", "stage": "Staging", "archive_existing_versions": False}
    status, answer = api.post("model-versions/transition-stage", body)
    assert (status, answer["model_version"]["current_stage"]) == (200, "Staging")
    api.post("registered-models/alias", {"name": name, "alias": "best", "version": "1"})
    assert api.get("registered-models/alias", name=name, alias="best")[1]["model_version"]["version"] == "1"
    [latest] = api.get("registered-models/get-latest-versions", name=name)[1]["model_versions"]
    assert latest["current_stage"] == "Staging"
    assert api.get("model-versions/get", name=name, version="1")[1]["model_version"]["description"] == "e"
    assert api.get("model-versions/get-download-uri", name=name, version="1")[1]["artifact_uri"] == "s3://bucket/model"
    assert api.answer("PATCH", "registered-models/update", json={"name": name, "description": "f"})[0] == 200
    assert api.post("registered-models/rename", {"name": name, "new_name": f"{name}-new"})[0] == 200
    assert api.get("registered-models/get", name=f"{name}-new")[1]["registered_model"]["description"] == "f"
    assert api.answer("DELETE", "model-versions/delete", json={"name": f"{name}-new", "version": "1"}) == (200, {})
    assert api.answer("DELETE", "registered-models/delete", json={"name": f"{name}-new"}) == (200, {})
