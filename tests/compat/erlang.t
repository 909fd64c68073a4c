#!/bin/sh
# SPDX-License-Identifier: MIT
# Erlang's inets httpd on 0.0.0.0; for both
# families it is given inet6.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='Erlang, inets httpd' FAMILY='Programming languages' PORT=8080 PACKAGES='apt:erlang-base apt:erlang-inets'

version() {
    erl -noshell -eval 'io:format("OTP ~s~n", [erlang:system_info(otp_release)]), halt().'
}

httpd() { # OPTION
    mkdir -p "$DIR/html"
    cat >"$DIR/tell_peer.erl" <<'END'
-module(tell_peer).
-export([start/2, do/1]).
-include_lib("inets/include/httpd.hrl").
start(Port, Options) ->
    {ok, _} = application:ensure_all_started(inets),
    {ok, _} = inets:start(httpd, [{port, Port}, {server_name, "name.test"}, {server_root, "."},
        {document_root, "html"}, {modules, [?MODULE]} | Options]).
do(#mod{init_data = #init_data{peername = {_, Address}}}) ->
    {proceed, [{response, {200, Address}}]}.
END
    (cd "$DIR" && erlc tell_peer.erl) || return
    launch env -C "$DIR" erl -noshell -noinput -eval "tell_peer:start($PORT, [$1])"
}

ipv4_only() {
    httpd '{bind_address, {0,0,0,0}}'
}

by_default() {
    httpd '{ipfamily, inet6}, {bind_address, any}'
}

work() { # HOST
    http "$1" / | grep .
}

peer() { # HOST
    http "$1" / | address
}

row
