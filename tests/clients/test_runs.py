import time

import mlflow
import pytest
from mlflow.entities import RunStatus, ViewType
from mlflow.exceptions import MlflowException


def test_a_started_run_has_an_id_a_name_and_a_place(experiment_id, active_run, client):
    info = client.get_run(active_run.info.run_id).info
    assert len(info.run_id) == 32 and int(info.run_id, 16)
    assert info.experiment_id == experiment_id
    assert (info.status, info.end_time, info.lifecycle_stage) == ("RUNNING", None, "active")
    assert abs(info.start_time / 1000 - time.time()) < 600
    assert info.artifact_uri == f"mlflow-artifacts:/{experiment_id}/{info.run_id}/artifacts"


def test_a_run_without_a_name_gets_one_and_a_tag_that_says_it(active_run):
    assert len(active_run.info.run_name) > 3
    assert active_run.data.tags["mlflow.runName"] == active_run.info.run_name


def test_a_named_run_has_its_name_in_the_tag_too(client, experiment_id):
    run = client.create_run(experiment_id, run_name="naïve bayes / 1")
    assert (run.info.run_name, run.data.tags["mlflow.runName"]) == ("naïve bayes / 1", "naïve bayes / 1")


def test_two_runs_may_share_a_name(client, experiment_id):
    first, second = (client.create_run(experiment_id, run_name="twin") for _ in range(2))
    assert first.info.run_id != second.info.run_id


def test_user_source_and_description_become_tags(experiment_id, client):
    with mlflow.start_run(description="What it is", tags={"a": "1"}) as run:
        pass
    tags = client.get_run(run.info.run_id).data.tags
    assert (tags["mlflow.note.content"], tags["a"]) == ("What it is", "1")
    assert tags["mlflow.user"] and tags["mlflow.source.name"] and tags["mlflow.source.type"] == "LOCAL"
    assert client.get_run(run.info.run_id).info.user_id == tags["mlflow.user"]


def test_a_finished_run_has_an_end(experiment_id, client):
    with mlflow.start_run() as run:
        pass
    info = client.get_run(run.info.run_id).info
    assert info.status == "FINISHED" and info.end_time >= info.start_time


def test_a_run_that_raises_is_failed(experiment_id, client):
    with pytest.raises(ZeroDivisionError), mlflow.start_run() as run:
        raise ZeroDivisionError
    assert client.get_run(run.info.run_id).info.status == "FAILED"


@pytest.mark.parametrize("status", ["FINISHED", "FAILED", "KILLED", "SCHEDULED", "RUNNING"])
def test_any_status_can_be_set(client, run_id, status):
    client.update_run(run_id, status=status)
    assert client.get_run(run_id).info.status == status


def test_set_terminated_keeps_the_time_it_is_given(client, run_id):
    client.set_terminated(run_id, "KILLED", end_time=1_700_000_000_123)
    info = client.get_run(run_id).info
    assert (info.status, info.end_time) == ("KILLED", 1_700_000_000_123)


def test_a_start_time_is_kept(client, experiment_id):
    run = client.create_run(experiment_id, start_time=1_234_567_890_123)
    assert client.get_run(run.info.run_id).info.start_time == 1_234_567_890_123


def test_a_run_is_resumed_under_its_id(experiment_id, client):
    with mlflow.start_run() as first:
        mlflow.log_param("a", 1)
    with mlflow.start_run(run_id=first.info.run_id) as again:
        assert client.get_run(first.info.run_id).info.status == RunStatus.to_string(RunStatus.RUNNING)
        mlflow.log_param("b", 2)
    assert again.info.run_name == first.info.run_name
    assert client.get_run(first.info.run_id).data.params == {"a": "1", "b": "2"}


def test_renaming_changes_the_name_and_its_tag(client, run_id):
    client.update_run(run_id, name="new name")
    run = client.get_run(run_id)
    assert (run.info.run_name, run.data.tags["mlflow.runName"]) == ("new name", "new name")


def test_setting_the_name_tag_renames(client, run_id):
    client.set_tag(run_id, "mlflow.runName", "by tag")
    assert client.get_run(run_id).info.run_name == "by tag"
    client.log_batch(run_id, tags=[mlflow.entities.RunTag("mlflow.runName", "by batch")])
    assert client.get_run(run_id).info.run_name == "by batch"


def test_updating_the_status_leaves_the_name(client, experiment_id):
    run_id = client.create_run(experiment_id, run_name="stays").info.run_id
    client.update_run(run_id, status="FINISHED")
    assert client.get_run(run_id).info.run_name == "stays"


def test_nested_runs_know_their_parents(experiment_id, client):
    with mlflow.start_run(run_name="grid") as parent:
        with mlflow.start_run(run_name="point", nested=True) as child:
            with mlflow.start_run(nested=True) as grandchild:
                pass
    assert mlflow.get_parent_run(grandchild.info.run_id).info.run_id == child.info.run_id
    assert mlflow.get_parent_run(child.info.run_id).info.run_name == "grid"
    assert mlflow.get_parent_run(parent.info.run_id) is None
    children = client.search_runs([experiment_id], f"tags.mlflow.parentRunId = '{parent.info.run_id}'")
    assert [run.info.run_id for run in children] == [child.info.run_id]


def test_deleting_hides_a_run_from_search_and_restoring_brings_it_back(client, experiment_id, run_id):
    client.delete_run(run_id)
    assert client.get_run(run_id).info.lifecycle_stage == "deleted"
    assert list(client.search_runs([experiment_id])) == []
    [deleted] = client.search_runs([experiment_id], run_view_type=ViewType.DELETED_ONLY)
    assert deleted.info.run_id == run_id
    client.restore_run(run_id)
    assert [run.info.run_id for run in client.search_runs([experiment_id])] == [run_id]


def test_deleting_and_restoring_twice_is_fine(client, run_id):
    client.delete_run(run_id)
    client.delete_run(run_id)
    client.restore_run(run_id)
    client.restore_run(run_id)
    assert client.get_run(run_id).info.lifecycle_stage == "active"


def test_a_deleted_run_keeps_what_it_had(client, run_id):
    client.log_param(run_id, "a", 1)
    client.log_metric(run_id, "m", 0.5)
    client.delete_run(run_id)
    run = client.get_run(run_id)
    assert (run.data.params, run.data.metrics) == ({"a": "1"}, {"m": 0.5})


@pytest.mark.parametrize(
    "write",
    [
        lambda client, run_id: client.log_metric(run_id, "m", 1),
        lambda client, run_id: client.log_param(run_id, "p", 1),
        lambda client, run_id: client.set_tag(run_id, "t", 1),
        lambda client, run_id: client.log_batch(run_id, tags=[mlflow.entities.RunTag("t", "1")]),
        lambda client, run_id: client.update_run(run_id, status="FINISHED"),
        lambda client, run_id: client.delete_tag(run_id, "mlflow.runName"),
    ],
    ids=["log_metric", "log_param", "set_tag", "log_batch", "update_run", "delete_tag"],
)
def test_a_deleted_run_takes_no_more(client, run_id, write):
    client.delete_run(run_id)
    with pytest.raises(MlflowException, match="must be in the 'active' state. Current state is deleted"):
        write(client, run_id)


def test_an_unknown_run_is_not_found(client):
    with pytest.raises(MlflowException, match=f"Run with id={'0' * 32} not found") as missing:
        client.get_run("0" * 32)
    assert missing.value.error_code == "RESOURCE_DOES_NOT_EXIST"


def test_a_fresh_run_has_no_data_inputs_or_outputs(client, run_id):
    run = client.get_run(run_id)
    assert (run.data.metrics, run.data.params) == ({}, {})
    assert run.inputs.dataset_inputs == [] and run.inputs.model_inputs == []
    assert run.outputs.model_outputs == []


def test_the_last_active_run_can_be_asked_for(experiment_id):
    with mlflow.start_run() as run:
        mlflow.log_metric("m", 1)
    assert mlflow.last_active_run().data.metrics == {"m": 1}
    assert mlflow.last_active_run().info.run_id == run.info.run_id
