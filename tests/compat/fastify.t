#!/bin/sh
# SPDX-License-Identifier: MIT
# Fastify; by default it is on both addresses of localhost.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=Fastify FAMILY='Application servers' PORT=3000 PACKAGES='apt:nodejs npm:fastify@5.12.8'

version() {
    node -p 'require(process.argv[1]).version' "$NPM/node_modules/fastify/package.json"
}

fastify_at() { # [ADDRESS]
    cat >"$DIR/app.js" <<'END'
const app = require('fastify')({ logger: { level: 'warn' } });
app.get('/', async (request) => request.ip);
const [port, address] = process.argv.slice(2);
app.listen({ port: Number(port), host: address });
END
    launch env NODE_PATH="$NPM/node_modules" node "$DIR/app.js" "$PORT" "$@"
}

ipv4_only() {
    fastify_at 0.0.0.0
}

by_default() {
    fastify_at
}

work() { # HOST
    http "$1" / | grep .
}

peer() { # HOST
    http "$1" /
}

row
