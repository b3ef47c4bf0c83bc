/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/cpu/vision-reference.h"

#include <math.h>
#include <string.h>

#define PREFIX "vision_model.model."

void
reference_map_free (ReferenceMap *map)
{
  g_free (map->values);
  g_free (map);
}

static gsize
n_voxels (const ReferenceMap *map)
{
  return (gsize) map->dims[0] * map->dims[1] * map->dims[2];
}

static ReferenceMap *
map_new (int32_t channels, const int32_t dims[3])
{
  ReferenceMap *map = g_new0 (ReferenceMap, 1);

  map->channels = channels;
  memcpy (map->dims, dims, sizeof map->dims);
  map->values = g_new0 (double, channels *n_voxels (map));
  return map;
}

static ReferenceMap *
map_copy (const ReferenceMap *map)
{
  ReferenceMap *copy = map_new (map->channels, map->dims);

  memcpy (copy->values, map->values, map->channels * n_voxels (map) * sizeof *map->values);
  return copy;
}

static float *
read_weight (const SagWeightSource *source, const char *prefix, const char *name, gsize n)
{
  g_autofree char *full = g_strconcat (PREFIX, prefix, name, NULL);
  float           *values = g_new (float, n);

  g_assert_true (source->read (source->data, full, 0, n, values));
  return values;
}

/* Any convolution: @groups is 1 or the number of channels. Replaces @map. */
static void
convolve (const SagWeightSource *source,
          const char            *prefix,
          const char            *name,
          ReferenceMap         **map,
          int32_t                channels,
          int32_t                kernel,
          int32_t                stride,
          gboolean               depthwise)
{
  ReferenceMap     *in = *map;
  SagConvShape      shape = sag_network_conv_shape (in->dims, kernel, stride);
  ReferenceMap     *out = map_new (channels, shape.out);
  gsize             taps = (gsize) kernel * kernel * kernel;
  gsize             n_in = depthwise ? 1 : in->channels;
  g_autofree float *weight = read_weight (source, prefix, name, channels * n_in * taps);

  for (gsize o = 0; o < channels * n_voxels (out); o++)
    {
      gsize c = o / n_voxels (out), v = o % n_voxels (out);
      int   x0 = v / shape.out[2] / shape.out[1] * stride - shape.before[0];
      int   y0 = v / shape.out[2] % shape.out[1] * stride - shape.before[1];
      int   z0 = v % shape.out[2] * stride - shape.before[2];

      for (gsize i = 0; i < n_in * taps; i++)
        {
          gsize from = depthwise ? c : i / taps, t = i % taps;
          int   x = x0 + t / kernel / kernel, y = y0 + t / kernel % kernel, z = z0 + t % kernel;

          if (x >= 0 && x < in->dims[0] && y >= 0 && y < in->dims[1] && z >= 0 && z < in->dims[2])
            out->values[o] +=
              (double) weight[c * n_in * taps + i] *
              in->values[((from * in->dims[0] + x) * in->dims[1] + y) * in->dims[2] + z];
        }
    }
  reference_map_free (in);
  *map = out;
}

static double
silu (double x)
{
  return x / (1 + exp (-x));
}

static void
batch_norm (const SagWeightSource *source,
            const char            *prefix,
            const char            *name,
            ReferenceMap          *map,
            gboolean               activate)
{
  g_autofree char  *full = g_strconcat (prefix, name, NULL);
  g_autofree float *weight = read_weight (source, full, ".weight", map->channels);
  g_autofree float *bias = read_weight (source, full, ".bias", map->channels);
  g_autofree float *mean = read_weight (source, full, ".running_mean", map->channels);
  g_autofree float *variance = read_weight (source, full, ".running_var", map->channels);
  gsize             n = n_voxels (map);

  for (gsize i = 0; i < map->channels * n; i++)
    {
      gsize  c = i / n;
      double x = map->values[i];

      x =
        (x - mean[c]) / sqrt ((double) variance[c] + source->network->batch_norm_eps) * weight[c] +
        bias[c];
      map->values[i] = activate ? silu (x) : x;
    }
}

static void
squeeze_excite (const SagWeightSource *source, const char *prefix, ReferenceMap *map, gsize reduced)
{
  gsize              mid = map->channels, n = n_voxels (map);
  g_autofree double *mean = g_new0 (double, mid);
  g_autofree double *hidden = g_new (double, reduced);
  g_autofree float  *reduce = read_weight (source, prefix, "se.conv_reduce.weight", reduced * mid);
  g_autofree float  *reduce_bias = read_weight (source, prefix, "se.conv_reduce.bias", reduced);
  g_autofree float  *expand = read_weight (source, prefix, "se.conv_expand.weight", reduced * mid);
  g_autofree float  *expand_bias = read_weight (source, prefix, "se.conv_expand.bias", mid);

  for (gsize i = 0; i < mid * n; i++)
    mean[i / n] += map->values[i] / n;
  for (gsize r = 0; r < reduced; r++)
    {
      hidden[r] = reduce_bias[r];
      for (gsize c = 0; c < mid; c++)
        hidden[r] += reduce[r * mid + c] * mean[c];
      hidden[r] = silu (hidden[r]);
    }
  for (gsize c = 0; c < mid; c++)
    {
      double gate = expand_bias[c];

      for (gsize r = 0; r < reduced; r++)
        gate += expand[c * reduced + r] * hidden[r];
      for (gsize v = 0; v < n; v++)
        map->values[c * n + v] /= 1 + exp (-gate);
    }
}

static void
run_block (const SagWeightSource *source, const SagBlock *block, ReferenceMap **map)
{
  g_autofree char *prefix = g_strdup_printf ("blocks.%d.%d.", block->stage, block->index);
  const char      *project = block->expands ? "conv_pwl.weight" : "conv_pw.weight";
  ReferenceMap    *input = map_copy (*map);

  if (block->expands)
    {
      convolve (source, prefix, "conv_pw.weight", map, block->mid_channels, 1, 1, FALSE);
      batch_norm (source, prefix, "bn1", *map, TRUE);
    }
  convolve (source, prefix, "conv_dw.weight", map, block->mid_channels, block->kernel,
            block->stride, TRUE);
  batch_norm (source, prefix, block->expands ? "bn2" : "bn1", *map, TRUE);
  squeeze_excite (source, prefix, *map, block->gate_channels);
  convolve (source, prefix, project, map, block->out_channels, 1, 1, FALSE);
  batch_norm (source, prefix, block->expands ? "bn3" : "bn2", *map, FALSE);
  for (gsize i = 0; block->skips && i < input->channels * n_voxels (input); i++)
    (*map)->values[i] += input->values[i];
  reference_map_free (input);
}

GHashTable *
reference_vision (const SagWeightSource *source, const float *input, const int32_t dims[3])
{
  const SagNetwork *network = source->network;
  GHashTable       *maps =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) reference_map_free);
  ReferenceMap *map = map_new (1, dims);

  for (gsize i = 0; i < n_voxels (map); i++)
    map->values[i] = input[i];
  convolve (source, "", "conv_stem.weight", &map, network->stem_channels, 3, 2, FALSE);
  batch_norm (source, "", "bn1", map, TRUE);
  g_hash_table_insert (maps, g_strdup ("stem"), map_copy (map));
  for (int32_t b = 0; b < network->n_blocks; b++)
    {
      run_block (source, &network->blocks[b], &map);
      g_hash_table_replace (maps, g_strdup_printf ("stage%d", network->blocks[b].stage),
                            map_copy (map));
    }
  convolve (source, "", "conv_head.weight", &map, network->head_channels, 1, 1, FALSE);
  batch_norm (source, "", "bn2", map, TRUE);
  g_hash_table_insert (maps, g_strdup ("head"), map);
  return maps;
}

bool
reference_random_weights (void *data, const char *name, size_t offset, size_t n_values, float *out)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_str_hash (name));
  double scale = 0.2, shift = 0;

  if (strstr (name, "running_var") || (strstr (name, "bn") && g_str_has_suffix (name, ".weight")))
    shift = 1;
  else if (g_str_has_suffix (name, ".weight"))
    scale = 4 / sqrt (n_values / 8.0);
  for (size_t i = 0; i < offset + n_values; i++)
    {
      double value = g_rand_double_range (rand, -scale, scale) + shift;

      if (i >= offset)
        out[i - offset] = value;
    }
  return true;
}
