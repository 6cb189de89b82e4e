# SPDX-License-Identifier: Apache-2.0
# Debian packages, a component each: liboutgrow0 (named for the ABI's epoch), liboutgrow-dev, outgrow, the command, and
# where hiredis is liboutgrow-hiredis-dev. packaging/deb.sh builds them.
set(library_package liboutgrow${OUTGROW_SOVERSION})
set(revision 1)
set(version ${PROJECT_VERSION}-${revision})
set(here ${CMAKE_CURRENT_LIST_DIR})
set(made ${CMAKE_CURRENT_BINARY_DIR}/deb)

# What policy asks of every package: its licences and its changes; and why lintian is overridden.
function(gzip file as)
  execute_process(COMMAND gzip -9nc ${file} OUTPUT_FILE ${as} COMMAND_ERROR_IS_FATAL ANY)
endfunction()
configure_file(${here}/changelog.in ${made}/changelog @ONLY)
gzip(${made}/changelog ${made}/changelog.Debian.gz)
gzip(${manual} ${made}/outgrow.1.gz)
set(manual ${made}/outgrow.1.gz)
set(package_of_library ${library_package})
set(package_of_development liboutgrow-dev)
set(package_of_command outgrow)
set(package_of_hiredis liboutgrow-hiredis-dev)
set(CPACK_COMPONENTS_ALL library development command)
if(TARGET outgrow_hiredis)
  list(APPEND CPACK_COMPONENTS_ALL hiredis)
endif()
foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  set(package ${package_of_${component}})
  string(TOUPPER ${component} COMPONENT)
  install(FILES ${here}/copyright ${made}/changelog.Debian.gz
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} COMPONENT ${component})
  install(FILES ${here}/${component}.lintian-overrides RENAME ${package}
    DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides COMPONENT ${component})
  set(CPACK_DEBIAN_${COMPONENT}_PACKAGE_NAME ${package})
  set(CPACK_DEBIAN_${COMPONENT}_FILE_NAME DEB-DEFAULT)
endforeach()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME outgrow)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")  # each package's own is its description's first line
set(CPACK_PACKAGE_CONTACT "outgrow <outgrow@users.noreply.github.com>")
set(CPACK_PACKAGE_HOMEPAGE_URL "https://github.com/outgrow/outgrow")
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_PACKAGE_RELEASE ${revision})
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR}/capi)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")

set(about "outgrow holds the patterns that a service needs as it outgrows one thread, one
process, one host: load balancing, rate limiting, circuit breaking, caching,
database scaling, autoscaling.")

set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_DESCRIPTION "scaling patterns behind a stable C interface - library
${about}
.
This package has the shared library.")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${here}/triggers ${made}/symbols)

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "scaling patterns behind a stable C interface - development
${about}
.
This package has the headers for C and C++, the static library, and what
pkg-config and CMake need.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "${library_package} (= ${version})")
if(OUTGROW_SQLITE)  # for the static library, and asked for by the CMake package
  string(APPEND CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS ", libsqlite3-dev")
endif()

set(CPACK_DEBIAN_COMMAND_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_COMMAND_DESCRIPTION "scaling patterns, tried on the traffic of an access log
${about}
.
This package has the command, which replays access logs through these
patterns and says what they would have done to that traffic.")
set(CPACK_DEBIAN_COMMAND_PACKAGE_DEPENDS "${library_package} (>= ${PROJECT_VERSION})")

set(CPACK_DEBIAN_HIREDIS_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_HIREDIS_DESCRIPTION "scaling patterns behind a stable C interface - over hiredis
${about}
.
This package has what carries the limits of a fleet of machines to Redis or
Valkey over hiredis: a static library, its header, and what pkg-config and
CMake need.")
set(CPACK_DEBIAN_HIREDIS_PACKAGE_DEPENDS "liboutgrow-dev (= ${version}), libhiredis-dev")

include(CPack)
