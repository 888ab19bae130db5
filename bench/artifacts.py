"""artifacts.py TRACKING_URI BUCKET: moves files with MLflow's client, through the server and straight to the bucket, in turn.

Prints a line of JSON for each round: {"way": {"up": MB/s, "down": MB/s, "small_up": files/s, "small_down": files/s}}.
"""

import json
import os
import pathlib
import sys
import tempfile
import time

import mlflow

MEGABYTES = 500
SMALL_FILES = 1000
ROUNDS = 4

os.environ["MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD"] = "false"
os.environ["MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD"] = "false"
os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure(client, run_id, folder):
    big, small = folder / "big.bin", folder / "small"

    def fetch(path):
        with tempfile.TemporaryDirectory(dir=folder) as into:
            return seconds(lambda: client.download_artifacts(run_id, path, into))

    return {
        "up": MEGABYTES / seconds(lambda: client.log_artifact(run_id, str(big))),
        "down": MEGABYTES / fetch("big.bin"),
        "small_up": SMALL_FILES / seconds(lambda: client.log_artifacts(run_id, str(small), "small")),
        "small_down": SMALL_FILES / fetch("small"),
    }


def main(tracking_uri, bucket):
    mlflow.set_tracking_uri(tracking_uri)
    client = mlflow.MlflowClient()
    ways = {"through": None, "straight": f"s3://{bucket}/straight"}
    runs = {
        way: client.create_run(client.create_experiment(way, artifact_location=location)).info.run_id
        for way, location in ways.items()
    }
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        with open(folder / "big.bin", "wb") as big:
            for _ in range(MEGABYTES):
                big.write(os.urandom(1_000_000))
        (folder / "small").mkdir()
        for i in range(SMALL_FILES):
            (folder / "small" / f"{i}.txt").write_bytes(os.urandom(4096))
        for _ in range(ROUNDS):
            print(json.dumps({way: measure(client, run_id, folder) for way, run_id in runs.items()}), flush=True)


main(*sys.argv[1:])
