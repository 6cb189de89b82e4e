#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh [--benchmark_filter=REGEX]: Go's calls beside the same written by hand with cgo.
set -eu
cd "$(dirname "$0")/../../../build/go/outgrow"
filter=.
for argument in "$@"; do
  case $argument in --benchmark_filter=*) filter="(?i)${argument#*=}" ;; esac
done
CGO_ENABLED=1 GOFLAGS=-buildvcs=false exec go test -run '^$' -bench "$filter" .
