/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/tap.h"

#include <math.h>
#include <string.h>

#define MAX_INNER_VALUES (1 << 17)

void
sag_cpu_tap_map (
  const SagTap *tap, const char *name, const float *map, const int32_t dims[3], int32_t channels)
{
  gsize             n_voxels = (gsize) dims[0] * dims[1] * dims[2];
  int64_t           shape[] = { 1, channels, dims[0], dims[1], dims[2] };
  g_autofree float *turned = NULL;

  if (tap == NULL || tap->func == NULL || (turned = g_try_new (float, n_voxels *channels)) == NULL)
    return;
  for (gsize v = 0; v < n_voxels; v++)
    for (gsize c = 0; c < (gsize) channels; c++)
      turned[c * n_voxels + v] = map[v * channels + c];
  tap->func (tap->data, name, 5, shape, turned);
}

/* A map on its way through the block, (channels, dims). */
typedef struct
{
  const SagTap          *tap;
  const SagWeightSource *source;
  const SagBlock        *block;
  int32_t                channels;
  int32_t                dims[3];
  float                 *values;
  gboolean               failed; /* no memory or no such tensor: show nothing more */
} Walk;

static gsize
n_voxels (const Walk *walk)
{
  return (gsize) walk->dims[0] * walk->dims[1] * walk->dims[2];
}

static void
show (Walk *walk, const char *module)
{
  int64_t shape[] = { 1, walk->channels, walk->dims[0], walk->dims[1], walk->dims[2] };
  char    name[64];

  if (walk->failed)
    return;
  g_snprintf (name, sizeof name, "stage%d_block%d_%s", walk->block->stage, walk->block->index,
              module);
  walk->tap->func (walk->tap->data, name, 5, shape, walk->values);
}

static float *
read_tensor (Walk *walk, const char *name, gsize n)
{
  const SagBlock  *block = walk->block;
  g_autofree char *full =
    g_strdup_printf (SAG_CPU_VISION_PREFIX "blocks.%d.%d.%s", block->stage, block->index, name);
  g_autofree float *values = g_new (float, n);

  walk->failed |= !walk->source->read (walk->source->data, full, 0, n, values);
  return walk->failed ? NULL : g_steal_pointer (&values);
}

static float
sigmoid (float x)
{
  return 1 / (1 + expf (-x));
}

static void
pointwise (Walk *walk, const char *module, int32_t out_channels)
{
  g_autofree char  *name = g_strconcat (module, ".weight", NULL);
  g_autofree float *weight = read_tensor (walk, name, (gsize) out_channels * walk->channels);
  gsize             n = n_voxels (walk);
  float            *out = g_new0 (float, out_channels *n);

  for (gsize o = 0; o < (gsize) out_channels && !walk->failed; o++)
    for (gsize c = 0; c < (gsize) walk->channels; c++)
      for (gsize v = 0; v < n; v++)
        out[o * n + v] += weight[o * walk->channels + c] * walk->values[c * n + v];
  g_free (walk->values);
  walk->values = out;
  walk->channels = out_channels;
  show (walk, module);
}

/* One output of a depthwise convolution: @in and @weight are one channel's. */
static float
depthwise_value (const Walk         *walk,
                 const SagConvShape *shape,
                 const float        *in,
                 const float        *weight,
                 const int32_t       at[3])
{
  int32_t kernel = walk->block->kernel, stride = walk->block->stride;
  float   sum = 0;

  for (int32_t i = 0; i < kernel * kernel * kernel; i++)
    {
      int32_t x = at[0] * stride - shape->before[0] + i / (kernel * kernel);
      int32_t y = at[1] * stride - shape->before[1] + i / kernel % kernel;
      int32_t z = at[2] * stride - shape->before[2] + i % kernel;

      if (x >= 0 && x < walk->dims[0] && y >= 0 && y < walk->dims[1] && z >= 0 && z < walk->dims[2])
        sum += weight[i] * in[((gsize) x * walk->dims[1] + y) * walk->dims[2] + z];
    }
  return sum;
}

static void
depthwise (Walk *walk)
{
  gsize kernel_values = (gsize) walk->block->kernel * walk->block->kernel * walk->block->kernel;
  SagConvShape shape =
    sag_network_conv_shape (walk->dims, walk->block->kernel, walk->block->stride);
  gsize             n_out = (gsize) shape.out[0] * shape.out[1] * shape.out[2];
  g_autofree float *weight = read_tensor (walk, "conv_dw.weight", kernel_values * walk->channels);
  float            *out = g_new0 (float, n_out * walk->channels);

  for (gsize c = 0; c < (gsize) walk->channels && !walk->failed; c++)
    for (gsize v = 0; v < n_out; v++)
      {
        int32_t at[] = { v / shape.out[2] / shape.out[1], v / shape.out[2] % shape.out[1],
                         v % shape.out[2] };

        out[c * n_out + v] = depthwise_value (walk, &shape, walk->values + c * n_voxels (walk),
                                              weight + c * kernel_values, at);
      }
  g_free (walk->values);
  walk->values = out;
  memcpy (walk->dims, shape.out, sizeof walk->dims);
  show (walk, "conv_dw");
}

static void
batch_norm (Walk *walk, const char *module, gboolean silu)
{
  static const char *const parts[] = { ".weight", ".bias", ".running_mean", ".running_var" };
  float                   *tensors[4];
  gsize                    n = n_voxels (walk);

  for (int i = 0; i < 4; i++)
    {
      g_autofree char *name = g_strconcat (module, parts[i], NULL);

      tensors[i] = read_tensor (walk, name, walk->channels);
    }
  for (gsize c = 0; c < (gsize) walk->channels && !walk->failed; c++)
    {
      float scale = tensors[0][c] / sqrtf (tensors[3][c] + walk->source->network->batch_norm_eps);

      for (gsize v = 0; v < n; v++)
        {
          float y = (walk->values[c * n + v] - tensors[2][c]) * scale + tensors[1][c];

          walk->values[c * n + v] = silu ? y * sigmoid (y) : y;
        }
    }
  for (int i = 0; i < 4; i++)
    g_free (tensors[i]);
  show (walk, module);
}

static float *
channel_means (const Walk *walk)
{
  gsize  n = n_voxels (walk);
  float *means = g_new (float, walk->channels);

  for (gsize c = 0; c < (gsize) walk->channels; c++)
    {
      double sum = 0;

      for (gsize v = 0; v < n; v++)
        sum += walk->values[c * n + v];
      means[c] = sum / n;
    }
  return means;
}

/* Linear layer on one vector, then SiLU or sigmoid. */
static float *
gate_layer (Walk *walk, const char *name, const float *in, gsize n_in, gsize n_out, gboolean silu)
{
  g_autofree char  *weight_name = g_strconcat (name, ".weight", NULL);
  g_autofree char  *bias_name = g_strconcat (name, ".bias", NULL);
  g_autofree float *weight = read_tensor (walk, weight_name, n_in * n_out);
  float            *out = read_tensor (walk, bias_name, n_out);

  for (gsize o = 0; o < n_out && !walk->failed; o++)
    {
      for (gsize i = 0; i < n_in; i++)
        out[o] += weight[o * n_in + i] * in[i];
      out[o] = silu ? out[o] * sigmoid (out[o]) : sigmoid (out[o]);
    }
  return out;
}

static void
squeeze_excite (Walk *walk)
{
  gsize             n = n_voxels (walk), mid = walk->channels, reduced = walk->block->gate_channels;
  g_autofree float *means = channel_means (walk);
  g_autofree float *hidden = gate_layer (walk, "se.conv_reduce", means, mid, reduced, TRUE);
  g_autofree float *gate = gate_layer (walk, "se.conv_expand", hidden, reduced, mid, FALSE);

  for (gsize i = 0; i < n * mid && !walk->failed; i++)
    walk->values[i] *= gate[i / n];
  show (walk, "se");
}

void
sag_cpu_tap_block (const SagTap          *tap,
                   const SagWeightSource *source,
                   const SagBlock        *block,
                   const float           *input,
                   const int32_t          dims[3])
{
  Walk walk = {
    tap, source, block, block->in_channels, { dims[0], dims[1], dims[2] }, NULL, FALSE
  };
  gsize n = n_voxels (&walk);

  if (n > MAX_INNER_VALUES / (gsize) MAX (block->mid_channels, block->in_channels))
    return;
  walk.values = g_new (float, n * block->in_channels);
  for (gsize i = 0; i < n * block->in_channels; i++)
    walk.values[i % block->in_channels * n + i / block->in_channels] = input[i];
  if (block->expands)
    {
      pointwise (&walk, "conv_pw", block->mid_channels);
      batch_norm (&walk, "bn1", TRUE);
    }
  depthwise (&walk);
  batch_norm (&walk, block->expands ? "bn2" : "bn1", TRUE);
  squeeze_excite (&walk);
  pointwise (&walk, block->expands ? "conv_pwl" : "conv_pw", block->out_channels);
  batch_norm (&walk, block->expands ? "bn3" : "bn2", FALSE);
  g_free (walk.values);
}
