#!/bin/sh
# SPDX-License-Identifier: MIT
# TensorBoard with --bind_all makes a socket of each family; --host 0.0.0.0 is
# IPv4; its default is localhost.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=TensorBoard FAMILY='Model serving' PORT=6006 PACKAGES=pip:tensorboard==2.21.0
START_SECONDS=60 NOT_TOLD='logs no requests'

ipv4_only() {
    launch "$VENV/bin/tensorboard" --logdir "$DIR" --port "$PORT" --load_fast false --host 0.0.0.0
}

by_default() {
    launch "$VENV/bin/tensorboard" --logdir "$DIR" --port "$PORT" --load_fast false --bind_all
}

work() { # HOST
    http "$1" /data/environment | grep -q '"version"'
}

row
