# SPDX-License-Identifier: Apache-2.0
# Most of what a source costs is what it includes. With OUTGROW_UNITY those of a folder are compiled as one:
# a third of the time for who builds the whole once, more for who changes a line. A program that links
# liboutgrow.a takes from it objects whole: where that is installed it holds small ones.
option(OUTGROW_UNITY "Compile the sources of a folder as one" ${OUTGROW_SELF_CONTAINED})

# The folder's files are one source then, so what two of them name alike in anonymous namespaces is an error
# (integration.unity finds it).
function(outgrow_unity target)
  if(NOT OUTGROW_UNITY)
    return()
  endif()
  foreach(source IN LISTS ARGN)
    get_filename_component(folder ${source} DIRECTORY)
    file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${folder})
    string(MAKE_C_IDENTIFIER "${folder}" group)
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
endfunction()
