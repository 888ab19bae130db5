"""What a bad request is told, word by word: clients and people search for these texts."""

import pytest

TRAILER = " See the API docs for more information about request parameters."
NAMES = (
    "Names may only contain alphanumerics, underscores (_), dashes (-), "
    "periods (.), spaces ( ), colon(:) and slashes (/)."
)
PATHS = (
    "Names may be treated as files in certain cases, and must not resolve to other names when treated as such. "
    "This name would resolve to "
)
NOBODY = "0" * 32
BAD = "INVALID_PARAMETER_VALUE"
METRIC = {"key": "m", "value": 1.5, "timestamp": 1}


def wrong(value, parameter, kind):
    return f"Invalid value {value} for parameter '{parameter}' supplied:  Hint: Value was of type '{kind}'." + TRAILER


def missing(parameter):
    return f"Missing value for required parameter '{parameter}'." + TRAILER


@pytest.mark.parametrize(
    "path, body, message",
    [
        # In a body, RUN stands for the id of a run
        ("runs/log-metric", {"key": "m", "value": 1, "timestamp": 1}, missing("run_id")),
        ("runs/log-metric", {**METRIC, "run_id": 5}, wrong("5", "run_id", "int")),
        ("runs/log-metric", {"run_id": "RUN", "value": 1, "timestamp": 1}, missing("key")),
        ("runs/log-metric", {**METRIC, "run_id": "RUN", "key": ""}, missing("key")),
        ("runs/log-metric", {**METRIC, "run_id": "RUN", "key": 5}, wrong("5", "key", "int")),
        (
            "runs/log-metric",
            {**METRIC, "run_id": "RUN", "key": "a*b"},
            f"Invalid value \"a*b\" for parameter 'name' supplied: {NAMES}",
        ),
        (
            "runs/log-metric",
            {**METRIC, "run_id": "RUN", "key": "../b"},
            f"Invalid value \"../b\" for parameter 'name' supplied: {PATHS}'../b'",
        ),
        (
            "runs/log-metric",
            {**METRIC, "run_id": "RUN", "key": "a//b"},
            f"Invalid value \"a//b\" for parameter 'name' supplied: {PATHS}'a/b'",
        ),
        (
            "runs/log-metric",
            {**METRIC, "run_id": "RUN", "key": "x" * 251},
            "'Metric name' exceeds the maximum length of 250 characters",
        ),
        ("runs/log-metric", {"run_id": "RUN", "key": "m", "timestamp": 1}, missing("value")),
        ("runs/log-metric", {**METRIC, "run_id": "RUN", "value": None}, missing("value")),
        ("runs/log-metric", {**METRIC, "run_id": "RUN", "value": "abc"}, wrong('"abc"', "value", "str")),
        ("runs/log-metric", {"run_id": "RUN", "key": "m", "value": 1}, missing("timestamp")),
        ("runs/log-metric", {**METRIC, "run_id": "RUN", "timestamp": "abc"}, wrong('"abc"', "timestamp", "str")),
        (
            "runs/log-metric",
            {**METRIC, "run_id": "RUN", "timestamp": -1},
            "Invalid value -1 for parameter 'timestamp' supplied: metric 'm' (value=1.5). "
            "Timestamp must be a nonnegative long (64-bit integer) ",
        ),
        ("runs/log-metric", {**METRIC, "run_id": "RUN", "step": "abc"}, wrong('"abc"', "step", "str")),
        (
            "runs/log-metric",
            {**METRIC, "run_id": "RUN", "dataset_name": "d"},
            "Both dataset_name and dataset_digest must be provided if one is provided",
        ),
        ("runs/log-parameter", {"run_id": "RUN", "value": "v"}, missing("key")),
        ("runs/log-parameter", {"run_id": "RUN", "key": "p", "value": 5}, wrong("5", "value", "int")),
        ("runs/log-parameter", {"run_id": "RUN", "key": "p", "value": True}, wrong("true", "value", "bool")),
        ("runs/log-parameter", {"run_id": "RUN", "key": "p", "value": ["a"]}, wrong('["a"]', "value", "list")),
        (
            "runs/log-parameter",
            {"run_id": "RUN", "key": "a*b", "value": "v"},
            f"Invalid value \"a*b\" for parameter 'key' supplied: {NAMES}",
        ),
        (
            "runs/log-parameter",
            {"run_id": "RUN", "key": "k" * 251},
            "'Param key' exceeds the maximum length of 250 characters",
        ),
        ("runs/set-tag", {"run_id": "RUN", "value": "v"}, missing("key")),
        ("runs/set-tag", {"run_id": "RUN", "key": "t", "value": 5}, wrong("5", "value", "int")),
        ("runs/set-tag", {"run_id": "RUN", "key": "k" * 251}, "'key' exceeds the maximum length of 250 characters"),
        ("runs/delete-tag", {"run_id": "RUN"}, missing("key")),
        ("runs/log-batch", {}, missing("run_id")),
        ("runs/log-batch", {"run_id": "no such*run"}, "Invalid value \"no such*run\" for parameter 'run_id' supplied."),
        ("runs/log-batch", {"run_id": "RUN", "metrics": [{"value": 1, "timestamp": 1}]}, missing("metrics[0].key")),
        (
            "runs/log-batch",
            {"run_id": "RUN", "metrics": [METRIC, {"key": "a", "timestamp": 1}]},
            missing("metrics[1].value"),
        ),
        ("runs/log-batch", {"run_id": "RUN", "metrics": [{"key": "a", "value": 1}]}, missing("metrics[0].timestamp")),
        ("runs/log-batch", {"run_id": "RUN", "metrics": "x"}, wrong('"x"', "metrics", "str")),
        (
            "runs/log-batch",
            {"run_id": "RUN", "metrics": [METRIC, {**METRIC, "key": "a*b"}]},
            f"Invalid value \"a*b\" for parameter 'metrics[1].name' supplied: {NAMES}",
        ),
        (
            "runs/log-batch",
            {"run_id": "RUN", "metrics": [{**METRIC, "timestamp": -1}]},
            "Invalid value -1 for parameter 'metrics[0].timestamp' supplied: metric 'm' (value=1.5). "
            "Timestamp must be a nonnegative long (64-bit integer) ",
        ),
        ("runs/log-batch", {"run_id": "RUN", "params": [{"value": "1"}]}, missing("params[0].key")),
        ("runs/log-batch", {"run_id": "RUN", "tags": [{"value": "1"}]}, missing("tags[0].key")),
        (
            "runs/log-batch",
            {"run_id": "RUN", "tags": [{"key": "a*b", "value": "1"}]},
            f"Invalid value \"a*b\" for parameter 'tags[0].key' supplied: {NAMES}",
        ),
        (
            "runs/log-batch",
            {"run_id": "RUN", "metrics": [METRIC] * 950, "params": [{"key": f"p{i}", "value": "v"} for i in range(51)]},
            "A batch logging request can contain at most 1000 metrics, params, and tags. "
            "Got 1001 metrics, params, and tags. "
            "Please split up metrics, params, and tags across multiple requests and try again.",
        ),
        (
            "runs/create",
            {"experiment_id": "abc"},
            "Invalid experiment ID 'abc'. Experiment ID must be a valid integer.",
        ),
        ("runs/create", {"experiment_id": "0", "start_time": "x"}, wrong('"x"', "start_time", "str")),
        ("runs/create", {"experiment_id": "0", "run_name": 5}, wrong("5", "run_name", "int")),
        (
            "runs/create",
            {"experiment_id": "0", "run_name": "a", "tags": [{"key": "mlflow.runName", "value": "b"}]},
            "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values "
            "(run_name='a', mlflow.runName='b').",
        ),
        ("runs/update", {"status": "FINISHED"}, missing("run_id")),
        ("runs/update", {"run_id": "RUN", "end_time": "x"}, wrong('"x"', "end_time", "str")),
        ("runs/delete", {}, missing("run_id")),
        ("runs/restore", {}, missing("run_id")),
        ("runs/log-inputs", {}, missing("run_id")),
        ("runs/outputs", {}, missing("run_id")),
        (
            "runs/search",
            {"experiment_ids": ["0"], "max_results": 0},
            "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer",
        ),
        (
            "runs/search",
            {"experiment_ids": ["0"], "max_results": 50001},
            "Invalid value 50001 for parameter 'max_results' supplied",
        ),
        ("runs/search", {"experiment_ids": ["0"], "page_token": "x"}, "Invalid page token, could not base64-decode"),
        (
            "runs/search",
            {"experiment_ids": ["abc"]},
            "Invalid experiment ID 'abc'. Experiment ID must be a valid integer.",
        ),
        ("runs/search", {"experiment_ids": "0"}, wrong('"0"', "experiment_ids", "str")),
        ("runs/search", {"experiment_ids": ["0"], "filter": 5}, wrong("5", "filter", "int")),
        ("runs/search", {"experiment_ids": ["0"], "order_by": "start_time"}, wrong('"start_time"', "order_by", "str")),
        ("experiments/create", {}, missing("name")),
        ("experiments/create", {"name": ""}, missing("name")),
        ("experiments/create", {"name": 5}, wrong("5", "name", "int")),
        ("experiments/create", {"name": "x" * 501}, "'name' exceeds the maximum length of 500 characters"),
        (
            "experiments/create",
            {"name": "a", "artifact_location": "runs:/x"},
            "Artifact location cannot be a runs:/ URI. Given: 'runs:/x'",
        ),
        (
            "experiments/create",
            {"name": "a", "tags": [{"key": "k" * 251}]},
            "'key' exceeds the maximum length of 250 characters",
        ),
        (
            "experiments/search",
            {},
            "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer",
        ),
        (
            "experiments/search",
            {"max_results": 50001},
            "Invalid value 50001 for parameter 'max_results' supplied. It must be at most 50000",
        ),
        ("experiments/search", {"max_results": 1, "page_token": "x"}, "Invalid page token, could not base64-decode"),
        (
            "experiments/search",
            {"max_results": 1, "filter": "name = 5"},
            "Expected a quoted string value for attributes. Got value 5",
        ),
        (
            "experiments/search",
            {"max_results": 1, "order_by": ["name DOWN"]},
            "Invalid ordering key in order_by clause 'name DOWN'.",
        ),
        ("experiments/search", {"max_results": 1, "order_by": ["tags.x"]}, "Invalid order_by entity: tag"),
        ("experiments/update", {"experiment_id": "0"}, missing("new_name")),
        ("experiments/set-experiment-tag", {"experiment_id": "0"}, missing("key")),
        ("experiments/delete", {}, missing("experiment_id")),
        ("logged-models", {}, missing("experiment_id")),
        ("logged-models/search", {}, missing("experiment_ids")),
        (
            "logged-models/search",
            {"experiment_ids": ["0"], "order_by": [{"field_name": "foo"}]},
            "Invalid order by field name: foo",
        ),
    ],
)
def test_a_bad_request_is_refused_with_these_words(api, run_id, path, body, message):
    body = {key: run_id if value == "RUN" else value for key, value in body.items()}
    status, code, text = api.refused(path, body)
    assert (status, code) == (400, BAD) and text.startswith(message), text


@pytest.mark.parametrize(
    "path, query, message",
    [
        ("runs/get", {}, missing("run_id")),
        ("runs/get", {"run_id": ""}, missing("run_id")),
        ("experiments/get", {}, missing("experiment_id")),
        (
            "experiments/get",
            {"experiment_id": "abc"},
            "Invalid experiment ID 'abc'. Experiment ID must be a valid integer.",
        ),
        ("experiments/get-by-name", {}, missing("experiment_name")),
        ("metrics/get-history", {"metric_key": "m"}, missing("run_id")),
        ("metrics/get-history", {"run_id": NOBODY}, missing("metric_key")),
        (
            "metrics/get-history",
            {"run_id": NOBODY, "metric_key": "m", "max_results": 0},
            "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer.",
        ),
        ("artifacts/list", {}, missing("run_id")),
    ],
)
def test_a_bad_question_is_refused_with_these_words(api, path, query, message):
    assert api.refused(path, query, method="GET") == (400, BAD, message)


NO_RUN = f"Run with id={NOBODY} not found"
NO_EXPERIMENT = "No Experiment with id=999999 exists"


@pytest.mark.parametrize(
    "method, path, request_, message",
    [
        ("GET", "runs/get", {"run_id": NOBODY}, NO_RUN),
        ("POST", "runs/log-metric", {**METRIC, "run_id": NOBODY}, NO_RUN),
        ("POST", "runs/log-parameter", {"run_id": NOBODY, "key": "p", "value": "v"}, NO_RUN),
        ("POST", "runs/set-tag", {"run_id": NOBODY, "key": "t", "value": "v"}, NO_RUN),
        ("POST", "runs/delete-tag", {"run_id": NOBODY, "key": "t"}, NO_RUN),
        ("POST", "runs/log-batch", {"run_id": NOBODY, "metrics": [METRIC]}, NO_RUN),
        ("POST", "runs/log-batch", {"run_id": NOBODY}, NO_RUN),
        ("POST", "runs/log-inputs", {"run_id": NOBODY}, NO_RUN),
        ("POST", "runs/outputs", {"run_id": NOBODY, "models": [{"model_id": "m-x", "step": 1}]}, NO_RUN),
        ("POST", "runs/update", {"run_id": NOBODY, "status": "FINISHED"}, NO_RUN),
        ("POST", "runs/delete", {"run_id": NOBODY}, NO_RUN),
        ("POST", "runs/restore", {"run_id": NOBODY}, NO_RUN),
        ("GET", "artifacts/list", {"run_id": NOBODY}, NO_RUN),
        ("POST", "runs/create", {"experiment_id": "999999"}, NO_EXPERIMENT),
        ("GET", "experiments/get", {"experiment_id": "999999"}, NO_EXPERIMENT),
        (
            "GET",
            "experiments/get-by-name",
            {"experiment_name": "no such"},
            "Could not find experiment with name 'no such'",
        ),
        ("POST", "experiments/update", {"experiment_id": "999999", "new_name": "x"}, NO_EXPERIMENT),
        ("POST", "experiments/delete", {"experiment_id": "999999"}, NO_EXPERIMENT),
        ("POST", "experiments/restore", {"experiment_id": "0"}, "No Experiment with id=0 exists"),
        (
            "POST",
            "experiments/set-experiment-tag",
            {"experiment_id": "999999", "key": "a", "value": "b"},
            NO_EXPERIMENT,
        ),
        ("POST", "logged-models", {"experiment_id": "999999"}, NO_EXPERIMENT),
        ("GET", "logged-models/m-nope", {}, "Logged model with ID 'm-nope' not found."),
        (
            "PATCH",
            "logged-models/m-nope",
            {"model_id": "m-nope", "status": 2},
            "Logged model with ID 'm-nope' not found.",
        ),
    ],
)
def test_what_is_not_there_is_not_found_with_these_words(api, method, path, request_, message):
    assert api.refused(path, request_, method) == (404, "RESOURCE_DOES_NOT_EXIST", message)
