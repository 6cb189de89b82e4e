/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_HIREDIS_WHY_H
#define OUTGROW_HIREDIS_WHY_H

#include <hiredis/hiredis.h>
#include <stddef.h>

/* Why a connection failed, in words that hold neither an address nor a password: an error's text
 * may (one of a name that is not resolved does). */
void og_hiredis_why(const redisContext *context, char *to, size_t size);

#endif
