#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# java.sh DIST: outgrow's jar, its sources and its documentation, with the pom; and those of outgrow-jedis. The library
# in the first links nothing but the C library and the libgcc_s beside it.
set -eu
mkdir -p "$1"
dist=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
build=$PWD/build/package/java
cmake -S . -B "$build/cmake" -G Ninja -DCMAKE_BUILD_TYPE=Release -DOUTGROW_SELF_CONTAINED=ON \
  -DOUTGROW_SQLITE=ON -DOUTGROW_TESTS=OFF -DOUTGROW_COMMAND=OFF -DOUTGROW_LANGUAGES=java >/dev/null
cmake --build "$build/cmake" --target outgrow_java
rm -rf "$build/maven"
mvn --quiet --batch-mode --file bindings/java/all.xml -Doutgrow.native="$build/cmake/bindings/java/native" \
  -Doutgrow.generated="$build/cmake/bindings/java/generated/java" \
  -Doutgrow.target="$build/maven" -Dmaven.test.skip=true \
  -Dproject.build.outputTimestamp="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 315532800)}" \
  package source:jar-no-fork javadoc:jar
cp "$build"/maven/outgrow-*.jar "$build"/maven/jedis/outgrow-jedis-*.jar "$dist"
for pom in bindings/java/pom.xml bindings/java/jedis/pom.xml; do
  artifact=$(sed -n 's|^  <artifactId>\(.*\)</artifactId>|\1|p' $pom)
  version=$(sed -n 's|^  <version>\(.*\)</version>|\1|p' $pom)
  cp $pom "$dist/$artifact-$version.pom"
done
