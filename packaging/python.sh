#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# python.sh DIST: Python's sdist and wheel. The wheel links nothing but the C library and the libgcc_s
# beside it, and is tagged with the oldest one that it runs on.
set -eu
dist=$1
cd "$(dirname "$0")/.."
raw=build/package/python/wheel
rm -rf "$raw"
python -m build --no-isolation --sdist --outdir "$dist" .
python -m build --no-isolation --wheel --outdir "$raw" -Cbuild-dir=build/package/python/cmake .
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 315532800)}
export SOURCE_DATE_EPOCH
auditwheel repair --wheel-dir "$dist" "$raw"/*.whl
