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

#define OUTGROW_STATIC
%include <outgrow/base.h>
%include <outgrow/clock.h>
%include <outgrow/config.h>
%include <outgrow/scope.h>
%include <outgrow/limiter.h>
%include <outgrow/breaker.h>
%include <outgrow/concurrency.h>
%include <outgrow/endpoints.h>
%include <outgrow/balancer.h>
%include <outgrow/cache.h>
%include <outgrow/store.h>
%include <outgrow/cached_store.h>
%include <outgrow/replicas.h>
%include <outgrow/shards.h>
%include <outgrow/gather.h>
%include <outgrow/autoscaler.h>
%include <outgrow/service.h>
%include <outgrow/metrics.h>
