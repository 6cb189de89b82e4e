# SPDX-License-Identifier: Apache-2.0
# go.*: what the go command says of the module; conformance.go.*: every vector over its interface.
function(add_go_test name directory)
  add_test(NAME ${name} COMMAND ${go} ${ARGN} WORKING_DIRECTORY ${directory})
  set_tests_properties(${name} PROPERTIES TIMEOUT 1200)
endfunction()

add_go_test(go.vet ${module} vet -tags=${tags} ./...)
add_go_test(go.test ${module} test -count=1 -tags=debug,${tags} ./...)
add_go_test(go.race ${module} test -count=1 -race -tags=debug,${tags} ./...)

set(conformance ${PROJECT_SOURCE_DIR}/tests/conformance/go)
set(runner ${PROJECT_BINARY_DIR}/tests/conformance/conformance_go)
add_custom_target(go_conformance ALL
  COMMAND ${go} build -tags=${tags} -o ${runner} .
  WORKING_DIRECTORY ${conformance}
  COMMENT "Building Go's conformance drivers")

file(GLOB nouns ${PROJECT_SOURCE_DIR}/tests/vectors/*)
foreach(folder ${nouns})
  get_filename_component(noun ${folder} NAME)
  file(GLOB vectors CONFIGURE_DEPENDS ${folder}/*.json)
  if(NOT OUTGROW_SQLITE)
    list(FILTER vectors EXCLUDE REGEX "/sqlite_[^/]*$")
  endif()
  add_test(NAME conformance.go.${noun} COMMAND ${runner} ${vectors})
endforeach()
