#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# deb.sh DIST: liboutgrow0, liboutgrow-dev, outgrow, and where hiredis is liboutgrow-hiredis-dev, for the Debian or Ubuntu that this runs on.
set -eu
dist=$1
cd "$(dirname "$0")/.."
command -v dpkg-shlibdeps >/dev/null || { echo "no dpkg-dev here: no Debian packages"; exit 0; }
build=build/package/deb
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 315532800)}
export SOURCE_DATE_EPOCH
export DEB_BUILD_MAINT_OPTIONS=hardening=+all
# Without debug information: the static library would be ten times as large.
CFLAGS="$(dpkg-buildflags --get CFLAGS) $(dpkg-buildflags --get CPPFLAGS) -g0"
CXXFLAGS="$(dpkg-buildflags --get CXXFLAGS) $(dpkg-buildflags --get CPPFLAGS) -g0"
LDFLAGS=$(dpkg-buildflags --get LDFLAGS)
export CFLAGS CXXFLAGS LDFLAGS
rm -rf "$build"
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DOUTGROW_TESTS=OFF -DOUTGROW_DEB=ON \
  -DCMAKE_INSTALL_PREFIX=/usr -DCMAKE_INSTALL_LIBDIR="lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)"
cmake --build "$build"

# The symbols that the library exports, and since when: control files that dpkg-gensymbols makes.
mkdir -p "$build/debian"
soversion=$(readelf -d "$build/capi/liboutgrow.so" | sed -n 's/.*SONAME.*\.so\.\([0-9]*\)\]/\1/p')
version=$(sed -n 's/^CMAKE_PROJECT_VERSION:STATIC=//p' "$build/CMakeCache.txt")
printf 'Source: outgrow\n\nPackage: liboutgrow%s\nArchitecture: any\n' "$soversion" >"$build/debian/control"
(cd "$build" && dpkg-gensymbols -q -c0 -v"$version" -p"liboutgrow$soversion" -ecapi/liboutgrow.so."$soversion" \
  -P. -Opackaging/deb/symbols)

cpack --config "$build/CPackConfig.cmake" -B "$build/packages"
cp "$build"/packages/*.deb "$dist"
