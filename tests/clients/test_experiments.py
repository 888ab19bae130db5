import mlflow
import pytest
from mlflow.entities import ViewType
from mlflow.exceptions import MlflowException

from conftest import fresh_name


def names_of(experiments):
    return [experiment.name for experiment in experiments]


def test_the_default_experiment_is_number_zero(client):
    default = client.get_experiment("0")
    assert (default.experiment_id, default.name, default.lifecycle_stage) == ("0", "Default", "active")


def test_a_created_experiment_is_found_by_id_and_by_name(client, name):
    experiment_id = client.create_experiment(name, tags={"team": "wine"})
    by_id, by_name = client.get_experiment(experiment_id), client.get_experiment_by_name(name)
    assert (by_id.name, by_name.experiment_id) == (name, experiment_id)
    assert by_id.lifecycle_stage == by_name.lifecycle_stage == "active"
    assert by_id.tags == by_name.tags == {"team": "wine"}
    assert by_id.creation_time == by_id.last_update_time > 1_600_000_000_000


def test_experiment_ids_are_decimal_strings_that_grow(client):
    first, second = client.create_experiment(fresh_name()), client.create_experiment(fresh_name())
    assert first.isdigit() and int(second) > int(first) > 0


def test_an_artifact_location_is_under_the_server_and_ends_in_the_id(client, experiment_id):
    assert client.get_experiment(experiment_id).artifact_location == f"mlflow-artifacts:/{experiment_id}"


def test_an_unknown_name_is_none(client, name):
    assert client.get_experiment_by_name(name) is None


@pytest.mark.parametrize(
    "odd", ["a/b/c", "wine ü 葡萄酒", "50% of #1?", 'quote\'s "and" `more`', " lead and trail ", "🍷"]
)
def test_odd_names_come_back_as_they_were(client, odd):
    odd = f"{odd} {fresh_name()}"
    experiment_id = client.create_experiment(odd)
    assert client.get_experiment(experiment_id).name == odd
    assert client.get_experiment_by_name(odd).experiment_id == experiment_id


def test_set_experiment_creates_once(name):
    created = mlflow.set_experiment(name)
    assert mlflow.set_experiment(name).experiment_id == created.experiment_id


def test_a_name_is_unique(client, name):
    client.create_experiment(name)
    with pytest.raises(MlflowException, match="already exists") as refused:
        client.create_experiment(name)
    assert refused.value.error_code == "RESOURCE_ALREADY_EXISTS"


def test_a_deleted_experiment_keeps_its_name(client, name):
    client.delete_experiment(client.create_experiment(name))
    with pytest.raises(MlflowException, match="already exists"):
        client.create_experiment(name)


def test_renaming_changes_the_name_and_the_time_of_the_last_update(client, experiment_id, name):
    before = client.get_experiment(experiment_id)
    client.rename_experiment(experiment_id, name)
    after = client.get_experiment(experiment_id)
    assert (after.name, client.get_experiment_by_name(before.name)) == (name, None)
    assert after.last_update_time >= before.last_update_time and after.creation_time == before.creation_time


def test_renaming_to_a_taken_name_is_refused(client, experiment_id):
    with pytest.raises(MlflowException) as refused:
        client.rename_experiment(experiment_id, "Default")
    assert refused.value.get_http_status_code() == 400


def test_deleting_hides_an_experiment_from_search_and_restoring_brings_it_back(client, name):
    experiment_id = client.create_experiment(name)
    here = f"name = '{name}'"
    client.delete_experiment(experiment_id)
    assert client.get_experiment(experiment_id).lifecycle_stage == "deleted"
    assert client.get_experiment_by_name(name).lifecycle_stage == "deleted"
    assert client.search_experiments(filter_string=here) == []
    assert names_of(client.search_experiments(ViewType.DELETED_ONLY, filter_string=here)) == [name]
    client.restore_experiment(experiment_id)
    assert client.get_experiment(experiment_id).lifecycle_stage == "active"
    assert names_of(client.search_experiments(filter_string=here)) == [name]
    assert client.search_experiments(ViewType.DELETED_ONLY, filter_string=here) == []


def test_deleting_an_experiment_deletes_its_runs_and_restoring_restores_them(client, experiment_id, run_id):
    client.delete_experiment(experiment_id)
    assert client.get_run(run_id).info.lifecycle_stage == "deleted"
    client.restore_experiment(experiment_id)
    assert client.get_run(run_id).info.lifecycle_stage == "active"


def test_a_run_cannot_start_in_a_deleted_experiment(client, experiment_id):
    client.delete_experiment(experiment_id)
    with pytest.raises(MlflowException, match="must be in the 'active' state. Current state is deleted"):
        client.create_run(experiment_id)


def test_set_experiment_refuses_a_deleted_one(client, name):
    client.delete_experiment(client.create_experiment(name))
    with pytest.raises(MlflowException, match="deleted experiment"):
        mlflow.set_experiment(name)


def test_tags_are_set_changed_and_deleted(client, experiment_id):
    client.set_experiment_tag(experiment_id, "owner", "a")
    client.set_experiment_tag(experiment_id, "owner", "b")
    client.set_experiment_tag(experiment_id, "mlflow.note.content", "# What it is\n\nwine ü")
    assert client.get_experiment(experiment_id).tags == {"owner": "b", "mlflow.note.content": "# What it is\n\nwine ü"}
    client.delete_experiment_tag(experiment_id, "owner")
    assert client.get_experiment(experiment_id).tags == {"mlflow.note.content": "# What it is\n\nwine ü"}


def test_fluent_tags_land_on_the_active_experiment(client, experiment_id):
    mlflow.set_experiment_tags({"a": "1", "b": 2})
    assert client.get_experiment(experiment_id).tags == {"a": "1", "b": "2"}


def test_deleting_a_missing_tag_is_not_found(client, experiment_id):
    with pytest.raises(MlflowException, match="No tag with name: nope"):
        client.delete_experiment_tag(experiment_id, "nope")


@pytest.fixture(scope="module")
def family(client):
    """Three experiments that share a prefix: two have the tag `kind`, one is older than the others by name."""
    prefix = fresh_name("family")
    ids = [
        client.create_experiment(f"{prefix}/b", tags={"kind": "red"}),
        client.create_experiment(f"{prefix}/A", tags={"kind": "White", "odd key": "x"}),
        client.create_experiment(f"{prefix}/c"),
    ]
    return prefix, ids


@pytest.mark.parametrize(
    "where, found",
    [
        ("name LIKE '{}/%'", "bAc"),
        ("name LIKE '{}/_'", "bAc"),
        ("name ILIKE '{}/a'", "A"),
        ("name = '{}/b'", "b"),
        ("name LIKE '{}%' AND name != '{}/b'", "Ac"),
        ("name LIKE '{}%' and tags.kind = 'red'", "b"),
        ("name LIKE '{}%' and tag.kind != 'red'", "A"),
        ("name LIKE '{}%' and tags.kind LIKE 'Wh%'", "A"),
        ("name LIKE '{}%' and tags.kind ILIKE 'wh%'", "A"),
        ("name LIKE '{}%' and tags.kind IS NULL", "c"),
        ("name LIKE '{}%' and tags.kind IS NOT NULL", "bA"),
        ("name LIKE '{}%' and tags.`odd key` = 'x'", "A"),
        ("name LIKE '{}%' and tags.\"odd key\" = 'x'", "A"),
        ("attribute.name = '{}/c'", "c"),
        ('name = "{}/c"', "c"),
        ("name LIKE '{}%' and creation_time > 0 and last_update_time >= 0", "bAc"),
        ("name LIKE '{}%' and creation_time < 5", ""),
    ],
)
def test_search_finds(client, family, where, found):
    prefix, _ = family
    experiments = client.search_experiments(filter_string=where.replace("{}", prefix))
    assert sorted(names_of(experiments)) == sorted(f"{prefix}/{letter}" for letter in found)


def test_search_finds_by_ids(client, family):
    _, (first, second, third) = family
    found = client.search_experiments(filter_string=f"experiment_id IN ('{first}', '{third}')")
    assert {experiment.experiment_id for experiment in found} == {first, third}
    found = client.search_experiments(filter_string=f"experiment_id = '{second}'")
    assert [experiment.experiment_id for experiment in found] == [second]


@pytest.mark.parametrize(
    "order_by, order",
    [
        (["name"], "Abc"),
        (["name ASC"], "Abc"),
        (["name DESC"], "cbA"),
        (["creation_time ASC", "experiment_id ASC"], "bAc"),
        (["experiment_id DESC"], "cAb"),
        (["last_update_time ASC", "experiment_id"], "bAc"),
        (["attribute.name DESC"], "cbA"),
    ],
)
def test_search_orders(client, family, order_by, order):
    prefix, _ = family
    found = client.search_experiments(filter_string=f"name LIKE '{prefix}%'", order_by=order_by)
    assert "".join(name[-1] for name in names_of(found)) == order


def test_search_pages_through_everything_once(client, family):
    prefix, ids = family
    where = {"filter_string": f"name LIKE '{prefix}%'", "order_by": ["experiment_id ASC"]}
    first = client.search_experiments(max_results=2, **where)
    second = client.search_experiments(max_results=2, page_token=first.token, **where)
    assert [e.experiment_id for e in [*first, *second]] == ids
    assert first.token and not second.token


def test_search_finds_deleted_ones_on_demand(client, name):
    client.delete_experiment(client.create_experiment(f"{name}/gone"))
    client.create_experiment(f"{name}/here")
    where = f"name LIKE '{name}%'"
    assert names_of(mlflow.search_experiments(filter_string=where)) == [f"{name}/here"]
    everything = mlflow.search_experiments(ViewType.ALL, filter_string=where, order_by=["name"])
    assert names_of(everything) == [f"{name}/gone", f"{name}/here"]
