/* SPDX-License-Identifier: Apache-2.0 */
#include "model/prepare/components.h"

#include "model/core/error.h"
#include "model/core/pool.h"

typedef struct
{
  gint32  dims[3];
  guint8 *voxels; /* i fastest */
  gint32 *labels; /* by flood fill: in memory order, -1 outside */
  gint32  n_labels;
} Mask;

static gsize
mask_index (const Mask *mask, gint32 i, gint32 j, gint32 k)
{
  return i + (gsize) mask->dims[0] * (j + (gsize) mask->dims[1] * k);
}

static void
mask_init (Mask *mask, gint32 ni, gint32 nj, gint32 nk, double density, GRand *rand)
{
  gsize n = (gsize) ni * nj * nk;

  *mask = (Mask){ { ni, nj, nk }, g_new0 (guint8, n), g_new (gint32, n), 0 };
  for (gsize v = 0; v < n; v++)
    mask->voxels[v] = rand != NULL && g_rand_double (rand) < density;
}

static void
mask_clear (Mask *mask)
{
  g_free (mask->voxels);
  g_free (mask->labels);
}

static void
mask_row (gint32 j, gint32 k, guint64 *bits, gpointer data)
{
  const Mask *mask = data;

  memset (bits, 0xff, (mask->dims[0] + 63) / 64 * sizeof *bits); /* junk beyond ni is allowed */
  for (gint32 i = 0; i < mask->dims[0]; i++)
    if (!mask->voxels[mask_index (mask, i, j, k)])
      bits[i / 64] &= ~(G_GUINT64_CONSTANT (1) << i % 64);
}

static void
flood (Mask *mask, gsize seed, SagConnectivity connectivity)
{
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (gsize));

  g_array_append_val (stack, seed);
  mask->labels[seed] = mask->n_labels;
  while (stack->len > 0)
    {
      gsize  v = g_array_index (stack, gsize, stack->len - 1);
      gint32 at[3] = { v % mask->dims[0], v / mask->dims[0] % mask->dims[1],
                       v / mask->dims[0] / mask->dims[1] };

      g_array_set_size (stack, stack->len - 1);
      for (gint d = 0; d < 27; d++)
        {
          gint32   step[3] = { d % 3 - 1, d / 3 % 3 - 1, d / 9 - 1 }, to[3];
          gboolean inside = TRUE;

          for (guint a = 0; a < 3; a++)
            {
              to[a] = at[a] + step[a];
              inside &= to[a] >= 0 && to[a] < mask->dims[a];
            }
          if (!inside || (connectivity == SAG_CONNECT_FACES &&
                          ABS (step[0]) + ABS (step[1]) + ABS (step[2]) != 1))
            continue;
          v = mask_index (mask, to[0], to[1], to[2]);
          if (mask->voxels[v] && mask->labels[v] < 0)
            {
              mask->labels[v] = mask->n_labels;
              g_array_append_val (stack, v);
            }
        }
    }
  mask->n_labels++;
}

static void
flood_all (Mask *mask, SagConnectivity connectivity)
{
  gsize n = (gsize) mask->dims[0] * mask->dims[1] * mask->dims[2];

  for (gsize v = 0; v < n; v++)
    mask->labels[v] = -1;
  mask->n_labels = 0;
  for (gsize v = 0; v < n; v++)
    if (mask->voxels[v] && mask->labels[v] < 0)
      flood (mask, v, connectivity);
}

/* The runs hold exactly the labels of the flood fill. */
static void
assert_same_labels (const Mask *mask, const SagComponents *components)
{
  g_assert_cmpuint (sag_components_get_n (components), ==, mask->n_labels);
  for (gint32 k = 0; k < mask->dims[2]; k++)
    for (gint32 j = 0; j < mask->dims[1]; j++)
      {
        gsize         n_runs;
        const SagRun *run = sag_components_get_runs (components, j, k, &n_runs);
        const SagRun *end = run + n_runs;

        for (gint32 i = 0; i < mask->dims[0]; i++)
          {
            gboolean inside;

            while (run < end && i >= run->end)
              run++;
            inside = run < end && i >= run->start;
            g_assert_cmpint (inside ? (gint32) run->label : -1, ==,
                             mask->labels[mask_index (mask, i, j, k)]);
          }
      }
}

static void
assert_same_measures (const Mask *mask, const SagComponents *components, guint32 label)
{
  SagComponent m, expected = { 0, { G_MAXINT32, G_MAXINT32, G_MAXINT32 }, { 0 }, { 0 } };

  for (gint32 k = 0; k < mask->dims[2]; k++)
    for (gint32 j = 0; j < mask->dims[1]; j++)
      for (gint32 i = 0; i < mask->dims[0]; i++)
        if (mask->labels[mask_index (mask, i, j, k)] == (gint32) label)
          {
            gint32 at[3] = { i, j, k };

            expected.n_voxels++;
            for (guint a = 0; a < 3; a++)
              {
                expected.low[a] = MIN (expected.low[a], at[a]);
                expected.high[a] = MAX (expected.high[a], at[a] + 1);
                expected.index_sum[a] += at[a];
              }
          }
  sag_components_measure (components, label, &m);
  g_assert_cmpint (m.n_voxels, ==, expected.n_voxels);
  g_assert_cmpint (sag_components_get_size (components, label), ==, expected.n_voxels);
  for (guint a = 0; a < 3; a++)
    {
      g_assert_cmpint (m.low[a], ==, expected.low[a]);
      g_assert_cmpint (m.high[a], ==, expected.high[a]);
      g_assert_cmpint (m.index_sum[a], ==, expected.index_sum[a]);
    }
}

static void
test_flood (gconstpointer data)
{
  SagConnectivity     connectivity = GPOINTER_TO_INT (data);
  static const gint32 sizes[][3] = {
    { 1, 1, 1 }, { 64, 3, 5 }, { 65, 7, 19 }, { 130, 9, 40 }, { 5, 40, 2 }
  };
  static const double densities[] = { 0.02, 0.1, 0.3, 0.6, 1 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (guint d = 0; d < G_N_ELEMENTS (densities); d++)
      {
        g_autoptr (SagComponents) components = NULL;
        g_autoptr (GError) error = NULL;
        guint32 label;
        Mask    mask;

        mask_init (&mask, sizes[s][0], sizes[s][1], sizes[s][2], densities[d], rand);
        flood_all (&mask, connectivity);
        components = sag_components_new (mask.dims, connectivity, mask_row, &mask, NULL, &error);
        g_assert_no_error (error);
        assert_same_labels (&mask, components);
        if (sag_components_find_largest (components, &label))
          assert_same_measures (&mask, components, label);
        else
          g_assert_cmpint (mask.n_labels, ==, 0);
        mask_clear (&mask);
      }
}

/* Three single voxels: memory order says the first, C order of [i, j, k] says the second. */
static void
test_tie (void)
{
  g_autoptr (SagComponents) components = NULL;
  g_autoptr (GError) error = NULL;
  SagComponent m;
  guint32      label;
  Mask         mask;

  mask_init (&mask, 9, 9, 9, 0, NULL);
  mask.voxels[mask_index (&mask, 6, 0, 0)] = 1;
  mask.voxels[mask_index (&mask, 2, 4, 5)] = 1;
  mask.voxels[mask_index (&mask, 2, 6, 3)] = 1;
  components = sag_components_new (mask.dims, SAG_CONNECT_ALL, mask_row, &mask, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (sag_components_find_largest (components, &label));
  sag_components_measure (components, label, &m);
  g_assert_cmpint (m.low[0], ==, 2);
  g_assert_cmpint (m.low[1], ==, 4);
  g_assert_cmpint (m.low[2], ==, 5);
  mask_clear (&mask);
}

static void
test_empty (void)
{
  g_autoptr (SagComponents) components = NULL;
  g_autoptr (GError) error = NULL;
  guint32 label;
  Mask    mask;

  mask_init (&mask, 70, 4, 4, 0, NULL);
  components = sag_components_new (mask.dims, SAG_CONNECT_ALL, mask_row, &mask, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sag_components_get_n (components), ==, 0);
  g_assert_false (sag_components_find_largest (components, &label));
  mask_clear (&mask);
}

/* The int16 and the general row writer agree, whatever the strides. */
static void
test_range (void)
{
  const gint32 dims[3] = { 131, 11, 6 };
  const double lows[] = { -148, -148.5, -1e9, 40000, 0.5 },
               highs[] = { 1e9, 250, -147.5, 50000, 0.25 };
  gsize              n = (gsize) dims[0] * dims[1] * dims[2];
  g_autofree gint16 *hu = g_new (gint16, n);
  g_autofree float  *hu_float = g_new (float, n);
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  SagVoxels int16 = { hu, SAG_SCALAR_INT16, { 1, dims[0], dims[0] * dims[1] } }, floats = int16;

  for (gsize v = 0; v < n; v++)
    {
      hu[v] = v % 50 == 0 ? (v % 100 == 0 ? G_MAXINT16 : G_MININT16)
                          : g_rand_int_range (rand, -152, -144);
      hu_float[v] = hu[v];
    }
  memcpy (int16.geometry.dims, dims, sizeof dims);
  floats = int16;
  floats.origin = hu_float;
  floats.scalar = SAG_SCALAR_FLOAT32;
  for (guint r = 0; r < G_N_ELEMENTS (lows); r++)
    {
      SagVoxels mirrored = int16;
      g_autoptr (SagComponents) a =
        sag_components_new_in_range (&int16, lows[r], highs[r], SAG_CONNECT_FACES, NULL, NULL);
      g_autoptr (SagComponents) b =
        sag_components_new_in_range (&floats, lows[r], highs[r], SAG_CONNECT_FACES, NULL, NULL);
      g_autoptr (SagComponents) c = NULL;

      mirrored.origin = hu + dims[0] - 1;
      mirrored.stride[0] = -1;
      c = sag_components_new_in_range (&mirrored, lows[r], highs[r], SAG_CONNECT_FACES, NULL, NULL);
      g_assert_cmpuint (sag_components_get_n (a), ==, sag_components_get_n (c));
      for (gint32 k = 0; k < dims[2]; k++)
        for (gint32 j = 0; j < dims[1]; j++)
          {
            gsize         n_a, n_b, n_c;
            const SagRun *run_a = sag_components_get_runs (a, j, k, &n_a);
            const SagRun *run_b = sag_components_get_runs (b, j, k, &n_b);
            const SagRun *run_c = sag_components_get_runs (c, j, k, &n_c);

            g_assert_cmpmem (run_a, n_a * sizeof *run_a, run_b, n_b * sizeof *run_b);
            g_assert_cmpuint (n_a, ==, n_c);
            for (gsize i = 0; i < n_a; i++)
              g_assert_cmpint (run_a[i].start, ==, dims[0] - run_c[n_c - 1 - i].end);
          }
    }
}

static void
test_limits (void)
{
  const gint32 huge[3] = { 2048, 2048, 1024 }, small[3] = { 9, 9, 9 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Mask mask;

  mask_init (&mask, 9, 9, 9, 0, NULL);
  g_assert_null (sag_components_new (huge, SAG_CONNECT_ALL, mask_row, &mask, NULL, &error));
  g_assert_error (error, SAG_ERROR, SAG_ERROR_LIMIT);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_null (sag_components_new (small, SAG_CONNECT_ALL, mask_row, &mask, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  mask_clear (&mask);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/prepare/components/flood-faces", GINT_TO_POINTER (SAG_CONNECT_FACES),
                        test_flood);
  g_test_add_data_func ("/prepare/components/flood-all", GINT_TO_POINTER (SAG_CONNECT_ALL),
                        test_flood);
  g_test_add_func ("/prepare/components/tie", test_tie);
  g_test_add_func ("/prepare/components/empty", test_empty);
  g_test_add_func ("/prepare/components/range", test_range);
  g_test_add_func ("/prepare/components/limits", test_limits);
  return g_test_run ();
}
