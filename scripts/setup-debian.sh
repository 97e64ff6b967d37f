#!/usr/bin/env bash
# Installs what building and testing Millrace needs on Debian 12 (and Ubuntu 22.04 or newer).
#   scripts/setup-debian.sh               everything: build, tests, linters, sanitizers, fuzzing
#   scripts/setup-debian.sh --build-only  only what compiling the addon needs
# Does nothing, quickly, when all of it is there. Node itself is not installed.
set -euo pipefail

build=(
  g++ cmake ninja-build
  liblz4-dev libzstd-dev zlib1g-dev libdeflate-dev         # compression
  libxxhash-dev libssl-dev librust-blake3-dev              # digests
  libmd4c-dev libyaml-dev libtomlplusplus-dev              # Markdown, front matter
  libre2-dev libsimdjson-dev                               # text search, JSON
)
develop=(
  git ccache
  libgtest-dev libgmock-dev libbenchmark-dev    # native tests and benchmarks
  clang clang-format clang-tidy libclang-rt-dev # linters, fuzzing
  lz4 zstd                                      # interoperability tests of the frame formats
  gcovr                                         # coverage report
)

case "${1:-}" in
  '') wanted=("${build[@]}" "${develop[@]}") ;;
  --build-only) wanted=("${build[@]}") ;;
  *)
    echo "usage: $0 [--build-only]" >&2
    exit 2
    ;;
esac

missing=()
for package in "${wanted[@]}"; do
  status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  echo "setup-debian: all ${#wanted[@]} packages are installed"
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "setup-debian: run as root or install sudo; missing: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 \
  "${missing[@]}" >/dev/null
echo "setup-debian: installed ${missing[*]}"
