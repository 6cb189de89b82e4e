# SPDX-License-Identifier: Apache-2.0
# What is not found is an error that says what to install.

# outgrow_need_header(VARIABLE HEADER PACKAGE): the folder of a header, from a package of Debian's.
function(outgrow_need_header variable header package)
  find_path(${variable} ${header})
  if(NOT ${variable})
    message(FATAL_ERROR "${header} is missing: install ${package} (Debian, Ubuntu), or name its "
      "folder with -D${variable}=FOLDER")
  endif()
endfunction()

# outgrow_need_package(NAME PACKAGE): what find_package knows as NAME.
macro(outgrow_need_package name package)
  find_package(${name} QUIET)
  if(NOT ${name}_FOUND)
    message(FATAL_ERROR "${name} is missing: install ${package} (Debian, Ubuntu)")
  endif()
endmacro()
