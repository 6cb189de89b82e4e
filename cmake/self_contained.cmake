# SPDX-License-Identifier: Apache-2.0
# For packages that carry the library: they load where neither SQLite nor this C++ runtime is.
set(CMAKE_FIND_LIBRARY_SUFFIXES .a ${CMAKE_FIND_LIBRARY_SUFFIXES})
# libgcc_s stays outside. It stands beside every C library, and the static one takes _dl_find_object
# of GLIBC_2.35. --gc-sections drops what of the C++ runtime is not called: std::random_device takes
# arc4random of GLIBC_2.36.
add_link_options(-static-libstdc++ LINKER:--gc-sections)

# The hardening that dpkg-buildflags gives the Debian packages.
include(CheckPIESupported)
check_pie_supported()
add_compile_options(-fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -Wformat)
add_link_options(LINKER:-z,relro LINKER:-z,now)
