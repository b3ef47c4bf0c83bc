/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Random weights for benchmarks: speed does not depend on their values. */

/** sag_cli_next_random: -1 to 1. */
float sag_cli_next_random (guint64 *state);

/** sag_cli_read_random: a SagWeightSource's read(); statistics and scales lie around 1. */
bool sag_cli_read_random (void *data, const char *name, size_t offset, size_t n_values, float *out);
