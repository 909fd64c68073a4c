# SPDX-License-Identifier: MIT
"""minio-work.py HOST API CONSOLE: an object goes in at the console's port and comes
out at the API's. Prints the address of who put it, as the server tells those that
listen for what happens in a bucket.
"""
import json
import sys
import threading

import urllib3
from minio import Minio

host, api, console = sys.argv[1:]
s3 = Minio(endpoint=f"{host}:{api}", access_key="minioadmin", secret_key="minioadmin", secure=False)
if not s3.bucket_exists(bucket_name="work"):
    s3.make_bucket(bucket_name="work")
http = urllib3.PoolManager(retries=False, timeout=5)
url = f"http://{host}:{console}/api/v1"
login = json.dumps({"accessKey": "minioadmin", "secretKey": "minioadmin"})
answer = http.request("POST", url + "/login", body=login, headers={"Content-Type": "application/json"})
assert answer.status == 204, answer.data
cookie = answer.headers["Set-Cookie"].split(";")[0]
data = f"for {host}".encode()
told = threading.Event()


def put():  # until it is told: nothing says when the server has begun to listen for it
    for _ in range(50):
        http.request(
            "POST",
            url + "/buckets/work/objects/upload?prefix=key",
            fields={str(len(data)): ("key", data, "text/plain")},  # so the console wants it
            headers={"Cookie": cookie},
        )
        if told.wait(0.3):
            break


threading.Thread(target=put, daemon=True).start()
with s3.listen_bucket_notification(bucket_name="work", events=["s3:ObjectCreated:*"]) as events:
    event = next(iter(events))
told.set()
assert s3.get_object(bucket_name="work", object_name="key").data == data
print(event["Records"][0]["source"]["host"])
