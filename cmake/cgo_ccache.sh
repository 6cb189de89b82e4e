#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# cgo_ccache.sh COMPILER ARGUMENTS...: the compiler behind ccache, for Go's tool. That names a temporary folder and a
# seed anew in each call, so that ccache would know no source again; neither changes what the code does.
for argument; do
  shift
  case $argument in
    -frandom-seed=* | -ffile-prefix-map=* | -fdebug-prefix-map=*) ;;
    *) set -- "$@" "$argument" ;;
  esac
done
if command -v ccache >/dev/null; then
  export CCACHE_NOHASHDIR=1
  exec ccache "$@"
fi
exec "$@"
