/* SPDX-License-Identifier: Apache-2.0 */
/* A store of the program's own. */
#ifndef OUTGROW_GO_CUSTOM_STORE_H
#define OUTGROW_GO_CUSTOM_STORE_H

#include "outgrow.h"

typedef struct {
  og_status status;
  og_store *out;
  og_error *error;
} custom_store_answer;

custom_store_answer custom_store_create(uintptr_t context, uintptr_t clock);

#endif
