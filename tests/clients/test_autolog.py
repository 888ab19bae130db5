"""Autologging of real fits on the data sets that scikit-learn ships."""

import json
import subprocess
import sys

import lightgbm
import mlflow
import pytest
import sklearn.metrics
from sklearn.datasets import load_diabetes, load_wine
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

WINE = train_test_split(*load_wine(return_X_y=True, as_frame=True), random_state=0)
DIABETES = train_test_split(*load_diabetes(return_X_y=True, as_frame=True), random_state=0)


@pytest.fixture
def sklearn_autolog(experiment_id):
    """Its models are logged by the one test that loads one, for guessing their requirements takes seconds."""
    mlflow.sklearn.autolog(log_models=False, silent=True, max_tuning_runs=3)
    yield
    mlflow.sklearn.autolog(disable=True, silent=True)


@pytest.fixture
def lightgbm_autolog(experiment_id):
    mlflow.lightgbm.autolog(log_models=False, silent=True)
    yield
    mlflow.lightgbm.autolog(disable=True, silent=True)


def last_run(client, experiment_id, where="attributes.status = 'FINISHED'"):
    [run] = client.search_runs([experiment_id], where, max_results=1)
    return run


def files(client, run):
    return {entry.path for entry in client.list_artifacts(run.info.run_id)}


def test_a_classifier_tells_its_params_scores_data_and_pictures(client, experiment_id, sklearn_autolog):
    features, other, target, truth = WINE
    model = LogisticRegression(max_iter=20, C=0.5).fit(features, target)
    with mlflow.start_run(run_id=last_run(client, experiment_id).info.run_id):
        accuracy = sklearn.metrics.accuracy_score(truth, model.predict(other))
        model.score(other, truth)
    run = client.get_run(last_run(client, experiment_id).info.run_id)
    assert {key: run.data.params[key] for key in ("C", "max_iter", "solver")} == {
        "C": "0.5",
        "max_iter": "20",
        "solver": "lbfgs",
    }
    assert run.data.params.keys() == model.get_params().keys()
    training = {key for key in run.data.metrics if key.startswith("training_")}
    assert {key.removeprefix("training_") for key in training} == {
        "accuracy_score",
        "f1_score",
        "log_loss",
        "precision_score",
        "recall_score",
        "roc_auc",
        "score",
    }
    assert run.data.metrics["training_accuracy_score"] == model.score(features, target)
    assert run.data.metrics["accuracy_score_other"] == accuracy == run.data.metrics["LogisticRegression_score_other"]
    assert run.data.tags["estimator_name"] == "LogisticRegression"
    assert run.data.tags["estimator_class"] == "sklearn.linear_model._logistic.LogisticRegression"
    assert {"training_confusion_matrix.png", "estimator.html", "metric_info.json"} <= files(client, run)
    train = [entry.dataset for entry in run.inputs.dataset_inputs if entry.tags[0].value == "train"]
    assert [json.loads(data.profile)["num_rows"] for data in train] == [len(features)]


def test_a_grid_search_has_a_run_for_each_of_its_best_candidates(client, experiment_id, sklearn_autolog):
    features, _, target, _ = WINE
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=20))
    search = GridSearchCV(pipeline, {"logisticregression__C": [0.001, 0.01, 0.1, 1.0]}, cv=2).fit(features, target)
    runs = client.search_runs([experiment_id])
    [parent] = [run for run in runs if "mlflow.parentRunId" not in run.data.tags]
    children = [run for run in runs if run.data.tags.get("mlflow.parentRunId") == parent.info.run_id]
    assert len(children) == 3 and {run.info.status for run in runs} == {"FINISHED"}
    assert parent.data.params["best_logisticregression__C"] == str(search.best_params_["logisticregression__C"])
    assert parent.data.metrics["best_cv_score"] == pytest.approx(search.best_score_, abs=1e-15)
    scores = search.cv_results_["mean_test_score"]
    assert sorted(run.data.metrics["mean_test_score"] for run in children) == pytest.approx(sorted(scores)[1:])
    assert {run.data.metrics["rank_test_score"] for run in children} <= {1, 2, 3, 4}
    by_tag = f"tags.mlflow.parentRunId = '{parent.info.run_id}' and params.logisticregression__C = '0.1'"
    assert len(client.search_runs([experiment_id], by_tag)) == 1
    assert {"cv_results.csv", "estimator.html"} <= files(client, parent)


def test_a_regressor_tells_its_errors(client, experiment_id, sklearn_autolog):
    features, other, target, truth = DIABETES
    with mlflow.start_run() as active:
        model = RandomForestRegressor(n_estimators=3, random_state=0).fit(features, target)
        error = sklearn.metrics.mean_squared_error(truth, model.predict(other))
    run = client.get_run(active.info.run_id)
    assert {key for key in run.data.metrics if key.startswith("training_")} == {
        f"training_{name}"
        for name in ("mean_absolute_error", "mean_squared_error", "r2_score", "root_mean_squared_error", "score")
    }
    assert run.data.metrics["mean_squared_error_other"] == error
    assert run.data.params["n_estimators"] == "3"


def test_the_model_of_a_fit_is_logged_and_loaded(client, experiment_id):
    features, other, target, _ = WINE
    mlflow.sklearn.autolog(log_input_examples=True, silent=True, registered_model_name=None)
    try:
        with mlflow.start_run() as active:
            model = LogisticRegression(max_iter=5).fit(features, target)
    finally:
        mlflow.sklearn.autolog(disable=True, silent=True)
    [output] = client.get_run(active.info.run_id).outputs.model_outputs
    logged = client.get_logged_model(output.model_id)
    assert (str(logged.status), logged.source_run_id, logged.params["max_iter"]) == ("READY", active.info.run_id, "5")
    assert {"training_accuracy_score", "training_roc_auc"} <= {metric.key for metric in logged.metrics}
    loaded = mlflow.pyfunc.load_model(f"models:/{output.model_id}")
    assert loaded.metadata.signature.inputs.input_names() == list(features.columns)
    assert (loaded.predict(other) == model.predict(other)).all()


def test_boosting_tells_a_metric_for_each_round(client, experiment_id, lightgbm_autolog):
    features, other, target, truth = DIABETES
    train, test = lightgbm.Dataset(features, target), lightgbm.Dataset(other, truth)
    options = {
        "objective": "regression",
        "metric": ["l2", "l1"],
        "learning_rate": 0.25,
        "verbose": -1,
        "num_threads": 1,
    }
    rounds = {}
    with mlflow.start_run() as active:
        lightgbm.train(
            options, train, 12, valid_sets=[train, test], valid_names=["train", "test"],
            callbacks=[lightgbm.record_evaluation(rounds)],
        )  # fmt: skip
    run = client.get_run(active.info.run_id)
    assert (run.data.params["learning_rate"], run.data.params["num_boost_round"]) == ("0.25", "12")
    assert run.data.params["metric"] == "['l2', 'l1']"
    assert run.data.metrics.keys() == {"train-l2", "train-l1", "test-l2", "test-l1"}
    for name in ("train", "test"):
        for metric in ("l2", "l1"):
            history = client.get_metric_history(run.info.run_id, f"{name}-{metric}")
            assert [point.value for point in sorted(history, key=lambda point: point.step)] == rounds[name][metric]
            assert sorted(point.step for point in history) == list(range(12))
    assert {"feature_importance_gain.json", "feature_importance_split.png"} <= files(client, run)
    assert len(run.inputs.dataset_inputs) == 3


def test_boosting_stops_early_and_says_when(client, experiment_id, lightgbm_autolog):
    features, other, target, truth = WINE
    model = lightgbm.LGBMClassifier(n_estimators=60, learning_rate=0.5, verbose=-1, n_jobs=1)
    with mlflow.start_run() as active:
        model.fit(features, target, eval_set=[(other, truth)], callbacks=[lightgbm.early_stopping(3, verbose=False)])
    metrics = client.get_run(active.info.run_id).data.metrics
    assert metrics["best_iteration"] == model.best_iteration_ and metrics["stopped_iteration"] <= 60
    history = client.get_metric_history(active.info.run_id, "valid_0-multi_logloss")
    assert len(history) >= model.best_iteration_


def test_everything_is_autologged_with_one_call(client, experiment_id):
    # In a process of its own: what was set for one library stays.
    script = (
        "import mlflow, lightgbm\n"
        "from sklearn.datasets import load_wine\n"
        "from sklearn.linear_model import LogisticRegression\n"
        f"mlflow.set_experiment(experiment_id='{experiment_id}')\n"
        "mlflow.autolog(log_models=False, silent=True)\n"
        "LogisticRegression(max_iter=5).fit(*load_wine(return_X_y=True))\n"
        "lightgbm.LGBMClassifier(n_estimators=2, verbose=-1, n_jobs=1).fit(*load_wine(return_X_y=True))\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=120)
    first, second = client.search_runs([experiment_id], order_by=["start_time"])
    assert first.data.params["max_iter"] == "5" and second.data.params["num_boost_round"] == "2"


def test_a_fit_that_fails_leaves_a_failed_run(client, experiment_id, sklearn_autolog):
    features, _, target, _ = WINE
    with pytest.raises(ValueError):
        LogisticRegression(C=-1).fit(features, target)
    assert last_run(client, experiment_id, "").info.status == "FAILED"
