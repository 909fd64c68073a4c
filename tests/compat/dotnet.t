#!/bin/sh
# Kestrel, the web server of .NET.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
# shellcheck disable=SC2034 # read by compat.sh
TITLE='Kestrel (.NET)' FAMILY='Application servers' PORT=5000
# shellcheck disable=SC2034 # read by compat.sh
UNAVAILABLE='not in Debian, and in none of PyPI, npm and Maven Central'
row
