"""What mlflow.evaluate writes and reads: metrics, tables, pictures; and tables by themselves."""

import json

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow.exceptions import MlflowException
from mlflow.metrics import MetricValue
from mlflow.models import MetricThreshold, infer_signature, make_metric
from sklearn.datasets import load_diabetes, load_wine
from sklearn.linear_model import LinearRegression, LogisticRegression

OPTIONS = {"evaluators": ["default"], "evaluator_config": {"default": {"log_model_explainability": False}}}


def table_of(load, fit):
    features, target = load(return_X_y=True, as_frame=True)
    return features, target, fit.fit(features, target)


@pytest.fixture(scope="module")
def wine():
    return table_of(load_wine, LogisticRegression(max_iter=30))


@pytest.fixture(scope="module")
def diabetes():
    return table_of(load_diabetes, LinearRegression())


def log(model, features):
    signature = infer_signature(features, model.predict(features))
    return mlflow.sklearn.log_model(model, name="model", signature=signature, pip_requirements=["scikit-learn"])


def paths(client, run_id, folder=None):
    for entry in client.list_artifacts(run_id, folder):
        if entry.is_dir:
            yield from paths(client, run_id, entry.path)
        else:
            yield entry.path


@pytest.mark.parametrize("evaluate", [mlflow.evaluate, mlflow.models.evaluate])
def test_a_classifier_is_evaluated(client, active_run, wine, evaluate):
    features, target, model = wine
    info = log(model, features)
    data = features.assign(target=target)
    result = evaluate(info.model_uri, data, targets="target", model_type="classifier", **OPTIONS)
    run = client.get_run(active_run.info.run_id)
    assert result.metrics["accuracy_score"] == model.score(features, target)
    assert {"f1_score", "precision_score", "recall_score", "log_loss", "roc_auc"} <= result.metrics.keys()
    assert run.data.metrics == pytest.approx(result.metrics)
    logged = {metric.key: metric.value for metric in client.get_logged_model(info.model_id).metrics}
    assert logged["accuracy_score"] == result.metrics["accuracy_score"]
    there = set(paths(client, active_run.info.run_id))
    assert {"confusion_matrix.png", "per_class_metrics.csv", "roc_curve_plot.png"} <= there
    [entry] = run.inputs.dataset_inputs
    assert json.loads(entry.dataset.profile)["num_rows"] == len(data)
    for name, artifact in result.artifacts.items():
        assert artifact.uri.startswith(active_run.info.artifact_uri), name
    per_class = pd.read_csv(mlflow.artifacts.download_artifacts(result.artifacts["per_class_metrics"].uri))
    assert per_class["f1_score"].tolist() == pytest.approx(
        result.artifacts["per_class_metrics"].content["f1_score"].tolist()
    )


def test_a_regressor_is_evaluated_with_a_metric_and_a_picture_of_ones_own(client, active_run, diabetes):
    features, target, model = diabetes

    def worst(predictions, targets, metrics):
        return float(np.max(np.abs(predictions - targets)))

    def picture(eval_df, builtin_metrics, artifacts_dir):
        from matplotlib.figure import Figure

        figure = Figure()
        figure.subplots().scatter(eval_df["prediction"], eval_df["target"])
        return {"fit": figure, "rows": {"n": len(eval_df)}}

    metric = make_metric(
        eval_fn=lambda predictions, targets: worst(predictions, targets, None), greater_is_better=False, name="worst"
    )
    result = mlflow.evaluate(
        log(model, features).model_uri, features.assign(y=target), targets="y", model_type="regressor",
        extra_metrics=[metric], custom_artifacts=[picture], **OPTIONS,
    )  # fmt: skip
    run = client.get_run(active_run.info.run_id)
    assert run.data.metrics["worst"] == worst(model.predict(features), target, None)
    assert run.data.metrics["r2_score"] == pytest.approx(model.score(features, target))
    assert {"fit.png", "rows.json"} <= set(paths(client, active_run.info.run_id))
    assert result.artifacts["rows"].content == {"n": len(features)}
    assert mlflow.artifacts.load_dict(f"{active_run.info.artifact_uri}/rows.json") == {"n": len(features)}


def test_answers_that_are_there_already_are_evaluated_as_a_table(client, active_run):
    data = pd.DataFrame({"q": ["a?", "b?"], "prediction": ["x", "y"], "truth": ["x", "z"]})

    def right(predictions, targets):
        scores = [float(one == other) for one, other in zip(predictions, targets)]
        return MetricValue(scores=scores, aggregate_results={"mean": sum(scores) / len(scores)})

    metric = make_metric(eval_fn=right, greater_is_better=True, name="right")
    result = mlflow.evaluate(data=data, predictions="prediction", targets="truth", extra_metrics=[metric], **OPTIONS)
    assert client.get_run(active_run.info.run_id).data.metrics == result.metrics == {"right/mean": 0.5}
    table = mlflow.load_table("eval_results_table.json", run_ids=[active_run.info.run_id])
    assert table["q"].tolist() == ["a?", "b?"] and table["right/score"].tolist() == [1, 0]
    assert list(table.columns) == list(result.tables["eval_results_table"].columns)


def test_a_model_that_is_not_good_enough_is_told(active_run, wine):
    features, target, model = wine
    result = mlflow.evaluate(model.predict, features.assign(y=target), targets="y", model_type="classifier", **OPTIONS)
    good = {"accuracy_score": MetricThreshold(threshold=0.5, greater_is_better=True)}
    mlflow.validate_evaluation_results(validation_thresholds=good, candidate_result=result)
    too_good = {"accuracy_score": MetricThreshold(threshold=1.01, greater_is_better=True)}
    with pytest.raises(MlflowException, match="accuracy_score"):
        mlflow.validate_evaluation_results(validation_thresholds=too_good, candidate_result=result)


def test_a_table_is_logged_and_loaded_and_grows(client, active_run):
    run_id = active_run.info.run_id
    mlflow.log_table({"a": [1, 2], "b": ["ü", None]}, "tables/t.json")
    mlflow.log_table(pd.DataFrame({"a": [3], "b": ["x"]}), "tables/t.json")
    table = mlflow.load_table("tables/t.json", run_ids=[run_id])
    assert table["a"].tolist() == [1, 2, 3] and table["b"].tolist()[0] == "ü"
    listed = json.loads(client.get_run(run_id).data.tags["mlflow.loggedArtifacts"])
    assert listed == [{"path": "tables/t.json", "type": "table"}]
    with pytest.raises(MlflowException):
        mlflow.load_table("tables/none.json", run_ids=[run_id])


def test_tables_of_many_runs_are_loaded_as_one(client, experiment_id):
    ids = []
    for number in range(3):
        with mlflow.start_run() as run:
            mlflow.log_table({"n": [number], "list": [[number, {"a": None}]]}, "t.json")
            ids.append(run.info.run_id)
    table = mlflow.load_table("t.json", extra_columns=["run_id"])
    assert dict(zip(table["run_id"], table["n"])) == dict(zip(ids, range(3)))
    assert mlflow.load_table("t.json", run_ids=ids[:1])["list"].tolist() == [[0, {"a": None}]]


def test_a_table_of_parquet_keeps_its_types(active_run):
    mlflow.log_table(
        pd.DataFrame({"a": np.array([1, 2], "int32"), "t": pd.to_datetime(["2024-01-01", None])}), "t.parquet"
    )
    table = mlflow.load_table("t.parquet", run_ids=[active_run.info.run_id])
    assert table["a"].dtype == "int32" and str(table["t"][0]) == "2024-01-01 00:00:00"


def test_pictures_in_a_table_come_back_as_pictures(active_run):
    picture = mlflow.Image(np.full((4, 4, 3), 128, dtype=np.uint8))
    mlflow.log_table({"picture": [picture], "name": ["grey"]}, "pictures.json")
    table = mlflow.load_table("pictures.json", run_ids=[active_run.info.run_id])
    assert table["name"].tolist() == ["grey"] and table["picture"][0]["type"] == "image"
