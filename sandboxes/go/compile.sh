#!/bin/sh
# Compiles the package in the workspace to main; `compile.sh test` its tests. A program that imports the standard library
# alone is compiled and linked directly, in a third of the time of `go build`, which looks at all of the library again.
set -eu
library=/usr/local/lib/sandlot/go
if [ "${1:-}" = test ] || [ -e go.mod ] || grep -qs '^//go:embed' ./*.go; then
  # Go writes beside what it finds in its cache: finished packages are linked to those of the image.
  cp -rs "$library/cache" "$GOCACHE"
  [ "${1:-}" = test ] || exec go build -o main .
  if [ -e go.mod ]; then set -- .; else set -- ./*.go; fi
  go test -c -vet=off -o main "$@" && exit
  # What `go test` would say here.
  printf 'FAIL\tcommand-line-arguments [build failed]\nFAIL\n'
  exit 1
fi
for file in *.go; do
  case $file in *_test.go) ;; *) set -- "$@" "$file" ;; esac
done
tools=$(dirname "$(readlink -f "$library/compile")")
"$tools/compile" -p main -complete -pack -importcfg "$library/importcfg" -o "$TMPDIR/main.a" "$@"
"$tools/link" -s -w -importcfg "$library/importcfg" -buildmode=exe -o main "$TMPDIR/main.a"
