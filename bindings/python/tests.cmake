# SPDX-License-Identifier: Apache-2.0
# Python's tests, over the package in the build tree. Not under sanitizers, whose runtime a Python
# built without does not load.
if(OUTGROW_SANITIZE)
  return()
endif()
set(run ${CMAKE_COMMAND} -E env PYTHONPATH=${CMAKE_CURRENT_BINARY_DIR} PYTHONDONTWRITEBYTECODE=1)

# The runner of the vectors: a script, as tests/conformance/table.py wants one.
set(runner ${PROJECT_BINARY_DIR}/tests/conformance/conformance_python)
file(CONFIGURE OUTPUT ${runner} CONTENT [[#!/bin/sh
PYTHONPATH="@CMAKE_CURRENT_BINARY_DIR@" exec "@Python_EXECUTABLE@" "@PROJECT_SOURCE_DIR@/tests/conformance/python/runner.py" "$@"
]] @ONLY)
file(CHMOD ${runner} PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
file(GLOB nouns ${PROJECT_SOURCE_DIR}/tests/vectors/*)
foreach(folder ${nouns})
  get_filename_component(noun ${folder} NAME)
  file(GLOB vectors CONFIGURE_DEPENDS ${folder}/*.json)
  if(NOT OUTGROW_SQLITE)
    list(FILTER vectors EXCLUDE REGEX "/sqlite_[^/]*$")
  endif()
  add_test(NAME conformance.python.${noun} COMMAND ${runner} ${vectors})
endforeach()

file(GLOB files CONFIGURE_DEPENDS tests/test_*.py)
foreach(file ${files})
  get_filename_component(name ${file} NAME_WE)
  string(REPLACE test_ "" name ${name})
  add_test(NAME python.${name} COMMAND ${run} ${Python_EXECUTABLE} -m pytest -q -rs -p no:cacheprovider ${file})
endforeach()
