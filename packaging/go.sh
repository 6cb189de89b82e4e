#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# go.sh DIST: the Go module, as a folder to replace with or to vendor, and as a module proxy serves it.
set -eu
mkdir -p "$1"
dist=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 315532800)}
export SOURCE_DATE_EPOCH
version=$(sed -n 's/^const Version = "\(.*\)"$/\1/p' bindings/go/constants_generated.go)
python3 packaging/go_module.py "$dist/go/outgrow"
python3 packaging/go_proxy.py "$dist/go/outgrow" "$dist" "$version"
