#!/bin/sh
# What is tested: a question to the gateway in ANTHROPIC_BASE_URL, by curl. Errors of curl are exit codes.
# Usage: ask.sh PROMPT [FLAG OF CURL]...
prompt=$1
shift
exec curl --silent --show-error --fail-with-body "$ANTHROPIC_BASE_URL/v1/messages" "$@" \
  --header "authorization: Bearer $ANTHROPIC_AUTH_TOKEN" --header "content-type: application/json" \
  --data "{\"model\": \"claude-opus-5-5\", \"max_tokens\": 100, \"stream\": ${STREAM:-false},
           \"messages\": [{\"role\": \"user\", \"content\": \"$prompt\"}]}"
