# SPDX-License-Identifier: MIT
"""jupyter-work.py ADDRESS:PORT TOKEN: a kernel computes 6 * 7, over its WebSocket."""

import json
import sys
import urllib.request
import uuid

import websocket

server, token = sys.argv[1:]
headers = {"Authorization": "token " + token}


def api(method, path):
    request = urllib.request.Request(f"http://{server}/api/{path}", b"" if method == "POST" else None, headers, method=method)
    return urllib.request.urlopen(request, timeout=20).read()


kernel = json.loads(api("POST", "kernels"))["id"]
channel = websocket.create_connection(f"ws://{server}/api/kernels/{kernel}/channels", header=headers, timeout=20)
message = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "username": "", "session": "s", "version": "5.3"}
content = {"code": "6 * 7", "silent": False}
channel.send(json.dumps({"header": message, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}))
# A kernel is interrupted before it is ended, and one that is not idle yet complains.
while True:
    answer = json.loads(channel.recv())
    if answer["parent_header"].get("msg_id") != message["msg_id"]:
        continue
    if answer["msg_type"] == "execute_result":
        print(answer["content"]["data"]["text/plain"])
    if answer["content"].get("execution_state") == "idle":
        break
channel.close()
api("DELETE", f"kernels/{kernel}")
