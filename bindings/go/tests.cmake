# SPDX-License-Identifier: Apache-2.0
# go.*: what the go command says of the module; conformance.go.*: every vector over its interface.
function(add_go_test name directory)
  add_test(NAME ${name} COMMAND ${go} ${ARGN} WORKING_DIRECTORY ${directory})
  set_tests_properties(${name} PROPERTIES TIMEOUT 1200)
endfunction()

add_go_test(go.vet ${module} vet -tags=${tags} ./...)
add_go_test(go.test ${module} test -count=1 -tags=debug,${tags} ./...)
# Every build is held to the language of go.mod's directive, and oldest_test.go looks for newer names. The
# compiler of that version itself, where it is installed (Debian's golang-1.19-go), has the last word.
find_program(OLDEST_GO go PATHS /usr/lib/go-1.19/bin $ENV{HOME}/sdk/go1.19/bin NO_DEFAULT_PATH)
if(OLDEST_GO)
  add_test(NAME go.oldest COMMAND ${go_environment} ${OLDEST_GO} test -count=1 -short
    -tags=debug,${tags} ./... WORKING_DIRECTORY ${module})
  set_tests_properties(go.oldest PROPERTIES TIMEOUT 1200)
endif()
add_go_test(go.race ${module} test -count=1 -race -tags=debug,${tags} ./...)

# The module of a fleet's pump, over go-redis, with servers of its own: once, as all of it is goroutines. Behind go.race
# the library is there.
add_go_test(fleet.go ${module}/outgrowredis test -count=1 -race -vet=all -tags=debug,${tags})
set_tests_properties(fleet.go PROPERTIES DEPENDS go.race SKIP_REGULAR_EXPRESSION "SKIPPED:" LABELS fleet)
find_program(VALKEY_SERVER valkey-server HINTS ${PROJECT_SOURCE_DIR}/build/tools/valkey/usr/bin)
if(VALKEY_SERVER)  # in ./dev stress
  add_test(NAME fleet.go_valkey CONFIGURATIONS stress COMMAND ${CMAKE_COMMAND} -E env OUTGROW_SERVER=${VALKEY_SERVER}
    ${go} test -count=1 -race -tags=debug,${tags} WORKING_DIRECTORY ${module}/outgrowredis)
  set_tests_properties(fleet.go_valkey PROPERTIES SKIP_REGULAR_EXPRESSION "SKIPPED:" LABELS fleet TIMEOUT 1200)
endif()
if(OLDEST_GO)
  add_test(NAME fleet.go.oldest COMMAND ${go_environment} ${OLDEST_GO} vet -tags=debug,${tags} ./...
    WORKING_DIRECTORY ${module}/outgrowredis)
endif()

set(conformance ${PROJECT_SOURCE_DIR}/tests/conformance/go)
set(runner ${PROJECT_BINARY_DIR}/tests/conformance/conformance_go)
generate_drivers(go overlay.json drivers)
add_custom_target(go_conformance ALL
  COMMAND ${go} build -tags=${tags} -overlay=${drivers} -o ${runner} .
  DEPENDS ${drivers}
  WORKING_DIRECTORY ${conformance}
  COMMENT "Building Go's conformance drivers")
add_dependencies(go_conformance go_library)

add_conformance_tests(go ${runner})

# Go's process of integration.host_exact.
add_custom_target(go_host_worker ALL
  COMMAND ${go} vet -tags=${tags} .
  COMMAND ${go} build -tags=${tags} -o ${PROJECT_BINARY_DIR}/tests/integration/host_worker_go .
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}/tests/integration/host_workers/go
  COMMENT "Building Go's process of integration.host_exact")
add_dependencies(go_host_worker go_library)

# The net/http program of docs/frameworks.md.
add_test(NAME integration.frameworks_go COMMAND ${Python3_EXECUTABLE}
  ${PROJECT_SOURCE_DIR}/tests/integration/frameworks/frameworks_test.py go ${go} build -tags=${tags})
set_tests_properties(integration.frameworks_go PROPERTIES TIMEOUT 1200)

# The module in another's vendor folder; over the installed library.
set(packaging_tests ${PROJECT_SOURCE_DIR}/tests/packaging)
add_test(NAME go.vendor COMMAND ${Python3_EXECUTABLE} ${packaging_tests}/go_vendor_test.py
  ${module} ${GO} ${compilers})
if(OLDEST_GO)
  add_test(NAME go.oldest.vendor COMMAND ${Python3_EXECUTABLE} ${packaging_tests}/go_vendor_test.py
    ${module} ${OLDEST_GO} ${compilers})
  set_tests_properties(go.oldest.vendor PROPERTIES TIMEOUT 1200)
endif()
add_test(NAME go.dynamic COMMAND ${Python3_EXECUTABLE} ${packaging_tests}/go_dynamic_test.py
  ${module} ${GO} ${PROJECT_BINARY_DIR} ${CMAKE_CURRENT_BINARY_DIR}/dynamic)
# What ./dev package makes, got by an empty module: it runs README's Go.
add_test(NAME packaging.go COMMAND ${Python3_EXECUTABLE} ${packaging_tests}/go_module_test.py
  ${PROJECT_SOURCE_DIR} ${GO} ${PROJECT_VERSION} ${compilers})
set_tests_properties(go.vendor go.dynamic packaging.go PROPERTIES TIMEOUT 1200)
set_tests_properties(go.race packaging.go PROPERTIES COST 700)  # among the first: each compiles the library

if(SQLite3_FOUND)
  add_subdirectory(${PROJECT_SOURCE_DIR}/examples/go ${PROJECT_BINARY_DIR}/examples/go)
endif()
