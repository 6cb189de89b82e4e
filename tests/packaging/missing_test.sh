#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# missing_test.sh ROOT SCRATCH: where a library is not installed, CMake names the package to install.
set -eu
root=$1 scratch=$2
names() {  # PACKAGE CMAKE-OPTION...
  package=$1; shift
  rm -rf "$scratch"
  if cmake -S "$root" -B "$scratch" -DOUTGROW_TESTS=OFF "$@" >"$scratch.log" 2>&1; then
    echo "configures with $*"; exit 1
  fi
  tr '\n' ' ' <"$scratch.log" | grep -q "is missing: install $package (Debian, Ubuntu)" ||
    { cat "$scratch.log"; exit 1; }
}

names libsqlite3-dev -DCMAKE_DISABLE_FIND_PACKAGE_SQLite3=ON -DOUTGROW_SQLITE=ON
names zlib1g-dev -DCMAKE_DISABLE_FIND_PACKAGE_ZLIB=ON
names libzstd-dev -DOUTGROW_ZSTD=ON -DOUTGROW_ZSTD_LIBRARY=
names libcli11-dev -DCMAKE_DISABLE_FIND_PACKAGE_CLI11=ON
names nlohmann-json3-dev -DCMAKE_DISABLE_FIND_PACKAGE_nlohmann_json=ON
names libxxhash-dev -DCMAKE_IGNORE_PATH=/usr/include
