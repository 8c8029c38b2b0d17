"""Files in object storage: the same acts against a store that speaks S3 over HTTP, instead of a folder."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import environ
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import storages
from django.core.management import call_command
from django.test import override_settings
from moto.server import ThreadedMotoServer

from portal.documents import work
from portal.documents.download import stream
from portal.documents.models import Document, StoredFile
from portal.file_stores import store_at
from portal.operations.backup import file_entry

CONTENT = b"%PDF-1.7 ett prov"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of an object store on this machine."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(server: str) -> Iterator[Any]:
    """An empty bucket in which Samspel's files lie."""
    name = f"samspel-{uuid4().hex}"
    given = {
        "S3_ENDPOINT_URL": server,
        "S3_REGION": "us-east-1",
        "S3_ACCESS_KEY_ID": "prov",
        "S3_SECRET_ACCESS_KEY": "prov",
    }
    store = boto3.resource(
        "s3",
        endpoint_url=server,
        region_name="us-east-1",
        aws_access_key_id="prov",
        aws_secret_access_key="prov",
    )
    bucket = store.create_bucket(Bucket=name)
    env = environ.Env()
    env.ENVIRON = given
    with override_settings(
        STORAGES={
            "default": store_at(f"s3://{name}/filer", env),
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        }
    ):
        yield bucket


def names(bucket: Any) -> list[str]:
    return [each.key for each in bucket.objects.all()]


@pytest.mark.django_db
def test_bytes_lie_under_their_hash_once_and_stream_out(bucket: Any) -> None:
    stored = StoredFile.objects.keep(CONTENT, "application/pdf")
    digest = hashlib.sha256(CONTENT).hexdigest()
    assert names(bucket) == [f"filer/sha256/{digest[:2]}/{digest[2:]}"]
    assert StoredFile.objects.keep(CONTENT, "application/pdf") == stored
    assert StoredFile.objects.get().read() == CONTENT
    answer = stream(stored, "prov.pdf")
    assert b"".join(answer) == CONTENT
    assert answer.headers["Content-Length"] == str(len(CONTENT))


@pytest.mark.django_db
def test_a_file_cut_short_is_not_taken_for_the_whole(bucket: Any) -> None:
    digest = hashlib.sha256(CONTENT).hexdigest()
    bucket.put_object(Key=f"filer/sha256/{digest[:2]}/{digest[2:]}", Body=CONTENT[:3])
    assert StoredFile.objects.keep(CONTENT, "application/pdf").read() == CONTENT


@pytest.mark.django_db
def test_a_document_is_made_into_it(bucket: Any) -> None:
    ordered = work.order(
        work.Source("prov", "Prov", "<!doctype html><html lang='sv'><title>Prov</title><p>Hej")
    )
    work.render(ordered.pk)
    made = Document.objects.get()
    assert made.is_ready, made.technical_error
    assert made.pdf().startswith(b"%PDF")
    assert len(names(bucket)) == 1


@pytest.mark.rule(17)
@pytest.mark.django_db(transaction=True)
def test_a_backup_takes_files_from_the_store_and_puts_them_back(bucket: Any, tmp_path: Path) -> None:
    stored = StoredFile.objects.keep(CONTENT, "application/pdf")
    archive = tmp_path / "samspel.zip"
    call_command("backup", "--out", str(archive), verbosity=0)
    with zipfile.ZipFile(archive) as entries:
        assert entries.read(file_entry(str(stored.file.name))) == CONTENT
    bucket.objects.all().delete()
    call_command("restore", str(archive), "--replace", verbosity=0)
    assert StoredFile.objects.get().read() == CONTENT


def test_only_addresses_of_stores_are_taken() -> None:
    assert storages.create_storage(store_at("", environ.Env())).__class__.__name__ == "FileSystemStorage"
    for wrong in ("http://example.org/samspel", "s3:///", "samspel"):
        with pytest.raises(ImproperlyConfigured, match="FILES_URL"):
            store_at(wrong, environ.Env())
