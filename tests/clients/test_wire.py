"""The JSON of the most used answers, field by field, without a client in between."""

import json

import pytest

NOBODY = "0" * 32


@pytest.fixture
def run(api, experiment_id):
    body = {"experiment_id": experiment_id, "run_name": "n", "start_time": 5, "user_id": "u"}
    return api.post("runs/create", body)[1]["run"]


def run_info(run_id, experiment_id, **changes):
    return {
        "run_id": run_id,
        "run_uuid": run_id,
        "run_name": "n",
        "experiment_id": experiment_id,
        "user_id": "u",
        "status": "RUNNING",
        "start_time": 5,
        "artifact_uri": f"mlflow-artifacts:/{experiment_id}/{run_id}/artifacts",
        "lifecycle_stage": "active",
        **changes,
    }


def test_an_experiment_has_these_fields(api, name):
    _, created = api.post("experiments/create", {"name": name, "tags": [{"key": "a", "value": "b"}]})
    assert list(created) == ["experiment_id"]
    _, answer = api.get("experiments/get", experiment_id=created["experiment_id"])
    experiment = answer["experiment"]
    assert isinstance(experiment.pop("creation_time"), int) and isinstance(experiment.pop("last_update_time"), int)
    assert experiment.pop("workspace", "default") == "default"
    assert experiment == {
        "experiment_id": created["experiment_id"],
        "name": name,
        "artifact_location": f"mlflow-artifacts:/{created['experiment_id']}",
        "lifecycle_stage": "active",
        "tags": [{"key": "a", "value": "b"}],
    }


def test_a_created_run_has_these_fields(run, experiment_id):
    run_id = run["info"]["run_id"]
    assert run["info"] == run_info(run_id, experiment_id)
    assert run["data"] == {"tags": [{"key": "mlflow.runName", "value": "n"}]}


def test_a_run_that_is_asked_for_has_these_fields(api, run, experiment_id):
    run_id = run["info"]["run_id"]
    metric = {"key": "m", "value": 0.5, "timestamp": 7, "step": 3}
    dataset = {"name": "d", "digest": "1", "source_type": "local", "source": "{}"}
    assert api.post("runs/log-metric", {"run_id": run_id, **metric}) == (200, {})
    assert api.post("runs/log-parameter", {"run_id": run_id, "key": "p", "value": "v"}) == (200, {})
    assert api.post("runs/set-tag", {"run_id": run_id, "key": "t", "value": ""}) == (200, {})
    inputs = {"run_id": run_id, "datasets": [{"dataset": dataset, "tags": [{"key": "a", "value": "b"}]}]}
    assert api.post("runs/log-inputs", inputs) == (200, {})
    _, answer = api.get("runs/get", run_id=run_id)
    answer["run"]["data"]["tags"].sort(key=lambda tag: tag["key"])  # they come in any order
    assert answer == {
        "run": {
            "info": run_info(run_id, experiment_id),
            "data": {
                "metrics": [metric],
                "params": [{"key": "p", "value": "v"}],
                "tags": [{"key": "mlflow.runName", "value": "n"}, {"key": "t", "value": ""}],
            },
            "inputs": {"dataset_inputs": [{"tags": [{"key": "a", "value": "b"}], "dataset": dataset}]},
            "outputs": {},
        }
    }


def test_an_updated_run_answers_its_info(api, run, experiment_id):
    run_id = run["info"]["run_id"]
    body = {"run_id": run_id, "status": "FINISHED", "end_time": 9}
    info = run_info(run_id, experiment_id, status="FINISHED", end_time=9)
    assert api.post("runs/update", body) == (200, {"run_info": info})


def test_run_uuid_is_another_name_of_run_id(api, run):
    run_id = run["info"]["run_id"]
    assert api.get("runs/get", run_uuid=run_id)[1]["run"]["info"]["run_id"] == run_id
    assert api.post("runs/set-tag", {"run_uuid": run_id, "key": "t", "value": "v"}) == (200, {})


def test_history_has_these_fields(api, run):
    run_id = run["info"]["run_id"]
    point = {"key": "m", "value": "NaN", "timestamp": 7, "step": 0}
    api.post("runs/log-metric", {"run_id": run_id, **point})
    assert api.get("metrics/get-history", run_id=run_id, metric_key="m") == (200, {"metrics": [point]})
    assert api.get("metrics/get-history", run_id=run_id, metric_key="none") == (200, {})
    assert api.get("metrics/get-history", run_id=NOBODY, metric_key="m") == (200, {})


def test_an_empty_search_answers_an_empty_object(api, experiment_id):
    assert api.post("runs/search", {"experiment_ids": [experiment_id]}) == (200, {})
    assert api.post("runs/search", {"experiment_ids": []}) == (200, {})
    assert api.post("runs/search", {}) == (200, {})


def test_a_logged_model_has_these_fields(api, experiment_id):
    _, answer = api.post("logged-models", {"experiment_id": experiment_id, "name": "m"})
    info = answer["model"]["info"]
    model_id = info["model_id"]
    assert info.pop("creation_timestamp_ms") == info.pop("last_updated_timestamp_ms") > 1_600_000_000_000
    assert info == {
        "model_id": model_id,
        "experiment_id": experiment_id,
        "name": "m",
        "artifact_uri": f"mlflow-artifacts:/{experiment_id}/models/{model_id}/artifacts",
        "status": "LOGGED_MODEL_PENDING",
        "model_type": "",
        "source_run_id": "",
    }
    assert answer["model"]["data"] == {}


def test_numbers_may_be_text(api, run):
    run_id = run["info"]["run_id"]
    body = {"run_id": run_id, "key": "m", "value": "1.5", "timestamp": "7", "step": "3"}
    assert api.post("runs/log-metric", body) == (200, {})
    _, history = api.get("metrics/get-history", run_id=run_id, metric_key="m")
    assert history == {"metrics": [{"key": "m", "value": 1.5, "timestamp": 7, "step": 3}]}


def test_null_is_the_same_as_absent_and_unknown_fields_are_ignored(api, run):
    body = {"run_id": run["info"]["run_id"], "key": "m", "value": 1, "timestamp": 1, "step": None, "new_field": {}}
    assert api.post("runs/log-metric", body) == (200, {})


def test_a_body_may_be_a_string_of_json(api, run):
    body = json.dumps({"run_id": run["info"]["run_id"], "key": "t", "value": "v"})
    assert api.post("runs/set-tag", body) == (200, {})


def test_both_prefixes_answer(api, run, experiment_id):
    run_id = run["info"]["run_id"]
    assert api.get("/ajax-api/2.0/mlflow/runs/get", run_id=run_id) == api.get("runs/get", run_id=run_id)


def test_the_server_is_healthy_and_tells_its_version(api):
    assert api.send("GET", "/health").text == "OK"
    version = api.send("GET", "/version").text
    assert [int(part) for part in version.split(".")] >= [3, 4]
    assert api.get("/api/3.0/mlflow/server-info")[0] == 200


def test_experiments_are_searched_by_get_with_repeated_keys(api, experiment_id):
    status, answer = api.get("experiments/search", max_results=1, order_by=["name ASC", "creation_time"])
    assert status == 200 and len(answer["experiments"]) == 1 and answer["next_page_token"]


def test_an_unknown_address_is_404_and_a_wrong_method_is_not_200(api):
    assert api.send("POST", "runs/nope", json={}).status_code == 404
    assert api.send("GET", "runs/log-metric").status_code in (404, 405)


def test_a_body_must_be_json(api, run):
    body = json.dumps({"run_id": run["info"]["run_id"], "key": "t", "value": "v"})
    headers = {"Content-Type": "text/plain"}
    answer = api.send("POST", "runs/set-tag", data=body, headers=headers)
    message = "Bad Request. Content-Type must be one of ['application/json']."
    assert (answer.status_code, answer.json()["error_code"], answer.json()["message"]) == (
        400,
        "INVALID_PARAMETER_VALUE",
        message,
    )
    headers = {"Content-Type": "application/json; charset=utf-8"}
    assert api.send("POST", "runs/set-tag", data=body, headers=headers).status_code == 200


def test_broken_json_is_an_empty_request(api):
    answer = api.send("POST", "runs/log-metric", data="not json", headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("Missing value for required parameter ")
