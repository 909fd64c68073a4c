#!/bin/sh
# SPDX-License-Identifier: MIT
# Open WebUI as "open-webui serve" starts it, on 0.0.0.0 by default: a large
# FastAPI application under uvicorn, here with an embedding engine elsewhere, so
# that it loads no model, and without the packages that do so, of gigabytes.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='Open WebUI' FAMILY='Model serving' PORT=8080 PACKAGES='pip:open-webui==0.12.4' PIP_OPTIONS=--no-deps
START_SECONDS=200 CLIENT_SECONDS=60 FORM_SECONDS=1500

# Its other requirements, but for what has models, reads documents or asks other
# services, all of which it imports when it is used.
build() {
    without='accelerate|anthropic|azure-ai|brotlicffi|ddgs|docx2txt|einops|fake|faster|hiredis|msoffcrypto|openai|opencv'
    without=$without'|openpyxl|opensearch|pandas|psycopg|pyarrow|pymysql|pypandoc|pypdf|python-docx|python-pptx|pyxlsb|rank'
    without=$without'|rapidocr|sentence|soundfile|transformers|xlrd|youtube'
    "$VENV/bin/python" -c 'import importlib.metadata as m; print(*m.requires("open-webui"), sep="\n")' |
        grep -vE "extra ==|^($without)" >"$VENV/requirements" &&
        PIP_OPTIONS='' && pip_install -r "$VENV/requirements" typer
}

ipv4_only() {
    rm -rf "$DIR/data"
    mkdir "$DIR/data"
    launch env HOME="$DIR" DATA_DIR="$DIR/data" WEBUI_SECRET_KEY=0123456789abcdef0123456789abcdef OFFLINE_MODE=true \
        RAG_EMBEDDING_ENGINE=openai "$VENV/bin/open-webui" serve --port "$PORT"
}

by_default() {
    ipv4_only
}

ready() { # HOST
    http "$1" /health | grep true
}

# The first account is the administrator's; the next ones that ask are refused.
# Whoever has it can write a note, and read it.
account() { # HOST
    { http "$1" /api/v1/auths/signup --json '{"name": "me", "email": "me@here.test", "password": "a Secret 1"}' ||
        http "$1" /api/v1/auths/signin --json '{"email": "me@here.test", "password": "a Secret 1"}'; } |
        sed -n 's/.*"token":"\([^"]*\)".*/\1/p'
}

work() { # HOST
    http "$1" / | grep -q '<title>Open WebUI' || return
    note="of $(date +%s%N)" bearer="Authorization: Bearer $(account "$1")"
    http "$1" /api/v1/notes/create --header "$bearer" --json "{\"title\": \"$note\"}" >/dev/null &&
        http "$1" /api/v1/notes/ --header "$bearer" | grep -q "$note"
}

# Its access log, which leaves out /health, tells the address, and this request has a name of its own.
peer() { # HOST
    asked=$(date +%s%N)
    http "$1" "/api/config?asked=$asked" >/dev/null && wait_for grep -q "asked=$asked" "$LOG" &&
        grep "asked=$asked" "$LOG" | sed 's/.* - \(.*\):[0-9]* - .*/\1/' | address
}

row
