/** Lines to paste, filled in with this server's address. */

/** A Python literal: JSON's strings are Python's too. */
export const python = (text: string): string => JSON.stringify(text);

/** One word of a POSIX shell, whatever it holds. */
export const shell = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A first run from Python, in an experiment that is created when it is not there. */
export const pythonRun = (server: string, experiment: string): string =>
  `import mlflow

mlflow.set_tracking_uri(${python(server)})
mlflow.set_experiment(${python(experiment)})

with mlflow.start_run():
    mlflow.log_param("lr", 0.01)
    for step in range(100):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)`;

/** The same without Python: an experiment. */
export const curlExperiment = (server: string, name: string): string =>
  `curl -X POST ${shell(`${server}/api/2.0/mlflow/experiments/create`)} \\
  -H 'Content-Type: application/json' \\
  -d ${shell(JSON.stringify({ name }))}`;

/** The same without Python: a run, whose id is in the answer. `start_time` is in ms since the epoch. */
export const curlRun = (server: string, experiment_id: string, start_time: number): string =>
  `curl -X POST ${shell(`${server}/api/2.0/mlflow/runs/create`)} \\
  -H 'Content-Type: application/json' \\
  -d ${shell(JSON.stringify({ experiment_id, run_name: "first", start_time }))}`;

/** A first logged model, with a metric of its own. */
export const pythonModel = (server: string, experiment: string): string =>
  `import mlflow
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

mlflow.set_tracking_uri(${python(server)})
mlflow.set_experiment(${python(experiment)})

x, y = load_iris(return_X_y=True)
with mlflow.start_run():
    model = LogisticRegression(max_iter=500).fit(x, y)
    logged = mlflow.sklearn.log_model(model, name="iris", input_example=x[:5])
    mlflow.log_metric("accuracy", model.score(x, y), model_id=logged.model_id)`;

/** A run that says what it was trained on. */
export const pythonDataset = (server: string, experiment: string): string =>
  `import mlflow
import pandas as pd

mlflow.set_tracking_uri(${python(server)})
mlflow.set_experiment(${python(experiment)})

data = mlflow.data.from_pandas(pd.read_csv("train.csv"), name="train")
with mlflow.start_run():
    mlflow.log_input(data, context="training")`;

export const pythonEvaluation = (server: string, experiment: string): string =>
  `import mlflow

mlflow.set_tracking_uri(${python(server)})
mlflow.set_experiment(${python(experiment)})

with mlflow.start_run():
    mlflow.log_table({
        "inputs": ["What is a weir?", "What is a run?"],
        "outputs": ["A low dam.", "One execution."],
        "score": [0.9, 0.7],
    }, artifact_file="eval_results_table.json")`;
