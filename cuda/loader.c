/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/loader.h"

#include "cuda/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 256

uint16_t
sag_cuda_half (float value)
{
  uint32_t bits, sign, rest;
  union
  {
    float    f;
    uint32_t u;
  } word = { value };

  bits = word.u;
  sign = bits >> 16 & 0x8000;
  bits &= 0x7fffffff;
  if (bits > 0x7f800000)
    return (uint16_t) (sign | 0x7e00); /* no number */
  if (bits >= 0x477ff000)
    return (uint16_t) (sign | 0x7bff);
  if (bits < 0x38800000)
    {
      /* Below 2^-14 steps are 2^-24: adding 0.5 leaves the rounded steps in the last bits. */
      word.u = bits;
      word.f += 0.5f;
      return (uint16_t) (sign | (word.u - 0x3f000000));
    }
  rest = bits & 0x1fff;
  bits = (bits >> 13) - (112 << 10);
  if (rest > 0x1000 || (rest == 0x1000 && bits & 1))
    bits++;
  return (uint16_t) (sign | bits);
}

void *
sag_cuda_load_take (SagCudaLoader *loader, size_t n_bytes)
{
  void *piece = loader->memory != NULL ? loader->memory + loader->used : NULL;

  loader->used += (n_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  return piece;
}

void
sag_cuda_load_fail_memory (SagCudaLoader *loader)
{
  if (!loader->failed)
    sag_cuda_fail_memory (loader->status);
  loader->failed = true;
}

float *
sag_cuda_load_scratch (SagCudaLoader *loader, size_t n)
{
  float *values = NULL;

  if (loader->memory == NULL || loader->failed)
    return NULL;
  values = calloc (n, sizeof *values);
  if (values == NULL)
    sag_cuda_load_fail_memory (loader);
  return values;
}

void
sag_cuda_load_read (SagCudaLoader *loader, const char *name, size_t offset, size_t n, float *out)
{
  if (loader->failed || loader->source->read (loader->source->data, name, offset, n, out))
    return;
  sag_cuda_fail_weight (loader->status, name);
  loader->failed = true;
}

void
sag_cuda_load_join (char name[SAG_WEIGHT_NAME], const char *prefix, const char *part)
{
  snprintf (name, SAG_WEIGHT_NAME, "%s%s", prefix, part);
}

/* One piece of at most a stage to the device, as @type. */
static void
upload_piece (SagCudaLoader *loader, const float *values, size_t n, SagCudaType type, void *to)
{
  if (loader->failed)
    return;
  if (type == SAG_CUDA_HALF)
    for (size_t i = 0; i < n; i++)
      ((uint16_t *) loader->stage)[i] = sag_cuda_half (values[i]);
  else
    memcpy (loader->stage, values, n * sizeof *values);
  sag_cuda_upload (loader->device, to, loader->stage, n * sag_cuda_type_size (type));
  if (!sag_cuda_wait (loader->device, loader->status))
    loader->failed = true;
}

void
sag_cuda_load_upload (
  SagCudaLoader *loader, const float *values, size_t n, SagCudaType type, void *to)
{
  for (size_t i = 0; i < n && !loader->failed; i += SAG_CUDA_STAGE)
    upload_piece (loader, values + i, n - i < SAG_CUDA_STAGE ? n - i : SAG_CUDA_STAGE, type,
                  (char *) to + i * sag_cuda_type_size (type));
}

float *
sag_cuda_load_keep (SagCudaLoader *loader, const float *values, size_t n)
{
  float *there = sag_cuda_load_take (loader, n * sizeof *there);

  if (values != NULL)
    sag_cuda_load_upload (loader, values, n, SAG_CUDA_FLOAT, there);
  return there;
}

float *
sag_cuda_load_bias (
  SagCudaLoader *loader, const float *values, size_t n, SagCudaType out_type, void **stored)
{
  float *bias = sag_cuda_load_keep (loader, values, n);

  *stored = bias;
  if (out_type == SAG_CUDA_HALF)
    {
      *stored = sag_cuda_load_take (loader, n * sag_cuda_type_size (out_type));
      if (values != NULL)
        sag_cuda_load_upload (loader, values, n, out_type, *stored);
    }
  return bias;
}

float *
sag_cuda_load_vector (SagCudaLoader *loader, const char *name, size_t n)
{
  float *values = sag_cuda_load_scratch (loader, n), *there;

  if (values != NULL)
    sag_cuda_load_read (loader, name, 0, n, values);
  there = sag_cuda_load_keep (loader, values, n);
  free (values);
  return there;
}

void
sag_cuda_load_norm (SagCudaLoader    *loader,
                    const char       *prefix,
                    int32_t           width,
                    SagCudaLayerNorm *norm)
{
  char name[SAG_WEIGHT_NAME];

  sag_cuda_load_join (name, prefix, ".weight");
  norm->scale = sag_cuda_load_vector (loader, name, width);
  sag_cuda_load_join (name, prefix, ".bias");
  norm->shift = sag_cuda_load_vector (loader, name, width);
}

void
sag_cuda_load_table (SagCudaLoader *loader, const char *name, size_t n, SagCudaType type, void *to)
{
  float *values = sag_cuda_load_scratch (loader, SAG_CUDA_STAGE);

  for (size_t i = 0; i < n && values != NULL && !loader->failed; i += SAG_CUDA_STAGE)
    {
      size_t part = n - i < SAG_CUDA_STAGE ? n - i : SAG_CUDA_STAGE;

      sag_cuda_load_read (loader, name, i, part, values);
      upload_piece (loader, values, part, type, (char *) to + i * sag_cuda_type_size (type));
    }
  free (values);
}

void
sag_cuda_load_linear (SagCudaLoader     *loader,
                      const char *const *prefixes,
                      int32_t            n_out,
                      int32_t            n_in,
                      SagCudaType        out_type,
                      SagCudaLinear     *linear)
{
  size_t item = sag_cuda_type_size (loader->type);
  float *bias;
  int    n = 0;

  while (prefixes[n] != NULL)
    n++;
  linear->n_out = n * n_out;
  linear->n_in = n_in;
  linear->weight = sag_cuda_load_take (loader, (size_t) linear->n_out * n_in * item);
  bias = sag_cuda_load_scratch (loader, linear->n_out);
  for (int i = 0; i < n && bias != NULL; i++)
    {
      char name[SAG_WEIGHT_NAME];

      sag_cuda_load_join (name, prefixes[i], ".weight");
      sag_cuda_load_table (loader, name, (size_t) n_out * n_in, loader->type,
                           (char *) linear->weight + (size_t) i * n_out * n_in * item);
      sag_cuda_load_join (name, prefixes[i], ".bias");
      sag_cuda_load_read (loader, name, 0, n_out, bias + (size_t) i * n_out);
    }
  linear->bias = sag_cuda_load_bias (loader, bias, linear->n_out, out_type, &linear->bias_stored);
  free (bias);
}
