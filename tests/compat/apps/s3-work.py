# SPDX-License-Identifier: MIT
"""s3-work.py URL: an object goes in and comes out."""

import sys

import boto3
from botocore.config import Config

s3 = boto3.client(
    "s3",
    endpoint_url=sys.argv[1],
    region_name="us-east-1",
    aws_access_key_id="test",
    aws_secret_access_key="test",
    config=Config(proxies={}, s3={"addressing_style": "path"}, retries={"max_attempts": 1}),
)
s3.create_bucket(Bucket="work")
s3.put_object(Bucket="work", Key="key", Body=sys.argv[1].encode())
assert s3.get_object(Bucket="work", Key="key")["Body"].read() == sys.argv[1].encode()
