"""Orders, pages and answers of the search for runs. Which runs there are is in five_runs.py."""

import math

import mlflow
import pytest
from mlflow.entities import ViewType

from conftest import fresh_name
from five_runs import RUNS, STATUS, letters


@pytest.mark.parametrize(
    "order_by, order",
    [
        ([], "edcba"),
        (["start_time ASC"], "abcde"),
        (["start_time"], "abcde"),
        (["start_time DESC"], "edcba"),
        (["attributes.start_time asc"], "abcde"),
        (["created DESC"], "edcba"),
        (["end_time ASC"], "abced"),  # without an end: last in both directions
        (["end_time DESC"], "ecbad"),
        (["metrics.loss ASC"], "cadbe"),  # values, then NaN, then runs without the metric: in both directions
        (["metrics.loss DESC"], "dacbe"),
        (["metrics.`loss`"], "cadbe"),
        (["metrics.acc DESC", "start_time ASC"], "abcde"),
        (["metrics.acc ASC", "start_time DESC"], "dcbae"),
        (["metrics.acc DESC", "metrics.loss DESC"], "abdce"),
        (["params.model ASC"], "bacde"),  # by code point: capitals first
        (["params.model DESC"], "dcabe"),
        (["params.lr DESC"], "cabed"),  # text, not numbers; ties and misses by start_time DESC
        (["tags.kind ASC", "start_time ASC"], "bacde"),
        (["tags.`odd key` DESC", "start_time ASC"], "bacde"),
        (["run_name DESC"], "edcba"),
        (["attributes.run_name ASC"], "abcde"),
        (["status ASC"], "bacde"),
    ],
)
def test_search_orders(client, five, order_by, order):
    assert letters(client, five, order_by=order_by) == order


def test_search_orders_by_run_id(client, five):
    _, ids = five
    by_id = "".join(sorted(ids, key=ids.get))
    assert letters(client, five, order_by=["run_id ASC"]) == by_id
    assert letters(client, five, order_by=["run_id DESC"]) == by_id[::-1]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 6])
@pytest.mark.parametrize("order_by", [[], ["metrics.loss DESC"], ["params.lr ASC"], ["status ASC"]])
def test_pages_hold_every_run_once_and_in_order(client, five, size, order_by):
    experiment_id, _ = five
    whole = [run.info.run_id for run in client.search_runs([experiment_id], order_by=order_by)]
    paged, token, pages = [], None, 0
    while pages == 0 or token:
        page = client.search_runs([experiment_id], order_by=order_by, max_results=size, page_token=token)
        assert len(page) <= size
        paged, token, pages = paged + [run.info.run_id for run in page], page.token, pages + 1
    assert paged == whole and pages == math.ceil(5 / size)


@pytest.mark.parametrize(
    "order_by, message",
    [
        ("metrics.m DOWN", "Invalid ordering key in order_by clause 'metrics.m DOWN'."),
        ("metrics.m ASC DESC", "Invalid order_by clause 'metrics.m ASC DESC'. Could not be parsed."),
        ("bogus", "Invalid attribute key 'bogus' specified. Valid keys are "),
        ("bogus.x", "Invalid entity type 'bogus'. Valid values are "),
        ("", "Invalid order_by clause ''. Could not be parsed."),
    ],
)
def test_a_bad_order_is_refused_with_the_reason(api, five, order_by, message):
    status, code, text = api.refused("runs/search", {"experiment_ids": [five[0]], "order_by": [order_by]})
    assert (status, code) == (400, "INVALID_PARAMETER_VALUE") and text.startswith(message)


def test_found_runs_carry_everything(client, five):
    experiment_id, ids = five
    [run] = client.search_runs([experiment_id], "tags.kind = 'red'")
    same = client.get_run(ids["a"])
    assert run.to_dictionary() == same.to_dictionary()
    assert run.data.params == RUNS["a"]["params"] and run.data.metrics == RUNS["a"]["metrics"]
    assert run.inputs.dataset_inputs[0].dataset.name == "wine"


def test_pandas_gets_a_column_for_each_param_metric_and_tag(five):
    experiment_id, ids = five
    table = mlflow.search_runs([experiment_id], order_by=["start_time ASC"])
    assert table["run_id"].tolist() == [ids[letter] for letter in "abcde"]
    assert table["metrics.acc"].tolist()[:4] == [0.9, 0.8, 0.7, 0.7] and math.isnan(table["metrics.acc"][4])
    assert table["params.model"].tolist()[:4] == ["svm", "SVM", "tree", "tree_2"]
    assert table["tags.mlflow.runName"].tolist() == [f"run {letter}" for letter in "abcde"]
    assert table["status"].tolist() == list(STATUS.values())
    assert table["start_time"][0].timestamp() == 1


def test_runs_of_several_experiments_are_found_together(client, five):
    other = client.create_experiment(fresh_name())
    run_id = client.create_run(other, start_time=10).info.run_id
    found = mlflow.search_runs([five[0], other], order_by=["start_time ASC"], output_format="list")
    assert [run.info.run_id for run in found] == [run_id, *five[1].values()]
    name = client.get_experiment(other).name
    assert mlflow.search_runs(experiment_names=[name])["run_id"].tolist() == [run_id]


def test_an_experiment_without_runs_gives_an_empty_table(experiment_id):
    assert len(mlflow.search_runs([experiment_id])) == 0


def test_deleted_runs_are_found_on_demand(client, experiment_id):
    here, gone = (client.create_run(experiment_id).info.run_id for _ in range(2))
    client.delete_run(gone)

    def found(view):
        return {run.info.run_id for run in client.search_runs([experiment_id], run_view_type=view)}

    assert found(ViewType.ACTIVE_ONLY) == {here}
    assert found(ViewType.DELETED_ONLY) == {gone}
    assert found(ViewType.ALL) == {here, gone}


def test_search_sees_the_latest_value_only(client, experiment_id, run_id):
    client.log_metric(run_id, "m", 5, step=1)
    client.log_metric(run_id, "m", 1, step=2)
    assert len(client.search_runs([experiment_id], "metrics.m = 1")) == 1
    assert len(client.search_runs([experiment_id], "metrics.m > 1")) == 0


def test_search_sees_what_was_written_just_before(client, experiment_id):
    for value in range(20):
        run_id = client.create_run(experiment_id).info.run_id
        client.log_metric(run_id, "m", value)
        client.set_tag(run_id, "t", value)
        [found] = client.search_runs([experiment_id], f"metrics.m = {value} and tags.t = '{value}'")
        assert found.info.run_id == run_id
