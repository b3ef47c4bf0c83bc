/* SPDX-License-Identifier: Apache-2.0 */

/* Weights that nobody trained.
 *
 * A random convolution's weights have the variance 1 / (fan_in * m2), where m2 is the mean square of its
 * input, so that its output has mean square 1 and BatchNorm's running statistics 0 and 1 are about right (He
 * et al., arXiv:1502.01852, with SiLU in place of ReLU):
 *
 *   image                  0.25    air 0, water 0.5, bone up to 1
 *   SiLU of N(0, 1)        0.355
 *   the same, gated        0.355 * 0.293, sigmoid of N(0, 1)
 *   its mean over space    0.1     what a squeeze-excite gate sees
 *   a block's output       1, and 1 more for each skip since the last block without one
 */

#include "model/bundle/random.h"

#include <math.h>
#include <string.h>

#define GOLDEN G_GUINT64_CONSTANT (0x9E3779B97F4A7C15)
#define IMAGE_SQUARE 0.25
#define SILU_SQUARE 0.355
#define GATE_SQUARE 0.293
#define POOLED_SQUARE 0.1

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
      int     sum = sum_of_four (mix (counter + GOLDEN)) + sum_of_four (mix (counter + 2 * GOLDEN)) +
                sum_of_four (mix (counter + 3 * GOLDEN));

      out[i] = (float) (2 * sum - 12 * 65535) * (1.0f / 131072);
    }
}

/* Mean square of what block @b receives; @b == n_blocks asks for the head. */
static double
block_input_square (const SagNetwork *network, int b)
{
  double square = SILU_SQUARE;

  for (int i = 0; i < b; i++)
    square = network->blocks[i].skips ? square + 1 : 1;
  return square;
}

static double
conv_input_square (const SagNetwork *network, const char *name)
{
  static const char prefix[] = "vision_model.model.blocks.";
  gint64            stage, index;
  char             *part;

  if (strstr (name, "conv_stem") != NULL)
    return IMAGE_SQUARE;
  if (strstr (name, "conv_head") != NULL)
    return block_input_square (network, network->n_blocks);
  stage = g_ascii_strtoll (name + strlen (prefix), &part, 10);
  index = g_ascii_strtoll (part + 1, &part, 10);
  for (int b = 0; b < network->n_blocks; b++)
    {
      const SagBlock *block = &network->blocks[b];
      gboolean        project = strcmp (part, block->expands ? ".conv_pwl.weight" : ".conv_pw.weight") == 0;

      if (block->stage != stage || block->index != index)
        continue;
      if (project)
        return SILU_SQUARE * GATE_SQUARE;
      if (strcmp (part, ".se.conv_reduce.weight") == 0)
        return POOLED_SQUARE;
      if (strcmp (part, ".conv_pw.weight") == 0 || (strcmp (part, ".conv_dw.weight") == 0 && !block->expands))
        return block_input_square (network, b);
    }
  return SILU_SQUARE;
}

static double
deviation (const SagNetwork *network, const SagWeightSpec *spec, SagInitKind kind)
{
  double fan_in = 1;

  for (int i = 1; i < spec->n_dims; i++)
    fan_in *= (double) spec->shape[i];
  if (spec->kind == SAG_WEIGHT_EMBEDDING)
    return g_str_has_prefix (spec->name, "vision_model.emb_") ? 1 : 0.02;
  if (spec->kind == SAG_WEIGHT_CONV)
    return 1 / sqrt (fan_in * conv_input_square (network, spec->name));
  return kind == SAG_INIT_FRESH ? 0.02 : 1 / sqrt (fan_in);
}

void
sag_weight_init (const SagNetwork    *network,
                 const SagWeightSpec *spec,
                 SagInitKind          kind,
                 guint64              seed,
                 gsize                offset,
                 gsize                n_values,
                 float               *out)
{
  gboolean drawn =
    spec->kind == SAG_WEIGHT_CONV || spec->kind == SAG_WEIGHT_LINEAR || spec->kind == SAG_WEIGHT_EMBEDDING;
  gboolean one = spec->kind == SAG_WEIGHT_NORM_SCALE || spec->kind == SAG_WEIGHT_RUNNING_VAR;
  float    scale;

  if (!drawn)
    {
      for (gsize i = 0; i < n_values; i++)
        out[i] = one ? 1 : 0;
      return;
    }
  scale = (float) deviation (network, spec, kind);
  sag_random_normal (seed, spec->name, offset, n_values, out);
  for (gsize i = 0; i < n_values; i++)
    out[i] *= scale;
}
