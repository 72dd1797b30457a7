"""The log's archive on this machine: a bucket with Object Lock and a signing key, in the embedded AWS."""

from __future__ import annotations

from collections.abc import Mapping

import boto3

from local.settings import REGION

RETENTION_DAYS = 1


def create_archive(environ: Mapping[str, str]) -> None:
    """Create the bucket ``ARCHIVE_BUCKET`` and the key ``ARCHIVE_SIGNING_KEY``, if both variables are set.

    What exists, because the shop is kept, is left alone.
    """
    bucket, alias = environ.get("ARCHIVE_BUCKET"), environ.get("ARCHIVE_SIGNING_KEY")
    if not bucket or not alias:
        return
    storage, keys = boto3.client("s3"), boto3.client("kms")
    if bucket not in {each["Name"] for each in storage.list_buckets()["Buckets"]}:
        storage.create_bucket(
            Bucket=bucket,
            CreateBucketConfiguration={"LocationConstraint": REGION},
            ObjectLockEnabledForBucket=True,
        )
    storage.put_object_lock_configuration(
        Bucket=bucket,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": RETENTION_DAYS}},
        },
    )
    if alias in {each["AliasName"] for each in keys.list_aliases()["Aliases"]}:
        return
    key = keys.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    keys.create_alias(AliasName=alias, TargetKeyId=key)
