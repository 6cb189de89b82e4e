# SPDX-License-Identifier: Apache-2.0
# For packages that carry the library: they load where neither SQLite nor this C++ runtime is.
set(CMAKE_FIND_LIBRARY_SUFFIXES .a ${CMAKE_FIND_LIBRARY_SUFFIXES})
add_link_options(-static-libstdc++ -static-libgcc)
