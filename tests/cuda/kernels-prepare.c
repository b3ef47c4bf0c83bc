/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/prepare-ops.h"
#include "model/prepare/components.h"
#include "model/prepare/hull.h"
#include "tests/cuda/emulation/emulation.h"
#include "tests/cuda/test-kernels.h"
#include "tests/cuda/values.h"

#include <math.h>

/* The preparation's mask, components and hulls against the host's. */

#define LOW (-100.5)
#define HIGH 250.0

static gsize
count (const int32_t dims[3])
{
  return (gsize) dims[0] * dims[1] * dims[2];
}

/* Blobs of tissue in air, with noise that makes many small components; float voxels have NaNs, too. */
static void *
make_scan (const int32_t dims[3], bool is_float, double density, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  gsize   n = count (dims);
  gint16 *ints = g_new (gint16, n);
  float  *floats = g_new (float, n);

  for (gsize v = 0; v < n; v++)
    {
      bool in = g_rand_double (rand) < density;

      ints[v] = in ? g_rand_int_range (rand, -100, 251) : g_rand_int_range (rand, -1000, -100);
      if (!in && g_rand_int_range (rand, 0, 4) == 0)
        ints[v] = 251 + g_rand_int_range (rand, 0, 900);
      floats[v] = g_rand_int_range (rand, 0, 9) == 0 ? NAN : ints[v] + 0.25f;
    }
  if (is_float)
    g_free (ints);
  else
    g_free (floats);
  return is_float ? (void *) floats : (void *) ints;
}

/* The components of one scan, on the host and by kernels. */
typedef struct
{
  int32_t           dims[3];
  void             *voxels;
  SagComponents    *host;
  guint32          *bits;
  int32_t          *row_start;
  SagCudaMask       mask;
  SagCudaComponent  largest;
  SagCudaComponents job;
} Labelled;

static void
label_scan (Labelled *l, const int32_t dims[3], bool is_float, double density, guint32 seed)
{
  gsize                           n_rows = (gsize) dims[1] * dims[2];
  G_GNUC_UNUSED g_autofree float *floats = NULL;
  SagVoxels view = { .scalar = is_float ? SAG_SCALAR_FLOAT32 : SAG_SCALAR_INT16,
                     .geometry = { .dims = { dims[0], dims[1], dims[2] } },
                     .stride = { 1, dims[0], (gint64) dims[0] * dims[1] } };
  GError   *error = NULL;

  *l = (Labelled){ .dims = { dims[0], dims[1], dims[2] } };
  l->voxels = make_scan (dims, is_float, density, seed);
  view.origin = l->voxels;
  l->host = sag_components_new_in_range (&view, LOW, HIGH, SAG_CONNECT_ALL, NULL, &error);
  g_assert_no_error (error);
  l->bits = g_new (guint32, n_rows * sag_cuda_mask_words (dims[0]));
  l->row_start = g_new (int32_t, n_rows + 1);
  l->mask = (SagCudaMask){ .voxels = l->voxels,
                           .is_float = is_float,
                           .dims = { dims[0], dims[1], dims[2] },
                           .low = LOW,
                           .high = HIGH,
                           .bits = l->bits,
                           .row_start = l->row_start };
  g_assert_cmpint (sag_cuda_launch_mask (&l->mask, NULL), ==, 0);
  l->job = (SagCudaComponents){ .dims = { dims[0], dims[1], dims[2] },
                                .bits = l->bits,
                                .row_start = l->row_start,
                                .n_runs = l->row_start[n_rows],
                                .largest = &l->largest };
  l->job.start = g_new (int32_t, l->job.n_runs);
  l->job.end = g_new (int32_t, l->job.n_runs);
  l->job.label = g_new (int32_t, l->job.n_runs);
  l->job.size = g_new (int32_t, l->job.n_runs);
  g_assert_cmpint (sag_cuda_launch_components (&l->job, NULL), ==, 0);
}

static void
labelled_clear (Labelled *l)
{
  g_free (l->voxels);
  sag_components_free (l->host);
  g_free (l->bits);
  g_free (l->row_start);
  g_free (l->job.start);
  g_free (l->job.end);
  g_free (l->job.label);
  g_free (l->job.size);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Labelled, labelled_clear)

/* Every run is where the host has it, and two have one label where they have on the host. */
static void
compare_runs (const Labelled *l)
{
  g_autofree guint32 *label_of = g_new (guint32, l->job.n_runs);
  gsize               run = 0;

  for (gsize row = 0; row < (gsize) l->dims[1] * l->dims[2]; row++)
    {
      gsize         n;
      const SagRun *runs =
        sag_components_get_runs (l->host, row % l->dims[1], row / l->dims[1], &n);

      g_assert_cmpint (l->row_start[row], ==, run);
      for (gsize r = 0; r < n; r++, run++)
        {
          g_assert_cmpint (l->job.start[run], ==, runs[r].start);
          g_assert_cmpint (l->job.end[run], ==, runs[r].end);
          if (l->job.label[run] == (gint) run)
            label_of[run] = runs[r].label;
          g_assert_cmpint (l->job.label[run], <=, run);
          g_assert_cmpuint (label_of[l->job.label[run]], ==, runs[r].label);
        }
    }
  g_assert_cmpint (l->job.n_runs, ==, run);
}

static void
compare_largest (const Labelled *l)
{
  SagComponent want = { 0 };
  guint32      label;

  if (!sag_components_find_largest (l->host, &label))
    {
      g_assert_cmpint (l->largest.n_voxels, ==, 0);
      g_assert_cmpint (l->largest.run, ==, -1);
      return;
    }
  sag_components_measure (l->host, label, &want);
  g_assert_cmpint (l->largest.n_voxels, ==, want.n_voxels);
  for (int a = 0; a < 3; a++)
    {
      g_assert_cmpint (l->largest.low[a], ==, want.low[a]);
      g_assert_cmpint (l->largest.high[a], ==, want.high[a]);
      g_assert_cmpint (l->largest.index_sum[a], ==, want.index_sum[a]);
    }
}

/* @extents of slice @s across @axis of the host's component, as hull.c takes them. */
static SagExtent *
host_extents (const Labelled *l, guint32 label, int axis, gsize s, gsize n_rows)
{
  int        row_axis = axis == 1 ? 2 : 1, at_axis = axis == 0 ? 2 : 0;
  SagExtent *extents = g_new0 (SagExtent, n_rows);

  for (gint32 k = 0; k < l->dims[2]; k++)
    for (gint32 j = 0; j < l->dims[1]; j++)
      {
        gsize         n;
        const SagRun *runs = sag_components_get_runs (l->host, j, k, &n);

        for (; n > 0; n--, runs++)
          for (gint32 i = runs->start; runs->label == label && i < runs->end; i++)
            {
              gint32     at[] = { i, j, k };
              SagExtent *extent = &extents[at[row_axis]];
              bool       empty = extent->low == extent->end;

              if (at[axis] != (gint) s)
                continue;
              extent->low = empty ? at[at_axis] : MIN (extent->low, at[at_axis]);
              extent->end = empty ? at[at_axis] + 1 : MAX (extent->end, at[at_axis] + 1);
            }
      }
  return extents;
}

static void
compare_hulls (const Labelled *l, int axis)
{
  gsize               n_slices = l->dims[axis], n_rows = l->dims[axis == 1 ? 2 : 1];
  g_autofree int32_t *extents = g_new (int32_t, n_slices * n_rows * 2);
  g_autofree int32_t *chain = g_new (int32_t, n_slices * n_rows * 4);
  g_autofree double  *measures = g_new (double, n_slices * 3);
  SagCudaHull         job = { l->job, axis, extents, chain, measures };
  guint32             label;

  if (!sag_components_find_largest (l->host, &label))
    return;
  g_assert_cmpint (sag_cuda_launch_hull (&job, NULL), ==, 0);
  for (gsize s = 0; s < n_slices; s++)
    {
      g_autofree SagExtent *rows = host_extents (l, label, axis, s, n_rows);
      double                area, centroid[2] = { 0, 0 };

      sag_hull_measure (rows, n_rows, &area, centroid);
      g_assert_cmpfloat_with_epsilon (measures[3 * s], area, 1e-9 * (1 + area));
      if (area <= 0)
        continue;
      g_assert_cmpfloat_with_epsilon (measures[3 * s + 1], centroid[0], 1e-9);
      g_assert_cmpfloat_with_epsilon (measures[3 * s + 2], centroid[1], 1e-9);
    }
}

static void
check_components (bool is_float)
{
  static const struct
  {
    int32_t dims[3];
    double  density;
  } scans[] = {
    { { 40, 20, 12 }, 0.08 }, { { 64, 9, 7 }, 0.2 }, { { 33, 70, 5 }, 0.05 },
    { { 31, 5, 30 }, 0.5 },   { { 1, 1, 1 }, 1 },    { { 96, 3, 3 }, 0.9 },
    { { 70, 8, 8 }, 0 },      { { 32, 4, 4 }, 1 },   { { 5, 90, 80 }, 0.03 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (scans); i++)
    {
      g_auto (Labelled) labelled = { { 0 } };

      label_scan (&labelled, scans[i].dims, is_float, scans[i].density, i);
      compare_runs (&labelled);
      compare_largest (&labelled);
      for (int axis = 0; axis < 3; axis++)
        compare_hulls (&labelled, axis);
    }
}

static void
test_components (void)
{
  for (int order = SAG_EMULATION_RISING; order <= SAG_EMULATION_FALLING; order++)
    {
      sag_emulation_set_order (order);
      check_components (false);
      check_components (true);
    }
  sag_emulation_set_order (SAG_EMULATION_MIXED);
}

static void
check_range (const void *voxels, bool is_float, const int32_t first[3], const int32_t n[3])
{
  SagCudaBox box = { voxels, is_float, { 40, 12, 9 }, { 0 }, { 0 } };
  float      range[2], want[2] = { 0, 0 };

  for (int a = 0; a < 3; a++)
    {
      box.first[a] = first[a];
      box.n[a] = n[a];
    }
  for (gint32 k = first[2]; k < first[2] + n[2]; k++)
    for (gint32 j = first[1]; j < first[1] + n[1]; j++)
      for (gint32 i = first[0]; i < first[0] + n[0]; i++)
        {
          gsize at = ((gsize) k * 12 + j) * 40 + i;
          float value = is_float ? ((const float *) voxels)[at] : ((const gint16 *) voxels)[at];

          want[0] = value < want[0] ? value : want[0];
          want[1] = value > want[1] ? value : want[1];
        }
  g_assert_cmpint (sag_cuda_launch_range (&box, range, NULL), ==, 0);
  g_assert_cmpfloat (range[0], ==, want[0]);
  g_assert_cmpfloat (range[1], ==, want[1]);
}

static void
test_range (void)
{
  const int32_t dims[] = { 40, 12, 9 }, one[] = { 1, 1, 1 }, none[] = { 0, 0, 0 };

  for (int is_float = 0; is_float < 2; is_float++)
    for (guint32 seed = 0; seed < 20; seed++)
      {
        g_autofree void *voxels = make_scan (dims, is_float, 0.3, seed);
        const int32_t    at[] = { seed, seed / 2, seed / 3 };

        check_range (voxels, is_float, none, dims);
        check_range (voxels, is_float, at, one);
        check_range (voxels, is_float, at, (int32_t[]){ 20, 2, 3 });
        check_range (voxels, is_float, at, (int32_t[]){ 5, 0, 3 });
      }
}

void
add_prepare_tests (void)
{
  g_test_add_func ("/cuda/components", test_components);
  g_test_add_func ("/cuda/range", test_range);
}
