#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh [ARGS...]: the hot calls beside hand-written ones. In the build's shell: ./dev bench.
set -eu
exec build/venv/bin/python bindings/python/bench/crossings.py build/dev/bindings/python/bench "$@"
