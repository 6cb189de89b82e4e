#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# install_test.sh BUILD SCRATCH CONSUMER: installs into an empty folder and builds a program
# outside the tree with pkg-config and with find_package, shared and static, and runs each.
set -eu
build=$1 scratch=$2 consumer=$3
rm -rf "$scratch"
mkdir -p "$scratch"
prefix=$scratch/root
cmake --install "$build" --prefix "$prefix" >/dev/null

libdir=$(dirname "$(find "$prefix" -name liboutgrow.a)")
export PKG_CONFIG_PATH="$libdir/pkgconfig" LD_LIBRARY_PATH="$libdir"
[ -L "$libdir/liboutgrow.so" ] || { echo "no liboutgrow.so link"; exit 1; }
readelf -d "$libdir/liboutgrow.so" | grep -q 'SONAME.*liboutgrow.so.0' || { echo "no SOVERSION"; exit 1; }

# An empty element would be the folder that the command is called from.
if [ -e "$prefix/bin/outgrow" ]; then
  libraries=$(readelf -d "$prefix/bin/outgrow" | sed -n 's/.*R[UN]*PATH.*\[\(.*\)\]/\1/p')
  [ "$libraries" = "\$ORIGIN/..${libdir#"$prefix"}" ] || { echo "the command loads from '$libraries'"; exit 1; }
  (cd "$scratch" && env -u LD_LIBRARY_PATH "$prefix/bin/outgrow" --version >/dev/null)
fi

# shellcheck disable=SC2046
${CC:-cc} -o "$scratch/by_pkgconfig" "$consumer/main.c" $(pkg-config --cflags --libs outgrow)
"$scratch/by_pkgconfig" | grep -q '^allowed 5 of 8$'

# shellcheck disable=SC2046
${CXX:-c++} -std=c++17 -o "$scratch/in_cpp" "$consumer/main.cpp" $(pkg-config --cflags --libs outgrow)
"$scratch/in_cpp" | grep -q '^allowed 5 of 8$'

# shellcheck disable=SC2046
${CC:-cc} -DOUTGROW_STATIC -o "$scratch/by_pkgconfig_static" "$consumer/main.c" \
  $(pkg-config --cflags outgrow) "$libdir/liboutgrow.a" \
  $(pkg-config --libs --static outgrow | sed 's/-loutgrow//')
env -u LD_LIBRARY_PATH "$scratch/by_pkgconfig_static" | grep -q '^allowed 5 of 8$'

# What is over hiredis, where it was built: by both ways too, and it alone asks for hiredis.
if [ -e "$libdir/liboutgrow_hiredis.a" ]; then
  example=$(cd "$(dirname "$0")/../.." && pwd)/examples/c/fleet_hiredis.c
  # shellcheck disable=SC2046
  ${CC:-cc} -o "$scratch/over_hiredis" "$example" $(pkg-config --cflags --libs outgrow-hiredis)
  "$scratch/over_hiredis" 2>&1 | grep -q '^usage:'
  cmake -S "$consumer" -B "$scratch/hiredis" -DCMAKE_PREFIX_PATH="$prefix" -DLIBRARY=outgrow_hiredis >/dev/null
  cmake --build "$scratch/hiredis" >/dev/null
  ! readelf -d "$libdir/liboutgrow.so" | grep -q 'NEEDED.*hiredis' || { echo "the library needs hiredis"; exit 1; }
fi

for library in outgrow outgrow_static; do
  cmake -S "$consumer" -B "$scratch/$library" -DCMAKE_PREFIX_PATH="$prefix" -DLIBRARY="$library" >/dev/null
  cmake --build "$scratch/$library" >/dev/null
  "$scratch/$library/consumer" | grep -q '^allowed 5 of 8$'
done
