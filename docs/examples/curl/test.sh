#!/bin/sh
# Tests of ask.sh against a mockgw that is started for them, on a port of its own.
set -eu
cd "$(dirname "$0")"

scratch=$(mktemp -d)
mockgw serve scenarios --port 0 --port-file "$scratch/port" --quiet >"$scratch/log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" || true; rm -rf "$scratch"' EXIT

until [ -e "$scratch/port" ]; do # it is there as soon as requests are taken
  kill -0 "$server" 2>/dev/null || { cat "$scratch/log"; exit 1; }
  sleep 0.1
done
export ANTHROPIC_BASE_URL="http://127.0.0.1:$(cat "$scratch/port")" ANTHROPIC_AUTH_TOKEN=mock NO_PROXY=127.0.0.1

# expect EXIT_CODE TEXT COMMAND...: the command ends so, and the text is in what it prints.
expect() {
  code=$1 text=$2
  shift 2
  found=0
  printed=$("$@" 2>&1) || found=$?
  case $found:$printed in
    "$code:"*"$text"*) echo "ok: $*" ;;
    *) echo "not ok: $*: exit code $found, expected $code with '$text': $printed"; exit 1 ;;
  esac
}

expect 0 '"text":"Hello to you."' ./ask.sh "Hello"
expect 0 '"text":"Not any more."' ./ask.sh "Are you busy?" --retry 1
# 22 is an error of HTTP, 56 a connection that broke.
expect 22 'insufficient credits' ./ask.sh "Have I money?"
expect 56 '' env STREAM=true ./ask.sh "Go on"
