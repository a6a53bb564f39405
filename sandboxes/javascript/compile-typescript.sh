#!/bin/sh
# Compiles main.ts, with what it imports of the workspace, to main.js. Types are stripped, not checked.
# CommonJS, where `require` and `__dirname` work, unless the program needs ES modules: it awaits at top level, or its
# package.json says so.
compile() {
  esbuild main.ts --bundle --packages=external --platform=node --target=node20 --format="$1" \
    --outfile=main.js --sourcemap=inline --log-level="$2" --log-limit=20 --color=false --allow-overwrite
}
if grep -qs '"type": *"module"' package.json; then
  compile esm warning
elif ! compile cjs silent; then
  compile esm silent || compile cjs warning
fi
