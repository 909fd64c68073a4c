#!/bin/sh
# MongoDB: Debian has no package of it, and those of PyPI, npm and Maven Central
# that offer it fetch the server from its vendor's site when they are used.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=MongoDB FAMILY='Data stores' PORT=27017
UNAVAILABLE='in no package registry; its vendor has it for download'
row
