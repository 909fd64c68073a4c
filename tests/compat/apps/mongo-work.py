# SPDX-License-Identifier: MIT
"""mongo-work.py HOST PORT: a document goes in and is found; prints the client's
address as the server tells it."""

import sys

from pymongo import MongoClient

host, port = sys.argv[1], int(sys.argv[2])
with MongoClient(host, port, serverSelectionTimeoutMS=5000) as client:
    things = client.work.things
    made = things.insert_one({"asked": host}).inserted_id
    assert things.find_one({"_id": made}) == {"_id": made, "asked": host}
    print(client.admin.command("whatsmyuri")["you"])
