# SPDX-License-Identifier: Apache-2.0
# Tests of the Java binding: JUnit by Maven, on the JDK that builds and on the newest there is.
set(maven ${MAVEN} --quiet --batch-mode --file ${CMAKE_CURRENT_SOURCE_DIR}/pom.xml -Doutgrow.native=${native}
  -Doutgrow.generated=${generated}/java)

# The jars that tests use, for those that do not run under Maven.
set(test_jars ${CMAKE_CURRENT_BINARY_DIR}/jars)
add_custom_command(OUTPUT ${test_jars}.stamp
  COMMAND ${CMAKE_COMMAND} -E env JAVA_HOME=${java_home} ${maven} -Doutgrow.target=${CMAKE_CURRENT_BINARY_DIR}/maven
          dependency:copy-dependencies -DoutputDirectory=${test_jars}
  COMMAND ${CMAKE_COMMAND} -E touch ${test_jars}.stamp
  DEPENDS pom.xml
  COMMENT "Fetching the jars that Java's tests use")

# Hand-written JNI over a core of its own, for bench/run.sh.
add_library(outgrow_plain_jni SHARED bench/plain_jni.c)
outgrow_jni_library(outgrow_plain_jni)
set_target_properties(outgrow_plain_jni PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/bench)
file(GLOB bench_sources CONFIGURE_DEPENDS bench/outgrow/bench/*.java)
add_custom_command(OUTPUT bench.stamp
  COMMAND ${Java_JAVAC_EXECUTABLE} --release 17 -Xlint:all -Werror -d bench/classes -classpath ${jar} ${bench_sources}
  COMMAND ${CMAKE_COMMAND} -E touch bench.stamp
  DEPENDS ${bench_sources} ${jar})
add_custom_target(java_bench ALL DEPENDS bench.stamp)
add_dependencies(java_bench outgrow_plain_jni)

# The runner of the vectors: a script, as tests/conformance/replay.py wants one.
file(GLOB_RECURSE conformance_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/conformance/java/*.java)
generate_drivers(java sources drivers)
set(conformance_classes ${CMAKE_CURRENT_BINARY_DIR}/conformance)
set(conformance_path ${jar}:${test_jars}/*)
add_custom_command(OUTPUT ${conformance_classes}.stamp
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${conformance_classes}
  COMMAND ${Java_JAVAC_EXECUTABLE} --release 17 -Xlint:all,-classfile -Werror -d ${conformance_classes}
          -classpath "${conformance_path}" ${conformance_sources} @${drivers}
  COMMAND ${CMAKE_COMMAND} -E touch ${conformance_classes}.stamp
  DEPENDS ${conformance_sources} ${drivers} ${drivers_from} ${jar} ${test_jars}.stamp
  COMMENT "Compiling Java's conformance drivers" VERBATIM)
add_custom_target(java_conformance ALL DEPENDS ${conformance_classes}.stamp)

set(runner ${PROJECT_BINARY_DIR}/tests/conformance/conformance_java)
write_script(${runner} [[exec "@Java_JAVA_EXECUTABLE@" -cp "@jar@:@conformance_classes@:@test_jars@/*" outgrow.conformance.Runner "$@"]])

add_conformance_tests(java ${runner})

# Java's process of integration.host_exact.
set(worker_source ${PROJECT_SOURCE_DIR}/tests/integration/host_workers/java/Worker.java)
set(worker_classes ${CMAKE_CURRENT_BINARY_DIR}/host_worker)
add_custom_command(OUTPUT ${worker_classes}.stamp
  COMMAND ${Java_JAVAC_EXECUTABLE} --release 17 -Xlint:all -Werror -d ${worker_classes} -classpath ${jar} ${worker_source}
  COMMAND ${CMAKE_COMMAND} -E touch ${worker_classes}.stamp
  DEPENDS ${worker_source} ${jar})
add_custom_target(java_host_worker ALL DEPENDS ${worker_classes}.stamp)
set(worker ${PROJECT_BINARY_DIR}/tests/integration/host_worker_java)
write_script(${worker} [[exec "@Java_JAVA_EXECUTABLE@" -cp "@jar@:@worker_classes@" Worker "$@"]])

# The Spring Boot program of docs/frameworks.md, and what it stands on.
set(frameworks ${PROJECT_SOURCE_DIR}/tests/integration/frameworks)
set(spring_jars ${CMAKE_CURRENT_BINARY_DIR}/spring)
add_custom_command(OUTPUT ${spring_jars}.stamp
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${spring_jars}
  COMMAND ${CMAKE_COMMAND} -E env JAVA_HOME=${java_home} ${MAVEN} --quiet --batch-mode
          --file ${frameworks}/pom.xml dependency:copy-dependencies -DoutputDirectory=${spring_jars}
  COMMAND ${CMAKE_COMMAND} -E touch ${spring_jars}.stamp
  DEPENDS ${frameworks}/pom.xml
  COMMENT "Fetching Spring Boot's jars")
add_custom_target(java_spring ALL DEPENDS ${spring_jars}.stamp)
add_test(NAME integration.frameworks_java COMMAND ${Python3_EXECUTABLE} ${frameworks}/frameworks_test.py
  java ${Java_JAVAC_EXECUTABLE} ${Java_JAVA_EXECUTABLE} "${jar}:${spring_jars}/*")
set_tests_properties(integration.frameworks_java PROPERTIES TIMEOUT 600)

# The program's store over a JVM that fails at each call.
add_executable(java_custom_store_faults src/test/native/custom_store_faults.c src/main/native/custom_store.c
  src/main/native/jni_support.c $<TARGET_OBJECTS:outgrow_capi> $<TARGET_OBJECTS:outgrow_core>)
target_include_directories(java_custom_store_faults SYSTEM PRIVATE ${java_home}/include ${java_home}/include/${system})
target_include_directories(java_custom_store_faults PRIVATE ${PROJECT_SOURCE_DIR}/capi/include)
target_link_libraries(java_custom_store_faults PRIVATE Threads::Threads $<$<BOOL:${OUTGROW_SQLITE}>:SQLite::SQLite3>)
set_target_properties(java_custom_store_faults PROPERTIES LINKER_LANGUAGE CXX)
add_test(NAME java.custom_store_faults COMMAND java_custom_store_faults)

# NAME HOME: the unit tests on the JDK there.
function(add_unit_tests name home)
  add_test(NAME ${name} COMMAND ${CMAKE_COMMAND} -E env JAVA_HOME=${home}
    ${maven} -Doutgrow.target=${CMAKE_CURRENT_BINARY_DIR}/${name} test)
endfunction()
add_unit_tests(java.unit ${java_home})

# JAVA_VERSION="25.0.1" in the file `release` of each JDK.
set(newest 17)
file(GLOB releases /usr/lib/jvm/*/release)
foreach(release ${releases})
  file(STRINGS ${release} version REGEX "^JAVA_VERSION=")
  string(REGEX REPLACE "^JAVA_VERSION=\"([0-9]+).*" "\\1" version "${version}")
  get_filename_component(home ${release} DIRECTORY)
  if(version GREATER newest AND EXISTS ${home}/bin/javac)
    set(newest ${version})
    set(newest_home ${home})
  endif()
endforeach()
if(newest_home AND NOT newest_home STREQUAL java_home)
  add_unit_tests(java.unit${newest} ${newest_home})
endif()

# The fleet's pump, an artifact of its own.
add_subdirectory(jedis)
