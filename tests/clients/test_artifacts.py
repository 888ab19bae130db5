import filecmp
import hashlib
import json
import os
import re
import threading
from pathlib import Path
from urllib.parse import quote

import matplotlib.pyplot as plt
import mlflow
import numpy as np
import pandas as pd
import pytest
import requests
from mlflow.exceptions import MlflowException
from PIL import Image

ODD_NAMES = [
    *("with space.txt", "ü 葡萄 🍷.txt", "a+b=c&d.txt", "100%.txt", "semi;colon,comma.txt", "it's (1) [2].txt"),
    *("UPPER.TXT", ".hidden", "no_suffix", "tilde~@!$.txt", "dots...txt"),
]


def proxy(run, path):
    """The address at which the server hands out an artifact of a run."""
    root = run.info.artifact_uri.removeprefix("mlflow-artifacts:/")
    return f"{os.environ['MLFLOW_TRACKING_URI']}/api/2.0/mlflow-artifacts/artifacts/{root}/{quote(path)}"


def listing(client, run_id, path=None):
    return {
        entry.path: entry.file_size if not entry.is_dir else "folder" for entry in client.list_artifacts(run_id, path)
    }


def test_text_comes_back(active_run):
    mlflow.log_text("päper\n🍷", "notes/read me.txt")
    assert mlflow.artifacts.load_text(f"runs:/{active_run.info.run_id}/notes/read me.txt") == "päper\n🍷"


@pytest.mark.parametrize("name", ["conf.json", "conf.yaml", "conf.yml", "conf"])
def test_dicts_come_back(active_run, client, name):
    mlflow.log_dict({"a": [1, {"b": None}], "ü": 0.1}, name)
    uri = f"runs:/{active_run.info.run_id}/{name}"
    if name.endswith("json"):
        assert mlflow.artifacts.load_dict(uri) == {"a": [1, {"b": None}], "ü": 0.1}
    assert "0.1" in mlflow.artifacts.load_text(uri)


def test_figures_and_images_come_back(active_run):
    run_id = active_run.info.run_id
    figure, axes = plt.subplots()
    axes.plot([1, 2])
    mlflow.log_figure(figure, "plots/line.png")
    mlflow.log_figure(figure, "plots/line.svg")
    plt.close(figure)
    pixels = np.arange(300, dtype=np.uint8).reshape(10, 10, 3)
    mlflow.log_image(pixels, "image.png")
    mlflow.log_image(Image.fromarray(pixels), "pillow.png")
    assert mlflow.artifacts.load_image(f"runs:/{run_id}/plots/line.png").width > 100
    assert "<svg" in mlflow.artifacts.load_text(f"runs:/{run_id}/plots/line.svg")
    for name in ("image.png", "pillow.png"):
        assert (np.asarray(mlflow.artifacts.load_image(f"runs:/{run_id}/{name}")) == pixels).all()


def test_images_of_steps_are_listed_under_their_key(active_run, client):
    for step in range(3):
        mlflow.log_image(np.full((4, 4, 3), step, np.uint8), key="val/dogs", step=step, timestamp=1_700_000_000_000)
    mlflow.flush_artifact_async_logging()
    mlflow.flush_async_logging()
    run_id = active_run.info.run_id
    names = [Path(path).name for path in listing(client, run_id, "images")]
    assert len(names) == 6 and all(
        re.match(r"val~dogs\+step\+[012]\+timestamp\+1700000000000\+", name) for name in names
    )
    assert client.get_run(run_id).data.tags["mlflow.loggedImages"] == "True"
    [png] = [name for name in names if "+step+1+" in name and name.endswith(".png")]
    assert (np.asarray(mlflow.artifacts.load_image(f"runs:/{run_id}/images/{png}")) == 1).all()


def test_tables_are_logged_appended_and_loaded(active_run, experiment_id):
    mlflow.log_table({"question": ["a"], "answer": [1]}, "qa.json")
    mlflow.log_table(pd.DataFrame({"question": ["b", "c"], "answer": [2, 3]}), "qa.json")
    loaded = mlflow.load_table("qa.json", run_ids=[active_run.info.run_id])
    assert loaded["question"].tolist() == ["a", "b", "c"] and loaded["answer"].tolist() == [1, 2, 3]
    everywhere = mlflow.load_table("qa.json", extra_columns=["run_id"])
    assert set(everywhere["run_id"]) == {active_run.info.run_id}
    mlflow.log_table(pd.DataFrame({"n": [1.5]}), "other.parquet")
    assert mlflow.load_table("other.parquet")["n"].tolist() == [1.5]


def test_a_tree_with_odd_names_comes_back_byte_by_byte(active_run, client, tmp_path):
    tree, copy = tmp_path / "tree", tmp_path / "copy"
    for folder in ("", "sub folder", "sub folder/deep/er", "ünï"):
        (tree / folder).mkdir(parents=True, exist_ok=True)
        for number, name in enumerate(ODD_NAMES):
            (tree / folder / name).write_bytes(f"{folder}/{name}".encode() * number)
    mlflow.log_artifacts(str(tree))
    found = Path(
        mlflow.artifacts.download_artifacts(run_id=active_run.info.run_id, artifact_path="", dst_path=str(copy))
    )
    names = sorted(str(path.relative_to(tree)) for path in tree.rglob("*"))
    assert sorted(str(path.relative_to(found)) for path in found.rglob("*")) == names
    files = [name for name in names if (tree / name).is_file()]
    assert filecmp.cmpfiles(tree, found, files, shallow=False) == (files, [], [])


def tree_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_tree_of_a_thousand_files_and_every_lawful_name_comes_back(active_run, tmp_path):
    tree = tmp_path / "tree"
    names = [
        *ODD_NAMES,
        *("..dots", "...", "dot.", "-dash", "--", "~", "`b`", '"dq"', "<x>", "a|b", "*", "{x}", "^", "$HOME", "%zz", "CON"),
        *("e\u0301.txt", "\u00e9.txt", "\u202eRTL.txt", "\u200bzero", "שלום", "日" * 85, "x" * 255, "trail "),
    ]
    for number in range(1000):
        folder = tree / names[number % len(names)][:40] / f"deep {number % 7}" / "ü"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number} {names[number * 7 % len(names)][:60]}").write_bytes(f"{number}".encode() * (number % 97))
    for name in names:
        (tree / "flat").mkdir(exist_ok=True)
        (tree / "flat" / name).write_text(name)
    mlflow.log_artifacts(str(tree), "in a folder")
    copy = tmp_path / "copy"
    copy.mkdir()
    uri = f"runs:/{active_run.info.run_id}/in a folder"
    found = Path(mlflow.artifacts.download_artifacts(uri, dst_path=str(copy)))
    assert tree_of(found) == tree_of(tree)


@pytest.mark.parametrize(
    "name, arrives_as",
    [
        ("hash#tag.txt", "hash"),
        ("q?mark.txt", "q"),
        ("%41.txt", "A.txt"),
        ("50%25.txt", "50%.txt"),
    ],
)
def test_names_that_the_client_itself_changes_arrive_as_it_sends_them(active_run, client, tmp_path, name, arrives_as):
    """MLflow's client puts a name into its URL as it stands: with MLflow's own server they arrive so too."""
    (tmp_path / name).write_text(name)
    client.log_artifact(active_run.info.run_id, str(tmp_path / name), "d")
    assert listing(client, active_run.info.run_id, "d") == {f"d/{arrives_as}": len(name)}


@pytest.mark.parametrize("name", ["#lead", "back\\slash", "bell\x07", "%2e%2e"])
def test_names_that_lead_elsewhere_are_refused_and_nothing_of_them_is_kept(active_run, client, tmp_path, name):
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / name).write_text(name)
    with pytest.raises(Exception, match="400 Client Error"):
        client.log_artifacts(active_run.info.run_id, str(tmp_path / "tree"), "d")
    assert listing(client, active_run.info.run_id) == {}


def test_a_name_as_it_is_quoted_comes_back_as_it_was(active_run):
    for name in ("%41", "50%25.txt", "q?mark.txt", " lead", "C:0.1.png", "http:x", "file:x", "%2F"):
        assert requests.put(proxy(active_run, "d/") + quote(name, safe=""), data=name.encode(), timeout=60).ok
        got = requests.get(proxy(active_run, "d/") + quote(name, safe=""), timeout=60)
        assert (got.status_code, got.text) == (200, name)


def test_listing_tells_files_folders_and_sizes(active_run, client):
    run_id = active_run.info.run_id
    mlflow.log_text("12345", "b.txt")
    mlflow.log_text("é", "a/one.txt")
    mlflow.log_text("", "a/b/empty.txt")
    assert listing(client, run_id) == {"a": "folder", "b.txt": 5}
    assert list(listing(client, run_id)) == ["a", "b.txt"]
    assert listing(client, run_id, "a") == {"a/b": "folder", "a/one.txt": 2}
    assert listing(client, run_id, "a/b") in ({"a/b/empty.txt": 0}, {"a/b/empty.txt": None})
    assert client.list_artifacts(run_id, "b.txt") == client.list_artifacts(run_id, "none") == []
    assert [entry.path for entry in mlflow.artifacts.list_artifacts(f"runs:/{run_id}/a")] == ["a/b", "a/one.txt"]


def test_a_run_without_artifacts_lists_nothing(client, run_id):
    assert client.list_artifacts(run_id) == []


def test_listing_by_run_has_the_root_and_whole_paths(api, active_run):
    mlflow.log_text("12345", "d/x.txt")
    root, run_id = active_run.info.artifact_uri, active_run.info.run_id
    files = [{"path": "d", "is_dir": True}]
    assert api.get("artifacts/list", run_id=run_id) == (200, {"root_uri": root, "files": files})
    files = [{"path": "d/x.txt", "is_dir": False, "file_size": 5}]
    assert api.get("artifacts/list", run_id=run_id, path="d") == (200, {"root_uri": root, "files": files})
    assert api.get("artifacts/list", run_id=run_id, path="none") == (200, {"root_uri": root})


def test_writing_again_replaces(active_run):
    mlflow.log_text("first, and longer", "a.txt")
    mlflow.log_text("second", "a.txt")
    assert mlflow.artifacts.load_text(f"runs:/{active_run.info.run_id}/a.txt") == "second"


def test_a_missing_artifact_cannot_be_downloaded(active_run):
    with pytest.raises(MlflowException, match="Failed to download artifacts from path 'nope.txt'"):
        mlflow.artifacts.load_text(f"runs:/{active_run.info.run_id}/nope.txt")


def test_a_file_of_50_mb_comes_back(active_run, tmp_path):
    block = os.urandom(1 << 20)
    with open(tmp_path / "large.bin", "wb") as file:
        for number in range(50):
            file.write(block[number:] + block[:number])
    digest = hashlib.sha256((tmp_path / "large.bin").read_bytes()).hexdigest()
    mlflow.log_artifact(str(tmp_path / "large.bin"))
    uri = f"runs:/{active_run.info.run_id}/large.bin"
    copy = mlflow.artifacts.download_artifacts(uri, dst_path=str(tmp_path / "copy"))
    assert hashlib.sha256(Path(copy).read_bytes()).hexdigest() == digest


def test_files_uploaded_at_once_do_not_mix(client, run_id, tmp_path):
    for worker in range(6):
        (tmp_path / f"{worker}.bin").write_bytes(bytes([worker]) * 300_000)

    workers = [
        threading.Thread(target=client.log_artifact, args=[run_id, str(tmp_path / f"{i}.bin")]) for i in range(6)
    ]
    [worker.start() for worker in workers]
    [worker.join() for worker in workers]
    (tmp_path / "copy").mkdir()
    copy = Path(client.download_artifacts(run_id, "", str(tmp_path / "copy")))
    assert all((copy / f"{i}.bin").read_bytes() == bytes([i]) * 300_000 for i in range(6))


@pytest.mark.parametrize(
    "name, content_type",
    [
        ("a.txt", "text/plain"),
        ("a.json", "text/plain"),
        ("MLmodel", "text/plain"),
        ("a.png", "image/png"),
        ("ä.txt", "text/plain"),
    ],
)
def test_downloads_are_attachments_with_a_type_and_no_sniffing(active_run, name, content_type):
    mlflow.log_text("12345", name)
    answer = requests.get(proxy(active_run, name), timeout=60)
    assert (answer.status_code, answer.content) == (200, b"12345")
    assert answer.headers["Content-Type"].split(";")[0] == content_type
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert name.isascii() or f"filename*=UTF-8''{quote(name)}" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_range_gives_the_part(active_run):
    mlflow.log_text("0123456789", "a.txt")
    answer = requests.get(proxy(active_run, "a.txt"), headers={"Range": "bytes=2-4"}, timeout=60)
    assert (answer.status_code, answer.content) == (206, b"234")
    assert answer.headers["Content-Range"] == "bytes 2-4/10"


def test_a_missing_file_is_a_404_that_names_it(active_run):
    answer = requests.get(proxy(active_run, "nope"), timeout=60)
    assert (answer.status_code, answer.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert answer.json()["message"].startswith("No such artifact: '") and "nope" in answer.json()["message"]


def test_a_folder_is_not_a_file(active_run):
    mlflow.log_text("x", "d/x.txt")
    assert requests.get(proxy(active_run, "d"), timeout=60).status_code == 400


def test_deleting_removes_files_and_folders_and_forgives(active_run, client):
    for name in ("keep.txt", "gone.txt", "d/one.txt", "d/two/three.txt"):
        mlflow.log_text("x", name)
    for name in ("gone.txt", "d", "gone.txt"):
        answer = requests.delete(proxy(active_run, name), timeout=60)
        assert (answer.status_code, answer.json()) == (200, {})
    assert listing(client, active_run.info.run_id) == {"keep.txt": 1}


@pytest.mark.parametrize("path", ["%2e%2e/x", "a/%2e%2e/%2e%2e/x", "%252e%252e/x", "a%23b"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_paths_that_lead_out_are_refused(active_run, method, path):
    answer = requests.request(method, proxy(active_run, "") + path, data=b"x" if method == "PUT" else None, timeout=60)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize("path", ["../x", "/etc", "a/../../x"])
def test_lists_that_lead_out_are_refused(api, run_id, path):
    status, code, message = api.refused("artifacts/list", {"run_id": run_id, "path": path}, method="GET")
    assert (status, code, message) == (400, "INVALID_PARAMETER_VALUE", "Invalid path")


def test_the_page_can_fetch_and_upload_by_run(active_run, api):
    mlflow.log_text("12345", "a b.txt")
    root = os.environ["MLFLOW_TRACKING_URI"]
    got = requests.get(f"{root}/get-artifact", params={"run_id": active_run.info.run_id, "path": "a b.txt"}, timeout=60)
    assert (got.status_code, got.content) == (200, b"12345")
    query = {"run_uuid": active_run.info.run_id, "path": "up/loaded.txt"}
    put = requests.post(f"{root}/ajax-api/2.0/mlflow/upload-artifact", params=query, data=b"from a page", timeout=60)
    assert put.status_code == 200, put.text
    assert mlflow.artifacts.load_text(f"runs:/{active_run.info.run_id}/up/loaded.txt") == "from a page"


def test_dicts_of_any_size_are_json(active_run):
    large = {f"key {i}": list(range(20)) for i in range(5000)}
    mlflow.log_dict(large, "large.json")
    assert json.loads(mlflow.artifacts.load_text(f"runs:/{active_run.info.run_id}/large.json")) == large
