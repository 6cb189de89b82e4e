// SPDX-License-Identifier: Apache-2.0
// outgrow for C++17 and newer, over the C interface of outgrow.h, which says all there is to know
// of each noun. Here:
//
//  1. A noun is an object that can be moved, not copied; its destructor gives it up. handle() is
//     what the C functions take. Nouns keep what they were made from alive.
//  2. Denied, open, miss and full are outcomes, and returned. Errors are thrown, as outgrow::Error
//     with its status, message and the option at fault: bad arguments and options, the use of a
//     noun that was moved from or destroyed, a store that failed.
//  3. What a noun gives out to be returned (permits, tickets, leases, calls) is an object too,
//     which its destructor gives back unused.
//  4. Keys and values are Bytes: any text or contiguous range of bytes, not copied on its way in.
//     Durations are std::chrono's; a Time is one of the noun's clock.
//  5. A hot call is the C call and a test of its sign.
#pragma once

#include <outgrow/autoscaler.hpp>
#include <outgrow/balancer.hpp>
#include <outgrow/breaker.hpp>
#include <outgrow/cache.hpp>
#include <outgrow/cached_store.hpp>
#include <outgrow/capacity.hpp>
#include <outgrow/clock.hpp>
#include <outgrow/concurrency.hpp>
#include <outgrow/config.hpp>
#include <outgrow/endpoints.hpp>
#include <outgrow/fleet.hpp>
#include <outgrow/gather.hpp>
#include <outgrow/http.hpp>
#include <outgrow/limiter.hpp>
#include <outgrow/metrics.hpp>
#include <outgrow/options.hpp>
#include <outgrow/replicas.hpp>
#include <outgrow/scope.hpp>
#include <outgrow/service.hpp>
#include <outgrow/shards.hpp>
#include <outgrow/sizer.hpp>
#include <outgrow/slo.hpp>
#include <outgrow/store.hpp>
#include <outgrow/wait_check.hpp>
