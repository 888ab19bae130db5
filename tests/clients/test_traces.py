"""Traces as the Python client makes, finds, judges and deletes them."""

import mlflow
import pytest
from mlflow.entities import AssessmentSource, SpanType
from mlflow.exceptions import MlflowException


@mlflow.trace(span_type=SpanType.LLM, attributes={"model": "small"})
def answer(question):
    return {"text": question.upper()}


@mlflow.trace(name="ask", span_type=SpanType.CHAIN)
def ask(question):
    return answer(question)["text"]


@pytest.fixture
def traced(experiment_id):
    """The id of a finished trace of two spans."""
    ask("why")
    mlflow.flush_trace_async_logging()
    return mlflow.get_last_active_trace_id()


def test_spans_keep_their_nesting_inputs_and_outputs(traced):
    trace = mlflow.get_trace(traced)
    root, child = sorted(trace.data.spans, key=lambda span: span.start_time_ns)
    assert (root.name, root.span_type, root.parent_id) == ("ask", "CHAIN", None)
    assert (child.name, child.span_type, child.parent_id) == ("answer", "LLM", root.span_id)
    assert root.inputs == {"question": "why"} and root.outputs == "WHY"
    assert child.outputs == {"text": "WHY"} and child.get_attribute("model") == "small"
    assert trace.info.state == "OK" and trace.info.execution_duration >= 0
    assert trace.info.tags["mlflow.traceName"] == "ask"


def test_a_failed_call_is_a_trace_with_an_error(experiment_id):
    @mlflow.trace
    def fail():
        raise ValueError("no")

    with pytest.raises(ValueError):
        fail()
    mlflow.flush_trace_async_logging()
    trace = mlflow.get_trace(mlflow.get_last_active_trace_id())
    assert trace.info.state == "ERROR"
    (span,) = trace.data.spans
    assert span.status.status_code == "ERROR" and span.events[0].name == "exception"


def test_search_finds_traces_by_filter_in_order_and_page_by_page(client, experiment_id):
    for question in ["a", "b", "c"]:
        ask(question)
    mlflow.flush_trace_async_logging()
    found = mlflow.search_traces(locations=[experiment_id], return_type="list", order_by=["timestamp ASC"])
    assert [trace.data.spans[0].trace_id for trace in found] == [trace.info.trace_id for trace in found]
    assert sorted(trace.data._get_root_span().inputs["question"] for trace in found) == ["a", "b", "c"]
    times = [trace.info.request_time for trace in found]
    assert times == sorted(times)

    def count(filter_string):
        return len(client.search_traces(locations=[experiment_id], filter_string=filter_string))

    assert count("status = 'OK'") == 3
    assert count("name = 'ask' AND timestamp_ms > 0") == 3
    assert count("tags.`mlflow.traceName` = 'other'") == 0
    assert count("span.type = 'LLM' AND span.name = 'answer'") == 3
    assert count("span.type = 'LLM' AND span.name = 'ask'") == 0
    assert count("trace.text LIKE '%why%'") == 0
    page = client.search_traces(locations=[experiment_id], max_results=2)
    rest = client.search_traces(locations=[experiment_id], max_results=2, page_token=page.token)
    assert len({trace.info.trace_id for trace in [*page, *rest]}) == 3


def test_tags_of_a_trace_are_set_and_deleted(client, traced):
    client.set_trace_tag(traced, "k", "v")
    assert mlflow.get_trace(traced).info.tags["k"] == "v"
    client.delete_trace_tag(traced, "k")
    assert "k" not in mlflow.get_trace(traced).info.tags
    with pytest.raises(MlflowException, match="No trace tag with key 'k'"):
        client.delete_trace_tag(traced, "k")


def test_feedback_is_logged_updated_overridden_and_deleted(client, traced):
    human = AssessmentSource(source_type="HUMAN", source_id="me")
    logged = mlflow.log_feedback(
        trace_id=traced, name="good", value=True, source=human, rationale="so", metadata={"k": "v"}
    )
    read = mlflow.get_assessment(traced, logged.assessment_id)
    assert (read.value, read.rationale, read.metadata, read.valid) == (True, "so", {"k": "v"}, True)
    assert read.source.source_type == "HUMAN" and read.source.source_id == "me"
    mlflow.update_assessment(
        traced, logged.assessment_id, mlflow.entities.Feedback(name="better", value=0.5, metadata={"z": "1"})
    )
    read = mlflow.get_assessment(traced, logged.assessment_id)
    assert (read.name, read.value, read.metadata) == ("better", 0.5, {"k": "v", "z": "1"})
    successor = mlflow.override_feedback(trace_id=traced, assessment_id=logged.assessment_id, value=False)
    assert mlflow.get_assessment(traced, logged.assessment_id).valid is False
    assert {one.assessment_id for one in mlflow.get_trace(traced).info.assessments} == {
        logged.assessment_id,
        successor.assessment_id,
    }
    mlflow.delete_assessment(traced, successor.assessment_id)
    assert mlflow.get_assessment(traced, logged.assessment_id).valid is True
    with pytest.raises(MlflowException, match="not found"):
        mlflow.get_assessment(traced, successor.assessment_id)


@pytest.mark.parametrize("value", ["text", 3, 0.5, True, ["a", 1], {"a": {"b": [1.5]}}])
def test_an_expectation_keeps_its_value(traced, value):
    logged = mlflow.log_expectation(trace_id=traced, name="right", value=value)
    assert mlflow.get_assessment(traced, logged.assessment_id).value == value


def test_traces_are_found_by_what_was_said_of_them(client, experiment_id, traced):
    mlflow.log_feedback(trace_id=traced, name="score", value=4)
    mlflow.log_expectation(trace_id=traced, name="right", value="yes")

    def count(filter_string):
        return len(client.search_traces(locations=[experiment_id], filter_string=filter_string))

    assert count("feedback.score > 3") == 1
    assert count("feedback.score > 4") == 0
    assert count("expectation.right = 'yes'") == 1
    assert count("feedback.other IS NULL") == 1


def test_a_trace_in_a_run_and_one_linked_to_it_are_found_by_the_run(client, experiment_id, traced):
    with mlflow.start_run() as run:
        ask("inside")
        mlflow.flush_trace_async_logging()
    inside = mlflow.get_last_active_trace_id()
    client.link_traces_to_run([traced], run.info.run_id)
    found = client.search_traces(locations=[experiment_id], run_id=run.info.run_id)
    assert {trace.info.trace_id for trace in found} == {inside, traced}


def test_deleted_traces_are_gone(client, experiment_id, traced):
    mlflow.log_feedback(trace_id=traced, name="good", value=True)
    assert client.delete_traces(experiment_id, trace_ids=[traced]) == 1
    assert mlflow.search_traces(locations=[experiment_id], return_type="list") == []
    ask("again")
    mlflow.flush_trace_async_logging()
    assert client.delete_traces(experiment_id, max_timestamp_millis=2**50) == 1
