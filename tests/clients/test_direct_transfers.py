"""Big files, which the client moves in parts straight to and from the store, past the server."""

import hashlib
import os
from pathlib import Path

import mlflow
import pytest
from mlflow.store.artifact.http_artifact_repo import HttpArtifactRepository

pytestmark = pytest.mark.skipif(
    "WEIR_TEST_DIRECT_MB" not in os.environ, reason="the server keeps its artifacts where clients cannot reach them"
)

MB = 1_000_000
SIZE = int(os.environ.get("WEIR_TEST_DIRECT_MB", "0")) * MB
PART = 5 << 20  # the least that S3 takes


@pytest.fixture(params=["the client's settings", "what the server says"])
def in_parts(request, monkeypatch):
    """Transfers in small parts, because the user or because the server wants it."""
    if SIZE < 100 * MB:
        monkeypatch.setenv("MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE", str(PART))
        monkeypatch.setenv("MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE", str(PART))
        monkeypatch.setenv("MLFLOW_MULTIPART_DOWNLOAD_CHUNK_SIZE", str(PART))
    if request.param == "the client's settings":
        monkeypatch.setenv("MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD", "true")
        monkeypatch.setenv("MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD", "true")


def write(path, size):
    """A file of noise, and its digest."""
    path.parent.mkdir(parents=True, exist_ok=True)
    block = os.urandom(MB)
    digest = hashlib.sha256()
    with open(path, "wb") as file:
        for number in range(size // MB):
            content = block[number % MB :] + block[: number % MB]
            digest.update(content)
            file.write(content)
    return digest.hexdigest()


def digest_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else slowly(file)


def slowly(file):
    digest = hashlib.sha256()
    for content in iter(lambda: file.read(MB), b""):
        digest.update(content)
    return digest.hexdigest()


NAMES = [("big.bin", None), ("ü 葡萄 50% a+b=c&d;e (1) [2].bin", "d d/50%")]


@pytest.mark.parametrize("name, folder", NAMES[:1] if SIZE >= 100 * MB else NAMES)
def test_a_big_file_goes_and_comes_in_parts(in_parts, active_run, client, tmp_path, name, folder):
    digest = write(tmp_path / name, SIZE)
    mlflow.log_artifact(str(tmp_path / name), folder)
    (tmp_path / name).unlink()
    (listed,) = client.list_artifacts(active_run.info.run_id, folder)
    path = f"{folder}/{name}" if folder else name
    assert (listed.path, listed.is_dir, listed.file_size) == (path, False, SIZE)
    copy = client.download_artifacts(active_run.info.run_id, path, str(tmp_path))
    assert digest_of(copy) == digest


@pytest.mark.skipif(SIZE >= 100 * MB, reason="has nothing to do with size")
def test_a_tree_of_big_and_small_files_comes_back(in_parts, active_run, client, tmp_path):
    sizes = {"big.bin": SIZE, "d d/big.bin": SIZE, "small.bin": 0, "d d/ü/small.bin": MB}
    digests = {name: write(tmp_path / "tree" / name, size) for name, size in sizes.items()}
    mlflow.log_artifacts(str(tmp_path / "tree"), "t")
    (tmp_path / "copy").mkdir()
    copy = Path(client.download_artifacts(active_run.info.run_id, "t", str(tmp_path / "copy")))
    assert {name: digest_of(copy / name) for name in sizes} == digests
    assert sum(1 for path in copy.rglob("*") if path.is_file()) == len(sizes)


@pytest.mark.skipif(SIZE >= 100 * MB, reason="has nothing to do with size")
def test_a_part_that_fails_drops_the_upload_and_keeps_what_was_there(
    in_parts, active_run, client, tmp_path, monkeypatch
):
    digest = write(tmp_path / "big.bin", SIZE)
    mlflow.log_artifact(str(tmp_path / "big.bin"))
    write(tmp_path / "big.bin", SIZE)
    send = HttpArtifactRepository._upload_part

    def fail(credential, **options):
        if credential.part_number == 2:
            raise OSError("the network is down")
        return send(credential=credential, **options)

    monkeypatch.setattr(HttpArtifactRepository, "_upload_part", staticmethod(fail))
    with pytest.raises(Exception, match="Failed to upload at least one part"):
        mlflow.log_artifact(str(tmp_path / "big.bin"))
    (tmp_path / "copy").mkdir()
    copy = client.download_artifacts(active_run.info.run_id, "big.bin", str(tmp_path / "copy"))
    assert digest_of(copy) == digest
