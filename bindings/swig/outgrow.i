/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What SWIG reads to make the raw Java layer: the public headers, all of them, and a file of typemaps
 * that says how handles, bytes, texts and errors cross. The build of Java runs it
 * (bindings/generate/built.py).
 */
%module outgrow

%{
#include <outgrow.h>
%}

%include <stdint.i>

#ifdef SWIGJAVA
%include "java.i"
#endif

/* Each language has a check of its own. */
%ignore og_check;
%ignore og_wait_check;
%ignore og_wait_around;

#define OUTGROW_STATIC
%include "headers.i" /* all, by bindings/generate/swig.py */
