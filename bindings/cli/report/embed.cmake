# SPDX-License-Identifier: Apache-2.0
# Puts the report's style, scripts and chart library into its page, and writes the page as a C++
# source, cut where the data goes.
#   cmake -DFOLDER=... -DLIBRARY=chart.min.js -DOUT=report_page.cpp -P embed.cmake
cmake_minimum_required(VERSION 3.22)
file(READ ${FOLDER}/report.html page)
file(READ ${FOLDER}/report.css style)
set(script "")
foreach(part figures words charts comparison report)
  file(READ ${FOLDER}/${part}.js text)
  string(APPEND script "${text}\n")
endforeach()
file(READ ${LIBRARY} library)
string(TOLOWER "${library}${script}" lower)
string(FIND "${lower}" "</script" closes)
if(NOT closes EQUAL -1)
  message(FATAL_ERROR "a script of the report holds </script, which would end it")
endif()
# A source map would be asked for next to the report.
string(REGEX REPLACE "\n//# sourceMappingURL=[^\n]*" "" library "${library}")

string(REPLACE "@STYLE@" "${style}" page "${page}")
string(FIND "${page}" "@DATA@" cut)
string(SUBSTRING "${page}" 0 ${cut} head)
math(EXPR rest "${cut} + 6")
string(SUBSTRING "${page}" ${rest} -1 tail)
string(REPLACE "@SCRIPT@" "${script}" tail "${tail}")
string(REPLACE "@LIBRARY@" "${library}" tail "${tail}")

file(WRITE ${OUT} "// Written by embed.cmake.
#include \"bindings/cli/output/html.h\"

namespace og::cli {
const char kReportHead[] = R\"page(${head})page\";
const char kReportTail[] = R\"page(${tail})page\";
}  // namespace og::cli
")
