/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/bench-weights.h"

#include <string.h>

float
sag_cli_next_random (guint64 *state)
{
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (gint32) (*state >> 32) / 2147483648.0f;
}

bool
sag_cli_read_random (void *data, const char *name, size_t offset, size_t n_values, float *out)
{
  guint64  state = g_str_hash (name) + offset;
  gboolean is_one = strstr (name, "running_var") != NULL || strstr (name, "Norm.weight") != NULL ||
                    (strstr (name, ".bn") != NULL && g_str_has_suffix (name, "weight"));

  for (size_t i = 0; i < n_values; i++)
    out[i] = sag_cli_next_random (&state) * 0.05f + (is_one ? 1 : 0);
  return true;
}
