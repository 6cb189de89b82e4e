#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh TREE...: instructions of a hot call in each language of each build tree, beside each other. A tree is what
# CMake made: build/dev, or that of another clone at another commit.
#
# Each program makes as many calls a round, and then a manual clock, at which callgrind writes what it has counted:
# the middle one of the rounds is a call's without start, compilers and collectors. The clocks are manual, so that no
# time is in it. The figures do not depend on what else the machine does; those of Java on its release.
set -eu
command -v valgrind >/dev/null || { echo "count: valgrind is missing (apt-get install valgrind)" >&2; exit 3; }
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# count LANGUAGE CALL CALLS PROGRAM...: adds a line to the tree's table.
count() {
  language=$1 call=$2 calls=$3; shift 3
  rm -f "$work"/out*
  valgrind --tool=callgrind --callgrind-out-file="$work/out" --dump-before='*clock*create*manual' \
    --smc-check=all-non-file "$@" "$call" 9 "$calls" >"$work/said" 2>&1 || { cat "$work/said" >&2; exit 1; }
  # More than one function of a crossing may bear the name: what lies between those is no round.
  middle=$(cat "$work"/out* | awk -v n="$calls" '/^(totals|summary): / {if ($2 > 10 * n) print $2 / n}' | sort -n |
    awk '{all[NR] = $1} END {printf "%.1f", all[int((NR + 1) / 2)]}')
  printf '%-8s %-10s %s\n' "$language" "$call" "$middle" | tee -a "$table" >&2
}

wanted() { case " ${LANGUAGES:-c c++ python java go} " in *" $1 "*) [ -z "${2:-}" ] || [ -e "$2" ] ;; *) false ;; esac; }

count_go() {
  name=github.com/outgrow/outgrow/bindings/go
  mkdir -p "$work/go" && cp "$here/count.go" "$work/go/main.go"
  printf 'module count\n\ngo 1.21\n\nrequire %s v0.0.0\n\nreplace %s => %s\n' $name $name "$1" >"$work/go/go.mod"
  (cd "$work/go" && GOFLAGS="-buildvcs=false -trimpath" CGO_ENABLED=1 go build -o "$work/count_go" .)
  export GOGC=off GOMAXPROCS=1 GODEBUG=asyncpreemptoff=1
  for call in limiter breaker; do count go $call 5000 "$work/count_go"; done
}

count_tree() {
  source=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$tree/CMakeCache.txt")
  include=$source/capi/include
  export LD_LIBRARY_PATH="$tree/capi" PYTHONPATH="$tree/bindings/python" PYTHONDONTWRITEBYTECODE=1 PYTHONHASHSEED=0
  if wanted c; then
    cc -O2 -I"$include" "$here/count.c" -L"$tree/capi" -loutgrow -o "$work/c"
    for call in limiter breaker; do count c $call 1000 "$work/c"; done
  fi
  if wanted c++; then
    c++ -std=c++17 -O2 -I"$include" "$here/count.cpp" -L"$tree/capi" -loutgrow -o "$work/cpp"
    for call in limiter breaker; do count c++ $call 1000 "$work/cpp"; done
  fi
  if wanted python "$tree/bindings/python/outgrow"; then
    for call in limiter breaker; do count python $call 1000 python3 -S "$here/count.py"; done
  fi
  jar=$tree/bindings/java/outgrow.jar
  if wanted java "$jar"; then
    javac -cp "$jar" -d "$work" "$here/Count.java"
    for call in limiter bytes breaker; do
      # -Xbatch: a call waits until it is compiled.
      count java $call 100000 java -Xbatch -XX:CICompilerCount=2 -XX:+UseSerialGC -XX:-UsePerfData -cp "$jar:$work" Count
    done
  fi
  # A commit from before the module was made by the build has it among its sources.
  for module in "$source/build/go/outgrow" "$source/bindings/go"; do
    if wanted go "$module/internal/raw/outgrow.cpp"; then count_go "$module"; break; fi
  done
}

[ $# -gt 0 ] || { echo "count: which build trees? run.sh build/dev" >&2; exit 2; }
number=0
for tree; do
  tree=$(cd "$tree" && pwd) number=$((number + 1))
  [ -e "$tree/capi/liboutgrow.so" ] || { echo "count: $tree has no capi/liboutgrow.so; build it first" >&2; exit 2; }
  table=$work/$number.table
  echo "$tree" | tee "$table" >&2
  count_tree
done
paste "$work"/*.table
