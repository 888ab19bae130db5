"""What every test of the Python client starts from. The server under test is the one that MLFLOW_TRACKING_URI names."""

import os
import uuid

os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")  # a 5xx shows at once and not after minutes
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
os.environ.setdefault("MPLBACKEND", "Agg")

import mlflow
import pytest
import requests
from mlflow import MlflowClient

pytest_plugins = ["five_runs"]


@pytest.fixture(scope="session")
def client():
    return MlflowClient()


def fresh_name(prefix="test"):
    """A name that no other test and no earlier run of the tests has used."""
    return f"{prefix}-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def name():
    return fresh_name()


@pytest.fixture
def experiment_id(client):
    """A new experiment, which is also the active one of the fluent API."""
    created = client.create_experiment(fresh_name())
    mlflow.set_experiment(experiment_id=created)
    return created


@pytest.fixture
def run_id(client, experiment_id):
    """A running run of a new experiment; not the active run of the fluent API."""
    return client.create_run(experiment_id).info.run_id


@pytest.fixture
def active_run(experiment_id):
    """The active run of the fluent API."""
    with mlflow.start_run() as run:
        yield run


@pytest.fixture(autouse=True)
def no_run_left_behind():
    yield
    while mlflow.active_run():
        mlflow.end_run()


class Api:
    """Requests without a client. Each answers (HTTP status, JSON body)."""

    def __init__(self):
        self.root = os.environ["MLFLOW_TRACKING_URI"].rstrip("/")
        self.session = requests.Session()

    def send(self, method, path, **options):
        """A request as it stands. `path` begins with / or is one of the API, such as "runs/get"."""
        url = self.root + (path if path.startswith("/") else f"/api/2.0/mlflow/{path}")
        return self.session.request(method, url, timeout=60, **options)

    def answer(self, method, path, **options):
        response = self.send(method, path, **options)
        return response.status_code, response.json()

    def get(self, path, /, **query):
        return self.answer("GET", path, params=query)

    def post(self, path, body):
        return self.answer("POST", path, json=body)

    def refused(self, path, body, method="POST"):
        """(HTTP status, error_code, message) of a request that must be refused."""
        status, answer = self.answer(method, path, **{"params" if method == "GET" else "json": body})
        assert set(answer) >= {"error_code", "message"}, (status, answer)
        return status, answer["error_code"], answer["message"]


@pytest.fixture(scope="session")
def api():
    return Api()
