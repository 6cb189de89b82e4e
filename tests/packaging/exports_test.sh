#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# exports_test.sh LIBRARY INCLUDE: the library exports exactly what its headers declare.
set -eu
declared=$(cat "$2"/outgrow/*.h | tr '\n' ' ' | grep -oE 'OG_API [^(;]*\(' | grep -oE 'og_[a-z0-9_]+\($' | tr -d '(' | sort)
exported=$(nm -D --defined-only "$1" | awk '$2 != "A" { print $3 }' | sed 's/@.*//' | sort)
if [ "$declared" != "$exported" ]; then
  echo "declared (-) and exported (+) differ:"
  printf '%s\n' "$declared" >"${TMPDIR:-/tmp}/declared.$$"
  printf '%s\n' "$exported" | diff "${TMPDIR:-/tmp}/declared.$$" - || true
  rm -f "${TMPDIR:-/tmp}/declared.$$"
  exit 1
fi
echo "$(printf '%s\n' "$exported" | wc -l) exports"
