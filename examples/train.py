"""Trains a small grid of classifiers on scikit-learn's wine data and tracks everything about it with MLflow.

    pip install mlflow==3.17.2
    MLFLOW_TRACKING_URI=http://localhost:5000 python train.py

At the end all of it is read back and compared, so a server that loses or changes anything fails here.
"""

import tempfile
from pathlib import Path

import matplotlib
import mlflow
import numpy as np
from matplotlib import pyplot as plt
from mlflow import MlflowClient
from sklearn.datasets import load_wine
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import ConfusionMatrixDisplay, accuracy_score, log_loss
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

matplotlib.use("Agg")  # draws without a screen
EPOCHS = 20
GRID = [{"alpha": alpha, "penalty": penalty} for alpha in (0.0001, 0.003, 0.1) for penalty in ("l2", "l1")]

wine = load_wine(as_frame=True)
X_train, X_test, y_train, y_test = train_test_split(wine.data, wine.target, test_size=0.3, random_state=0)
dataset = mlflow.data.from_pandas(wine.frame.astype(float), name="wine", targets="target")


def train(params):
    """Fits one point of the grid in the active run. Returns the pipeline and the curves that were logged."""
    mlflow.log_params({**params, "epochs": EPOCHS})
    mlflow.set_tags({"family": "linear", "data": "wine / cultivar"})
    mlflow.log_input(dataset, context="training")
    scaler, classifier = StandardScaler().fit(X_train), SGDClassifier(loss="log_loss", random_state=0, **params)
    model = make_pipeline(scaler, classifier)
    curves = {"train_loss": [], "test_loss": [], "test_accuracy": [], "weight_norm": []}
    for epoch in range(EPOCHS):
        classifier.partial_fit(scaler.transform(X_train), y_train, classes=np.unique(y_train))
        curves["train_loss"].append(log_loss(y_train, model.predict_proba(X_train)))
        curves["test_loss"].append(log_loss(y_test, model.predict_proba(X_test)))
        curves["test_accuracy"].append(accuracy_score(y_test, model.predict(X_test)))
        curves["weight_norm"].append(float(np.linalg.norm(classifier.coef_)))
        mlflow.log_metric("train_loss", curves["train_loss"][-1], step=epoch)
        mlflow.log_metrics({name: curves[name][-1] for name in ("test_loss", "test_accuracy")}, step=epoch)
        mlflow.log_metric("weight_norm", curves["weight_norm"][-1], step=epoch, synchronous=False)
    mlflow.flush_async_logging()
    return model, curves


def log_artifacts(model, folder):
    """Logs an artifact of every kind to the active run, and `folder` with the files that are made here."""
    predicted = model.predict(X_test)
    weights = np.abs(model[-1].coef_)
    (folder / "weights").mkdir(parents=True)
    wine.frame.to_csv(folder / "wine data.csv", index=False)
    np.save(folder / "weights" / "coefficients.npy", weights)
    mlflow.log_artifacts(str(folder), artifact_path="files")
    mlflow.log_artifact(__file__)
    mlflow.log_text("Three cultivars, thirteen measurements.\n", "notes.txt")
    mlflow.log_dict({"classes": list(wine.target_names), "shape": list(wine.data.shape)}, "data.json")
    mlflow.log_image(weights / weights.max(), "weights.png")
    mlflow.log_table({"actual": y_test.tolist(), "predicted": predicted.tolist()}, "predictions.json")
    figure = ConfusionMatrixDisplay.from_predictions(y_test, predicted).figure_
    mlflow.log_figure(figure, "plots/confusion.png")
    plt.close(figure)


def check_run(run_id, params, curves, folder):
    """Reads a finished run back and compares it with what was logged."""
    run, uri = mlflow.get_run(run_id), f"runs:/{run_id}"
    assert run.info.status == "FINISHED" and run.info.end_time >= run.info.start_time
    assert run.data.params == {name: str(value) for name, value in {**params, "epochs": EPOCHS}.items()}
    assert run.data.metrics == {name: curve[-1] for name, curve in curves.items()}
    assert run.data.tags["data"] == "wine / cultivar" and run.data.tags["mlflow.parentRunId"]
    for name, curve in curves.items():
        history = MlflowClient().get_metric_history(run_id, name)
        assert [(point.step, point.value) for point in history] == list(enumerate(curve)), name
    [used] = run.inputs.dataset_inputs
    assert (used.dataset.name, used.dataset.digest) == ("wine", dataset.digest)
    assert [(tag.key, tag.value) for tag in used.tags] == [("mlflow.data.context", "training")]
    script, copies = Path(__file__), str(folder.with_name(run_id))
    copy = Path(mlflow.artifacts.download_artifacts(f"{uri}/files", dst_path=copies))
    names = sorted(path.relative_to(folder) for path in folder.rglob("*"))
    assert sorted(path.relative_to(copy) for path in copy.rglob("*")) == names
    assert all((folder / name).read_bytes() == (copy / name).read_bytes() for name in names if name.suffix)
    copy = Path(mlflow.artifacts.download_artifacts(f"{uri}/{script.name}", dst_path=copies))
    assert copy.read_bytes() == script.read_bytes()
    assert mlflow.artifacts.load_text(f"{uri}/notes.txt") == "Three cultivars, thirteen measurements.\n"
    assert mlflow.artifacts.load_dict(f"{uri}/data.json")["shape"] == [178, 13]
    assert mlflow.artifacts.load_image(f"{uri}/weights.png").size == (13, 3)
    assert mlflow.artifacts.load_image(f"{uri}/plots/confusion.png").width > 100
    assert mlflow.load_table("predictions.json", run_ids=[run_id])["actual"].tolist() == y_test.tolist()


def check_search(parent_id, trained, by_loss):
    """Finds the grid's runs again by what they are, best first or worst first."""

    def search(where="", order_by=("metrics.test_loss ASC",)):
        where = f"tags.mlflow.parentRunId = '{parent_id}' {where}"
        found = mlflow.search_runs(filter_string=where, order_by=order_by, output_format="list")
        return [run.info.run_id for run in found]

    l1 = [run_id for run_id in by_loss if trained[run_id][0]["penalty"] == "l1"]
    worst_loss = trained[by_loss[-1]][2]
    assert search() == by_loss
    assert search(f"and metrics.test_loss < {worst_loss}", ["metrics.test_loss DESC"]) == by_loss[-2::-1]
    assert search("and params.penalty = 'l1' and attributes.status = 'FINISHED'") == l1
    assert search("and params.penalty LIKE 'l_' and params.penalty != 'l2' and tags.family = 'linear'") == l1
    assert search("and run_name ILIKE '%PENALTY=L1' and dataset.name = 'wine'") == l1
    assert search("and metrics.test_accuracy > 1") == []


def main():
    mlflow.set_experiment("wine")
    trained = {}
    with tempfile.TemporaryDirectory() as place, mlflow.start_run(run_name="grid") as parent:
        for params in GRID:
            name = " ".join(f"{key}={value}" for key, value in params.items())
            folder = Path(place) / name
            with mlflow.start_run(run_name=name, nested=True) as run:
                model, curves = train(params)
                log_artifacts(model, folder)
            check_run(run.info.run_id, params, curves, folder)
            trained[run.info.run_id] = params, model, curves["test_loss"][-1]
        best, *_ = by_loss = sorted(trained, key=lambda run_id: trained[run_id][2])
        check_search(parent.info.run_id, trained, by_loss)

        _, model, loss = trained[best]
        signature = mlflow.models.infer_signature(X_train, model.predict(X_train))
        with mlflow.start_run(best, nested=True):
            mlflow.sklearn.log_model(model, name="model", signature=signature, input_example=X_train.head(3))
        mlflow.log_metric("best_test_loss", loss)
    loaded = mlflow.pyfunc.load_model(f"runs:/{best}/model")
    assert loaded.metadata.signature == signature
    assert (loaded.predict(X_test) == model.predict(X_test)).all()
    print(f"{len(trained)} runs trained, logged, read back and found again. Compare them:")
    print(f"{mlflow.get_tracking_uri()}/compare?runs={','.join(trained)}")


if __name__ == "__main__":
    main()
