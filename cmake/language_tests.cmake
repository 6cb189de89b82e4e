# SPDX-License-Identifier: Apache-2.0
# What is tested alike in every language.

# The nouns that can lie in a host scope, where they answer the same: those with an og_<noun>_create_in,
# and what is made over endpoints, which have one. A fleet lies nowhere else.
file(GLOB headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/capi/include/outgrow/*.h)
foreach(header IN LISTS headers)
  get_filename_component(noun ${header} NAME_WE)
  file(READ ${header} declared)
  if(NOT noun STREQUAL "fleet" AND declared MATCHES "og_${noun}_create(_in\\(|\\([^;]*const og_endpoints)")
    list(APPEND OUTGROW_HOST_NOUNS ${noun})
  endif()
endforeach()

# A program of one shell command, in which @VARIABLE@ is the caller's.
function(write_script path command)
  get_filename_component(path ${path} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_BINARY_DIR})
  file(CONFIGURE OUTPUT ${path} CONTENT "#!/bin/sh\n${command}\n" @ONLY)
  file(CHMOD ${path} PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
endfunction()

# What --host replays: the vectors of these nouns.
function(find_host_vectors out)
  foreach(noun IN LISTS OUTGROW_HOST_NOUNS)
    file(GLOB vectors CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/vectors/${noun}/*.json)
    list(APPEND found ${vectors})
  endforeach()
  set(${out} ${found} PARENT_SCOPE)
endfunction()

# The drivers of a column of tests/conformance, made by each build of what capi/nouns says: OUT is the files in
# OUT_folder that PATTERN names, where NOUN stands for each noun; OUT_from is what they are made from.
function(generate_drivers column pattern out)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  set(folder ${PROJECT_BINARY_DIR}/tests/conformance/drivers/${column})
  file(GLOB from CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/capi/nouns/*.toml ${PROJECT_SOURCE_DIR}/capi/include/outgrow/*.h
    ${PROJECT_SOURCE_DIR}/bindings/generate/*.py)
  file(GLOB folders CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/vectors/*)
  foreach(vectors ${folders})
    get_filename_component(noun ${vectors} NAME)
    file(STRINGS ${PROJECT_SOURCE_DIR}/capi/nouns/${noun}.toml described REGEX "^\\[vectors\\]")
    if(described)
      string(REPLACE NOUN ${noun} name ${pattern})
      list(APPEND made ${folder}/${name})
    endif()
  endforeach()
  list(REMOVE_DUPLICATES made)
  add_custom_command(OUTPUT ${made}
    COMMAND ${Python3_EXECUTABLE} -B ${PROJECT_SOURCE_DIR}/bindings/generate/drivers.py ${column} ${folder}
    DEPENDS ${from}
    COMMENT "Making the drivers of ${column}" VERBATIM)
  set(${out} ${made} PARENT_SCOPE)
  set(${out}_folder ${folder} PARENT_SCOPE)
  set(${out}_from ${from} PARENT_SCOPE)
endfunction()

# The vectors, a test a noun. runner is a program, as tests/conformance/replay.py says what one is.
function(add_conformance_tests language runner)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  if(TARGET ${runner})
    set(runner $<TARGET_FILE:${runner}>)
  endif()
  set(replay ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tests/conformance/replay.py)
  file(GLOB nouns ${PROJECT_SOURCE_DIR}/tests/vectors/*)
  foreach(folder ${nouns})
    get_filename_component(noun ${folder} NAME)
    file(GLOB vectors CONFIGURE_DEPENDS ${folder}/*.json)
    if(NOT OUTGROW_SQLITE)
      list(FILTER vectors EXCLUDE REGEX "/sqlite_[^/]*$")
    endif()
    add_test(NAME conformance.${language}.${noun} COMMAND ${replay} ${runner} ${vectors})
    if(noun STREQUAL fleet)
      set_tests_properties(conformance.${language}.fleet PROPERTIES ENVIRONMENT "OUTGROW_SIM_SERVER=${PROJECT_BINARY_DIR}/tests/sim/sim_server")
    endif()
  endforeach()
  find_host_vectors(vectors)
  add_test(NAME conformance.${language}.host COMMAND ${replay} --host ${runner} ${vectors})
endfunction()

# The example service, driven over HTTP by the test that every language's shares.
function(add_catalogue_test language service)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  add_test(NAME examples.${language}.catalogue COMMAND ${Python3_EXECUTABLE}
    ${PROJECT_SOURCE_DIR}/tests/integration/catalogue_test.py ${service})
  set_tests_properties(examples.${language}.catalogue PROPERTIES SKIP_REGULAR_EXPRESSION "SKIPPED:")
endfunction()
