#!/bin/sh
# SPDX-License-Identifier: MIT
# Express; without an address it is on ::, for both families.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=Express FAMILY='Application servers' PORT=3000 PACKAGES='apt:nodejs npm:express@5.3.0'

version() {
    node -p 'require(process.argv[1]).version' "$NPM/node_modules/express/package.json"
}

express_at() { # [ADDRESS]
    cat >"$DIR/app.js" <<'END'
const app = require('express')();
app.get('/', (request, response) => response.send(request.ip));
const [port, address] = process.argv.slice(2);
app.listen(Number(port), address);
END
    launch env NODE_PATH="$NPM/node_modules" node "$DIR/app.js" "$PORT" "$@"
}

ipv4_only() {
    express_at 0.0.0.0
}

by_default() {
    express_at
}

work() { # HOST
    http "$1" / | grep .
}

peer() { # HOST
    http "$1" /
}

row
