import time

import mlflow
import pytest
from mlflow.exceptions import MlflowException

from conftest import fresh_name


def test_a_new_model_is_got_as_it_was_created(client, name):
    before = int(time.time() * 1000)
    created = client.create_registered_model(name, tags={"task": "ranking", "owner": "ü"}, description="What it is")
    found = client.get_registered_model(name)
    for model in (created, found):
        assert (model.name, model.description, model.tags) == (name, "What it is", {"task": "ranking", "owner": "ü"})
        assert before - 1000 <= model.creation_timestamp <= model.last_updated_timestamp <= before + 60_000
        assert (model.latest_versions, model.aliases) == ([], {})


def test_a_model_needs_no_more_than_a_name(client, name):
    client.create_registered_model(name)
    found = client.get_registered_model(name)
    assert (found.name, found.tags) == (name, {}) and not found.description


@pytest.mark.parametrize("odd", ["with space", "Ü 葡萄 🍷", "a.b-c_d", "%41", "a'b\"c", "a,b;c=d&e?f#g", "UPPER", "1"])
def test_odd_names_are_names(client, odd):
    name = f"{odd} {fresh_name()} {odd}"
    client.create_registered_model(name)
    client.create_model_version(name, "s3://bucket/a")
    client.set_registered_model_alias(name, "best", "1")
    assert client.get_registered_model(name).name == client.get_model_version(name, "1").name == name
    assert client.get_model_version_by_alias(name, "best").version == "1"


def test_names_differ_by_case(client, name):
    client.create_registered_model(name)
    client.create_registered_model(name.upper())
    assert client.get_registered_model(name.upper()).name == name.upper()


def test_a_name_is_given_once(client, name):
    client.create_registered_model(name)
    with pytest.raises(MlflowException, match=rf"Registered Model \(name={name}\) already exists") as refused:
        client.create_registered_model(name)
    assert refused.value.error_code == "RESOURCE_ALREADY_EXISTS"


@pytest.mark.parametrize(
    "bad, message",
    [
        ("a/b", "Invalid model name 'a/b'. Names cannot contain '/' or ':'."),
        ("a:b", "Invalid model name 'a:b'. Names cannot contain '/' or ':'."),
        ("", "Missing value for required parameter 'name'."),
        ("   ", "Missing value for required parameter 'name'."),
    ],
)
def test_bad_names_are_refused(client, bad, message):
    with pytest.raises(MlflowException) as refused:
        client.create_registered_model(bad)
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE"
    assert message in refused.value.message


def test_a_renamed_model_keeps_everything_but_its_name(client, name):
    client.create_registered_model(name, tags={"a": "1"}, description="d")
    client.create_model_version(name, "s3://bucket/a", tags={"b": "2"})
    client.set_registered_model_alias(name, "best", "1")
    client.rename_registered_model(name, f"{name}-new")
    found = client.get_registered_model(f"{name}-new")
    assert (found.tags, found.description, found.aliases) == ({"a": "1"}, "d", {"best": "1"})
    assert found.last_updated_timestamp >= found.creation_timestamp
    version = client.get_model_version(f"{name}-new", "1")
    assert (version.name, version.tags, version.aliases) == (f"{name}-new", {"b": "2"}, ["best"])
    with pytest.raises(MlflowException, match=f"Registered Model with name={name} not found"):
        client.get_registered_model(name)
    client.create_registered_model(name)


def test_a_model_is_not_renamed_to_a_name_in_use(client, name):
    client.create_registered_model(name)
    client.create_registered_model(f"{name}-taken")
    with pytest.raises(MlflowException, match=rf"Registered Model \(name={name}-taken\) already exists") as refused:
        client.rename_registered_model(name, f"{name}-taken")
    assert refused.value.error_code == "RESOURCE_ALREADY_EXISTS"


def test_a_model_is_described_anew(client, name):
    created = client.create_registered_model(name, description="old")
    time.sleep(0.005)
    updated = client.update_registered_model(name, "new")
    assert updated.description == client.get_registered_model(name).description == "new"
    assert updated.last_updated_timestamp > created.last_updated_timestamp


def test_a_deleted_model_takes_everything_with_it(client, name):
    client.create_registered_model(name, tags={"a": "1"})
    client.create_model_version(name, "s3://bucket/a")
    client.set_registered_model_alias(name, "best", "1")
    client.delete_registered_model(name)
    for gone in (
        lambda: client.get_registered_model(name),
        lambda: client.delete_registered_model(name),
        lambda: client.rename_registered_model(name, f"{name}-new"),
        lambda: client.update_registered_model(name, "d"),
    ):
        with pytest.raises(MlflowException, match=f"Registered Model with name={name} not found") as missing:
            gone()
        assert missing.value.error_code == "RESOURCE_DOES_NOT_EXIST"
    assert client.search_model_versions(f"name = '{name}'") == []
    again = client.create_registered_model(name)
    assert (again.tags, again.aliases, again.latest_versions) == ({}, {}, [])
    assert client.create_model_version(name, "s3://bucket/a").version == "1"


def test_tags_are_set_changed_and_deleted(client, name):
    client.create_registered_model(name, tags={"a": "1"})
    client.set_registered_model_tag(name, "a", "2")
    client.set_registered_model_tag(name, "b.c/d e", "ü\n'\"")
    assert client.get_registered_model(name).tags == {"a": "2", "b.c/d e": "ü\n'\""}
    client.delete_registered_model_tag(name, "a")
    client.delete_registered_model_tag(name, "never there")
    assert client.get_registered_model(name).tags == {"b.c/d e": "ü\n'\""}


def test_tags_of_no_model_are_not_found(client, name):
    for call in (
        lambda: client.set_registered_model_tag(name, "a", "1"),
        lambda: client.delete_registered_model_tag(name, "a"),
    ):
        with pytest.raises(MlflowException, match=f"Registered Model with name={name} not found") as missing:
            call()
        assert missing.value.error_code == "RESOURCE_DOES_NOT_EXIST"


@pytest.mark.parametrize(
    "key, value, message",
    [
        ("k" * 251, "v", "'key' exceeds the maximum length of 250 characters"),
        ("k", "v" * 100_001, "'value' exceeds the maximum length of 100000 characters"),
        ("a*b", "v", "Invalid value \"a*b\" for parameter 'key' supplied"),
        ("../a", "v", "Invalid value \"../a\" for parameter 'key' supplied"),
    ],
)
def test_bad_tags_are_refused(client, name, key, value, message):
    client.create_registered_model(name)
    with pytest.raises(MlflowException) as refused:
        client.set_registered_model_tag(name, key, value)
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE" and message in refused.value.message
    assert client.get_registered_model(name).tags == {}


def test_long_tags_are_kept_whole(client, name):
    client.create_registered_model(name)
    client.set_registered_model_tag(name, "k" * 250, "v" * 100_000)
    assert client.get_registered_model(name).tags == {"k" * 250: "v" * 100_000}


@pytest.fixture(scope="module")
def three(client):
    """Models that end in a, b and c, made in this order; b was changed last."""
    prefix = fresh_name("models")
    for letter, tags in [("a", {"kind": "red", "n": "1"}), ("b", {"kind": "Red"}), ("c", {})]:
        client.create_registered_model(f"{prefix}-{letter}", tags=tags)
        time.sleep(0.005)  # a time of its own
    client.update_registered_model(f"{prefix}-b", "changed")
    return prefix


def found(client, prefix, where="", **options):
    where = f"name LIKE '{prefix}%'" + (f" AND {where}" if where else "")
    return "".join(model.name[-1] for model in client.search_registered_models(where, **options))


@pytest.mark.parametrize(
    "where, letters",
    [
        ("", "abc"),
        ("name = '{prefix}-a'", "a"),
        ("name != '{prefix}-a'", "bc"),
        ("name LIKE '%-b'", "b"),
        ("name ILIKE '%-B'", "b"),
        ("tags.kind = 'red'", "a"),
        ("tags.kind != 'red'", "b"),
        ("tags.kind LIKE 'r%'", "a"),
        ("tags.kind ILIKE 'RED'", "ab"),
        ("tags.kind ILIKE 'red' and tags.n = '1'", "a"),
        ("tags.`kind` = 'Red'", "b"),
        ("tags.none = 'x'", ""),
    ],
)
def test_search_finds(client, three, where, letters):
    assert found(client, three, where.format(prefix=three)) == letters


@pytest.mark.parametrize(
    "order_by, letters",
    [
        (["name"], "abc"),
        (["name DESC"], "cba"),
        (["last_updated_timestamp"], "acb"),
        (["last_updated_timestamp DESC"], "bca"),
        (["timestamp DESC"], "bca"),
        (["timestamp ASC", "name DESC"], "acb"),
    ],
)
def test_search_orders(client, three, order_by, letters):
    assert found(client, three, order_by=order_by) == letters


def test_search_pages_through_everything_once(client, three):
    letters, token, pages = "", None, 0
    while pages == 0 or token:
        page = client.search_registered_models(f"name LIKE '{three}%'", max_results=2, page_token=token)
        letters, token, pages = letters + "".join(model.name[-1] for model in page), page.token, pages + 1
    assert (letters, pages) == ("abc", 2)


def test_search_without_a_client_pages_by_itself(three):
    models = mlflow.search_registered_models(filter_string=f"name LIKE '{three}%'", order_by=["name DESC"])
    assert [model.name[-1] for model in models] == ["c", "b", "a"]


@pytest.mark.parametrize(
    "where, options, message",
    [
        ("name > 'a'", {}, "Invalid comparator for attribute: >"),
        ("bogus = 'a'", {}, "Invalid attribute key 'bogus' specified"),
        ("name = 'a' nonsense", {}, "Invalid clause(s) in filter string"),
        ("bogus.name = 'a'", {}, "Invalid entity type 'bogus'"),
        ("", {"order_by": ["bogus"]}, "Invalid order by key 'bogus' specified"),
        ("", {"max_results": 1001}, "Invalid value \"1001\" for parameter 'max_results' supplied"),
        ("", {"page_token": "x"}, "Invalid page token"),
    ],
)
def test_bad_searches_are_refused(client, where, options, message):
    with pytest.raises(MlflowException) as refused:
        client.search_registered_models(where, **options)
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE" and message in refused.value.message
