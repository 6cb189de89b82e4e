/* SPDX-License-Identifier: Apache-2.0 */
/* The whole of outgrow's C interface. outgrow/base.h opens with its conventions. */
#ifndef OUTGROW_H
#define OUTGROW_H

#include <outgrow/autoscaler.h>
#include <outgrow/balancer.h>
#include <outgrow/base.h>
#include <outgrow/breaker.h>
#include <outgrow/cache.h>
#include <outgrow/cached_store.h>
#include <outgrow/capacity.h>
#include <outgrow/clock.h>
#include <outgrow/concurrency.h>
#include <outgrow/config.h>
#include <outgrow/endpoints.h>
#include <outgrow/fleet.h>
#include <outgrow/gather.h>
#include <outgrow/http.h>
#include <outgrow/limiter.h>
#include <outgrow/limiter_keys.h>
#include <outgrow/metrics.h>
#include <outgrow/options.h>
#include <outgrow/outcomes.h>
#include <outgrow/replicas.h>
#include <outgrow/scope.h>
#include <outgrow/service.h>
#include <outgrow/shards.h>
#include <outgrow/sizer.h>
#include <outgrow/slo.h>
#include <outgrow/store.h>

#endif
