import time

import mlflow
import pytest
from mlflow.exceptions import MlflowException

from conftest import fresh_name

SOURCE = "s3://bucket/path/model"


@pytest.fixture
def model(client, name):
    client.create_registered_model(name)
    return name


def test_a_new_version_is_got_as_it_was_created(client, model):
    created = client.create_model_version(
        model, SOURCE, tags={"a": "1"}, description="What it is", run_link="http://a/b"
    )
    found = client.get_model_version(model, "1")
    for version in (created, found):
        assert (version.name, version.version, version.source) == (model, "1", SOURCE)
        assert (version.tags, version.description, version.run_link) == ({"a": "1"}, "What it is", "http://a/b")
        assert (version.status, version.current_stage, version.aliases) == ("READY", "None", [])
        assert not version.run_id and not version.model_id
        assert version.creation_timestamp == version.last_updated_timestamp > 1_600_000_000_000


def test_versions_count_from_one_and_never_twice(client, model):
    assert [client.create_model_version(model, SOURCE).version for _ in range(3)] == ["1", "2", "3"]
    client.delete_model_version(model, "3")
    client.delete_model_version(model, "1")
    assert client.create_model_version(model, SOURCE).version == "4"
    assert [version.version for version in client.search_model_versions(f"name = '{model}'")] == ["4", "2"]


def test_a_deleted_version_is_gone(client, model):
    client.create_model_version(model, SOURCE)
    client.set_registered_model_alias(model, "best", "1")
    client.delete_model_version(model, "1")
    missing = rf"Model Version \(name={model}, version=1\) not found"
    for call in (
        lambda: client.get_model_version(model, "1"),
        lambda: client.delete_model_version(model, "1"),
        lambda: client.update_model_version(model, "1", "d"),
        lambda: client.transition_model_version_stage(model, "1", "Staging"),
        lambda: client.set_model_version_tag(model, "1", "a", "1"),
        lambda: client.delete_model_version_tag(model, "1", "a"),
        lambda: client.get_model_version_download_uri(model, "1"),
        lambda: client.set_registered_model_alias(model, "best", "1"),
    ):
        with pytest.raises(MlflowException, match=missing) as gone:
            call()
        assert gone.value.error_code == "RESOURCE_DOES_NOT_EXIST"
    found = client.get_registered_model(model)
    assert (found.aliases, found.latest_versions) == ({}, [])


def test_a_version_of_no_model_is_not_created(client, name):
    with pytest.raises(MlflowException, match=f"Registered Model with name={name} not found") as missing:
        client.create_model_version(name, SOURCE)
    assert missing.value.error_code == "RESOURCE_DOES_NOT_EXIST"


def test_a_version_is_described_anew(client, model):
    client.create_model_version(model, SOURCE)
    assert client.update_model_version(model, "1", "new").description == "new"
    assert client.get_model_version(model, "1").description == "new"


def test_tags_are_set_changed_and_deleted(client, model):
    client.create_model_version(model, SOURCE, tags={"a": "1"})
    client.set_model_version_tag(model, "1", "a", "2")
    client.set_model_version_tag(model, "1", "b", "ü")
    assert client.get_model_version(model, "1").tags == {"a": "2", "b": "ü"}
    client.delete_model_version_tag(model, "1", "a")
    client.delete_model_version_tag(model, "1", "never there")
    assert client.get_model_version(model, "1").tags == {"b": "ü"}


def test_tags_are_set_by_stage(client, model):
    client.create_model_version(model, SOURCE)
    client.transition_model_version_stage(model, "1", "Staging")
    client.set_model_version_tag(model, key="a", value="1", stage="Staging")
    mlflow.set_model_version_tag(model, version="1", key="b", value="2")
    assert client.get_model_version(model, "1").tags == {"a": "1", "b": "2"}
    client.delete_model_version_tag(model, key="a", stage="Staging")
    assert client.get_model_version(model, "1").tags == {"b": "2"}


@pytest.mark.parametrize("stage", ["Staging", "production", "ARCHIVED", "None"])
def test_a_version_moves_to_any_stage(client, model, stage):
    client.create_model_version(model, SOURCE)
    moved = client.transition_model_version_stage(model, "1", stage)
    assert moved.current_stage == client.get_model_version(model, "1").current_stage == stage.capitalize()
    assert [version.current_stage for version in client.get_registered_model(model).latest_versions] == [
        stage.capitalize()
    ]


def test_there_are_four_stages(client, model):
    client.create_model_version(model, SOURCE)
    assert client.get_model_version_stages(model, "1") == ["None", "Staging", "Production", "Archived"]
    with pytest.raises(MlflowException, match="Invalid Model Version stage: Testing. Value must be one of") as refused:
        client.transition_model_version_stage(model, "1", "Testing")
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE"


def test_a_new_champion_archives_the_old_ones(client, model):
    for number, stage in enumerate(["Production", "Production", "Staging", "None"], 1):
        client.create_model_version(model, SOURCE)
        client.transition_model_version_stage(model, str(number), stage)
    client.transition_model_version_stage(model, "4", "Production", archive_existing_versions=True)
    stages = {version.version: version.current_stage for version in client.search_model_versions(f"name = '{model}'")}
    assert stages == {"1": "Archived", "2": "Archived", "3": "Staging", "4": "Production"}


def test_the_latest_version_of_each_stage_is_known(client, model):
    for number, stage in enumerate(["Staging", "Staging", "Production", "None", "None"], 1):
        client.create_model_version(model, SOURCE)
        client.transition_model_version_stage(model, str(number), stage)

    def latest(stages=None):
        found = client.get_latest_versions(model, stages)
        return sorted((version.current_stage, version.version) for version in found)

    assert latest() == [("None", "5"), ("Production", "3"), ("Staging", "2")]
    assert latest(["Staging"]) == [("Staging", "2")]
    assert latest(["production", "none"]) == [("None", "5"), ("Production", "3")]
    assert latest(["Archived"]) == []
    assert {version.version for version in client.get_registered_model(model).latest_versions} == {"2", "3", "5"}
    client.delete_model_version(model, "2")
    assert latest(["Staging"]) == [("Staging", "1")]


def test_a_download_uri_is_the_source(client, model):
    client.create_model_version(model, SOURCE)
    assert client.get_model_version_download_uri(model, "1") == SOURCE


def test_a_copy_knows_where_it_comes_from(client, model):
    source = client.create_model_version(model, SOURCE, tags={"a": "1"}, description="d")
    client.transition_model_version_stage(model, "1", "Staging")
    client.set_registered_model_alias(model, "best", "1")
    target = fresh_name("copies")
    copies = [client.copy_model_version(f"models:/{model}/{which}", target) for which in ("1", "Staging")]
    copies.append(client.copy_model_version(f"models:/{model}@best", target))
    copies.append(client.copy_model_version(f"models:/{target}/2", target))
    assert [copy.version for copy in copies] == ["1", "2", "3", "4"]
    for copy in copies:
        assert (copy.tags, copy.description, copy.current_stage, copy.aliases) == (source.tags, "d", "None", [])
        assert client.get_model_version_download_uri(target, copy.version) == SOURCE
    assert [copy.source for copy in copies] == [f"models:/{model}/1"] * 3 + [f"models:/{target}/2"]


def test_what_is_not_there_is_not_copied(client, model, name):
    with pytest.raises(MlflowException, match=rf"Model Version \(name={model}, version=9\) not found"):
        client.copy_model_version(f"models:/{model}/9", f"{name}-copy")
    with pytest.raises(MlflowException, match="not found"):
        client.copy_model_version(f"models:/{model}@none", f"{name}-copy")


@pytest.mark.parametrize("version", ["one", "1.5", "-", "1 or 1=1"])
def test_a_version_is_a_number(client, model, version):
    with pytest.raises(MlflowException, match=f"Parameter 'version' must be an integer, got '{version}'.") as refused:
        client.get_model_version(model, version)
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE"


@pytest.fixture(scope="module")
def versions(client):
    """Two models with the versions a1, a2, a10 (in this order, those between deleted) and b1."""
    prefix = fresh_name("versions")
    run_id = client.create_run(client.create_experiment(prefix)).info.run_id
    for letter, count in [("a", 10), ("b", 1)]:
        client.create_registered_model(f"{prefix}-{letter}")
        for number in range(1, count + 1):
            tags = {"kind": "red"} if (letter, number) == ("a", 2) else {"kind": "Red"} if letter == "b" else {}
            owner = run_id if letter == "b" else None
            client.create_model_version(f"{prefix}-{letter}", f"{SOURCE}/{letter}{number}", owner, tags=tags)
            time.sleep(0.003)  # a time of its own
    for number in range(3, 10):
        client.delete_model_version(f"{prefix}-a", str(number))
    client.update_model_version(f"{prefix}-a", "1", "changed last")
    return prefix, run_id


def found(client, versions, where="", **options):
    prefix, run_id = versions
    where = f"name LIKE '{prefix}%'" + (f" AND {where.format(prefix=prefix, run=run_id)}" if where else "")
    return " ".join(version.name[-1] + version.version for version in client.search_model_versions(where, **options))


@pytest.mark.parametrize(
    "where, expected",
    [
        ("", "a1 a10 a2 b1"),
        ("name = '{prefix}-b'", "b1"),
        ("name IN ('{prefix}-b', 'none')", "b1"),
        ("run_id = '{run}'", "b1"),
        ("run_id IN ('{run}', 'none')", "b1"),
        ("source_path = '" + SOURCE + "/a2'", "a2"),
        ("source_path LIKE '%/a1%'", "a1 a10"),
        ("version_number = 10", "a10"),
        ("version_number > 1", "a10 a2"),
        ("version_number <= 2 and version_number != 1", "a2"),
        ("tags.kind = 'red'", "a2"),
        ("tags.kind ILIKE 'red'", "a2 b1"),
        ("tags.none = ''", ""),
    ],
)
def test_search_finds(client, versions, where, expected):
    assert " ".join(sorted(found(client, versions, where).split())) == expected


@pytest.mark.parametrize(
    "order_by, expected",
    [
        (None, "a1 b1 a10 a2"),
        (["version_number"], "a1 b1 a2 a10"),
        (["version_number DESC", "name DESC"], "a10 a2 b1 a1"),
        (["name DESC", "version_number ASC"], "b1 a1 a2 a10"),
        (["creation_timestamp DESC"], "b1 a10 a2 a1"),
        (["last_updated_timestamp ASC"], "a2 a10 b1 a1"),
    ],
)
def test_search_orders(client, versions, order_by, expected):
    assert found(client, versions, order_by=order_by) == expected


def test_search_pages_through_everything_once(client, versions):
    names, token, pages = [], None, 0
    while pages == 0 or token:
        page = client.search_model_versions(f"name LIKE '{versions[0]}%'", max_results=3, page_token=token)
        names, token, pages = names + [version.version for version in page], page.token, pages + 1
    assert (names, pages) == (["1", "1", "10", "2"], 2)
    assert len(mlflow.search_model_versions(filter_string=f"name LIKE '{versions[0]}%'", max_results=2)) == 2


@pytest.mark.parametrize(
    "where, options, message",
    [
        ("name > 'a'", {}, "Invalid comparator for attribute: >"),
        ("version_number = 'a'", {}, "Invalid value for numeric attribute 'version_number': 'a'"),
        ("bogus = 'a'", {}, "Invalid attribute key 'bogus' specified"),
        ("", {"order_by": ["run_id"]}, "Invalid attribute key 'run_id' specified"),
        ("", {"max_results": 200_001}, "Invalid value \"200001\" for parameter 'max_results' supplied"),
        ("", {"page_token": "x"}, "Invalid page token"),
    ],
)
def test_bad_searches_are_refused(client, where, options, message):
    with pytest.raises(MlflowException) as refused:
        client.search_model_versions(where, **options)
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE" and message in refused.value.message
