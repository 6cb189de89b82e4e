# SPDX-License-Identifier: Apache-2.0
# Python's tests, over the package in the build tree. Not under sanitizers, whose runtime a Python
# built without does not load.
if(OUTGROW_SANITIZE)
  return()
endif()
set(run ${CMAKE_COMMAND} -E env PYTHONPATH=${CMAKE_CURRENT_BINARY_DIR} PYTHONDONTWRITEBYTECODE=1)

# The runner of the vectors: a script, as tests/conformance/replay.py wants one.
generate_drivers(python NOUN_driver.py drivers)
add_custom_target(python_conformance ALL DEPENDS ${drivers})
set(runner ${PROJECT_BINARY_DIR}/tests/conformance/conformance_python)
write_script(${runner} [[PYTHONPATH="@CMAKE_CURRENT_BINARY_DIR@:@drivers_folder@" exec "@Python_EXECUTABLE@" "@PROJECT_SOURCE_DIR@/tests/conformance/python/runner.py" "$@"]])
add_conformance_tests(python ${runner})

file(GLOB files CONFIGURE_DEPENDS tests/test_*.py)
foreach(file ${files})
  get_filename_component(name ${file} NAME_WE)
  string(REPLACE test_ "" name ${name})
  add_test(NAME python.${name} COMMAND ${run} ${Python_EXECUTABLE} -m pytest -q -rs -p no:cacheprovider ${file})
endforeach()

# What type checkers say of the examples, the tutorial's classes and the fleet's pumps, by the stubs.
add_test(NAME python.mypy COMMAND ${CMAKE_COMMAND} -E env
  MYPYPATH=${CMAKE_CURRENT_SOURCE_DIR}:${PROJECT_SOURCE_DIR}/examples/python/catalogue
  ${Python_EXECUTABLE} -m mypy --strict --follow-imports=silent --cache-dir=${CMAKE_CURRENT_BINARY_DIR}/mypy
  ${PROJECT_SOURCE_DIR}/examples/python ${CMAKE_CURRENT_SOURCE_DIR}/outgrow/patterns ${CMAKE_CURRENT_SOURCE_DIR}/outgrow/redis
  ${CMAKE_CURRENT_SOURCE_DIR}/outgrow/_core.pyi)
file(RELATIVE_PATH here ${CMAKE_CURRENT_BINARY_DIR}/pyright ${PROJECT_SOURCE_DIR})
file(CONFIGURE OUTPUT pyright/pyrightconfig.json CONTENT [[{
  "include": ["@here@/examples/python", "@here@/bindings/python/outgrow/patterns", "@here@/bindings/python/outgrow/redis"],
  "extraPaths": ["@here@/bindings/python", "@here@/examples/python/catalogue"]
}
]] @ONLY)
add_test(NAME python.pyright COMMAND ${Python_EXECUTABLE} -m pyright
  -p ${CMAKE_CURRENT_BINARY_DIR}/pyright --pythonpath ${Python_EXECUTABLE})

add_test(NAME python.prefork COMMAND ${run} ${Python_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/tests/prefork.py)

# The FastAPI program of docs/frameworks.md.
add_test(NAME integration.frameworks_python COMMAND ${run} ${Python_EXECUTABLE}
  ${PROJECT_SOURCE_DIR}/tests/integration/frameworks/frameworks_test.py python)
set_tests_properties(integration.frameworks_python PROPERTIES TIMEOUT 600)

# Python's process of integration.host_exact.
set(worker ${PROJECT_BINARY_DIR}/tests/integration/host_worker_python)
write_script(${worker} [[PYTHONPATH="@CMAKE_CURRENT_BINARY_DIR@" exec "@Python_EXECUTABLE@" -B "@PROJECT_SOURCE_DIR@/tests/integration/host_workers/worker.py" "$@"]])

set(OUTGROW_PYTHON_PATH ${CMAKE_CURRENT_BINARY_DIR})
add_subdirectory(${PROJECT_SOURCE_DIR}/examples/python ${PROJECT_BINARY_DIR}/examples/python)
add_subdirectory(${PROJECT_SOURCE_DIR}/tests/fleet ${PROJECT_BINARY_DIR}/tests/fleet)

# What ./dev bench compares with.
Python_add_library(plain_crossings MODULE bench/plain.c)
target_link_libraries(plain_crossings PRIVATE outgrow::outgrow)
target_compile_options(plain_crossings PRIVATE -Wno-conversion)
set_target_properties(plain_crossings PROPERTIES OUTPUT_NAME plain PREFIX ""
  LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/bench)
