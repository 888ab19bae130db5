"""From a run by way of a logged model to a version, and back: what the fluent API does with the registry."""

import json

import mlflow
import pytest
from mlflow.exceptions import MlflowException
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression

from conftest import fresh_name

FEATURES, TARGET = load_wine(return_X_y=True, as_frame=True)
FITTED = LogisticRegression(max_iter=20).fit(FEATURES, TARGET)
OTHER = LogisticRegression(max_iter=1).fit(FEATURES, TARGET)


def log(model=FITTED, **options):
    """Its requirements are given, for guessing them takes seconds."""
    return mlflow.sklearn.log_model(model, name="model", pip_requirements=["scikit-learn"], **options)


def is_fitted(uri):
    return (mlflow.pyfunc.load_model(uri).predict(FEATURES) == FITTED.predict(FEATURES)).all()


def versions_of(model):
    """The versions that a logged model lists, each once: MLflow's server and its client may both add one."""
    listed = json.loads(model.tags["mlflow.modelVersions"])
    return list(dict.fromkeys((version["name"], str(version["version"])) for version in listed))


@pytest.fixture(scope="module")
def registered(client):
    """A model with version 1 (`OTHER`, Staging, alias older) and version 2 (`FITTED`, alias champion)."""
    name = fresh_name("flow")
    mlflow.set_experiment(fresh_name())
    for model in (OTHER, FITTED):
        with mlflow.start_run():
            log(model, registered_model_name=name)
    client.transition_model_version_stage(name, "1", "Staging")
    client.set_registered_model_alias(name, "older", "1")
    client.set_registered_model_alias(name, "champion", "2")
    return name


@pytest.mark.parametrize("which", ["/2", "/latest", "@champion", "/None"])
def test_a_version_is_loaded_by_number_alias_and_stage(registered, which):
    assert is_fitted(f"models:/{registered}{which}")


@pytest.mark.parametrize("which", ["/1", "/Staging", "/staging", "@older"])
def test_an_older_version_is_loaded_alike(registered, which):
    assert not is_fitted(f"models:/{registered}{which}")
    assert mlflow.sklearn.load_model(f"models:/{registered}{which}").max_iter == 1


@pytest.mark.parametrize(
    "which, message",
    [
        ("/9", "version=9) not found"),
        ("@none", "Registered model alias none not found."),
        ("/Production", "No versions of model with name '{name}' and stage 'Production' found"),
    ],
)
def test_what_is_not_there_is_not_loaded(registered, which, message):
    with pytest.raises(MlflowException) as missing:
        mlflow.pyfunc.load_model(f"models:/{registered}{which}")
    assert message.format(name=registered) in missing.value.message


def test_the_files_of_a_version_are_listed_and_downloaded(client, registered, tmp_path):
    uri = f"models:/{registered}/2"
    names = [entry.path for entry in mlflow.artifacts.list_artifacts(uri)]
    assert {"MLmodel", "model.skops", "requirements.txt"} <= set(names)
    folder = mlflow.artifacts.download_artifacts(uri, dst_path=str(tmp_path))
    assert client.get_model_version(registered, "2").source == f"models:/{mlflow.models.Model.load(folder).model_id}"
    assert mlflow.models.get_model_info(f"models:/{registered}@champion").flavors["sklearn"]


def test_a_version_knows_its_run_and_its_logged_model_and_they_know_it(client, active_run, name):
    info = log(registered_model_name=name)
    version = client.get_model_version(name, info.registered_model_version)
    assert (version.version, version.run_id) == ("1", active_run.info.run_id)
    assert version.source == f"models:/{info.model_id}"
    model = client.get_logged_model(info.model_id)
    assert client.get_model_version_download_uri(name, "1") == model.artifact_location
    assert (model.source_run_id, versions_of(model)) == (active_run.info.run_id, [(name, "1")])
    [output] = client.get_run(active_run.info.run_id).outputs.model_outputs
    assert output.model_id == info.model_id
    [found] = client.search_model_versions(f"run_id = '{active_run.info.run_id}'")
    assert (found.name, found.version) == (name, "1")
    [found] = mlflow.search_logged_models([active_run.info.experiment_id], output_format="list")
    assert versions_of(found) == [(name, "1")]


@pytest.mark.parametrize("by", ["run", "id"])
def test_a_logged_model_is_registered_by_its_run_or_its_id(client, active_run, name, by):
    info = log()
    uri = f"models:/{info.model_id}" if by == "id" else f"runs:/{active_run.info.run_id}/model"
    version = mlflow.register_model(uri, name, tags={"a": "1"})
    found = client.get_model_version(name, version.version)
    assert (found.version, found.tags, found.status) == ("1", {"a": "1"}, "READY")
    assert found.source == f"models:/{info.model_id}"
    assert found.run_id == active_run.info.run_id
    assert is_fitted(f"models:/{name}/1")


def test_a_model_is_registered_again_and_again(client, active_run, name):
    info = log()
    versions = [mlflow.register_model(info.model_uri, which) for which in (name, name, f"{name}-2")]
    assert [(version.name, version.version) for version in versions] == [(name, "1"), (name, "2"), (f"{name}-2", "1")]
    assert versions_of(client.get_logged_model(info.model_id)) == [
        (version.name, version.version) for version in versions
    ]


def test_files_of_a_run_are_registered_as_a_model(client, active_run, name, tmp_path):
    mlflow.sklearn.save_model(FITTED, str(tmp_path / "m"), pip_requirements=["scikit-learn"])
    mlflow.log_artifacts(str(tmp_path / "m"), "files")
    mlflow.register_model(f"runs:/{active_run.info.run_id}/files", name)
    version = client.get_model_version(name, "1")
    assert version.source == f"{active_run.info.artifact_uri}/files" and not version.model_id
    assert is_fitted(f"models:/{name}/1")


def test_only_what_is_there_is_registered(client, active_run, name):
    with pytest.raises(MlflowException, match="Unable to find a logged_model with artifact_path nothing"):
        mlflow.register_model(f"runs:/{active_run.info.run_id}/nothing", name)
    assert client.get_registered_model(name).latest_versions == []


def test_a_copy_is_loaded_and_knows_the_lineage(client, registered, name):
    client.copy_model_version(f"models:/{registered}@champion", name)
    copy, original = client.get_model_version(name, "1"), client.get_model_version(registered, "2")
    assert (copy.run_id, copy.source) == (original.run_id, f"models:/{registered}/2")
    assert client.get_model_version_download_uri(name, "1") == client.get_model_version_download_uri(registered, "2")
    assert is_fitted(f"models:/{name}/1")


def test_a_version_outlives_its_deleted_run(client, active_run, name):
    log(registered_model_name=name)
    mlflow.end_run()
    client.delete_run(active_run.info.run_id)
    assert is_fitted(f"models:/{name}/1")


def test_a_renamed_model_is_loaded_by_its_new_name(client, active_run, name):
    log(registered_model_name=name)
    client.rename_registered_model(name, f"{name}-new")
    assert is_fitted(f"models:/{name}-new/1")


@pytest.mark.parametrize(
    "source, message",
    [
        ("http://example.com/model", "'source' cannot use the 'http' scheme"),
        ("hdfs://host/model", "'source' cannot use the 'hdfs' scheme"),
        ("s3://bucket/../other", "Invalid model version source: 's3://bucket/../other'"),
        ("s3://bucket/%2e%2e/other", "Invalid model version source"),
        ("/etc", "Invalid model version source: '/etc'"),
        ("file:///etc", "Invalid model version source: 'file:///etc'"),
        ("word", "Invalid model version source: 'word'"),
        ("mlflow-artifacts:/0/models", "The run_id request parameter must identify the resource"),
        ("models:/m-" + "0" * 32, "The model_id request parameter must identify the resource"),
        ("runs:/" + "0" * 32 + "/model", "The run_id request parameter must identify the resource"),
    ],
)
def test_a_source_that_is_not_the_callers_is_refused(client, name, source, message):
    client.create_registered_model(name)
    with pytest.raises(MlflowException) as refused:
        client.create_model_version(name, source)
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE" and message in refused.value.message
    assert client.get_registered_model(name).latest_versions == []


@pytest.mark.parametrize("source", ["s3://b/p", "gs://b/p", "wasbs://c@a.blob.core.windows.net/p", "dbfs:/p"])
def test_a_source_in_a_store_is_taken_as_it_is(client, name, source):
    client.create_registered_model(name)
    client.create_model_version(name, source)
    assert client.get_model_version_download_uri(name, "1") == client.get_model_version(name, "1").source == source


def test_files_of_the_run_itself_are_a_source(client, active_run, name):
    client.create_registered_model(name)
    run_id, root = active_run.info.run_id, active_run.info.artifact_uri
    assert client.create_model_version(name, f"{root}/model", run_id).source == f"{root}/model"
    assert client.create_model_version(name, f"runs:/{run_id}/model", run_id).source == f"runs:/{run_id}/model"
    assert client.get_model_version_download_uri(name, "1") == f"{root}/model"
    assert client.get_model_version_download_uri(name, "2") == f"runs:/{run_id}/model"
