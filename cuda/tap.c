/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/tap.h"

#include <stdlib.h>

/* Fetches @n floats of the device, and shows them. */
static void
show (SagCudaDevice *device,
      const SagTap  *tap,
      const char    *name,
      int            n_dims,
      const int64_t *dims,
      const float   *values,
      size_t         n)
{
  float *pinned = sag_cuda_alloc_pinned (device, n * sizeof *pinned, NULL);

  if (pinned == NULL)
    return;
  sag_cuda_download (device, pinned, values, n * sizeof *pinned);
  if (sag_cuda_wait (device, NULL))
    tap->func (tap->data, name, n_dims, dims, pinned);
  sag_cuda_free_pinned (device, pinned);
}

void
sag_cuda_tap_rows (SagCudaDevice *device,
                   const SagTap  *tap,
                   const char    *name,
                   const void    *values,
                   SagCudaType    type,
                   int32_t        n_rows,
                   int32_t        width)
{
  size_t  n = (size_t) n_rows * width;
  int64_t dims[] = { 1, n_rows, width };
  float  *floats;

  if (tap == NULL || tap->func == NULL)
    return;
  floats = sag_cuda_alloc (device, n * sizeof *floats, NULL);
  if (floats == NULL)
    return;
  sag_cuda_check (
    device,
    sag_cuda_launch_convert (values, type, floats, SAG_CUDA_FLOAT, n, sag_cuda_get_stream (device)),
    "a tap");
  show (device, tap, name, 3, dims, floats, n);
  sag_cuda_free (device, floats, n * sizeof *floats);
}

void
sag_cuda_tap_map (SagCudaDevice *device,
                  const SagTap  *tap,
                  const char    *name,
                  const void    *map,
                  SagCudaType    type,
                  const int32_t  dims[3],
                  int32_t        channels)
{
  int32_t n_voxels = dims[0] * dims[1] * dims[2];
  size_t  n = (size_t) n_voxels * channels;
  int64_t shape[] = { 1, channels, dims[0], dims[1], dims[2] };
  float  *planes;

  if (tap == NULL || tap->func == NULL)
    return;
  planes = sag_cuda_alloc (device, n * sizeof *planes, NULL);
  if (planes == NULL)
    return;
  sag_cuda_check (
    device,
    sag_cuda_launch_planes (map, type, n_voxels, channels, planes, sag_cuda_get_stream (device)),
    "a tap");
  show (device, tap, name, 5, shape, planes, n);
  sag_cuda_free (device, planes, n * sizeof *planes);
}
