import json

import mlflow
import pytest
from mlflow.exceptions import MlflowException

genai = mlflow.genai


def test_a_prompt_is_loaded_as_it_was_registered(client, name):
    made = genai.register_prompt(name, "Say {{word}} to {{who}}.", commit_message="first", tags={"tone": "kind"})
    for prompt in (made, genai.load_prompt(name, version=1), genai.load_prompt(f"prompts:/{name}/1")):
        assert (prompt.name, prompt.version, prompt.template) == (name, 1, "Say {{word}} to {{who}}.")
        assert (prompt.commit_message, prompt.tags) == ("first", {"tone": "kind"})
        assert prompt.format(word="hi", who="you") == "Say hi to you." and prompt.uri == f"prompts:/{name}/1"


def test_a_prompt_may_be_a_chat_with_a_response_format_and_a_model(name):
    chat = [{"role": "system", "content": "Be {{style}}."}, {"role": "user", "content": "{{q}}"}]
    form = {"type": "object", "properties": {"a": {"type": "string"}}}
    model = {"provider": "p", "model_name": "m", "temperature": 0.5}
    genai.register_prompt(name, chat, response_format=form, model_config=model)
    prompt = genai.load_prompt(name, version="1")
    assert (prompt.template, prompt.response_format, prompt.is_text_prompt) == (chat, form, False)
    assert {key: prompt.model_config[key] for key in model} == model
    genai.set_prompt_model_config(name, 1, {"model_name": "other"})
    assert genai.load_prompt(name, version=1, cache_ttl_seconds=0).model_config["model_name"] == "other"
    genai.delete_prompt_model_config(name, 1)
    assert genai.load_prompt(name, version=1, cache_ttl_seconds=0).model_config is None


def test_a_name_again_makes_the_next_version(client, name):
    assert [genai.register_prompt(name, text).version for text in ("one", "two", "three")] == [1, 2, 3]
    assert genai.load_prompt(name, version=2).template == "two"
    assert genai.load_prompt(f"prompts:/{name}@latest").template == "three"
    assert genai.load_prompt(name).template == "three"
    versions = client.search_model_versions(f"name = '{name}' AND tags.`mlflow.prompt.is_prompt` = 'true'")
    assert [version.version for version in versions] == ["3", "2", "1"]


def test_an_alias_of_a_prompt_moves_and_goes(client, name):
    for text in ("one", "two"):
        genai.register_prompt(name, text)
    genai.set_prompt_alias(name, "live", 1)
    assert genai.load_prompt(f"prompts:/{name}@live").template == "one"
    genai.set_prompt_alias(name, "live", 2)
    assert genai.load_prompt(f"prompts:/{name}@live", cache_ttl_seconds=0).template == "two"
    assert client.get_prompt_version_by_alias(name, "live").version == 2
    assert genai.load_prompt(name, version=2, cache_ttl_seconds=0).aliases == ["live"]
    genai.delete_prompt_alias(name, "live")
    assert genai.load_prompt(f"prompts:/{name}@live", allow_missing=True, cache_ttl_seconds=0) is None


def test_tags_of_prompts_and_their_versions_are_set_and_deleted(client, name):
    genai.register_prompt(name, "one", tags={"a": "1"})
    genai.set_prompt_tag(name, "team", "x")
    genai.set_prompt_version_tag(name, 1, "b", "2")
    assert genai.get_prompt_tags(name)["team"] == "x"
    assert genai.load_prompt(name, version=1, cache_ttl_seconds=0).tags == {"a": "1", "b": "2"}
    genai.delete_prompt_tag(name, "team")
    genai.delete_prompt_version_tag(name, 1, "b")
    assert "team" not in genai.get_prompt_tags(name)
    assert genai.load_prompt(name, version=1, cache_ttl_seconds=0).tags == {"a": "1"}


def test_prompts_are_searched(client, name):
    for letter, tags in [("a", {"team": "x"}), ("b", {"team": "y"})]:
        client.create_prompt(f"{name}-{letter}", description="d", tags=tags)
    client.create_registered_model(f"{name}-model", tags={"team": "x"})

    def found(where=""):
        where = f"name LIKE '{name}%'" + where
        return sorted(prompt.name[len(name) + 1 :] for prompt in genai.search_prompts(where))

    assert (found(), found(" AND tags.team = 'x'")) == (["a", "b"], ["a"])


def test_prompts_are_no_models(client, api, name):
    genai.register_prompt(name, "one")
    client.create_registered_model(f"{name}-model")
    found = client.search_registered_models(f"name LIKE '{name}%'")
    assert [model.name for model in found] == [f"{name}-model"]
    _, answer = api.get("registered-models/search", filter=f"name LIKE '{name}%'")
    assert [model["name"] for model in answer["registered_models"]] == [f"{name}-model"]
    assert client.search_model_versions(f"name = '{name}'") == []
    for call in (
        lambda: client.set_registered_model_alias(name, "a", "1"),
        lambda: client.get_latest_versions(name),
        lambda: client.transition_model_version_stage(name, "1", "Staging"),
    ):
        with pytest.raises(MlflowException):
            call()


def test_a_prompt_and_a_model_share_one_space_of_names(client, name):
    client.create_registered_model(f"{name}-model")
    with pytest.raises(MlflowException, match="exists with the same name. MLflow does not allow"):
        genai.register_prompt(f"{name}-model", "one")
    genai.register_prompt(name, "one")
    with pytest.raises(MlflowException, match="but the name is already taken by a prompt") as refused:
        client.create_registered_model(name)
    assert refused.value.error_code == "RESOURCE_ALREADY_EXISTS"


def test_a_missing_prompt_is_none_or_an_error(client, name):
    assert genai.load_prompt(name, version=1, allow_missing=True) is None and client.get_prompt(name) is None
    for call in (
        lambda: genai.load_prompt(name, version=1),
        lambda: client.get_prompt_version(name, "1"),
        lambda: client.get_prompt_version_by_alias(name, "live"),
    ):
        with pytest.raises(MlflowException, match="not found") as missing:
            call()
        assert missing.value.error_code == "RESOURCE_DOES_NOT_EXIST"


@pytest.mark.parametrize("bad", ["with space", "a/b", "", "ü"])
def test_bad_names_of_prompts_are_refused(bad):
    with pytest.raises(MlflowException) as refused:
        genai.register_prompt(bad, "one")
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE"


def test_a_long_prompt_is_kept_whole_and_a_longer_one_refused(name):
    text = "word " * 20_000
    genai.register_prompt(name, text)
    assert genai.load_prompt(name, version=1).template == text
    with pytest.raises(MlflowException, match="Prompt text exceeds max length of 100000 characters"):
        genai.register_prompt(name, text + "!")


def test_a_prompt_is_made_without_a_version_and_deleted(client, name):
    made = client.create_prompt(name, description="What it is", tags={"a": "1"})
    assert (made.name, made.description, made.tags["a"]) == (name, "What it is", "1")
    client.create_prompt_version(name, "one", description="first", tags={"b": "2"})
    assert client.get_prompt_version(name, "1").template == "one"
    client.delete_prompt_version(name, "1")
    with pytest.raises(MlflowException, match=rf"Prompt \(name={name}, version=1\) not found"):
        client.get_prompt_version(name, "1")
    client.delete_prompt(name)
    assert client.get_prompt(name) is None


def test_a_prompt_used_in_a_run_is_known_to_the_run(client, active_run, name):
    genai.register_prompt(name, "one")
    prompt = genai.load_prompt(name, version=1)
    client.link_prompt_version_to_run(active_run.info.run_id, prompt)
    tag = client.get_run(active_run.info.run_id).data.tags["mlflow.linkedPrompts"]
    assert json.loads(tag) == [{"name": name, "version": "1"}]
