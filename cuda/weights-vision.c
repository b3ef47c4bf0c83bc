/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/loader.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VISION "vision_model.model."

/* BatchNorm at inference: y = x scale + shift. Both in one array, shift after scale; NULL while measuring. */
static double *
read_norm (SagCudaLoader *loader, const char *prefix, const char *part, int32_t channels)
{
  static const char *const parts[] = { ".weight", ".bias", ".running_mean", ".running_var" };
  size_t                   n = channels;
  float                   *values = sag_cuda_load_scratch (loader, 4 * n);
  double                  *norm = values != NULL ? calloc (2 * n, sizeof *norm) : NULL;

  if (values != NULL && norm == NULL)
    sag_cuda_load_fail_memory (loader);
  for (int i = 0; i < 4 && norm != NULL; i++)
    {
      char name[SAG_WEIGHT_NAME], base[SAG_WEIGHT_NAME];

      sag_cuda_load_join (base, prefix, part);
      sag_cuda_load_join (name, base, parts[i]);
      sag_cuda_load_read (loader, name, 0, n, values + n * i);
    }
  for (size_t c = 0; c < n && norm != NULL && !loader->failed; c++)
    {
      double variance = (double) values[n * 3 + c] + loader->source->network->batch_norm_eps;

      norm[c] = values[c] / sqrt (variance);
      norm[n + c] = values[n + c] - values[n * 2 + c] * norm[c];
    }
  free (values);
  return norm;
}

/* The norm's shift, padded. */
static float *
shift_of (SagCudaLoader *loader, const double *norm, int32_t channels)
{
  float *bias = sag_cuda_load_scratch (loader, sag_cuda_pad_channels (channels));

  for (int32_t c = 0; c < channels && bias != NULL && norm != NULL; c++)
    bias[c] = norm[channels + c];
  return bias;
}

/* (channels, taps) to (taps, padded channels) with the norm folded in. */
static void
load_convolution (SagCudaLoader      *loader,
                  const char         *prefix,
                  const char         *weight,
                  const char         *norm_name,
                  int32_t             channels,
                  int32_t             kernel,
                  SagCudaConvolution *convolution)
{
  size_t  taps = (size_t) kernel * kernel * kernel, padded = sag_cuda_pad_channels (channels);
  double *norm = read_norm (loader, prefix, norm_name, channels);
  float  *values = sag_cuda_load_scratch (loader, taps * channels),
        *turned = sag_cuda_load_scratch (loader, taps * padded);
  float *bias = shift_of (loader, norm, channels);
  char   name[SAG_WEIGHT_NAME];

  sag_cuda_load_join (name, prefix, weight);
  if (values != NULL)
    sag_cuda_load_read (loader, name, 0, taps * channels, values);
  for (size_t c = 0; c < (size_t) channels && turned != NULL && values != NULL && norm != NULL; c++)
    for (size_t t = 0; t < taps; t++)
      turned[t * padded + c] = (float) (values[c * taps + t] * norm[c]);
  convolution->weight = sag_cuda_load_keep (loader, turned, taps * padded);
  convolution->bias = sag_cuda_load_keep (loader, bias, padded);
  free (norm);
  free (values);
  free (turned);
  free (bias);
}

/* A 1x1x1 convolution, (out, in), with its norm folded in: (padded out, padded in) values of the host. */
static float *
fold_pointwise (SagCudaLoader *loader,
                const char    *prefix,
                const char    *weight,
                const double  *norm,
                int32_t        n_out,
                int32_t        n_in)
{
  size_t padded = sag_cuda_pad_channels (n_in);
  float *values = sag_cuda_load_scratch (loader, (size_t) n_out * n_in);
  float *folded = sag_cuda_load_scratch (loader, sag_cuda_pad_channels (n_out) * padded);
  char   name[SAG_WEIGHT_NAME];

  sag_cuda_load_join (name, prefix, weight);
  if (values != NULL)
    sag_cuda_load_read (loader, name, 0, (size_t) n_out * n_in, values);
  for (int32_t o = 0; o < n_out && folded != NULL && values != NULL && norm != NULL; o++)
    for (int32_t i = 0; i < n_in; i++)
      folded[o * padded + i] = (float) (values[(size_t) o * n_in + i] * norm[o]);
  free (values);
  return folded;
}

static void
load_pointwise (SagCudaLoader *loader,
                const char    *prefix,
                const char    *weight,
                const char    *norm_name,
                int32_t        n_out,
                int32_t        n_in,
                SagCudaLinear *linear)
{
  double *norm = read_norm (loader, prefix, norm_name, n_out);
  float  *folded = fold_pointwise (loader, prefix, weight, norm, n_out, n_in);
  float  *bias = shift_of (loader, norm, n_out);
  size_t  n;

  linear->n_out = sag_cuda_pad_channels (n_out);
  linear->n_in = sag_cuda_pad_channels (n_in);
  n = (size_t) linear->n_out * linear->n_in;
  linear->weight = sag_cuda_load_take (loader, n * sag_cuda_type_size (loader->type));
  if (folded != NULL)
    sag_cuda_load_upload (loader, folded, n, loader->type, linear->weight);
  linear->bias =
    sag_cuda_load_bias (loader, bias, linear->n_out, loader->type, &linear->bias_stored);
  free (norm);
  free (folded);
  free (bias);
}

/* (rows, columns) into (padded rows, padded columns) where the flags say so. */
static float *
load_padded (SagCudaLoader *loader,
             const char    *prefix,
             const char    *part,
             int32_t        rows,
             int32_t        columns,
             bool           pad_rows,
             bool           pad_columns)
{
  size_t n_rows = pad_rows ? sag_cuda_pad_channels (rows) : rows;
  size_t width = pad_columns ? sag_cuda_pad_channels (columns) : columns;
  float *values = sag_cuda_load_scratch (loader, (size_t) rows * columns),
        *out = sag_cuda_load_scratch (loader, n_rows * width);
  float *there;
  char   name[SAG_WEIGHT_NAME];

  sag_cuda_load_join (name, prefix, part);
  if (values != NULL)
    sag_cuda_load_read (loader, name, 0, (size_t) rows * columns, values);
  for (int32_t r = 0; r < rows && values != NULL && out != NULL; r++)
    memcpy (out + r * width, values + (size_t) r * columns, columns * sizeof *out);
  there = sag_cuda_load_keep (loader, out, n_rows * width);
  free (values);
  free (out);
  return there;
}

static void
load_projection (SagCudaLoader *loader, const char *prefix, SagCudaBlock *block)
{
  const SagBlock *shape = &block->shape;
  int32_t         out = shape->out_channels, mid = shape->mid_channels;
  double         *norm = read_norm (loader, prefix, shape->expands ? "bn3" : "bn2", out);
  float          *bias = shift_of (loader, norm, out);
  float          *folded = fold_pointwise (
             loader, prefix, shape->expands ? "conv_pwl.weight" : "conv_pw.weight", norm, out, mid);

  block->project = sag_cuda_load_keep (
    loader, folded, (size_t) sag_cuda_pad_channels (out) * sag_cuda_pad_channels (mid));
  block->project_bias = sag_cuda_load_bias (loader, bias, sag_cuda_pad_channels (out), loader->type,
                                            &block->project_bias_stored);
  free (norm);
  free (folded);
  free (bias);
}

/* Names as timm's DepthwiseSeparableConv and InvertedResidual have them. */
static void
load_block (SagCudaLoader *loader, const SagBlock *shape, SagCudaBlock *block)
{
  int32_t mid = shape->mid_channels, reduced = shape->gate_channels;
  char    prefix[SAG_WEIGHT_NAME];

  block->shape = *shape;
  snprintf (prefix, sizeof prefix, VISION "blocks.%d.%d.", shape->stage, shape->index);
  if (shape->expands)
    load_pointwise (loader, prefix, "conv_pw.weight", "bn1", mid, shape->in_channels,
                    &block->expand);
  load_convolution (loader, prefix, "conv_dw.weight", shape->expands ? "bn2" : "bn1", mid,
                    shape->kernel, &block->depthwise);
  block->reduce = load_padded (loader, prefix, "se.conv_reduce.weight", reduced, mid, false, true);
  block->reduce_bias =
    load_padded (loader, prefix, "se.conv_reduce.bias", 1, reduced, false, false);
  block->widen = load_padded (loader, prefix, "se.conv_expand.weight", mid, reduced, true, false);
  block->widen_bias = load_padded (loader, prefix, "se.conv_expand.bias", 1, mid, false, true);
  load_projection (loader, prefix, block);
}

/* The adaptor reads the head's padded channels and writes the tokens, float32. */
static void
load_adaptor (SagCudaLoader *loader, SagCudaLinear *linear)
{
  const SagNetwork *network = loader->source->network;
  int32_t           n_in = network->head_channels, n_out = network->hidden;
  size_t            padded = sag_cuda_pad_channels (n_in);
  float            *values = sag_cuda_load_scratch (loader, (size_t) n_out * n_in);
  float            *out = sag_cuda_load_scratch (loader, n_out * padded);

  linear->n_out = n_out;
  linear->n_in = (int32_t) padded;
  linear->weight = sag_cuda_load_take (loader, n_out * padded * sag_cuda_type_size (loader->type));
  if (values != NULL && out != NULL)
    {
      sag_cuda_load_read (loader, "vision_model.lm_adaptor.0.weight", 0, (size_t) n_out * n_in,
                          values);
      for (int32_t r = 0; r < n_out; r++)
        memcpy (out + r * padded, values + (size_t) r * n_in, n_in * sizeof *out);
      sag_cuda_load_upload (loader, out, n_out * padded, loader->type, linear->weight);
    }
  linear->bias = sag_cuda_load_vector (loader, "vision_model.lm_adaptor.0.bias", n_out);
  linear->bias_stored = linear->bias;
  free (values);
  free (out);
}

void
sag_cuda_load_vision (SagCudaLoader *loader, SagCudaWeights *weights)
{
  const SagNetwork *network = loader->source->network;
  int32_t           features = network->blocks[network->n_blocks - 1].out_channels;

  load_convolution (loader, VISION, "conv_stem.weight", "bn1", network->stem_channels, 3,
                    &weights->stem);
  for (int32_t b = 0; b < network->n_blocks; b++)
    load_block (loader, &network->blocks[b], &weights->blocks[b]);
  load_pointwise (loader, VISION, "conv_head.weight", "bn2", network->head_channels, features,
                  &weights->head);
  load_adaptor (loader, &weights->adaptor);
}
