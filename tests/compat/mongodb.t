#!/bin/sh
# SPDX-License-Identifier: MIT
# MongoDB. Looked for its server in: Debian, which had it until release 9 (no longer
# on the mirrors, 10 to 13 and sid are without it); PyPI (pymongo-inmemory, mongorun,
# pytest-mongo); npm (mongodb-memory-server, mongodb-prebuilt, mongod); Maven Central
# (de.flapdoodle.embed.mongo, embedmongo-maven-plugin). What is found there either
# fetches the server from its vendor's site or starts one that is installed already.
# ferretdb.t has another server of its protocol.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=MongoDB FAMILY='Data stores' PORT=27017
UNAVAILABLE='not in Debian since release 9; packages of PyPI, npm and Maven Central fetch it from its vendor'
row
