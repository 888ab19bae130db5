"""What MLflow's own server refuses, loses or answers with a 500, and this one does not. MLflow fails these tests."""

import json
import math
import os

import mlflow
import pytest
import requests
from mlflow.entities import Metric

from conftest import fresh_name
from five_runs import letters

BAD = (400, "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize(
    "where, found",
    [
        ("metrics.loss > 1 OR metrics.loss < 0", "cd"),
        ("params.model = 'svm' or params.model = 'SVM' or tags.kind IS NULL", "abe"),
        ("(metrics.acc > 0.75)", "ab"),
        ("(params.model = 'svm' OR params.model = 'tree') AND metrics.loss < 0", "c"),
        ("params.model = 'svm' OR params.model = 'tree' AND metrics.loss > 0", "a"),  # AND binds closer than OR
        ("NOT metrics.acc > 0.75", "cde"),
        ("NOT (tags.kind = 'white' OR tags.kind = 'red')", "be"),
        ("not params.lr IS NULL and not status = 'FINISHED'", "bc"),
        ("((status = 'FAILED'))", "b"),
        ("params.model IN ('svm', 'tree')", "ac"),
        ("params.model NOT IN ('svm', 'tree')", "bd"),
        ("tags.kind IN ('red', 'Red')", "ab"),
        ("status IN ('RUNNING', 'SCHEDULED')", "de"),
        ("run_name NOT IN ('run a', 'run b')", "cde"),
        ("metrics.acc IN (0.7, 0.9)", "acd"),
        ("metrics.acc BETWEEN 0.75 AND 0.85", "b"),
        ("metrics.acc NOT BETWEEN 0.75 AND 0.85 and start_time between 3000 and 4000", "cd"),
        ("params.model NOT LIKE 'tree%'", "ab"),
        ("tags.kind NOT ILIKE 'r%'", "cd"),
        ("metrics.loss IS NULL", "e"),
        ("metrics.loss IS NOT NULL and metrics.big IS NULL", "abd"),
        ("end_time IS NULL", "d"),
        ("dataset.name = 'iris' OR dataset.context = 'eval'", "bc"),
    ],
)
def test_search_knows_or_not_parentheses_lists_and_ranges(client, five, where, found):
    assert "".join(sorted(letters(client, five, where))) == found


def test_search_for_experiments_knows_or(client, name):
    for suffix in "abc":
        client.create_experiment(f"{name}/{suffix}")
    found = client.search_experiments(filter_string=f"name = '{name}/a' OR name IN ('{name}/c')", order_by=["name"])
    assert [experiment.name[-1] for experiment in found] == ["a", "c"]
    [found] = client.search_experiments(filter_string=f"attributes.name = '{name}/b'")
    assert found.name == f"{name}/b"


def test_search_for_models_restricts_metrics_to_a_dataset_of_any_digest(client, experiment_id, run_id):
    model_id = client.create_logged_model(experiment_id).model_id
    client.log_metric(run_id, "f1", 0.9, model_id=model_id, dataset_name="d", dataset_digest="1")
    found = client.search_logged_models([experiment_id], "metrics.f1 > 0.8", datasets=[{"dataset_name": "d"}])
    assert [model.model_id for model in found] == [model_id]


@pytest.mark.parametrize(
    "order_by", [["params.p", "params.p"], ["start_time ASC", "attributes.start_time DESC"], ["metrics.m", "metric.m"]]
)
def test_the_same_order_twice_is_never_a_500(api, experiment_id, order_by):
    status, _ = api.post("runs/search", {"experiment_ids": [experiment_id], "order_by": order_by})
    assert status in (200, 400)


@pytest.mark.parametrize(
    "token, value", [("NaN", math.nan), ("Infinity", math.inf), ("-Infinity", -math.inf), ("1e400", math.inf)]
)
@pytest.mark.parametrize("batch", [False, True])
def test_bare_nan_and_infinity_are_kept_with_their_step_and_time(api, client, run_id, token, value, batch):
    point = f'{{"key": "m", "value": {token}, "timestamp": 7, "step": 3}}'
    if batch:
        path, body = "runs/log-batch", f'{{"run_id": "{run_id}", "metrics": [{point}]}}'
    else:
        path, body = "runs/log-metric", f'{{"run_id": "{run_id}", {point[1:]}'
    assert api.send("POST", path, data=body, headers={"Content-Type": "application/json"}).status_code == 200
    [kept] = client.get_metric_history(run_id, "m")
    assert (kept.timestamp, kept.step) == (7, 3)
    assert math.isnan(kept.value) if math.isnan(value) else kept.value * value > 1e308


POINT = {"key": "m", "value": 1, "timestamp": 1}


@pytest.mark.parametrize(
    "path, body",
    [
        ("runs/log-metric", {**POINT, "run_id": "RUN", "value": [1]}),
        ("runs/log-metric", {**POINT, "run_id": "RUN", "value": {}}),
        ("runs/log-metric", {**POINT, "run_id": "RUN", "timestamp": 1.5}),
        ("runs/log-metric", {**POINT, "run_id": "RUN", "timestamp": 2**63}),
        ("runs/log-metric", {**POINT, "run_id": "RUN", "step": 1.5}),
        ("runs/log-metric", {**POINT, "run_id": "RUN", "step": 2**63}),
        ("runs/log-batch", {"run_id": "RUN", "metrics": [5]}),
        ("runs/log-batch", {"run_id": "RUN", "metrics": [{**POINT, "value": "abc"}]}),
        ("runs/log-batch", {"run_id": "RUN", "metrics": [{**POINT, "step": "abc"}]}),
        ("runs/log-batch", {"run_id": "RUN", "metrics": [{**POINT, "timestamp": "abc"}]}),
        ("runs/log-batch", {"run_id": "RUN", "params": [{"key": "p", "value": 5}]}),
        ("runs/log-batch", {"run_id": "RUN", "params": [{"key": "p", "value": "a\0b"}]}),
        ("runs/log-parameter", {"run_id": "RUN", "key": "p", "value": "a\0b"}),
        ("runs/create", {"experiment_id": "EXPERIMENT", "tags": "x"}),
        ("runs/create", {"experiment_id": ""}),
        ("runs/create", {}),
        ("logged-models/search", {"experiment_ids": ["EXPERIMENT"], "filter": "foo = 'x'"}),
        ("logged-models/search", {"experiment_ids": ["EXPERIMENT"], "filter": "metrics.x > 'a'"}),
        ("logged-models/search", {"experiment_ids": ["EXPERIMENT"], "page_token": "x"}),
    ],
)
def test_nonsense_is_a_400_and_changes_nothing(api, client, experiment_id, run_id, path, body):
    filled = json.loads(json.dumps(body).replace('"RUN"', f'"{run_id}"').replace('"EXPERIMENT"', f'"{experiment_id}"'))
    assert api.refused(path, filled)[:2] == BAD
    data = client.get_run(run_id).data
    assert (data.metrics, data.params) == ({}, {}) and len(client.search_runs([experiment_id])) == 1


@pytest.mark.parametrize("body", ["[]", "5", '"text"', "true"])
def test_a_body_that_is_no_object_is_a_400(api, body):
    answer = api.send("POST", "runs/log-metric", data=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error_code"]) == BAD


def test_null_instead_of_a_list_is_absent(api, run_id):
    body = {"run_id": run_id, "metrics": None, "params": None, "tags": None}
    assert api.post("runs/log-batch", body) == (200, {})


def test_a_nan_of_a_model_stays_nan(client, experiment_id, run_id):
    model_id = client.create_logged_model(experiment_id).model_id
    client.log_batch(run_id, [Metric("m", math.nan, 1, 1, model_id=model_id)])
    [metric] = client.get_logged_model(model_id).metrics
    assert math.isnan(metric.value)


@pytest.mark.parametrize("name", ["page.html", "page.htm", "picture.svg", "data.xml", "code.js"])
def test_artifacts_never_run_in_the_servers_name(active_run, name):
    mlflow.log_text("<script>alert(1)</script>", name)
    root = active_run.info.artifact_uri.removeprefix("mlflow-artifacts:/")
    answer = requests.get(
        f"{os.environ['MLFLOW_TRACKING_URI']}/api/2.0/mlflow-artifacts/artifacts/{root}/{name}", timeout=60
    )
    assert answer.text == "<script>alert(1)</script>"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"].split(";")[0] in ("text/plain", "application/octet-stream") or (
        "sandbox" in answer.headers.get("Content-Security-Policy", "")
    )


@pytest.mark.parametrize("path", ["a.txt/b", "folder"])
def test_a_file_cannot_be_put_where_a_file_or_a_folder_stands(active_run, path):
    mlflow.log_text("x", "a.txt")
    mlflow.log_text("x", "folder/b.txt")
    root = active_run.info.artifact_uri.removeprefix("mlflow-artifacts:/")
    url = f"{os.environ['MLFLOW_TRACKING_URI']}/api/2.0/mlflow-artifacts/artifacts/{root}/{path}"
    answer = requests.put(url, data=b"x", timeout=60)
    assert (answer.status_code, answer.json()["error_code"]) == BAD


def test_no_answer_tells_of_the_database(api, client):
    taken = fresh_name()
    client.create_experiment(taken)
    for path, body in [
        ("experiments/create", {"name": taken}),
        ("experiments/update", {"experiment_id": client.create_experiment(fresh_name()), "new_name": taken}),
        ("runs/create", {"experiment_id": "", "start_time": 1}),
    ]:
        _, _, message = api.refused(path, body)
        assert not any(word in message.lower() for word in ("sql", "constraint", "insert ", "postgres"))
