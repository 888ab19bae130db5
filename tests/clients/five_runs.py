"""Five runs to search among: what they hold is in RUNS, how they ended in STATUS."""

import math

import pytest
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag

from conftest import fresh_name

RUNS = {
    "a": dict(
        params={"model": "svm", "lr": "0.1", "class": "1"},
        metrics={"loss": 0.5, "acc": 0.9, "val/f1": 0.3},
        tags={"kind": "red", "dotted.key.name": "x", "quote": 'it\'s "so"'},
        dataset=("wine", "d1", "train"),
    ),
    "b": dict(
        params={"model": "SVM", "lr": "0.01", "a b": "v"},
        metrics={"loss": math.nan, "acc": 0.8, "my metric": 7},
        tags={"kind": "Red", "odd key": "x", "percent": "100%"},
        dataset=("wine", "d2", "eval"),
    ),
    "c": dict(
        params={"model": "tree", "lr": "10", "empty": ""},
        metrics={"loss": -1.5, "acc": 0.7, "big": 1e300},
        tags={"kind": "white", "under_score": "x"},
        dataset=("iris", "d3", "train"),
    ),
    "d": dict(params={"model": "tree_2"}, metrics={"loss": 2, "acc": 0.7}, tags={"kind": "white"}, dataset=None),
    "e": dict(params={}, metrics={}, tags={}, dataset=None),
}
STATUS = {"a": "FINISHED", "b": "FAILED", "c": "KILLED", "d": "RUNNING", "e": "SCHEDULED"}


@pytest.fixture(scope="module")
def five(client):
    """Runs `a` to `e` of one experiment, started at 1000, 2000, … ms; all but `d` ended a minute later."""
    experiment_id = client.create_experiment(fresh_name("search"))
    ids = {}
    for number, (letter, run) in enumerate(RUNS.items(), 1):
        created = client.create_run(experiment_id, start_time=number * 1000, run_name=f"run {letter}")
        run_id = ids[letter] = created.info.run_id
        client.log_batch(
            run_id,
            [Metric(key, value, 1, 1) for key, value in run["metrics"].items()],
            [Param(key, value) for key, value in run["params"].items()],
            [RunTag(key, value) for key, value in run["tags"].items()],
        )
        if run["dataset"]:
            name, digest, context = run["dataset"]
            tags = [InputTag("mlflow.data.context", context)]
            client.log_inputs(run_id, [DatasetInput(Dataset(name, digest, "local", "{}"), tags)])
        if letter == "d":
            client.update_run(run_id, status=STATUS[letter])
        else:
            client.set_terminated(run_id, STATUS[letter], end_time=60_000 + number * 1000)
    return experiment_id, ids


def letters(client, five, where="", **options):
    """The letters of the runs that are found, in the order in which they are found."""
    experiment_id, ids = five
    names = {run_id: letter for letter, run_id in ids.items()}
    where = where.format(**ids) if "{" in where else where
    return "".join(names[run.info.run_id] for run in client.search_runs([experiment_id], where, **options))
