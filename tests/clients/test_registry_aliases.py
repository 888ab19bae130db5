import pytest
from mlflow.exceptions import MlflowException


@pytest.fixture
def model(client, name):
    """A model with three versions."""
    client.create_registered_model(name)
    for number in "123":
        client.create_model_version(name, f"s3://bucket/{number}")
    return name


def test_an_alias_names_a_version(client, model):
    client.set_registered_model_alias(model, "champion", "2")
    client.set_registered_model_alias(model, "since-2024_a", "2")
    assert client.get_registered_model(model).aliases == {"champion": "2", "since-2024_a": "2"}
    version = client.get_model_version_by_alias(model, "champion")
    assert (version.version, version.source) == ("2", "s3://bucket/2")
    assert sorted(client.get_model_version(model, "2").aliases) == ["champion", "since-2024_a"]
    assert client.get_model_version(model, "1").aliases == []


def test_a_search_for_models_tells_the_aliases(client, model):
    client.set_registered_model_alias(model, "champion", "2")
    [found] = client.search_registered_models(f"name = '{model}'")
    assert found.aliases == {"champion": "2"}


def test_an_alias_moves(client, model):
    for number in "123":
        client.set_registered_model_alias(model, "champion", number)
        assert client.get_model_version_by_alias(model, "champion").version == number
    assert client.get_registered_model(model).aliases == {"champion": "3"}
    assert client.get_model_version(model, "1").aliases == []


def test_aliases_differ_by_case(client, model):
    client.set_registered_model_alias(model, "best", "1")
    client.set_registered_model_alias(model, "Best", "2")
    assert client.get_registered_model(model).aliases == {"best": "1", "Best": "2"}


def test_a_deleted_alias_names_nothing(client, model):
    client.set_registered_model_alias(model, "champion", "1")
    client.delete_registered_model_alias(model, "champion")
    client.delete_registered_model_alias(model, "champion")
    assert client.get_registered_model(model).aliases == {}
    with pytest.raises(MlflowException, match="Registered model alias champion not found.") as missing:
        client.get_model_version_by_alias(model, "champion")
    assert missing.value.error_code == "INVALID_PARAMETER_VALUE"


def test_a_deleted_version_loses_its_aliases_alone(client, model):
    client.set_registered_model_alias(model, "a", "1")
    client.set_registered_model_alias(model, "b", "2")
    client.delete_model_version(model, "1")
    assert client.get_registered_model(model).aliases == {"b": "2"}


def test_latest_is_the_highest_version(client, model):
    assert client.get_model_version_by_alias(model, "latest").version == "3"
    client.delete_model_version(model, "3")
    assert client.get_model_version_by_alias(model, "Latest").version == "2"


@pytest.mark.parametrize(
    "alias, message",
    [
        ("latest", "'latest' alias name (case insensitive) is reserved."),
        ("LATEST", "'latest' alias name (case insensitive) is reserved."),
        ("v1", "Version alias name 'v1' is reserved."),
        ("V27", "Version alias name 'V27' is reserved."),
        ("a b", "Invalid alias name: 'a b'"),
        ("a.b", "Invalid alias name: 'a.b'"),
        ("a/b", "Invalid alias name: 'a/b'"),
        ("a" * 256, "exceeds the maximum length of 255 characters"),
    ],
)
def test_some_aliases_are_refused(client, model, alias, message):
    with pytest.raises(MlflowException) as refused:
        client.set_registered_model_alias(model, alias, "1")
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE" and message in refused.value.message
    assert client.get_registered_model(model).aliases == {}


@pytest.mark.parametrize("alias", ["v", "v1a", "1", "latest-1", "a" * 255, "_", "-"])
def test_others_are_taken(client, model, alias):
    client.set_registered_model_alias(model, alias, "1")
    assert client.get_registered_model(model).aliases == {alias: "1"}


def test_aliases_need_a_model_and_a_version(client, model, name):
    for call, message in [
        (lambda: client.set_registered_model_alias(model, "a", "9"), f"(name={model}, version=9) not found"),
        (lambda: client.set_registered_model_alias("no-" + name, "a", "1"), "not found"),
        (lambda: client.delete_registered_model_alias("no-" + name, "a"), "not found"),
        (lambda: client.get_model_version_by_alias("no-" + name, "a"), "not found"),
    ]:
        with pytest.raises(MlflowException) as missing:
            call()
        assert message in missing.value.message
