import math
import threading

import mlflow
import pytest
from mlflow.entities import Metric
from mlflow.exceptions import MlflowException

GREATEST = 1.7976931348623157e308


def points(client, run_id, key):
    """(step, timestamp, value) of each point in the order of the answer."""
    return [(point.step, point.timestamp, point.value) for point in client.get_metric_history(run_id, key)]


def test_a_metric_comes_back(client, active_run):
    mlflow.log_metric("loss", 0.25, step=3)
    [point] = client.get_metric_history(active_run.info.run_id, "loss")
    assert (point.key, point.value, point.step) == ("loss", 0.25, 3)
    assert abs(point.timestamp - active_run.info.start_time) < 600_000
    assert client.get_run(active_run.info.run_id).data.metrics == {"loss": 0.25}


def test_the_step_is_zero_unless_given(client, run_id):
    client.log_metric(run_id, "m", 1, timestamp=5)
    assert points(client, run_id, "m") == [(0, 5, 1)]


@pytest.mark.parametrize(
    "value", [0.1 + 0.2, 1e-320, -5e-324, GREATEST, -GREATEST, 2**53 + 2.0, 1 / 3, -0.0, 1e15, 123456789.123456789]
)
def test_every_double_comes_back_exactly(client, run_id, value):
    client.log_metric(run_id, "m", value)
    assert client.get_run(run_id).data.metrics["m"] == value
    [point] = client.get_metric_history(run_id, "m")
    assert point.value == value


def test_nan_comes_back_as_nan(client, run_id):
    client.log_metric(run_id, "m", math.nan)
    assert math.isnan(client.get_run(run_id).data.metrics["m"])
    [point] = client.get_metric_history(run_id, "m")
    assert math.isnan(point.value)


@pytest.mark.parametrize("value", [math.inf, -math.inf])
def test_infinity_comes_back_as_the_greatest_double_or_as_itself(client, run_id, value):
    client.log_metric(run_id, "m", value)
    stored = client.get_run(run_id).data.metrics["m"]
    assert stored in (value, math.copysign(GREATEST, value))
    assert client.get_metric_history(run_id, "m")[0].value == stored


@pytest.mark.parametrize("step", [-1, -(2**40), 2**31, 2**53 - 1, -(2**53) + 1, 2**53 + 1, 2**63 - 1, -(2**63)])
def test_steps_are_large_integers_of_either_sign(client, run_id, step):
    client.log_metric(run_id, "m", 1, timestamp=1, step=step)
    assert points(client, run_id, "m") == [(step, 1, 1)]


def test_a_metric_may_be_logged_twice_at_a_step(client, run_id):
    client.log_metric(run_id, "m", 1, timestamp=1, step=7)
    client.log_metric(run_id, "m", 2, timestamp=2, step=7)
    assert points(client, run_id, "m") == [(7, 1, 1), (7, 2, 2)]


def test_the_same_point_again_is_kept_once(client, run_id):
    point = Metric("m", 1.5, 10, 2)
    client.log_batch(run_id, metrics=[point, point])
    client.log_metric(run_id, "m", 1.5, timestamp=10, step=2)
    assert points(client, run_id, "m") == [(2, 10, 1.5)]


def test_history_is_ordered_by_timestamp_then_step_then_value(client, run_id):
    for value, timestamp, step in [(3, 30, 1), (9, 10, 5), (2, 20, 9), (1, 20, 9), (4, 20, 2)]:
        client.log_metric(run_id, "m", value, timestamp=timestamp, step=step)
    assert points(client, run_id, "m") == [(5, 10, 9), (2, 20, 4), (9, 20, 1), (9, 20, 2), (1, 30, 3)]


@pytest.mark.parametrize(
    "logged, latest",
    [
        ([(1, 10, 1), (2, 20, 2)], 2),
        ([(2, 20, 2), (1, 10, 1)], 2),
        ([(1, 99, 1), (2, 5, 2)], 2),  # the greatest step wins over the latest time
        ([(9, 10, 3), (8, 20, 3)], 8),  # then the latest time
        ([(5, 10, 3), (7, 10, 3), (6, 10, 3)], 7),  # then the greatest value
        ([(1, 10, -5), (2, 10, -6)], 1),
        ([(1, 10, 0), (2, 10, -1)], 1),
    ],
)
@pytest.mark.parametrize("batch", [False, True])
def test_the_latest_value_has_the_greatest_step_then_timestamp_then_value(client, run_id, logged, latest, batch):
    if batch:
        client.log_batch(run_id, metrics=[Metric("m", *point) for point in logged])
    else:
        for value, timestamp, step in logged:
            client.log_metric(run_id, "m", value, timestamp=timestamp, step=step)
    assert client.get_run(run_id).data.metrics == {"m": latest}


def test_metrics_of_one_call_share_step_and_timestamp(client, active_run):
    mlflow.log_metrics({"a": 1, "b": 2.5}, step=4, timestamp=99)
    run_id = active_run.info.run_id
    assert points(client, run_id, "a") == [(4, 99, 1)] and points(client, run_id, "b") == [(4, 99, 2.5)]


@pytest.mark.parametrize(
    "key", ["train/loss", "a.b", "a-b_c", "with space", "Ü µ 葡萄", "f1: macro", "x" * 250, "1", "a/b.c/d"]
)
def test_odd_keys_come_back(client, run_id, key):
    client.log_metric(run_id, key, 1, timestamp=1)
    assert client.get_run(run_id).data.metrics == {key: 1}
    assert points(client, run_id, key) == [(0, 1, 1)]


@pytest.mark.parametrize("key", ["a*b", "a,b", "../a", "/a", "a/", "a//b", ".", "a\nb", "x" * 251, "a=b", "100%"])
def test_bad_keys_are_refused(client, run_id, key):
    with pytest.raises(MlflowException) as refused:
        client.log_metric(run_id, key, 1)
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE"
    assert client.get_run(run_id).data.metrics == {}


def test_keys_that_differ_in_case_are_different(client, run_id):
    client.log_metric(run_id, "Loss", 1)
    client.log_metric(run_id, "loss", 2)
    assert client.get_run(run_id).data.metrics == {"Loss": 1, "loss": 2}


def test_a_missing_metric_has_an_empty_history(client, run_id):
    assert client.get_metric_history(run_id, "none") == []


def test_a_batch_of_a_thousand_is_taken_whole(client, run_id):
    client.log_batch(run_id, metrics=[Metric(f"m{i % 10}", i / 7, i, i) for i in range(1000)])
    assert len(client.get_run(run_id).data.metrics) == 10
    for k in range(10):
        assert points(client, run_id, f"m{k}") == [(i, i, i / 7) for i in range(k, 1000, 10)]


def test_a_batch_of_a_thousand_keys_is_taken_whole(client, run_id):
    client.log_batch(run_id, metrics=[Metric(f"m{i}", i, 1, 0) for i in range(1000)])
    assert client.get_run(run_id).data.metrics == {f"m{i}": i for i in range(1000)}


def test_a_batch_of_1001_is_refused_whole(api, client, run_id):
    metrics = [{"key": f"m{i}", "value": i, "timestamp": 1} for i in range(1001)]
    refusal = api.refused("runs/log-batch", {"run_id": run_id, "metrics": metrics})
    assert refusal[:2] == (400, "INVALID_PARAMETER_VALUE") and "at most 1000 metrics. Got 1001 metrics" in refusal[2]
    assert client.get_run(run_id).data.metrics == {}


def test_a_history_of_30000_points_comes_back_over_pages(client, run_id):
    logged = [(i, 1_700_000_000_000 + i, math.sin(i)) for i in range(30_000)]
    for start in range(0, len(logged), 1000):
        batch = [Metric("long", value, timestamp, step) for step, timestamp, value in logged[start : start + 1000]]
        client.log_batch(run_id, metrics=batch)
    assert points(client, run_id, "long") == logged
    assert client.get_run(run_id).data.metrics == {"long": math.sin(29_999)}


def test_history_pages_hold_what_was_asked_for(api, client, run_id):
    client.log_batch(run_id, metrics=[Metric("m", i, i, i) for i in range(25)])
    values, token = [], ""
    for expected in (10, 10, 5):
        query = {"run_id": run_id, "metric_key": "m", "max_results": 10, **({"page_token": token} if token else {})}
        _, page = api.get("metrics/get-history", **query)
        assert len(page["metrics"]) == expected
        values += [point["value"] for point in page["metrics"]]
        token = page.get("next_page_token")
    assert values == list(range(25)) and not token


def test_asynchronous_points_arrive_in_full(client, active_run):
    for step in range(300):
        mlflow.log_metric("async", step * 0.5, step=step, synchronous=False)
    mlflow.log_metrics({"last": 1}, synchronous=False).wait()
    mlflow.flush_async_logging()
    run_id = active_run.info.run_id
    assert [(step, value) for step, _, value in points(client, run_id, "async")] == [(i, i * 0.5) for i in range(300)]
    assert client.get_run(run_id).data.metrics == {"async": 149.5, "last": 1}


def test_concurrent_writers_of_one_run_lose_nothing(client, run_id):
    def write(worker):
        for step in range(25):
            client.log_batch(
                run_id, metrics=[Metric("shared", worker, step, step), Metric(f"own{worker}", step, 1, step)]
            )

    workers = [threading.Thread(target=write, args=[i]) for i in range(4)]
    [worker.start() for worker in workers]
    [worker.join() for worker in workers]
    assert sorted(points(client, run_id, "shared")) == [(step, step, i) for step in range(25) for i in range(4)]
    assert client.get_run(run_id).data.metrics == {"shared": 3, **{f"own{i}": 24 for i in range(4)}}


def test_metrics_of_different_runs_are_apart(client, experiment_id):
    first, second = (client.create_run(experiment_id).info.run_id for _ in range(2))
    client.log_metric(first, "m", 1)
    client.log_metric(second, "m", 2)
    assert client.get_run(first).data.metrics == {"m": 1} and client.get_run(second).data.metrics == {"m": 2}
