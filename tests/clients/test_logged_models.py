import math
import time

import mlflow
import numpy as np
import pytest
from mlflow.entities import Metric
from mlflow.exceptions import MlflowException
from mlflow.models import infer_signature
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from conftest import fresh_name


@pytest.fixture(scope="module")
def wine():
    return load_wine(return_X_y=True, as_frame=True)


@pytest.fixture(scope="module")
def fitted(wine):
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(*wine)


@pytest.fixture
def logged(active_run, fitted, wine):
    """A scikit-learn pipeline logged in the active run; its requirements are given, for guessing them takes seconds."""
    mlflow.log_param("C", 1.0)
    mlflow.log_metric("accuracy", 0.9)
    signature = infer_signature(wine[0], fitted.predict(wine[0]))
    return mlflow.sklearn.log_model(
        fitted, name="model", signature=signature, input_example=wine[0].head(2), pip_requirements=["scikit-learn"]
    )


def predictions_agree(uri, fitted, features):
    return (mlflow.pyfunc.load_model(uri).predict(features) == fitted.predict(features)).all()


def test_a_logged_model_is_loaded_by_its_run_and_by_its_id(logged, active_run, fitted, wine):
    assert logged.model_uri == f"models:/{logged.model_id}"
    assert predictions_agree(f"runs:/{active_run.info.run_id}/model", fitted, wine[0])
    assert predictions_agree(f"models:/{logged.model_id}", fitted, wine[0])
    assert np.allclose(
        mlflow.sklearn.load_model(logged.model_uri).predict_proba(wine[0]), fitted.predict_proba(wine[0])
    )


def test_signature_and_input_example_come_back(logged, wine):
    model = mlflow.pyfunc.load_model(logged.model_uri)
    assert model.metadata.signature == logged.signature
    assert mlflow.models.get_model_info(logged.model_uri).signature == logged.signature
    assert model.input_example.values.tolist() == wine[0].head(2).values.tolist()


def test_logging_a_model_makes_it_ready_with_the_runs_params_and_metrics(client, logged, active_run, experiment_id):
    model = client.get_logged_model(logged.model_id)
    assert model.model_id.startswith("m-") and len(model.model_id) == 34
    assert (model.name, str(model.status), model.source_run_id) == ("model", "READY", active_run.info.run_id)
    assert model.experiment_id == experiment_id
    assert model.artifact_location == f"mlflow-artifacts:/{experiment_id}/models/{model.model_id}/artifacts"
    assert model.params == {"C": "1.0"}
    assert [(metric.key, metric.value, metric.run_id) for metric in model.metrics] == [
        ("accuracy", 0.9, active_run.info.run_id)
    ]
    assert model.last_updated_timestamp >= model.creation_timestamp > 1_600_000_000_000


def test_the_run_lists_the_model_among_its_outputs(client, logged, active_run):
    outputs = client.get_run(active_run.info.run_id).outputs.model_outputs
    assert [(output.model_id, output.step) for output in outputs] == [(logged.model_id, 0)]


def test_the_files_of_a_model_are_listed_and_downloaded(logged, tmp_path):
    names = [entry.path for entry in mlflow.artifacts.list_artifacts(logged.model_uri)]
    assert {"MLmodel", "model.skops", "requirements.txt", "input_example.json", "conda.yaml"} <= set(names)
    folder = mlflow.artifacts.download_artifacts(logged.model_uri, dst_path=str(tmp_path))
    model = mlflow.models.Model.load(folder)
    assert (model.model_id, model.mlflow_version) == (logged.model_id, mlflow.__version__)


def test_a_model_of_python_code_is_served_too(active_run):
    class Double(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input: list[float]) -> list[float]:
            return [2 * value for value in model_input]

    info = mlflow.pyfunc.log_model(name="double", python_model=Double(), pip_requirements=[])
    assert mlflow.pyfunc.load_model(f"runs:/{active_run.info.run_id}/double").predict([1.5, 2.0]) == [3.0, 4.0]
    assert mlflow.pyfunc.load_model(info.model_uri).predict([0.5]) == [1.0]


def test_two_models_of_one_name_are_kept_apart(client, experiment_id):
    first, second = (client.create_logged_model(experiment_id, name="twin") for _ in range(2))
    assert first.model_id != second.model_id


def test_a_created_model_is_pending_until_it_is_finalized(client, experiment_id):
    model = client.create_logged_model(
        experiment_id, name="m", model_type="classifier", params={"a": "1"}, tags={"t": "x"}
    )
    found = client.get_logged_model(model.model_id)
    assert (str(found.status), found.model_type, found.params) == ("PENDING", "classifier", {"a": "1"})
    assert found.tags["t"] == "x"
    for status in ("READY", "FAILED"):
        client.finalize_logged_model(model.model_id, status)
        assert str(client.get_logged_model(model.model_id).status) == status


def test_a_model_without_a_name_gets_one(client, experiment_id):
    assert len(client.create_logged_model(experiment_id).name) > 3


@pytest.mark.parametrize("bad", ["a/b", "a:b", "a.b", "a%b", 'a"b', "a'b"])
def test_bad_names_are_refused(client, experiment_id, bad):
    with pytest.raises(MlflowException, match="Model name must be a non-empty string and cannot contain") as refused:
        client.create_logged_model(experiment_id, name=bad)
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE"


def test_tags_are_set_changed_and_deleted(client, experiment_id):
    model_id = client.create_logged_model(experiment_id, tags={"a": "1"}).model_id
    client.set_logged_model_tags(model_id, {"a": "2", "b": "3"})
    assert client.get_logged_model(model_id).tags == {"a": "2", "b": "3"}
    client.delete_logged_model_tag(model_id, "a")
    assert client.get_logged_model(model_id).tags == {"b": "3"}
    with pytest.raises(MlflowException, match="No tag with key 'a' found for model with ID"):
        client.delete_logged_model_tag(model_id, "a")


def test_many_params_are_sent_in_several_calls(client, experiment_id):
    params = {f"p{i}": str(i) for i in range(250)}
    model = client.create_logged_model(experiment_id, params=params)
    assert client.get_logged_model(model.model_id).params == params


def test_params_may_come_later(client, experiment_id):
    model_id = client.create_logged_model(experiment_id, params={"a": "1"}).model_id
    client.log_model_params(model_id, {"b": "2"})
    assert client.get_logged_model(model_id).params == {"a": "1", "b": "2"}


def test_a_metric_of_a_model_belongs_to_run_and_model_and_dataset(client, experiment_id, run_id):
    model_id = client.create_logged_model(experiment_id).model_id
    client.log_metric(run_id, "f1", 0.5, step=1, timestamp=10, model_id=model_id, dataset_name="d", dataset_digest="x")
    client.log_metric(run_id, "f1", 0.6, step=2, timestamp=20, model_id=model_id)
    client.log_batch(run_id, [Metric("loss", 1.5, 30, 3, model_id=model_id), Metric("other", 9, 30, 3)])
    metrics = client.get_logged_model(model_id).metrics
    assert sorted((m.key, m.value, m.step, m.dataset_name, m.dataset_digest, m.run_id) for m in metrics) == [
        ("f1", 0.5, 1, "d", "x", run_id),
        ("f1", 0.6, 2, None, None, run_id),
        ("loss", 1.5, 3, None, None, run_id),
    ]
    assert client.get_run(run_id).data.metrics == {"f1": 0.6, "loss": 1.5, "other": 9}


def test_a_deleted_model_is_not_found(client, experiment_id):
    model_id = client.create_logged_model(experiment_id).model_id
    client.delete_logged_model(model_id)
    with pytest.raises(MlflowException, match=f"Logged model with ID '{model_id}' not found.") as missing:
        client.get_logged_model(model_id)
    assert missing.value.error_code == "RESOURCE_DOES_NOT_EXIST"
    assert list(client.search_logged_models([experiment_id])) == []


def test_external_models_are_models_without_files(client, experiment_id):
    model = mlflow.create_external_model(name="elsewhere", model_type="agent", params={"a": "1"})
    assert str(client.get_logged_model(model.model_id).status) == "READY"
    assert client.get_logged_model(model.model_id).tags["mlflow.model.isExternal"] == "true"


@pytest.fixture(scope="module")
def three(client):
    """Models `a`, `b` and `c` of one experiment; `a` and `b` have the metric f1, on datasets d and e."""
    experiment_id = client.create_experiment(fresh_name("models"))
    run_id = client.create_run(experiment_id).info.run_id
    ids = {}
    for letter, params, tags in [
        ("a", {"lr": "0.1"}, {"kind": "red"}),
        ("b", {"lr": "0.2", "x": "1"}, {"kind": "Red"}),
        ("c", {}, {}),
    ]:
        model = client.create_logged_model(
            experiment_id, letter, run_id if letter == "a" else None, tags, params, "t" + letter
        )
        ids[letter] = model.model_id
        time.sleep(0.005)  # a time of creation of its own
    client.finalize_logged_model(ids["a"], "READY")
    for letter, value, dataset in [("a", 0.9, "d"), ("b", 0.5, "d"), ("b", 0.95, "e")]:
        client.log_metric(run_id, "f1", value, model_id=ids[letter], dataset_name=dataset, dataset_digest="1")
    return experiment_id, ids, run_id


@pytest.mark.parametrize(
    "where, found",
    [
        (None, "abc"),
        ("name = 'a'", "a"),
        ("name != 'a'", "bc"),
        ("name LIKE '_'", "abc"),
        ("name ILIKE 'A'", "a"),
        ("name IN ('a', 'c')", "ac"),
        ("name NOT IN ('a', 'c')", "b"),
        ("attributes.name = 'b'", "b"),
        ("model_id = '{a}'", "a"),
        ("model_type = 'tb'", "b"),
        ("source_run_id = '{run}'", "a"),
        ("creation_timestamp > 0 AND last_updated_timestamp > 0", "abc"),
        ("creation_time > 99999999999999", ""),
        ("params.lr = '0.1'", "a"),
        ("params.lr != '0.1'", "b"),
        ("params.lr LIKE '0.%'", "ab"),
        ("tags.kind = 'red'", "a"),
        ("tags.kind ILIKE 'red'", "ab"),
        ("metrics.f1 > 0.8", "ab"),
        ("metrics.f1 >= 0.95", "b"),
        ("metrics.f1 < 0.6 and params.x = '1'", "b"),
        ("metrics.none > 0", ""),
    ],
)
def test_search_finds(client, three, where, found):
    experiment_id, ids, run_id = three
    where = where and where.format(run=run_id, **ids)
    assert sorted(model.name for model in client.search_logged_models([experiment_id], where)) == list(found)


def test_search_restricts_metrics_to_datasets(client, three):
    def found(**dataset):
        return sorted(m.name for m in client.search_logged_models([three[0]], "metrics.f1 > 0.8", datasets=[dataset]))

    assert found(dataset_name="d", dataset_digest="1") == ["a"] and found(dataset_name="e", dataset_digest="1") == ["b"]
    assert found(dataset_name="e", dataset_digest="2") == []


@pytest.mark.parametrize(
    "order_by, order",
    [
        ([], "cba"),
        ([{"field_name": "name"}], "abc"),
        ([{"field_name": "name", "ascending": False}], "cba"),
        ([{"field_name": "creation_timestamp"}], "abc"),
        ([{"field_name": "creation_time", "ascending": False}], "cba"),
        ([{"field_name": "metrics.f1", "dataset_name": "d", "dataset_digest": "1", "ascending": False}], "abc"),
        ([{"field_name": "metrics.f1", "dataset_name": "d", "dataset_digest": "1"}], "bac"),
    ],
)
def test_search_orders(client, three, order_by, order):
    found = client.search_logged_models([three[0]], order_by=order_by)
    assert "".join(model.name for model in found) == order


def test_search_pages_through_everything_once(client, three):
    names, token, pages = "", None, 0
    while pages == 0 or token:
        page = client.search_logged_models([three[0]], max_results=2, page_token=token)
        names, token, pages = names + "".join(model.name for model in page), page.token, pages + 1
    assert (names, pages) == ("cba", 2)


def test_search_gives_a_table(three):
    table = mlflow.search_logged_models([three[0]], order_by=[{"field_name": "name"}])
    assert table["name"].tolist() == ["a", "b", "c"] and table["model_id"].tolist() == list(three[1].values())


def test_a_nan_of_a_model_is_no_surprise_to_its_run(client, experiment_id, run_id):
    model_id = client.create_logged_model(experiment_id).model_id
    client.log_metric(run_id, "m", math.nan, model_id=model_id)
    assert math.isnan(client.get_run(run_id).data.metrics["m"])


def test_autologging_tracks_a_fit(client, experiment_id, wine):
    mlflow.sklearn.autolog(log_datasets=True)
    try:
        with mlflow.start_run() as run:
            LogisticRegression(max_iter=50, C=0.5).fit(*wine)
    finally:
        mlflow.sklearn.autolog(disable=True)
    found = client.get_run(run.info.run_id)
    assert found.data.params["C"] == "0.5" and found.data.metrics["training_accuracy_score"] > 0.5
    assert found.data.tags["estimator_name"] == "LogisticRegression"
    assert found.inputs.dataset_inputs and found.outputs.model_outputs
    assert "training_confusion_matrix.png" in [entry.path for entry in client.list_artifacts(run.info.run_id)]
