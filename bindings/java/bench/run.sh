#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh [ARGS...]: the hot crossings beside hand-written JNI. In the build's shell: ./dev bench.
set -eu
bench=build/dev/bindings/java/bench
exec java -Xshare:auto -cp "$CLASSPATH:$bench/classes" outgrow.bench.Crossings \
  "$PWD/$bench/liboutgrow_plain_jni.so" "$@"
