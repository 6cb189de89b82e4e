/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_TESTS_SAID_H
#define OUTGROW_TESTS_SAID_H

#include <outgrow.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Ends the program unless this is the text, which is destroyed. */
static void check_said(og_text *text, const char *wanted) {
  if (strcmp(og_text_data(text), wanted) != 0) {
    fprintf(stderr, "said: %s\nnot:  %s\n", og_text_data(text), wanted);
    exit(1);
  }
  og_text_destroy(&text);
}

#endif
