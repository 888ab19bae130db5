"""The shortest thing worth tracking: MLFLOW_TRACKING_URI=http://localhost:5000 python quickstart.py"""

import mlflow

mlflow.set_experiment("quickstart")
with mlflow.start_run() as run:
    mlflow.log_params({"learning_rate": 0.1, "epochs": 20})
    for epoch in range(20):
        mlflow.log_metric("loss", 0.9**epoch, step=epoch)
    mlflow.log_text("It works.", "notes.txt")
print(f"{mlflow.get_tracking_uri()}/runs/{run.info.run_id}")
