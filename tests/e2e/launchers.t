#!/bin/sh
# SPDX-License-Identifier: MIT
# Launchers of container images that call the C library or are static, in front of a
# TCP and a UDP server: IPv4 stays as it was, and IPv6 is answered.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=nginx-conf.sh
. "$(dirname "$0")/nginx-conf.sh"
# shellcheck source-path=SCRIPTDIR source=launchers.sh
. "$(dirname "$0")/launchers.sh"
need nginx nginx-light
need tini
need tini-static tini
need dumb-init
need catatonit
forms ipv6

launchers
served tini tini -s --
served tini-static tini-static -s --
served dumb-init dumb-init --
served catatonit catatonit --
done_testing
