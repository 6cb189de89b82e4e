/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_CONFIG_H
#define OUTGROW_CONFIG_H

#include <outgrow/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A config: options by name. Nothing is checked until a noun is created from the config, which
 * copies it. An unknown name and a bad value are then different errors, and both name the option.
 * One thread at a time uses a config.
 */
typedef struct og_config og_config;

OG_API og_status og_config_create(og_config **out, og_error **error);
OG_API void og_config_destroy(og_config **config);

/* Value as text: "100/s", "64MiB", "30s", "true", by the grammar of docs/options.md. Both texts are
 * copied. A later set wins. */
OG_API og_status og_config_set(og_config *config, const char *name, const char *value);
OG_API og_status og_config_set_int(og_config *config, const char *name, int64_t value);
OG_API og_status og_config_set_double(og_config *config, const char *name, double value);
OG_API og_status og_config_set_bool(og_config *config, const char *name, int32_t value);

/* Checks the config against a noun's options, as its create would. */
OG_API og_status og_config_check(const og_config *config, const char *noun, og_error **error);

/*
 * The options of one noun as a JSON object {"noun", "options": [{"name", "type", "default", "min",
 * "max", "unit", "choices", "since", "doc"}]}, or of all nouns as an array when noun is NULL.
 * Options without "default" must be given. Unknown nouns are OG_INVALID_ARGUMENT.
 */
OG_API og_status og_config_describe(const char *noun, og_text **out, og_error **error);

#ifdef __cplusplus
}
#endif

#endif
