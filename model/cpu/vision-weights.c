/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/vision-weights.h"

#include "model/cpu/gemm.h"
#include "model/engine/status.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What reading needs everywhere; the first failure sets @status, and the rest does nothing. */
typedef struct
{
  const SagWeightSource *source;
  SagStatus             *status;
  GPtrArray             *arrays;
  const char            *prefix; /* of the block: "blocks.2.0.", or "" */
  gboolean               failed;
} Reader;

/* BatchNorm at inference: y = x scale + shift. */
typedef struct
{
  double *scale;
  double *shift;
} Norm;

int32_t
sag_cpu_channel_blocks (int32_t channels)
{
  return (channels + SAG_CPU_LANES - 1) / SAG_CPU_LANES;
}

static void
fail_memory (Reader *reader)
{
  if (!reader->failed)
    sag_status_fail (reader->status, SAG_STATUS_OUT_OF_MEMORY,
                     "There is not enough memory for the network's weights.");
  reader->failed = TRUE;
}

/* Zeroed floats that live as long as the weights; NULL once something failed. */
static float *
keep (Reader *reader, gsize n)
{
  float *array = reader->failed ? NULL : sag_cpu_alloc (n);

  if (array != NULL)
    {
      memset (array, 0, n * sizeof *array);
      g_ptr_array_add (reader->arrays, array);
    }
  else
    fail_memory (reader);
  return array;
}

static void
read_into (Reader *reader, const char *name, gsize n, float *out)
{
  g_autofree char *full = g_strconcat (SAG_CPU_VISION_PREFIX, reader->prefix, name, NULL);

  if (reader->failed || reader->source->read (reader->source->data, full, 0, n, out))
    return;
  sag_status_fail_weight (reader->status, full);
  reader->failed = TRUE;
}

/* @name's values for reading once; free with g_free(). NULL once something failed. */
static float *
read_tensor (Reader *reader, const char *name, gsize n)
{
  g_autofree float *values = reader->failed ? NULL : g_try_new (float, n);

  if (values == NULL)
    fail_memory (reader);
  else
    read_into (reader, name, n, values);
  return reader->failed ? NULL : g_steal_pointer (&values);
}

static float *
keep_tensor (Reader *reader, const char *name, gsize n)
{
  float *values = keep (reader, n);

  if (values != NULL)
    read_into (reader, name, n, values);
  return values;
}

static void
norm_clear (Norm *norm)
{
  g_clear_pointer (&norm->scale, g_free);
  g_clear_pointer (&norm->shift, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Norm, norm_clear)

static Norm
read_norm (Reader *reader, const char *name, gsize channels)
{
  static const char *const parts[] = { ".weight", ".bias", ".running_mean", ".running_var" };
  g_autofree float        *values = g_new (float, channels * 4);
  Norm                     norm = { g_new (double, channels), g_new (double, channels) };

  for (int i = 0; i < 4; i++)
    {
      g_autofree char *full = g_strconcat (name, parts[i], NULL);

      read_into (reader, full, channels, values + channels * i);
    }
  for (gsize c = 0; c < channels && !reader->failed; c++)
    {
      double variance = (double) values[channels * 3 + c] + reader->source->network->batch_norm_eps;

      norm.scale[c] = values[c] / sqrt (variance);
      norm.shift[c] = values[channels + c] - values[channels * 2 + c] * norm.scale[c];
    }
  return norm;
}

/* The norm's shift becomes the convolution's bias. @n: room, at least @channels. */
static float *
keep_bias (Reader *reader, const Norm *norm, gsize channels, gsize n)
{
  float *bias = keep (reader, n);

  for (gsize c = 0; c < channels && bias != NULL; c++)
    bias[c] = norm->shift[c];
  return bias;
}

/* (channels, taps) to (blocks, taps, 16): the stem's and depthwise weights. */
static float *
keep_lanes (Reader *reader, const char *name, const Norm *norm, int32_t channels, gsize taps)
{
  g_autofree float *values = read_tensor (reader, name, channels * taps);
  float *out = keep (reader, (gsize) sag_cpu_channel_blocks (channels) * taps * SAG_CPU_LANES);

  if (reader->failed)
    return NULL;
  for (int32_t c = 0; c < channels; c++)
    {
      float *lane = out + c / SAG_CPU_LANES * taps * SAG_CPU_LANES + c % SAG_CPU_LANES;

      for (gsize t = 0; t < taps; t++)
        lane[t * SAG_CPU_LANES] = values[c * taps + t] * norm->scale[c];
    }
  return out;
}

/* A 1x1x1 convolution, (out, in), as panels; @columns, at least @out, is the width that they are packed for. */
static float *
keep_panels (
  Reader *reader, const char *name, const Norm *norm, int32_t out, int32_t columns, int32_t in)
{
  g_autofree float *values = read_tensor (reader, name, (gsize) out * in);
  g_autofree float *scaled = g_try_new0 (float, (gsize) columns *in);
  float            *panels = keep (reader, sag_cpu_panel_floats (columns, in));

  if (scaled == NULL)
    fail_memory (reader);
  if (reader->failed)
    return NULL;
  for (int32_t c = 0; c < out; c++)
    for (gsize k = 0; k < (gsize) in; k++)
      scaled[c * (gsize) in + k] = values[c * (gsize) in + k] * norm->scale[c];
  sag_cpu_pack (scaled, 0, columns, columns, in, panels);
  return panels;
}

static void
read_gate (Reader *reader, SagCpuBlock *block)
{
  gsize mid = block->shape.mid_channels;
  gsize reduced = block->shape.gate_channels;

  block->reduce = keep_tensor (reader, "se.conv_reduce.weight", reduced * mid);
  block->reduce_bias = keep_tensor (reader, "se.conv_reduce.bias", reduced);
  block->widen = keep_tensor (reader, "se.conv_expand.weight", reduced * mid);
  block->widen_bias = keep_tensor (reader, "se.conv_expand.bias", mid);
}

/* Names as timm's DepthwiseSeparableConv and InvertedResidual have them. */
static void
read_block (Reader *reader, SagCpuBlock *block)
{
  const SagBlock *shape = &block->shape;
  int32_t         mid = shape->mid_channels;
  int32_t         padded = sag_cpu_channel_blocks (mid) * SAG_CPU_LANES;
  gsize           taps = (gsize) shape->kernel * shape->kernel * shape->kernel;
  g_auto (Norm) depthwise = read_norm (reader, shape->expands ? "bn2" : "bn1", mid);
  g_auto (Norm) project = read_norm (reader, shape->expands ? "bn3" : "bn2", shape->out_channels);

  if (shape->expands)
    {
      g_auto (Norm) expand = read_norm (reader, "bn1", mid);

      block->expand =
        keep_panels (reader, "conv_pw.weight", &expand, mid, padded, shape->in_channels);
      block->expand_bias = keep_bias (reader, &expand, mid, padded);
    }
  block->depthwise = keep_lanes (reader, "conv_dw.weight", &depthwise, mid, taps);
  block->depthwise_bias = keep_bias (reader, &depthwise, mid, padded);
  read_gate (reader, block);
  block->project = keep_panels (reader, shape->expands ? "conv_pwl.weight" : "conv_pw.weight",
                                &project, shape->out_channels, shape->out_channels, mid);
  block->project_bias = keep_bias (reader, &project, shape->out_channels, shape->out_channels);
}

static void
read_stem_and_head (Reader *reader, SagCpuVisionWeights *weights, int32_t features)
{
  g_auto (Norm) stem = read_norm (reader, "bn1", weights->stem_channels);
  g_auto (Norm) head = read_norm (reader, "bn2", weights->head_channels);
  int32_t padded = sag_cpu_channel_blocks (weights->stem_channels) * SAG_CPU_LANES;
  int32_t columns = weights->head_channels;

  weights->stem = keep_lanes (reader, "conv_stem.weight", &stem, weights->stem_channels, 27);
  weights->stem_bias = keep_bias (reader, &stem, weights->stem_channels, padded);
  weights->head = keep_panels (reader, "conv_head.weight", &head, columns, columns, features);
  weights->head_bias = keep_bias (reader, &head, columns, columns);
}

gboolean
sag_cpu_vision_weights_read (SagCpuVisionWeights   *weights,
                             const SagWeightSource *source,
                             SagStatus             *status)
{
  const SagNetwork *network = source->network;
  Reader            reader = { source, status, g_ptr_array_new_with_free_func (free), "", FALSE };

  *weights = (SagCpuVisionWeights){
    .stem_channels = network->stem_channels,
    .head_channels = network->head_channels,
    .n_blocks = network->n_blocks,
    .arrays = reader.arrays,
  };
  read_stem_and_head (&reader, weights, network->blocks[network->n_blocks - 1].out_channels);
  for (int32_t b = 0; b < network->n_blocks && !reader.failed; b++)
    {
      SagCpuBlock     *block = &weights->blocks[b];
      g_autofree char *prefix =
        g_strdup_printf ("blocks.%d.%d.", network->blocks[b].stage, network->blocks[b].index);

      block->shape = network->blocks[b];
      reader.prefix = prefix;
      read_block (&reader, block);
    }
  if (reader.failed)
    sag_cpu_vision_weights_clear (weights);
  return !reader.failed;
}

void
sag_cpu_vision_weights_clear (SagCpuVisionWeights *weights)
{
  g_clear_pointer (&weights->arrays, g_ptr_array_unref);
}
