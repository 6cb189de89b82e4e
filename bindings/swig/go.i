/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How things cross into Go. Handles are uintptr; numbers keep their width; a range of bytes is a Go
 * string, whose pointer and length cross without a copy ([]byte is viewed as one by the caller);
 * NUL-terminated texts are copied. Constants are generated from the headers by emit_go.py, and the
 * program's store is written by hand (custom_store.go), as are the calls that would allocate in Go (hot.go).
 */
%rename("$ignore", %$isenumitem) "";
%rename("$ignore", regextarget=1, %$isconstant) "^O(G|UTGROW)_";
%ignore og_store_functions;
%ignore og_store_create_custom;

%typemap(gotype) int32_t, og_status "int32"
%typemap(gotype) int64_t "int64"
%typemap(gotype) double "float64"
%typemap(gotype) int32_t *, og_status * "*int32"
%typemap(gotype) int64_t *, const int64_t * "*int64"
%typemap(gotype) const double * "*float64"

%typemap(gotype) SWIGTYPE *, const void *, void * "uintptr"
%typemap(gotype) SWIGTYPE **out, og_error **error, const char **, const void ** "*uintptr"

/* Texts that the library lends are copied once, into Go. */
%typemap(out) const char * %{ $result.p = (char *)$1; $result.n = $1 ? strlen($1) : 0; %}
%typemap(goout) const char * %{ $result = ownText($1) %}

/* "" is every noun. */
%typemap(in) const char *noun
%{ $1 = NULL;
   if ($input.n > 0) {
     $1 = (char *)malloc($input.n + 1);
     memcpy($1, $input.p, $input.n);
     $1[$input.n] = 0;
   } %}

/* og_<noun>_destroy(&handle): Go forgets its own copy of the handle. */
%typemap(gotype) SWIGTYPE ** "uintptr"
%typemap(in) SWIGTYPE ** ($*1_ltype handle) %{ handle = ($*1_ltype)$input; $1 = &handle; %}
%typemap(in) SWIGTYPE **out, og_error **error, const char **, const void ** %{ $1 = ($1_ltype)$input; %}

%define BYTES(NAME)
%typemap(gotype) (const void *NAME, int64_t NAME##_len) "string"
%typemap(in) (const void *NAME, int64_t NAME##_len) %{ $1 = $input.p; $2 = $input.n; %}
%enddef
BYTES(key)
BYTES(value)
BYTES(client)
BYTES(row)
BYTES(first)
BYTES(end)
