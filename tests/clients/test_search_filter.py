"""The filter language of runs. Which runs there are is in five_runs.py."""

import pytest
from mlflow.exceptions import MlflowException

from five_runs import letters


@pytest.mark.parametrize(
    "where, found",
    [
        ("", "abcde"),
        # metrics: numbers, every comparator; NaN only differs, a missing metric never matches
        ("metrics.loss > 0", "ad"),
        ("metrics.loss >= 0.5", "ad"),
        ("metrics.loss < 0.5", "c"),
        ("metrics.loss <= 0.5", "ac"),
        ("metrics.loss = 0.5", "a"),
        ("metrics.loss != 0.5", "bcd"),
        ("metrics.loss = 0", ""),
        ("metrics.loss = -1.5", "c"),
        ("metrics.loss > -1.6 and metrics.loss < 1", "ac"),
        ("metrics.big > 1e299", "c"),
        ("metrics.acc > .75", "ab"),
        ("metric.acc >= 7e-1 AND metric.acc <= 0.8", "bcd"),
        ("metrics.`val/f1` > 0.1", "a"),
        ('metrics."my metric" = 7', "b"),
        ("metrics.`loss` = 2", "d"),
        ("metrics.none > 0", ""),
        ("metrics.loss>0 and metrics.acc<0.9", "d"),
        # params: text
        ("params.model = 'svm'", "a"),
        ('params.model = "svm"', "a"),
        ("parameters.model = 'SVM'", "b"),
        ("param.model != 'svm'", "bcd"),
        ("params.model LIKE 'tree%'", "cd"),
        ("params.model LIKE 'tree_'", ""),
        ("params.model LIKE '%v%'", "a"),
        ("params.model LIKE 'SV_'", "b"),
        ("params.model ILIKE 'sv_'", "ab"),
        ("params.model like '%_2'", "d"),
        ("params.lr = '0.1' and params.model = 'svm'", "a"),
        ("params.lr = '0.10'", ""),
        ("params.`a b` = 'v'", "b"),
        ("params.\"a b\" = 'v'", "b"),
        ("params.class = '1'", "a"),
        ("params.empty = ''", "c"),
        ("params.empty IS NULL", "abde"),
        ("params.model IS NULL", "e"),
        ("params.model IS NOT NULL", "abcd"),
        ("params.model is not null and params.lr is null", "d"),
        # tags: text
        ("tags.kind = 'red'", "a"),
        ("tag.kind != 'red'", "bcd"),
        ("tags.kind ILIKE 'RED'", "ab"),
        ("tags.kind LIKE 'R%'", "b"),
        ("tags.`odd key` = 'x'", "b"),
        ("tags.dotted.key.name = 'x'", "a"),
        ("tags.`dotted.key.name` = 'x'", "a"),
        ("tags.under_score = 'x'", "c"),
        ("tags.mlflow.runName = 'run d'", "d"),
        ("tags.`mlflow.runName` LIKE 'run %'", "abcde"),
        ("tags.kind IS NULL", "e"),
        ("tags.kind IS NOT NULL AND tags.kind != 'white'", "ab"),
        ("tags.nope != 'x'", ""),
        ("tags.quote LIKE '%\"so\"%'", "a"),
        ('tags.quote LIKE "it\'s%"', "a"),
        ("tags.percent LIKE '100%'", "b"),
        # attributes
        ("status = 'FINISHED'", "a"),
        ("attributes.status != 'FINISHED'", "bcde"),
        ("attribute.status = 'RUNNING'", "d"),
        ("attr.status LIKE 'F%'", "ab"),
        ("run.status ILIKE 'f%'", "ab"),
        ("run_name = 'run a'", "a"),
        ("attributes.run_name LIKE 'run _'", "abcde"),
        ("run_name ILIKE 'RUN C'", "c"),
        ("attributes.`Run name` = 'run b'", "b"),
        ("`run name` != 'run b'", "acde"),
        ("start_time > 2000", "cde"),
        ("attributes.start_time <= 2000", "ab"),
        ("created = 1000", "a"),
        ("end_time > 0", "abce"),
        ("end_time < 63000", "ab"),
        ("end_time != 61000", "bce"),
        ("run_id = '{a}'", "a"),
        ("run_id != '{a}'", "bcde"),
        ("run_id IN ('{a}', '{c}')", "ac"),
        ('attributes.run_id in ("{a}","{e}")', "ae"),
        ("run_id NOT IN ('{a}', '{c}')", "bde"),
        ("attributes.run_id LIKE '{a}'", "a"),
        ("artifact_uri LIKE '%{b}%'", "b"),
        # datasets
        ("dataset.name = 'wine'", "ab"),
        ("datasets.name != 'wine'", "c"),
        ("dataset.digest = 'd3'", "c"),
        ("dataset.context = 'train'", "ac"),
        ("dataset.name LIKE 'w%' and dataset.context = 'eval'", "b"),
        ("dataset.name ILIKE 'WINE'", "ab"),
        ("dataset.name IN ('iris', 'wine')", "abc"),
        ("dataset.digest NOT IN ('d1')", "bc"),
        ("dataset.name = 'wine' and metrics.acc > 0.85", "a"),
        # everything together, in any case and spacing
        ("metrics.acc >= 0.7 AND params.model LIKE '%e%' And tags.kind = 'white' and status = 'KILLED'", "c"),
        ("  metrics.acc=0.7   and\n\tstatus='RUNNING' ", "d"),
    ],
)
def test_search_finds(client, five, where, found):
    assert "".join(sorted(letters(client, five, where))) == found


@pytest.mark.parametrize(
    "where, message",
    [
        ("metrics.m", "Invalid clause(s) in filter string: 'metrics.m'"),
        ("metrics.m >", "Invalid clause(s) in filter string: 'metrics.m', '>'"),
        ("params.p = '1", "Invalid clause(s) in filter string:"),
        ("metrics.m > 'a'", "Expected numeric value type for metric. Found 'a'"),
        ("metrics.m LIKE 'a'", "Expected numeric value type for metric. Found 'a'"),
        ("params.p > '1'", "Invalid comparator '>' not one of "),
        ("params.p = 1", "Expected a quoted string value for parameter (e.g. 'my-value'). Got value 1"),
        ("tags.t = 5", "Expected a quoted string value for tag (e.g. 'my-value'). Got value 5"),
        ("tags.t < 'a'", "Invalid comparator '<' not one of "),
        ("params.p RLIKE 'a'", "Invalid comparator 'RLIKE' not one of "),
        ("bogus.x = 'y'", "Invalid entity type 'bogus'. Valid values are "),
        ("METRICS.m > 1", "Invalid entity type 'METRICS'. Valid values are "),
        ("foo = 'x'", "Invalid attribute key 'foo' specified. Valid keys are "),
        ("attributes.start_time > 'a'", "Expected numeric value type for numeric attribute: start_time. Found 'a'"),
        ("status > 'FINISHED'", "Invalid comparator '>' not one of "),
        ("run_id IN ()", "While parsing a list in the query, expected a non-empty list of string values"),
        ("run_id IN (1)", "While parsing a list in the query, expected string value"),
        ("dataset.foo = 'x'", "Invalid dataset key 'foo' specified. Valid keys are "),
        ("dataset.name = 5", "Expected a quoted string value for dataset attributes. Got value 5"),
        ("metrics.m == 1", "Invalid comparator '==' not one of "),
        ("metrics.m > 1; metrics.m < 2", "Search filter contained multiple expression "),
        ("1 < metrics.m", "Invalid comparison clause. Expected 'Identifier' found '1'"),
        ("params.a-b = '1'", "Invalid comparison clause. Expected 'Identifier' found 'params.a-b'"),
        (
            "params.p = abc",
            "Parameter value is either not quoted or unidentified quote types used for string value abc",
        ),
        ("   ", "Invalid filter '   '. Could not be parsed."),
    ],
)
def test_a_bad_filter_is_refused_with_the_reason(api, five, where, message):
    status, code, text = api.refused("runs/search", {"experiment_ids": [five[0]], "filter": where})
    assert (status, code) == (400, "INVALID_PARAMETER_VALUE") and text.startswith(message)


def test_the_client_raises_on_a_bad_filter(client, five):
    with pytest.raises(MlflowException, match="Invalid clause"):
        client.search_runs([five[0]], "metrics.m >")
