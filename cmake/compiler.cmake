# SPDX-License-Identifier: Apache-2.0
option(OUTGROW_WERROR "Warnings are errors" OFF)
option(OUTGROW_LINES_ONLY "Debug information of functions and lines alone: compiles a quarter faster" OFF)

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion
  $<$<COMPILE_LANGUAGE:CXX>:-Wno-pedantic>  # __int128
  $<$<COMPILE_LANGUAGE:CXX>:-Wno-missing-field-initializers>)  # option rows name what they set
if(OUTGROW_WERROR)
  add_compile_options(-Werror)
endif()
if(OUTGROW_LINES_ONLY)
  # Enough for stack traces. Instead of CMake's -g, to which a later -g1 would give way.
  foreach(flags C_FLAGS_DEBUG CXX_FLAGS_DEBUG C_FLAGS_RELWITHDEBINFO CXX_FLAGS_RELWITHDEBINFO)
    string(REGEX REPLACE "(^| )-g($| )" "\\1-g1\\2" CMAKE_${flags} "${CMAKE_${flags}}")
  endforeach()
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)  # false at -O3: GCC bug 105651
endif()
if(OUTGROW_SANITIZE)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-maybe-uninitialized)  # it misjudges libstdc++ under instrumentation
  else()
    # Clang puts the runtime into programs: one in C has that of the library's C++ too.
    add_link_options($<$<LINK_LANGUAGE:C>:-fsanitize-link-c++-runtime>)
    set(CMAKE_C_STANDARD_LIBRARIES "${CMAKE_C_STANDARD_LIBRARIES} -lstdc++")
  endif()
  add_compile_options(-fsanitize=${OUTGROW_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all -O1)
  add_link_options(-fsanitize=${OUTGROW_SANITIZE})
endif()
if(OUTGROW_SANITIZE MATCHES thread)
  # GCC warns that TSan does not model fences; every fence here stands beside atomics it does model.
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wno-tsan>)
endif()

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
