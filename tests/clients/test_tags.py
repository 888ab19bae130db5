import mlflow
import pytest
from mlflow.entities import RunTag
from mlflow.exceptions import MlflowException


def own_tags(client, run_id):
    tags = client.get_run(run_id).data.tags
    return {key: value for key, value in tags.items() if not key.startswith("mlflow.")}


def test_tags_are_set_changed_and_deleted(client, active_run):
    run_id = active_run.info.run_id
    mlflow.set_tag("a", 1)
    mlflow.set_tags({"a": 2, "b": "x"})
    assert own_tags(client, run_id) == {"a": "2", "b": "x"}
    mlflow.delete_tag("a")
    assert own_tags(client, run_id) == {"b": "x"}


def test_many_tags_are_sent_in_several_batches(client, active_run):
    mlflow.set_tags({f"t{i}": i for i in range(150)})
    assert own_tags(client, active_run.info.run_id) == {f"t{i}": str(i) for i in range(150)}


def test_deleting_a_missing_tag_is_not_found(client, run_id):
    with pytest.raises(MlflowException, match=f"No tag with name: nope in run with id {run_id}") as missing:
        client.delete_tag(run_id, "nope")
    assert missing.value.error_code == "RESOURCE_DOES_NOT_EXIST"


@pytest.mark.parametrize("value", ["", "ü 葡萄 🍷", "line\nbreak", "'\"`", '[{"a": 1}]'])
def test_odd_values_come_back(client, run_id, value):
    client.set_tag(run_id, "t", value)
    assert own_tags(client, run_id) == {"t": value}


@pytest.mark.parametrize("key", ["a.b.c", "a/b", "with space", "a-b_c:d", "Ü", "k" * 250])
def test_odd_keys_come_back(client, run_id, key):
    client.set_tag(run_id, key, "v")
    assert own_tags(client, run_id) == {key: "v"}


@pytest.mark.parametrize("key", ["a*b", "../a", "a//b", "/a", "k" * 251])
def test_bad_keys_are_refused(client, run_id, key):
    with pytest.raises(MlflowException) as refused:
        client.set_tag(run_id, key, "v")
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE"


def test_values_are_cut_at_8000_characters(client, run_id):
    client.set_tag(run_id, "one", "x" * 9000)
    client.log_batch(run_id, tags=[RunTag("two", "y" * 8001), RunTag("fits", "z" * 8000)])
    assert own_tags(client, run_id) == {"one": "x" * 8000, "two": "y" * 8000, "fits": "z" * 8000}


def test_the_last_of_equal_keys_in_a_batch_wins(client, run_id):
    client.log_batch(run_id, tags=[RunTag("t", "first"), RunTag("t", "last")])
    assert own_tags(client, run_id) == {"t": "last"}


def test_tags_are_set_asynchronously(client, active_run):
    mlflow.set_tag("a", 1, synchronous=False).wait()
    mlflow.set_tags({"b": 2}, synchronous=False).wait()
    assert own_tags(client, active_run.info.run_id) == {"a": "1", "b": "2"}


def test_tags_given_at_the_start_are_there(client, experiment_id):
    run = client.create_run(experiment_id, tags={"a": "1", "mlflow.note.content": "What it is"})
    tags = client.get_run(run.info.run_id).data.tags
    assert (tags["a"], tags["mlflow.note.content"]) == ("1", "What it is")


def test_finished_runs_still_take_tags(client, run_id):
    client.set_terminated(run_id)
    client.set_tag(run_id, "verdict", "keep")
    assert own_tags(client, run_id) == {"verdict": "keep"}
