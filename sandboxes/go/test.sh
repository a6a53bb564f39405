#!/bin/sh
# Runs compiled tests and ends with the lines and the code of `go test`.
started=$(date +%s%N)
./main "$@"
code=$?
seconds=$(($(date +%s%N) - started))
seconds=$(printf '%d.%03ds' $((seconds / 1000000000)) $((seconds / 1000000 % 1000)))
if [ $code -eq 0 ]; then
  printf 'ok  \tcommand-line-arguments\t%s\n' "$seconds"
else
  printf 'FAIL\tcommand-line-arguments\t%s\nFAIL\n' "$seconds"
  exit 1
fi
