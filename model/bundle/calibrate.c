/* SPDX-License-Identifier: Apache-2.0 */

/* A plain forward pass of the vision network that sets BatchNorm's statistics on its way.
 *
 *   Map      (C, X, Y, Z)        channels first, z fastest
 *   weights  (out, in, k, k, k)  of sag_weight_init()
 *
 * Only sums, products, quotients and square roots of IEEE 754, in a fixed order, and compiled without contraction:
 * the C library's exp() may differ between machines.
 */

#include "model/bundle/calibrate.h"

#include "model/bundle/random.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define PREFIX "vision_model.model."

/* Enough voxels for statistics: larger inputs are not worth the time. */
static const int32_t most_voxels[3] = { 192, 128, 96 };

typedef struct
{
  float  *values;
  int32_t channels;
  int32_t dims[3];
  gsize   voxels;
} Map;

typedef struct
{
  const SagNetwork *network;
  guint64           seed;
  GHashTable       *statistics;
} Calibration;

static Map
map_new (int32_t channels, const int32_t dims[3])
{
  Map map = { .channels = channels, .voxels = (gsize) dims[0] * dims[1] * dims[2] };

  memcpy (map.dims, dims, sizeof map.dims);
  map.values = g_new0 (float, map.voxels *channels);
  return map;
}

static void
map_replace (Map *map, Map by)
{
  g_free (map->values);
  *map = by;
}

/* The weights that the bundle will have. */
static float *
draw (const Calibration *calibration, const char *name, int32_t out, int32_t in, int32_t kernel)
{
  SagWeightSpec spec = { .kind = SAG_WEIGHT_CONV,
                         .n_dims = 5,
                         .shape = { out, in, kernel, kernel, kernel } };
  float        *weights;

  g_strlcpy (spec.name, name, sizeof spec.name);
  spec.n_values = (size_t) out * in * kernel * kernel * kernel;
  weights = g_new (float, spec.n_values);
  sag_weight_init (&spec, SAG_INIT_RANDOM, calibration->seed, 0, spec.n_values, weights);
  return weights;
}

/* exp() for |x| <= 30: 2^n times a polynomial of degree 6 on [-ln 2 / 2, ln 2 / 2]. */
static inline float
exponential (float x)
{
  float n = floorf (x * 1.44269504f + 0.5f);
  float r = x - n * 0.693147181f;
  float p =
    1 +
    r * (1 + r * (0.5f + r * (1.0f / 6 + r * (1.0f / 24 + r * (1.0f / 120 + r * (1.0f / 720))))));
  guint32 bits = (guint32) ((int) n + 127) << 23;
  float   power;

  memcpy (&power, &bits, sizeof power);
  return p * power;
}

static inline float
sigmoid (float x)
{
  return 1 / (1 + exponential (-CLAMP (x, -30, 30)));
}

/* Adds the convolution of one channel to another, by taps. */
static void
convolve (const float        *in,
          const int32_t       in_dims[3],
          const SagConvShape *shape,
          int32_t             kernel,
          int32_t             stride,
          const float        *weights,
          float              *out)
{
  for (int32_t x = 0; x < shape->out[0]; x++)
    for (int32_t y = 0; y < shape->out[1]; y++)
      for (int32_t tap = 0; tap < kernel * kernel * kernel; tap++)
        {
          int32_t      ix = x * stride - shape->before[0] + tap / (kernel * kernel);
          int32_t      iy = y * stride - shape->before[1] + tap / kernel % kernel;
          int32_t      shift = tap % kernel - shape->before[2];
          int32_t      first = shift < 0 ? (-shift + stride - 1) / stride : 0;
          int32_t      end = MIN (shape->out[2], (in_dims[2] - 1 - shift) / stride + 1);
          const float *line;
          float       *row = out + ((gsize) x * shape->out[1] + y) * shape->out[2];

          if (ix < 0 || ix >= in_dims[0] || iy < 0 || iy >= in_dims[1] || shift >= in_dims[2])
            continue;
          line = in + ((gsize) ix * in_dims[1] + iy) * in_dims[2];
          for (int32_t z = first; z < end; z++)
            row[z] += weights[tap] * line[z * stride + shift];
        }
}

/* Every output channel from its own input channel; the stem's from the only one. */
static void
depthwise (const Calibration *calibration,
           const char        *name,
           int32_t            channels,
           int32_t            kernel,
           int32_t            stride,
           Map               *map)
{
  SagConvShape      shape = sag_network_conv_shape (map->dims, kernel, stride);
  g_autofree float *weights = draw (calibration, name, channels, 1, kernel);
  Map               out = map_new (channels, shape.out);
  gsize             taps = (gsize) kernel * kernel * kernel;

  for (int32_t c = 0; c < channels; c++)
    convolve (map->values + (map->channels == 1 ? 0 : c * map->voxels), map->dims, &shape, kernel,
              stride, weights + c * taps, out.values + c * out.voxels);
  map_replace (map, out);
}

static void
pointwise (const Calibration *calibration, const char *name, int32_t channels, Map *map)
{
  g_autofree float *weights = draw (calibration, name, channels, map->channels, 1);
  Map               out = map_new (channels, map->dims);

  for (int32_t o = 0; o < channels; o++)
    for (int32_t i = 0; i < map->channels; i++)
      {
        const float *in_values = map->values + i * map->voxels;
        float       *out_values = out.values + o * out.voxels;
        float        weight = weights[o * map->channels + i];

        for (gsize v = 0; v < map->voxels; v++)
          out_values[v] += weight * in_values[v];
      }
  map_replace (map, out);
}

static double
mean_of (const float *values, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += values[i];
  return sum / (double) n;
}

static double
variance_of (const float *values, gsize n, double mean)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (values[i] - mean) * (values[i] - mean);
  return sum / (double) n;
}

/* Records the statistics of every channel, and normalises with them. */
static void
normalise (
  Calibration *calibration, const char *prefix, const char *norm, gboolean activate, Map *map)
{
  float *means = g_new (float, map->channels);
  float *variances = g_new (float, map->channels);

  for (int32_t c = 0; c < map->channels; c++)
    {
      float *values = map->values + c * map->voxels;
      double mean = mean_of (values, map->voxels);
      float  scale;

      means[c] = (float) mean;
      variances[c] = (float) MAX (variance_of (values, map->voxels, mean), 1e-3);
      scale = 1 / sqrtf (variances[c] + calibration->network->batch_norm_eps);
      for (gsize v = 0; v < map->voxels; v++)
        {
          float value = (values[v] - means[c]) * scale;

          values[v] = activate ? value * sigmoid (value) : value;
        }
    }
  g_hash_table_insert (calibration->statistics, g_strdup_printf ("%s%s.running_mean", prefix, norm),
                       means);
  g_hash_table_insert (calibration->statistics, g_strdup_printf ("%s%s.running_var", prefix, norm),
                       variances);
}

/* The biases of the gate's layers start at 0. */
static void
gate (const Calibration *calibration, const char *prefix, int32_t reduced, Map *map)
{
  char name[SAG_WEIGHT_NAME];
  Map  squeezed = map_new (map->channels, (const int32_t[]){ 1, 1, 1 });

  for (int32_t c = 0; c < map->channels; c++)
    squeezed.values[c] = (float) mean_of (map->values + c * map->voxels, map->voxels);
  snprintf (name, sizeof name, "%sse.conv_reduce.weight", prefix);
  pointwise (calibration, name, reduced, &squeezed);
  for (int32_t r = 0; r < reduced; r++)
    squeezed.values[r] *= sigmoid (squeezed.values[r]);
  snprintf (name, sizeof name, "%sse.conv_expand.weight", prefix);
  pointwise (calibration, name, map->channels, &squeezed);
  for (int32_t c = 0; c < map->channels; c++)
    {
      float factor = sigmoid (squeezed.values[c]);

      for (gsize v = 0; v < map->voxels; v++)
        map->values[c * map->voxels + v] *= factor;
    }
  g_free (squeezed.values);
}

static void
run_block (Calibration *calibration, const SagBlock *block, Map *map)
{
  char              prefix[64], name[SAG_WEIGHT_NAME];
  g_autofree float *input =
    block->skips ? g_memdup2 (map->values, map->voxels * map->channels * sizeof (float)) : NULL;

  snprintf (prefix, sizeof prefix, PREFIX "blocks.%d.%d.", block->stage, block->index);
  if (block->expands)
    {
      snprintf (name, sizeof name, "%sconv_pw.weight", prefix);
      pointwise (calibration, name, block->mid_channels, map);
      normalise (calibration, prefix, "bn1", TRUE, map);
    }
  snprintf (name, sizeof name, "%sconv_dw.weight", prefix);
  depthwise (calibration, name, block->mid_channels, block->kernel, block->stride, map);
  normalise (calibration, prefix, block->expands ? "bn2" : "bn1", TRUE, map);
  gate (calibration, prefix, block->gate_channels, map);
  snprintf (name, sizeof name, "%s%s", prefix,
            block->expands ? "conv_pwl.weight" : "conv_pw.weight");
  pointwise (calibration, name, block->out_channels, map);
  normalise (calibration, prefix, block->expands ? "bn3" : "bn2", FALSE, map);
  for (gsize i = 0; input != NULL && i < map->voxels * map->channels; i++)
    map->values[i] += input[i];
}

static float
square (float x)
{
  return x * x;
}

/* Tissue in air, two lungs, a spine, all a little noisy; @u, @v, @w from -1 to 1. */
static float
chest (float u, float v, float w)
{
  if (square (u / 0.9f) + square (v / 0.75f) > 1)
    return 0;
  if (square ((fabsf (u) - 0.42f) / 0.3f) + square (v / 0.5f) + square (w / 0.85f) < 1)
    return 0.1f;
  return square (u / 0.12f) + square ((v + 0.55f) / 0.14f) < 1 ? 0.75f : 0.52f;
}

static Map
make_input (const SagNetwork *network, guint64 seed)
{
  int32_t stride = 2, dims[3];
  Map     map;
  gsize   at = 0;

  for (int b = 0; b < network->n_blocks; b++)
    stride *= network->blocks[b].stride;
  for (int a = 0; a < 3; a++)
    dims[a] = MIN (network->input[a], MAX (most_voxels[a] / stride * stride, stride));
  map = map_new (1, dims);
  sag_random_normal (seed, "chest", 0, map.voxels, map.values);
  for (int32_t x = 0; x < dims[0]; x++)
    for (int32_t y = 0; y < dims[1]; y++)
      for (int32_t z = 0; z < dims[2]; z++, at++)
        {
          float value = chest ((2 * x + 1) / (float) dims[0] - 1, (2 * y + 1) / (float) dims[1] - 1,
                               (2 * z + 1) / (float) dims[2] - 1);

          map.values[at] = value > 0 ? value + 0.03f * map.values[at] : 0;
        }
  return map;
}

GHashTable *
sag_calibrate_vision (const SagNetwork *network, guint64 seed, GCancellable *cancellable)
{
  Calibration calibration = { network, seed,
                              g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free) };
  Map         map = make_input (network, seed);

  depthwise (&calibration, PREFIX "conv_stem.weight", network->stem_channels, 3, 2, &map);
  normalise (&calibration, PREFIX, "bn1", TRUE, &map);
  for (int b = 0; b < network->n_blocks && !g_cancellable_is_cancelled (cancellable); b++)
    run_block (&calibration, &network->blocks[b], &map);
  if (!g_cancellable_is_cancelled (cancellable))
    {
      pointwise (&calibration, PREFIX "conv_head.weight", network->head_channels, &map);
      normalise (&calibration, PREFIX, "bn2", TRUE, &map);
    }
  g_free (map.values);
  return calibration.statistics;
}
