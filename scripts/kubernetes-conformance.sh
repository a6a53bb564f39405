#!/usr/bin/env bash
# Runs the conformance suite of sandboxes on a one-node Kubernetes that it starts, and ends afterwards.
#
#   scripts/kubernetes-conformance.sh TOOLS [vitest arguments]       or TOOLS in KUBERNETES_TOOLS
#
# TOOLS: a folder with `up.sh`, `down.sh` and `env.sh`, which sets KUBECONFIG, and CTR, containerd's client as an array.
# Pods are made in two namespaces: in one that enforces the security standard "restricted", mode C in full; in one that
# enforces "baseline", where agents may change users, a sample of it, and in full mode A under gVisor if K8S_GVISOR is set.
# Needs root, a Docker engine, and what TOOLS needs.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tools=${1:-${KUBERNETES_TOOLS:-}}
[ -f "$tools/up.sh" ] || { echo "usage: $0 TOOLS, a folder with up.sh, down.sh and env.sh" >&2; exit 2; }
shift $(($# > 0 ? 1 : 0))
# The folder's settings replace PATH.
node=$(command -v node)
cd "$here"

trap '"$tools/down.sh" --data' EXIT
trap 'exit 130' INT TERM
"$tools/up.sh"

images=$("$node" --import tsx test/support/image-references-process.ts)
(
  . "$tools/env.sh"
  for image in $images; do
    echo "loading $image"
    docker save "$image" | "${CTR[@]}" image import - >/dev/null
  done
  for policy in restricted baseline; do
    kubectl create namespace "sandlot-$policy"
    kubectl label namespace "sandlot-$policy" "pod-security.kubernetes.io/enforce=$policy"
  done
)
SANDLOT_TEST_KUBECONFIG=$(. "$tools/env.sh" && echo "$KUBECONFIG")
export SANDLOT_TEST_KUBECONFIG
export SANDLOT_TEST_RUNTIME_CLASS=${K8S_GVISOR:+gvisor}
"$node" node_modules/vitest/vitest.mjs run --project integration test/sandbox/kubernetes.test.ts "$@"
