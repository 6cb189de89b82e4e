#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# headers_test.sh INCLUDE CC CXX: each header compiles by itself, as C99 and as C++.
set -eu
cd "$1"
for header in outgrow.h outgrow/*.h; do
  for standard in c99 c11; do
    echo "#include <$header>" | "$2" -x c -std=$standard -I. -Wall -Wextra -Wpedantic -Werror -fsyntax-only -
  done
  for standard in c++11 c++17 c++20; do
    echo "#include <$header>" | "$3" -x c++ -std=$standard -I. -Wall -Wextra -Wpedantic -Werror -fsyntax-only -
  done
done
