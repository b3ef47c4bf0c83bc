/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/prepare-ops.h"
#include "model/prepare/area.h"
#include "model/prepare/resampler.h"
#include "tests/cuda/emulation/emulation.h"
#include "tests/cuda/test-kernels.h"
#include "tests/cuda/values.h"

#include <math.h>

/* Resampling and pooling against the host's. */

typedef struct
{
  int32_t dims[3];
  double  origin[3];
  double  step[3];
  int32_t first[3];
  int32_t n[3];
  bool    is_float;
  bool    truncate;
} Case;

static const Case cases[] = {
  { { 60, 50, 40 }, { 0, 0, 0 }, { 1.3, 1.25, 0.8 }, { 0, 0, 0 }, { 47, 40, 50 }, false, true },
  { { 130, 40, 9 }, { 0.4, 0, 0.1 }, { 1.1, 1, 0.7 }, { 5, 3, 0 }, { 90, 20, 13 }, true, false },
  { { 20, 9, 30 }, { 0, 0.5, 0 }, { 0.6, 0.5, 1 }, { 0, 1, 2 }, { 36, 18, 28 }, false, false },
  { { 5, 1, 2 }, { 0, 0, 0 }, { 0.5, 1, 0.4 }, { 0, 0, 0 }, { 10, 2, 4 }, true, true },
  { { 300, 6, 3 }, { 0, 0, 0 }, { 1.4, 1, 1 }, { 60, 0, 0 }, { 100, 6, 3 }, false, true },
  { { 33, 20, 26 }, { 0, 0, 0 }, { 1, 1.9, 1.7 }, { 0, 0, 0 }, { 33, 12, 16 }, true, true },
};

static void *
make_voxels (const Case *c)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (c->dims[0]);
  gsize   n = (gsize) c->dims[0] * c->dims[1] * c->dims[2];
  gint16 *ints = g_new (gint16, n);
  float  *floats = g_new (float, n);

  for (gsize v = 0; v < n; v++)
    {
      ints[v] = g_rand_int_range (rand, -1200, 1500);
      floats[v] = g_rand_int_range (rand, 0, 50) == 0 ? NAN : ints[v] + 0.375f;
    }
  if (c->is_float)
    g_free (ints);
  else
    g_free (floats);
  return c->is_float ? (void *) floats : (void *) ints;
}

static SagResampling
resampling_of (const Case *c, const void *voxels)
{
  SagResampling what = {
    .source = { .scalar = c->is_float ? SAG_SCALAR_FLOAT32 : SAG_SCALAR_INT16,
                .geometry = { .dims = { c->dims[0], c->dims[1], c->dims[2] } },
                .origin = voxels,
                .stride = { 1, c->dims[0], (gint64) c->dims[0] * c->dims[1] } },
    .source_low = -1000,
    .source_high = 1100,
    .low = -900,
    .high = 800,
    .truncate = c->truncate,
    .fill = -777,
  };

  for (int a = 0; a < 3; a++)
    {
      what.origin[a] = c->origin[a];
      what.step[a] = c->step[a];
      what.first[a] = c->first[a];
      what.n[a] = c->n[a];
    }
  return what;
}

static SagCudaSplineAxis
device_axis (const SagSplineAxis *axis)
{
  return (SagCudaSplineAxis){ axis->n_in,       axis->n_out, axis->n_inside,
                              axis->on_samples, axis->taps,  axis->weights };
}

/* All planes by kernels; columns a few planes at a time. */
static gint16 *
resample (const SagResampling *what, bool is_float, const SagSplineAxis axes[3])
{
  SagCudaSplineAxis  i = device_axis (&axes[0]), j = device_axis (&axes[1]);
  gsize              plane = (gsize) i.n_inside * j.n_inside, n_k = axes[2].n_in;
  gint16            *out = g_new (gint16, (gsize) what->n[0] * what->n[1] * what->n[2]);
  g_autofree double *lines = g_new (double, n_k *plane);
  SagCudaBox         box = { .voxels = what->source.origin, .is_float = is_float };
  SagCudaPlanes      planes = { .lines = lines,
                                .k = device_axis (&axes[2]),
                                .n_inside = { i.n_inside, j.n_inside },
                                .n = { what->n[0], what->n[1] },
                                .low = what->low,
                                .high = what->high,
                                .truncate = what->truncate,
                                .fill = what->fill,
                                .out = out };

  for (int a = 0; a < 3; a++)
    {
      box.dims[a] = what->source.geometry.dims[a];
      box.first[a] = axes[a].first_in;
      box.n[a] = axes[a].n_in;
    }
  for (gsize k = 0; k < n_k; k += 7)
    {
      gsize              n = MIN (7, n_k - k);
      g_autofree double *rows = g_new (double, n *j.n_in *i.n_inside);

      box.first[2] = axes[2].first_in + k;
      box.n[2] = n;
      g_assert_cmpint (
        sag_cuda_launch_spline_rows (&box, what->source_low, what->source_high, &i, rows, NULL), ==,
        0);
      g_assert_cmpint (
        sag_cuda_launch_spline_columns (rows, n, i.n_inside, &j, lines + k * plane, NULL), ==, 0);
    }
  g_assert_cmpint (sag_cuda_launch_spline_planes (&planes, NULL), ==, 0);
  return out;
}

static void
check_case (const Case *c)
{
  g_autofree void   *voxels = make_voxels (c);
  SagResampling      what = resampling_of (c, voxels);
  gsize              n = (gsize) c->n[0] * c->n[1] * c->n[2], n_off = 0, n_fill = 0;
  g_autofree gint16 *want = g_new (gint16, n), *got = NULL;
  SagSplineAxis      axes[3];
  g_autoptr (SagResampler) resampler = sag_resampler_new (&what, c->n[2]);

  sag_resampler_get (resampler, 0, c->n[2], want);
  for (int a = 0; a < 3; a++)
    sag_spline_axis_init (&axes[a], c->dims[a], c->origin[a], c->step[a], 0, c->first[a], c->n[a]);
  got = resample (&what, c->is_float, axes);
  for (gsize v = 0; v < n; v++)
    {
      g_assert_cmpint (ABS (got[v] - want[v]), <=, 1);
      n_off += got[v] != want[v];
      n_fill += got[v] == -777;
    }
  g_test_message ("%zu of %zu voxels differ by 1, %zu are fill", n_off, n, n_fill);
  g_assert_cmpuint (n_off * 10000, <=, n);
  g_assert_cmpuint (n_fill, <, n / 2 + n % 3 + 100);
  for (int a = 0; a < 3; a++)
    sag_spline_axis_clear (&axes[a]);
}

static void
test_resample (void)
{
  for (int order = SAG_EMULATION_RISING; order <= SAG_EMULATION_FALLING; order++)
    {
      sag_emulation_set_order (order);
      for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
        check_case (&cases[i]);
    }
  sag_emulation_set_order (SAG_EMULATION_MIXED);
}

/* @order: which result axis, 0 the slowest, each buffer axis becomes. */
static void
check_area (const int order[3], const bool flip[3], const int32_t box[3], const int32_t n_out[3])
{
  static const int32_t n_buffer[] = { 50, 37, 44 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (box[0]);
  gsize              n = (gsize) n_out[0] * n_out[1] * n_out[2];
  g_autofree gint16 *planes = g_new (gint16, 50 * 37 * 44);
  g_autofree float  *want = g_new (float, n), *got = values_empty (n, SAG_CUDA_FLOAT);
  SagAreaAxis        axes[3];
  SagCudaArea        job = { .planes = planes, .n = { n_buffer[0], n_buffer[1] } };
  gint64             pitch[3], start = 0;

  for (gsize v = 0; v < 50 * 37 * 44; v++)
    planes[v] = g_rand_int_range (rand, -1000, 1001);
  for (int a = 0; a < 3; a++)
    {
      gint64 faster = 1;

      for (int b = 0; b < 3; b++)
        faster *= order[b] > order[a] ? n_out[b] : 1;
      pitch[a] = flip[a] ? -faster : faster;
      start += flip[a] ? faster * (n_out[a] - 1) : 0;
      sag_area_axis_init (&axes[a], box[a], n_out[a], flip[a], (n_buffer[a] - box[a]) / 2,
                          n_buffer[a]);
      job.axes[a] = (SagCudaAreaAxis){ n_out[a], axes[a].low, axes[a].high, axes[a].size };
      job.stride[a] = pitch[a];
    }
  job.out = got + start;
  sag_area_pool (axes, 0, n_out[2], planes, 0, n_buffer[0], n_buffer[1], pitch, want + start);
  g_assert_cmpint (sag_cuda_launch_area (&job, NULL), ==, 0);
  g_assert_cmpmem (got, n * sizeof (float), want, n * sizeof (float));
  for (int a = 0; a < 3; a++)
    sag_area_axis_clear (&axes[a]);
}

static void
test_area (void)
{
  static const int32_t boxes[][3] = { { 48, 30, 44 }, { 70, 37, 10 }, { 33, 60, 50 } };
  static const int     orders[][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 1, 2, 0 }, { 0, 2, 1 } };
  static const bool    flips[][3] = { { false, false, false }, { true, true, false } };
  static const int32_t n_out[] = { 33, 10, 36 };

  for (gsize b = 0; b < G_N_ELEMENTS (boxes); b++)
    for (gsize o = 0; o < G_N_ELEMENTS (orders); o++)
      for (gsize f = 0; f < G_N_ELEMENTS (flips); f++)
        check_area (orders[o], flips[f], boxes[b], n_out);
}

void
add_resample_tests (void)
{
  g_test_add_func ("/cuda/resample", test_resample);
  g_test_add_func ("/cuda/area", test_area);
}
