"""Webhooks, as the client makes them, and as they arrive. Deliveries go to this machine: the server has to allow it."""

import base64
import hashlib
import hmac
import json
import os
import queue
import re
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from mlflow.entities.webhook import WebhookEvent
from mlflow.exceptions import MlflowException

from conftest import fresh_name

HOOK = "https://93.184.215.14/hook"
SECRET = "s3cret ü"


@pytest.fixture
def webhook(client):
    made = client.create_webhook("models", HOOK, ["model_version.created"], description="d", secret=SECRET)
    yield made
    client.delete_webhook(made.webhook_id)


def events(webhook):
    return [str(event) for event in webhook.events]


def test_a_webhook_is_got_as_it_was_created(api, client, webhook):
    found = client.get_webhook(webhook.webhook_id)
    for hook in (webhook, found):
        assert (hook.name, hook.url, hook.description, str(hook.status)) == ("models", HOOK, "d", "ACTIVE")
        assert events(hook) == ["model_version.created"]
        assert hook.creation_timestamp == hook.last_updated_timestamp > 1_600_000_000_000
    assert SECRET not in json.dumps(api.get(f"webhooks/{webhook.webhook_id}")[1], ensure_ascii=False)


def test_a_webhook_is_changed_field_by_field(client, webhook):
    changed = client.update_webhook(webhook.webhook_id, name="other", status="DISABLED")
    assert (changed.name, str(changed.status), changed.url, changed.description) == ("other", "DISABLED", HOOK, "d")
    pair = ["registered_model.created", WebhookEvent("model_version_tag", "set")]
    client.update_webhook(webhook.webhook_id, url=HOOK + "2", events=pair, description="e", secret="new")
    found = client.get_webhook(webhook.webhook_id)
    assert (found.name, found.url, found.description) == ("other", HOOK + "2", "e")
    assert sorted(events(found)) == ["model_version_tag.set", "registered_model.created"]
    assert found.last_updated_timestamp >= found.creation_timestamp


def test_webhooks_are_listed_in_pages(client):
    made = {client.create_webhook(f"hook{number}", HOOK, ["prompt.created"]).webhook_id for number in range(5)}
    listed, token = [], None
    while token != "":
        page = client.list_webhooks(max_results=2, page_token=token)
        assert len(page) <= 2
        listed, token = listed + [hook.webhook_id for hook in page], page.token or ""
    assert made <= set(listed) and len(listed) == len(set(listed))
    for webhook_id in made:
        client.delete_webhook(webhook_id)
    assert made.isdisjoint(hook.webhook_id for hook in client.list_webhooks())


def test_a_deleted_webhook_is_gone(client):
    webhook_id = client.create_webhook("gone", HOOK, ["prompt.created"]).webhook_id
    client.delete_webhook(webhook_id)
    for call in (client.get_webhook, client.delete_webhook, client.update_webhook, client.test_webhook):
        with pytest.raises(MlflowException, match=f"Webhook with ID {webhook_id} not found") as missing:
            call(webhook_id)
        assert missing.value.error_code == "RESOURCE_DOES_NOT_EXIST"


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"name": "-bad"}, "Webhook name '-bad' is invalid"),
        ({"name": "n" * 64}, "is invalid"),
        ({"url": "ftp://example.com"}, "Invalid webhook URL scheme: 'ftp'"),
        ({"events": []}, "Webhook events must be a non-empty list"),
        ({"events": [{"entity": "REGISTERED_MODEL", "action": "DELETED"}]}, "Invalid action 'deleted' for entity"),
    ],
)
def test_bad_webhooks_are_refused(api, changes, message):
    event = {"entity": "MODEL_VERSION", "action": "CREATED"}
    body = {"name": "hook", "url": HOOK, "events": [event], **changes}
    status, code, told = api.refused("webhooks", body)
    assert (status, code) == (400, "INVALID_PARAMETER_VALUE") and message in told


@pytest.mark.parametrize("max_results", ["-1", "1001"])
def test_a_page_has_one_to_a_thousand_webhooks(api, max_results):
    answer = api.refused("webhooks", {"max_results": max_results}, "GET")
    assert answer == (400, "INVALID_PARAMETER_VALUE", "max_results must be between 1 and 1000.")


needs_leave = pytest.mark.skipif(
    os.environ.get("WEIR_WEBHOOK_PRIVATE") != "yes", reason="The server may not send to this machine."
)


@pytest.fixture
def receiver():
    """The address of a server here, the queue of what arrives as (headers, body), and statuses to answer before 200."""
    arrived, failures = queue.Queue(), []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            arrived.put((self.headers, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(failures.pop() if failures else 200)
            self.send_header("Content-Length", "4")
            self.end_headers()
            self.wfile.write(b"done")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook", arrived, failures
    server.shutdown()


def verified(delivery):
    """The payload of what arrived, once its signature and its times were found right."""
    headers, body = delivery
    signed = f"{headers['X-MLflow-Delivery-Id']}.{headers['X-MLflow-Timestamp']}.".encode() + body
    digest = hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()
    assert headers["X-MLflow-Signature"] == "v1," + base64.b64encode(digest).decode()
    assert re.fullmatch(r"[0-9a-f-]{36}", headers["X-MLflow-Delivery-Id"])
    assert headers["Content-Type"] == "application/json"
    payload = json.loads(body)
    now = datetime.now(timezone.utc)
    assert abs(int(headers["X-MLflow-Timestamp"]) - now.timestamp()) < 60
    assert abs((datetime.fromisoformat(payload["timestamp"]) - now).total_seconds()) < 60
    assert json.dumps(payload).encode() == body  # Python's spacing
    return f"{payload['entity']}.{payload['action']}", payload["data"]


@pytest.fixture
def subscribe(client, receiver):
    made = []

    def to(*names, **options):
        made.append(client.create_webhook(fresh_name("hook"), receiver[0], list(names), secret=SECRET, **options))
        return made[-1].webhook_id

    yield to
    for webhook in made:
        client.delete_webhook(webhook.webhook_id)


@needs_leave
def test_each_change_of_a_model_arrives_signed(client, name, receiver, subscribe):
    subscribe(
        "registered_model.created",
        "model_version.created",
        "model_version_tag.set",
        "model_version_tag.deleted",
        "model_version_alias.created",
        "model_version_alias.deleted",
    )
    version = {"name": name, "version": "1"}
    for call, expected in [
        (
            lambda: client.create_registered_model(name, {"a": "1"}, "d"),
            ("registered_model.created", {"name": name, "tags": {"a": "1"}, "description": "d"}),
        ),
        (
            lambda: client.create_model_version(name, "s3://bucket/a", tags={"ü": "2"}),
            (
                "model_version.created",
                {**version, "source": "s3://bucket/a", "run_id": None, "tags": {"ü": "2"}, "description": None},
            ),
        ),
        (
            lambda: client.set_model_version_tag(name, "1", "k", "v"),
            ("model_version_tag.set", {**version, "key": "k", "value": "v"}),
        ),
        (
            lambda: client.delete_model_version_tag(name, "1", "k"),
            ("model_version_tag.deleted", {**version, "key": "k"}),
        ),
        (
            lambda: client.set_registered_model_alias(name, "best", "1"),
            ("model_version_alias.created", {"name": name, "alias": "best", "version": "1"}),
        ),
        (
            lambda: client.delete_registered_model_alias(name, "best"),
            ("model_version_alias.deleted", {"name": name, "alias": "best"}),
        ),
    ]:
        call()
        assert verified(receiver[1].get(timeout=30)) == expected


@needs_leave
def test_a_prompt_arrives_as_a_prompt(client, name, receiver, subscribe):
    subscribe("prompt.created", "prompt_version.created", "registered_model.created", "model_version.created")
    client.register_prompt(name, "Say {{word}}.", commit_message="first", tags={"a": "1"})
    first, second = (verified(receiver[1].get(timeout=30)) for _ in range(2))
    arrived = dict([first, second])
    assert arrived["prompt.created"]["name"] == name
    data = arrived["prompt_version.created"]
    assert (data["name"], data["version"], data["template"]) == (name, "1", "Say {{word}}.")
    assert not any(key.startswith("mlflow.") for key in data["tags"])


@needs_leave
def test_only_what_was_asked_for_arrives_and_nothing_at_a_disabled_one(client, name, receiver, subscribe):
    subscribe("model_version.created", status="DISABLED")
    subscribe("model_version_tag.set")
    client.create_registered_model(name)
    client.create_model_version(name, "s3://bucket/a")
    client.set_model_version_tag(name, "1", "k", "v")
    assert verified(receiver[1].get(timeout=30))[0] == "model_version_tag.set"
    assert receiver[1].empty()


@needs_leave
def test_a_delivery_that_fails_is_tried_again_with_the_same_bytes(client, name, receiver, subscribe):
    receiver[2].append(503)
    subscribe("registered_model.created")
    client.create_registered_model(name)
    first, second = (receiver[1].get(timeout=60) for _ in range(2))
    assert verified(first) == verified(second)
    assert first[0]["X-MLflow-Delivery-Id"] == second[0]["X-MLflow-Delivery-Id"] and first[1] == second[1]


@needs_leave
@pytest.mark.parametrize("event", [None, "model_version.created"])
def test_a_test_call_tells_what_the_receiver_said(client, receiver, subscribe, event):
    result = client.test_webhook(subscribe("registered_model.created"), event)
    assert (result.success, result.response_status, result.response_body) == (True, 200, "done")
    assert verified(receiver[1].get(timeout=30))[0] == (event or "registered_model.created")
    receiver[2].append(404)
    failed = client.test_webhook(subscribe("registered_model.created"))
    assert (failed.success, failed.response_status) == (False, 404)
