#!/bin/sh
# SPDX-License-Identifier: MIT
# LiteLLM's proxy, a large FastAPI application under uvicorn, with a model that
# answers by itself; on 0.0.0.0 by default.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='LiteLLM proxy' FAMILY='Model serving' PORT=4000 PACKAGES='pip:litellm[proxy]==1.106.2'
START_SECONDS=120 CLIENT_SECONDS=30 FORM_SECONDS=1200

ipv4_only() {
    cat >"$DIR/models.yaml" <<'END'
model_list:
- model_name: mock
  litellm_params: {model: openai/mock, api_key: none, mock_response: hello}
END
    launch env HOME="$DIR" LITELLM_LOCAL_MODEL_COST_MAP=True LITELLM_MASTER_KEY=sk-secret \
        "$VENV/bin/litellm" --config "$DIR/models.yaml" --port "$PORT"
}

by_default() {
    ipv4_only
}

work() { # HOST
    http "$1" /v1/chat/completions --header "Authorization: Bearer sk-secret" --json '{"model": "mock", "messages": [{"role": "user", "content": "?"}]}' |
        grep -q '"content":"hello"'
}

ready() { # HOST
    http "$1" /health/liveliness
}

# Its access log tells the address, and this request has a name of its own.
peer() { # HOST
    asked=$(date +%s%N)
    http "$1" "/health/liveliness?asked=$asked" >/dev/null && wait_for grep -q "asked=$asked" "$LOG" &&
        grep "asked=$asked" "$LOG" | sed 's/.*INFO: *//; s/ - .*//; s/:[0-9]*$//' | address
}

row
