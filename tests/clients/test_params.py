import json

import mlflow
import pytest
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException


def test_params_come_back_as_text(client, active_run):
    assert mlflow.log_param("lr", 0.1) == 0.1
    mlflow.log_params({"depth": 3, "bootstrap": True, "name": "ü 葡萄", "nothing": None, "layers": [1, 2]})
    assert client.get_run(active_run.info.run_id).data.params == {
        "lr": "0.1",
        "depth": "3",
        "bootstrap": "True",
        "name": "ü 葡萄",
        "nothing": "None",
        "layers": "[1, 2]",
    }


@pytest.mark.parametrize(
    "value", ["", " ", "'quoted' \"twice\" `thrice`", "line\nbreak\ttab", '{"json": [1]}', "\\", "%_", "🍷"]
)
def test_odd_values_come_back(client, run_id, value):
    client.log_param(run_id, "p", value)
    assert client.get_run(run_id).data.params == {"p": value}


@pytest.mark.parametrize("key", ["a.b", "a/b", "a b", "a-b_c:d", "Ü µ", "k" * 250, "1"])
def test_odd_keys_come_back(client, run_id, key):
    client.log_param(run_id, key, "v")
    assert client.get_run(run_id).data.params == {key: "v"}


@pytest.mark.parametrize("key", ["a*b", "a,b", "../a", "a//b", "/a", "a/", "k" * 251])
def test_bad_keys_are_refused(client, run_id, key):
    with pytest.raises(MlflowException) as refused:
        client.log_param(run_id, key, "v")
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE"


def test_the_same_value_again_is_fine(client, run_id):
    client.log_param(run_id, "p", "1")
    client.log_param(run_id, "p", "1")
    client.log_batch(run_id, params=[Param("p", "1"), Param("q", "2")])
    assert client.get_run(run_id).data.params == {"p": "1", "q": "2"}


def test_another_value_is_refused_and_the_text_tells_both(api, client, run_id):
    client.log_param(run_id, "p", "1")
    assert api.refused("runs/log-parameter", {"run_id": run_id, "key": "p", "value": "2"}) == (
        400,
        "INVALID_PARAMETER_VALUE",
        "Changing param values is not allowed. Param with key='p' was already logged with value='1' "
        f"for run ID='{run_id}'. Attempted logging new value '2'.",
    )
    assert client.get_run(run_id).data.params == {"p": "1"}


def test_another_value_in_a_batch_is_refused_whole(api, client, run_id):
    client.log_param(run_id, "p", "1")
    params = [{"key": "p", "value": "9"}, {"key": "fresh", "value": "1"}]
    assert api.refused("runs/log-batch", {"run_id": run_id, "params": params}) == (
        400,
        "INVALID_PARAMETER_VALUE",
        "Changing param values is not allowed. Params were already logged="
        f"'[{{'key': 'p', 'old_value': '1', 'new_value': '9'}}]' for run ID='{run_id}'.",
    )
    assert client.get_run(run_id).data.params == {"p": "1"}


def test_the_python_client_says_what_to_do_about_a_changed_param(active_run):
    mlflow.log_param("p", 1)
    with pytest.raises(MlflowException, match="Changing param values is not allowed"):
        mlflow.log_param("p", 2)


def test_a_key_twice_in_a_batch_is_refused(api, run_id):
    params = [{"key": "d", "value": "1"}, {"key": "d", "value": "2"}]
    assert api.refused("runs/log-batch", {"run_id": run_id, "params": params}) == (
        400,
        "INVALID_PARAMETER_VALUE",
        "Duplicate parameter keys have been submitted: ['d']. "
        "Please ensure the request contains only one param value per param key.",
    )


def test_values_are_cut_at_6000_characters(client, run_id):
    client.log_param(run_id, "one", "x" * 7000)
    client.log_batch(run_id, params=[Param("two", "ü" * 6001), Param("fits", "y" * 6000)])
    params = client.get_run(run_id).data.params
    assert params == {"one": "x" * 6000, "two": "ü" * 6000, "fits": "y" * 6000}


def test_more_than_a_hundred_params_are_sent_in_several_batches(client, active_run):
    mlflow.log_params({f"p{i}": i for i in range(230)})
    assert client.get_run(active_run.info.run_id).data.params == {f"p{i}": str(i) for i in range(230)}


def test_a_batch_of_101_params_is_refused(api, run_id):
    params = [{"key": f"p{i}", "value": "v"} for i in range(101)]
    status, code, message = api.refused("runs/log-batch", {"run_id": run_id, "params": params})
    assert (status, code) == (400, "INVALID_PARAMETER_VALUE")
    assert "at most 100 params. Got 101 params" in message


def test_params_are_logged_asynchronously(client, active_run):
    mlflow.log_param("a", 1, synchronous=False).wait()
    mlflow.log_params({"b": 2, "c": 3}, synchronous=False).wait()
    assert client.get_run(active_run.info.run_id).data.params == {"a": "1", "b": "2", "c": "3"}


def test_a_batch_with_one_bad_part_changes_nothing(api, client, run_id):
    before = client.get_run(run_id).data.tags
    body = {
        "run_id": run_id,
        "metrics": [{"key": "m", "value": 1, "timestamp": 1}],
        "params": [{"key": "bad*key", "value": "1"}],
        "tags": [{"key": "t", "value": "1"}],
    }
    assert api.refused("runs/log-batch", body)[0] == 400
    data = client.get_run(run_id).data
    assert (data.metrics, data.params, data.tags) == ({}, {}, before)


def test_a_batch_may_hold_everything_at_once(client, run_id):
    client.log_batch(run_id, [Metric("m", 1, 1, 1)], [Param("p", "1")], [RunTag("t", "1")])
    data = client.get_run(run_id).data
    assert (data.metrics, data.params, data.tags["t"]) == ({"m": 1}, {"p": "1"}, "1")


def test_an_empty_batch_is_fine(api, run_id):
    assert api.post("runs/log-batch", {"run_id": run_id}) == (200, {})


def test_a_param_without_a_value_is_empty(api, client, run_id):
    assert api.post("runs/log-parameter", {"run_id": run_id, "key": "p"})[0] == 200
    assert client.get_run(run_id).data.params == {"p": ""}


def test_log_model_of_old_clients_fills_the_history_tag(api, client, run_id):
    model = {"artifact_path": "m", "flavors": {}, "utc_time_created": "2024-01-01", "run_id": run_id}
    for path in ("m", "n"):
        body = {"run_id": run_id, "model_json": json.dumps({**model, "artifact_path": path})}
        assert api.post("runs/log-model", body) == (200, {})
    history = json.loads(client.get_run(run_id).data.tags["mlflow.log-model.history"])
    assert [entry["artifact_path"] for entry in history] == ["m", "n"]
