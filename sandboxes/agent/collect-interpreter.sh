#!/bin/sh
# Copies Debian's python3, its standard library and every shared library they need to a folder of their own, where the
# interpreter runs by way of its own dynamic loader, whatever libc the image has.
set -eu
target=$1
binary=$(readlink -f /usr/bin/python3)
version=$(basename "$binary")
mkdir -p "$target/bin" "$target/lib/$version"
cp "$binary" "$target/bin/python3"
cp -r "/usr/lib/$version/." "$target/lib/$version/"
cd "$target/lib/$version"
rm -rf test idlelib tkinter turtledemo ensurepip lib2to3 pydoc_data config-* __pycache__ ./*/__pycache__
rm -f lib-dynload/_ssl* lib-dynload/_hashlib* lib-dynload/_sqlite3* lib-dynload/_dbm* lib-dynload/readline* lib-dynload/_curses*
for file in "$target/bin/python3" lib-dynload/*.so; do
  ldd "$file" | sed -n 's/.*=> \(\/[^ ]*\).*/\1/p; s/^\t\(\/[^ ]*ld-linux[^ ]*\).*/\1/p'
done | sort -u | while read -r library; do
  cp -L "$library" "$target/lib/"
done
# One name for the loader on every architecture.
loader=$(basename "$target"/lib/ld-linux*)
ln -s "$loader" "$target/lib/ld.so"
"$target/lib/ld.so" --library-path "$target/lib" "$target/bin/python3" -E -s -S -c 'import ctypes, hmac, json, selectors, subprocess'
