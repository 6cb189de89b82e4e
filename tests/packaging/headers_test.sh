#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# headers_test.sh INCLUDE CC CXX: each header compiles by itself, as C99 and as C++,
# those of C++ without the warnings that careful users turn on.
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
careful="-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast -Werror"
for header in outgrow.hpp outgrow/*.hpp; do
  # shellcheck disable=SC2086
  echo "#include <$header>" | "$3" -x c++ -std=c++17 -I. $careful -fsyntax-only -
done
# shellcheck disable=SC2086
echo "#include <outgrow.hpp>" | "$3" -x c++ -std=c++20 -I. $careful -fsyntax-only -
