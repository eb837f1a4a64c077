"""A template's bucket: its properties hold, it is kept with its objects and adopted again.

Source: CloudFormation template reference, AWS::S3::Bucket and AWS::S3::BucketPolicy.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import KEPT, key, policy

if TYPE_CHECKING:
    from .conftest import Account, Stacks

pytestmark = pytest.mark.sandbox


def bucket(name: str, **properties: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::S3::Bucket",
        "DeletionPolicy": KEPT,
        "Properties": {
            "BucketName": name,
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {
                        "BucketKeyEnabled": True,
                        "ServerSideEncryptionByDefault": {
                            "SSEAlgorithm": "aws:kms",
                            "KMSMasterKeyID": {"Fn::GetAtt": ["Key", "Arn"]},
                        },
                    }
                ]
            },
            "LifecycleConfiguration": {
                "Rules": [
                    {
                        "Id": "expire",
                        "Status": "Enabled",
                        "ExpirationInDays": 30,
                        "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                    }
                ]
            },
            **properties,
        },
    }


def test_a_bucket_gets_its_encryption_and_lifecycle(account: Account, stacks: Stacks) -> None:
    name = account.name("payload")
    assert stacks.create(Key=key(account), Bucket=bucket(name)) == "CREATE_COMPLETE"
    [rule] = account.s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"].endswith(stacks.physical_id("Key"))
    [rule] = account.s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    assert rule["Expiration"] == {"Days": 30}
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 7}
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    [rule] = account.s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]
    assert rule == {"ObjectOwnership": "BucketOwnerEnforced"}


def test_a_retained_bucket_is_adopted_with_its_objects(account: Account, stacks: Stacks) -> None:
    name = account.name("payload")
    resources = {"Key": key(account), "Bucket": bucket(name)}
    stacks.create(**resources)
    account.s3.put_object(Bucket=name, Key="k", Body=b"kept")
    retained = stacks.physical_id("Key")
    assert stacks.delete() == "GONE"
    assert account.kms.describe_key(KeyId=retained)["KeyMetadata"]["KeyState"] == "Enabled"
    assert stacks.adopt(**resources) == "CREATE_COMPLETE"
    assert account.s3.get_object(Bucket=name, Key="k")["Body"].read() == b"kept"


def test_a_bucket_with_objects_is_not_deleted(account: Account, stacks: Stacks) -> None:
    name = account.name("full")
    resource = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}}
    stacks.create(Bucket=resource)
    account.s3.put_object(Bucket=name, Key="k", Body=b"kept")
    assert stacks.delete() == "DELETE_FAILED"
    assert account.s3.get_object(Bucket=name, Key="k")["Body"].read() == b"kept"
    account.s3.delete_object(Bucket=name, Key="k")
    assert stacks.delete() == "GONE"


def test_a_second_policy_for_a_bucket_is_refused(account: Account, stacks: Stacks) -> None:
    name = account.name("policy")
    account.s3.create_bucket(Bucket=name)
    statement = account.trust(Action="s3:PutObject", Resource=f"arn:aws:s3:::{name}/*")
    account.s3.put_bucket_policy(Bucket=name, Policy=policy(statement))
    resource = {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {"Bucket": name, "PolicyDocument": json.loads(policy(statement | {"Action": "s3:GetObject"}))},
    }
    assert stacks.create(Policy=resource) == "ROLLBACK_COMPLETE"
    assert "PutObject" in account.s3.get_bucket_policy(Bucket=name)["Policy"]


def test_a_write_with_kms_and_no_key_takes_the_key_that_aws_manages(account: Account) -> None:
    name = account.name("managed")
    account.s3.create_bucket(Bucket=name)
    account.s3.put_object(Bucket=name, Key="k", Body=b"x", ServerSideEncryption="aws:kms")
    read = account.s3.get_object(Bucket=name, Key="k")
    assert read["ServerSideEncryption"] == "aws:kms"
    assert read["SSEKMSKeyId"].endswith("alias/aws/s3")
