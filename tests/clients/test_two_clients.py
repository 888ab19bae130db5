"""Several clients at once on the same things: nobody is answered a 5xx, and what is there afterwards is what some order
of the calls would have left. MLflow's own server fails some of these now and then: it refuses calls that race."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import requests

CLIENTS = 8


def at_once(calls):
    """Sends (method, path, body) by as many clients as there are calls, all at one moment.
    (HTTP status, JSON body) of each."""
    ready = Barrier(len(calls))

    def send(call):
        method, path, body = call
        with requests.Session() as session:
            root = os.environ["MLFLOW_TRACKING_URI"].rstrip("/")
            session.get(f"{root}/health", timeout=60)  # a connection of its own
            ready.wait()
            answer = session.request(method, f"{root}/api/2.0/mlflow/{path}", json=body, timeout=60)
            return answer.status_code, answer.json()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(send, calls))


def posts(path, bodies):
    return at_once([("POST", path, body) for body in bodies])


def statuses(answers):
    return sorted(status for status, _ in answers)


def test_batches_of_the_same_keys_are_all_kept(client, run_id):
    def batch(number):
        metrics = [
            {"key": f"m{key}", "value": number, "timestamp": step, "step": step * CLIENTS + number}
            for key in (range(5) if number % 2 else reversed(range(5)))
            for step in range(20)
        ]
        return {
            "run_id": run_id,
            "metrics": metrics,
            "tags": [{"key": f"t{key}", "value": str(number)} for key in range(5)],
        }

    assert statuses(posts("runs/log-batch", [batch(number) for number in range(CLIENTS)])) == [200] * CLIENTS
    data = client.get_run(run_id).data
    for key in range(5):
        history = client.get_metric_history(run_id, f"m{key}")
        assert sorted(point.step for point in history) == list(range(20 * CLIENTS))
        assert data.metrics[f"m{key}"] == CLIENTS - 1  # of the greatest step
        assert data.tags[f"t{key}"] in map(str, range(CLIENTS))


def test_one_value_of_a_param_may_be_written_by_all(client, run_id):
    body = {"run_id": run_id, "key": "p", "value": "1"}
    assert statuses(posts("runs/log-parameter", [body] * CLIENTS)) == [200] * CLIENTS
    assert client.get_run(run_id).data.params == {"p": "1"}


@pytest.mark.parametrize("path", ["runs/log-parameter", "runs/log-batch"])
def test_of_different_values_of_a_param_one_is_kept(client, run_id, path):
    params = [{"key": "p", "value": str(number)} for number in range(CLIENTS)]
    bodies = [{"run_id": run_id, **({"params": [param]} if path.endswith("batch") else param)} for param in params]
    answers = posts(path, bodies)
    assert statuses(answers) == [200] + [400] * (CLIENTS - 1)
    [winner] = [number for number, (status, _) in enumerate(answers) if status == 200]
    assert client.get_run(run_id).data.params == {"p": str(winner)}
    assert {answer["error_code"] for status, answer in answers if status == 400} == {"INVALID_PARAMETER_VALUE"}


def test_tags_of_a_run_end_as_one_of_those_written(client, run_id):
    bodies = [{"run_id": run_id, "key": f"t{number % 2}", "value": str(number)} for number in range(CLIENTS)]
    assert statuses(posts("runs/set-tag", bodies)) == [200] * CLIENTS
    tags = client.get_run(run_id).data.tags
    assert tags["t0"] in ("0", "2", "4", "6") and tags["t1"] in ("1", "3", "5", "7")


@pytest.mark.parametrize("path", ["experiments/create", "registered-models/create"])
def test_a_name_is_given_to_one_alone(name, path):
    answers = posts(path, [{"name": name}] * CLIENTS)
    assert statuses(answers) == [200] + [400] * (CLIENTS - 1)
    assert {answer.get("error_code") for _, answer in answers} == {None, "RESOURCE_ALREADY_EXISTS"}


@pytest.fixture
def model(client, name):
    client.create_registered_model(name)
    return name


def test_each_version_gets_a_number_of_its_own(client, model):
    answers = posts("model-versions/create", [{"name": model, "source": "s3://bucket/a"}] * CLIENTS)
    assert statuses(answers) == [200] * CLIENTS
    numbers = [str(number) for number in range(1, CLIENTS + 1)]
    assert sorted(answer["model_version"]["version"] for _, answer in answers) == numbers
    assert sorted(version.version for version in client.search_model_versions(f"name = '{model}'")) == numbers


def test_an_alias_that_many_move_ends_at_one_of_their_versions(client, model):
    for _ in range(CLIENTS):
        client.create_model_version(model, "s3://bucket/a")
    bodies = [{"name": model, "alias": "champion", "version": str(number)} for number in range(1, CLIENTS + 1)]
    assert statuses(posts("registered-models/alias", bodies)) == [200] * CLIENTS
    [version] = client.get_registered_model(model).aliases.values()
    assert client.get_model_version_by_alias(model, "champion").version == version
    with_alias = [n for n in range(1, CLIENTS + 1) if client.get_model_version(model, str(n)).aliases]
    assert with_alias == [int(version)]


def test_a_name_that_many_want_to_take_goes_to_one(client, name):
    ids = [client.create_experiment(f"{name}-{number}") for number in range(CLIENTS)]
    answers = posts("experiments/update", [{"experiment_id": experiment_id, "new_name": name} for experiment_id in ids])
    assert statuses(answers) == [200] + [400] * (CLIENTS - 1)
    for experiment_id in ids:
        client.create_registered_model(f"{name}-{experiment_id}")
    answers = posts("registered-models/rename", [{"name": f"{name}-{number}", "new_name": name} for number in ids])
    assert statuses(answers) == [200] + [400] * (CLIENTS - 1)
    assert len(client.search_registered_models(f"name LIKE '{name}%'")) == CLIENTS


def test_of_many_champions_one_is_left(client, model):
    for _ in range(CLIENTS):
        client.create_model_version(model, "s3://bucket/a")
    move = {"name": model, "stage": "Production", "archive_existing_versions": True}
    answers = posts("model-versions/transition-stage", [{**move, "version": str(n + 1)} for n in range(CLIENTS)])
    assert statuses(answers) == [200] * CLIENTS
    stages = [version.current_stage for version in client.search_model_versions(f"name = '{model}'")]
    assert sorted(stages) == ["Archived"] * (CLIENTS - 1) + ["Production"]


def test_a_model_that_is_deleted_while_versions_are_made_is_gone_with_all_of_them(client, model):
    makes = [("POST", "model-versions/create", {"name": model, "source": "s3://bucket/a"})] * CLIENTS
    answers = at_once([*makes, ("DELETE", "registered-models/delete", {"name": model})])
    assert set(statuses(answers)) <= {200, 404} and answers[-1][0] == 200
    assert client.search_model_versions(f"name = '{model}'") == []


def test_tags_of_models_and_versions_end_as_one_of_those_written(client, model):
    client.create_model_version(model, "s3://bucket/a")
    for path, extra in [("registered-models/set-tag", {}), ("model-versions/set-tag", {"version": "1"})]:
        bodies = [{"name": model, **extra, "key": "k", "value": str(number)} for number in range(CLIENTS)]
        assert statuses(posts(path, bodies)) == [200] * CLIENTS
    numbers = list(map(str, range(CLIENTS)))
    assert client.get_registered_model(model).tags["k"] in numbers
    assert client.get_model_version(model, "1").tags["k"] in numbers


def test_runs_of_two_processes_do_not_mix(client, experiment_id):
    script = (
        "import mlflow, sys\n"
        f"mlflow.set_experiment(experiment_id='{experiment_id}')\n"
        "with mlflow.start_run(run_name=sys.argv[1]):\n"
        "    for step in range(30):\n"
        "        mlflow.log_metrics({'loss': int(sys.argv[1]), 'step': step}, step=step)\n"
        "    mlflow.log_param('who', sys.argv[1])\n"
        "    mlflow.log_text(sys.argv[1], 'who.txt')\n"
    )
    processes = [subprocess.Popen([sys.executable, "-c", script, str(number)]) for number in (1, 2)]
    assert [process.wait(120) for process in processes] == [0, 0]
    runs = client.search_runs([experiment_id], order_by=["run_name"])
    assert [(run.info.status, run.data.params["who"], run.data.metrics["loss"]) for run in runs] == [
        ("FINISHED", "1", 1),
        ("FINISHED", "2", 2),
    ]
    for run in runs:
        history = client.get_metric_history(run.info.run_id, "step")
        assert [point.value for point in history] == [point.step for point in history] == list(range(30))
