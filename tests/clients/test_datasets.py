import json

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow.data.code_dataset_source import CodeDatasetSource
from mlflow.entities import Dataset, DatasetInput, InputTag, LoggedModelInput, LoggedModelOutput
from mlflow.exceptions import MlflowException

FRAME = pd.DataFrame({"x": [1.5, 2.5, 3.5], "label": ["a", "b", "a"]})


def dataset(name="toy", digest="d1", **fields):
    return Dataset(name, digest, fields.pop("source_type", "local"), fields.pop("source", '{"uri": "/data"}'), **fields)


def inputs(client, run_id):
    return client.get_run(run_id).inputs.dataset_inputs


def test_a_pandas_dataset_comes_back_with_schema_profile_and_source(client, active_run):
    logged = mlflow.data.from_pandas(FRAME, source="https://example.org/d.csv", name="toy", targets="label")
    mlflow.log_input(logged, context="training", tags={"fold": "3"})
    [found] = inputs(client, active_run.info.run_id)
    assert (found.dataset.name, found.dataset.digest, found.dataset.source_type) == ("toy", logged.digest, "http")
    assert json.loads(found.dataset.source) == {"url": "https://example.org/d.csv"}
    assert json.loads(found.dataset.profile) == {"num_rows": 3, "num_elements": 6}
    assert json.loads(found.dataset.schema)["mlflow_colspec"][0] == {"type": "double", "name": "x", "required": True}
    assert {tag.key: tag.value for tag in found.tags} == {"mlflow.data.context": "training", "fold": "3"}


def test_a_numpy_dataset_is_taken_too(client, active_run):
    logged = mlflow.data.from_numpy(np.arange(12).reshape(3, 4), name="grid", source="s3://bucket/grid.npy")
    mlflow.log_input(logged)
    [found] = inputs(client, active_run.info.run_id)
    assert (found.dataset.name, found.dataset.source_type, found.tags) == ("grid", "s3", [])
    assert json.loads(found.dataset.profile)["features_shape"] == [3, 4]


def test_a_dataset_source_can_be_resolved_again(active_run):
    mlflow.log_input(mlflow.data.from_pandas(FRAME, name="toy"))
    [found] = mlflow.get_run(active_run.info.run_id).inputs.dataset_inputs
    assert isinstance(mlflow.data.get_source(found), CodeDatasetSource)


def test_several_datasets_of_a_run_are_kept_apart(client, run_id):
    for digest, context in (("d1", "train"), ("d2", "eval")):
        client.log_inputs(run_id, [DatasetInput(dataset(digest=digest), [InputTag("mlflow.data.context", context)])])
    found = {item.dataset.digest: item.tags[0].value for item in inputs(client, run_id)}
    assert found == {"d1": "train", "d2": "eval"}


def test_logging_the_same_dataset_again_keeps_it_once(client, run_id):
    for _ in range(2):
        client.log_inputs(run_id, [DatasetInput(dataset(), [InputTag("a", "b")])])
    assert len(inputs(client, run_id)) == 1


def test_the_first_content_of_a_name_and_digest_is_kept_within_an_experiment(client, experiment_id):
    first, second = (client.create_run(experiment_id).info.run_id for _ in range(2))
    client.log_inputs(first, [DatasetInput(dataset(schema="{}", profile='{"rows": 1}'), [])])
    client.log_inputs(second, [DatasetInput(dataset(schema="{}", profile='{"rows": 2}'), [])])
    assert inputs(client, second)[0].dataset.profile == '{"rows": 1}'


def test_the_same_dataset_in_another_experiment_is_another(client, experiment_id, run_id, name):
    client.log_inputs(run_id, [DatasetInput(dataset(profile="here"), [])])
    elsewhere = client.create_run(client.create_experiment(name)).info.run_id
    client.log_inputs(elsewhere, [DatasetInput(dataset(profile="there"), [])])
    assert (inputs(client, run_id)[0].dataset.profile, inputs(client, elsewhere)[0].dataset.profile) == (
        "here",
        "there",
    )


def test_large_schemas_and_profiles_are_kept_whole(client, run_id):
    schema, profile = "s" * 1_000_000, "p" * 2_000_000
    client.log_inputs(run_id, [DatasetInput(dataset(schema=schema, profile=profile), [])])
    [found] = inputs(client, run_id)
    assert (found.dataset.schema, found.dataset.profile) == (schema, profile)


@pytest.mark.parametrize(
    "fields, limit",
    [
        (dict(name="n" * 501), "'name' exceeds the maximum length of 500 characters"),
        (dict(digest="d" * 37), "'digest' exceeds the maximum length of 36 characters"),
        (dict(source="s" * 65536), "'source' exceeds the maximum length of 65535 characters"),
        (dict(schema="s" * 1048576), "'schema' exceeds the maximum length of 1048575 characters"),
    ],
)
def test_fields_that_are_too_long_are_refused(client, run_id, fields, limit):
    with pytest.raises(MlflowException, match=limit):
        client.log_inputs(run_id, [DatasetInput(dataset(**fields), [])])
    assert inputs(client, run_id) == []


def test_model_inputs_and_outputs_come_back(client, experiment_id, run_id):
    model = client.create_logged_model(experiment_id, name="m", source_run_id=run_id)
    client.log_inputs(run_id, models=[LoggedModelInput(model.model_id)])
    client.log_outputs(run_id, [LoggedModelOutput(model.model_id, step=3)])
    run = client.get_run(run_id)
    assert [item.model_id for item in run.inputs.model_inputs] == [model.model_id]
    assert [(item.model_id, item.step) for item in run.outputs.model_outputs] == [(model.model_id, 3)]


def test_datasets_of_experiments_are_listed_for_the_filter_box(api, client, experiment_id, run_id):
    tags = [InputTag("mlflow.data.context", "train")]
    client.log_inputs(run_id, [DatasetInput(dataset("wine", "w1"), tags), DatasetInput(dataset("iris", "i1"), [])])
    status, answer = api.post("/ajax-api/2.0/mlflow/experiments/search-datasets", {"experiment_ids": [experiment_id]})
    assert status == 200
    assert sorted(answer["dataset_summaries"], key=lambda summary: summary["name"]) == [
        {"experiment_id": experiment_id, "name": "iris", "digest": "i1"},
        {"experiment_id": experiment_id, "name": "wine", "digest": "w1", "context": "train"},
    ]
