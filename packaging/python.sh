#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# python.sh DIST: Python's sdist and wheel. The wheel links nothing but the C library and the libgcc_s
# beside it, and is tagged with the oldest one that it runs on.
set -eu
dist=$1
cd "$(dirname "$0")/.."
made=build/package/python
rm -rf "$made/source" "$made/wheel"
python -m build --no-isolation --sdist --outdir "$made/source" .
# From the sdist, so that what the wheel holds can be built from that.
tar -xf "$made"/source/*.tar.gz -C "$made/source"
python -m build --no-isolation --wheel --outdir "$made/wheel" -Cbuild-dir=build/package/python/cmake "$made"/source/*/
mkdir -p "$dist"
cp "$made"/source/*.tar.gz "$dist"
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 315532800)}
export SOURCE_DATE_EPOCH
auditwheel repair --wheel-dir "$dist" "$made"/wheel/*.whl
