/* SPDX-License-Identifier: Apache-2.0 */

/* Weights that nobody trained. Random ones have the variance 1 / fan_in; sag_calibrate_vision() measures what
 * BatchNorm needs to go with them.
 */

#include "model/bundle/random.h"

#include <math.h>
#include <string.h>

#define GOLDEN G_GUINT64_CONSTANT (0x9E3779B97F4A7C15)

/* The output function of SplitMix64 (Steele et al., OOPSLA 2014). */
static inline guint64
mix (guint64 z)
{
  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94D049BB133111EB);
  return z ^ (z >> 31);
}

/* FNV-1a, 64 bits. */
static guint64
hash_name (const char *name)
{
  guint64 hash = G_GUINT64_CONSTANT (0xCBF29CE484222325);

  for (const char *c = name; *c != '\0'; c++)
    hash = (hash ^ (guchar) *c) * G_GUINT64_CONSTANT (0x100000001B3);
  return hash;
}

static inline int
sum_of_four (guint64 bits)
{
  return (int) (bits & 0xffff) + (int) (bits >> 16 & 0xffff) + (int) (bits >> 32 & 0xffff) +
         (int) (bits >> 48);
}

/* Twelve uniform numbers have the variance 1 together. */
void
sag_random_normal (guint64 seed, const char *name, gsize offset, gsize n_values, float *out)
{
  guint64 start = mix (hash_name (name) ^ mix (seed + GOLDEN));

  for (gsize i = 0; i < n_values; i++)
    {
      guint64 counter = start + 3 * (guint64) (offset + i) * GOLDEN;
      int sum = sum_of_four (mix (counter + GOLDEN)) + sum_of_four (mix (counter + 2 * GOLDEN)) +
                sum_of_four (mix (counter + 3 * GOLDEN));

      out[i] = (float) (2 * sum - 12 * 65535) * (1.0f / 131072);
    }
}

static double
deviation (const SagWeightSpec *spec, SagInitKind kind)
{
  double fan_in = 1;

  for (int i = 1; i < spec->n_dims; i++)
    fan_in *= (double) spec->shape[i];
  if (spec->kind == SAG_WEIGHT_EMBEDDING)
    return g_str_has_prefix (spec->name, "vision_model.emb_") ? 1 : SAG_INIT_EMBEDDING;
  return spec->kind == SAG_WEIGHT_LINEAR && kind == SAG_INIT_FRESH ? 0.02 : 1 / sqrt (fan_in);
}

void
sag_weight_init (const SagWeightSpec *spec,
                 SagInitKind          kind,
                 guint64              seed,
                 gsize                offset,
                 gsize                n_values,
                 float               *out)
{
  gboolean drawn = spec->kind == SAG_WEIGHT_CONV || spec->kind == SAG_WEIGHT_LINEAR ||
                   spec->kind == SAG_WEIGHT_EMBEDDING;
  gboolean one = spec->kind == SAG_WEIGHT_NORM_SCALE || spec->kind == SAG_WEIGHT_RUNNING_VAR;
  float    scale;

  if (!drawn)
    {
      for (gsize i = 0; i < n_values; i++)
        out[i] = one ? 1 : 0;
      return;
    }
  scale = (float) deviation (spec, kind);
  sag_random_normal (seed, spec->name, offset, n_values, out);
  for (gsize i = 0; i < n_values; i++)
    out[i] *= scale;
}
