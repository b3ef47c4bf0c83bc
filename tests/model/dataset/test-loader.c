/* SPDX-License-Identifier: Apache-2.0 */
/* Sampling, augmentation and loading: functions of seed and place, whatever the threads do. */
#include "model/core/random.h"
#include "model/dataset/augment.h"
#include "model/dataset/loader.h"
#include "tests/model/dataset/data-fixture.h"
#include "tests/support/test.h"

#include <math.h>

#define N_SCANS 4

static gboolean
same (const SagLoadedScan *a, const SagLoadedScan *b, const SagSampleGrid *grid)
{
  gsize n_input = sag_sample_grid_n_input (grid), n_cells = sag_sample_grid_n_cells (grid);

  if (a->place != b->place || a->scan != b->scan || a->n != b->n)
    return FALSE;
  for (gsize i = 0; i < a->n; i++)
    if (a->items[i] != b->items[i])
      return FALSE;
  for (gsize v = 0; v < n_input; v++)
    if (fabsf (a->input[v] - b->input[v]) > 0)
      return FALSE;
  for (gsize c = 0; c < a->n * n_cells; c++)
    if (fabsf (a->targets[c] - b->targets[c]) > 0)
      return FALSE;
  return TRUE;
}

/* One thread or three, from the start or from the middle: the same scans in the same order. */
static void
test_threads (void)
{
  g_auto (DataFixture) data = { 0 };
  g_autoptr (SagIndex) index = NULL;
  g_autoptr (SagSampler) sampler = NULL;
  g_autoptr (SagLoader) loader = NULL;
  g_autoptr (SagLoader) later = NULL;
  g_autoptr (GError) error = NULL;
  SagLoaderOptions options = { .augment = TRUE, .seed = 5, .ahead = 3, .n_threads = 3 };
  double           waited = 0;

  data_fixture_init (&data, N_SCANS);
  index = data_fixture_index (&data);
  sampler = sag_sampler_new (index, SAG_SAMPLING_MANIFEST, 3, 5);
  loader = sag_loader_new (data.store, index, sampler, &options);
  options.first = 4;
  options.n_threads = 1;
  later = sag_loader_new (data.store, index, sampler, &options);
  for (guint64 place = 0; place < 10; place++)
    {
      g_autoptr (SagLoadedScan) loaded = sag_loader_next (loader, &waited, &error);
      g_autoptr (SagLoadedScan) alone =
        sag_load_scan (data.store, index, sampler, &options, place, &error);
      g_autoptr (SagLoadedScan) resumed = NULL;

      g_assert_no_error (error);
      g_assert_true (same (loaded, alone, &data.grid));
      if (place < 4)
        continue;
      resumed = sag_loader_next (later, &waited, &error);
      g_assert_true (same (loaded, resumed, &data.grid));
    }
}

static void
test_epochs (void)
{
  g_auto (DataFixture) data = { 0 };
  g_autoptr (SagIndex) index = NULL;
  g_autoptr (SagSampler) sampler = NULL;
  guint    n_same_order = 0;
  gsize    items[4], n, before[N_SCANS] = { 0 };
  gboolean seen[N_SCANS];

  data_fixture_init (&data, N_SCANS);
  index = data_fixture_index (&data);
  sampler = sag_sampler_new (index, SAG_SAMPLING_MANIFEST, 2, 1);
  for (guint64 epoch = 0; epoch < 20; epoch++)
    {
      gboolean as_before = TRUE;

      for (gsize s = 0; s < N_SCANS; s++)
        seen[s] = FALSE;
      for (gsize s = 0; s < N_SCANS; s++)
        {
          gsize scan = sag_sampler_draw (sampler, epoch * N_SCANS + s, items, &n);

          g_assert_false (seen[scan]);
          seen[scan] = TRUE;
          as_before = as_before && scan == before[s];
          before[s] = scan;
          g_assert_cmpuint (n, ==, 2);
          g_assert_cmpuint (items[0], !=, items[1]);
        }
      n_same_order += as_before;
    }
  g_assert_cmpuint (n_same_order, <, 10);
}

/* 40 scans with two questions each, of which one is positive once in ten scans: drawn about as often as not. */
static void
test_balance (void)
{
  g_auto (DataFixture) data = { 0 };
  g_autoptr (GString) rows = g_string_new ("question,img_file_path,label,split\n");
  g_autoptr (SagDataset) dataset = NULL;
  g_autoptr (SagIndex) index = NULL;
  g_autoptr (SagSampler) sampler = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  guint drawn[3][2] = { { 0 } };

  data_fixture_init (&data, 0);
  for (int s = 0; s < 40; s++)
    for (int q = 0; q < 3; q++)
      g_string_append_printf (rows, "Diagnose the presence of finding %c,%d.nii,%d,train\n",
                              'a' + q, s, q == 0 ? s % 10 == 0 : s % 2);
  path = g_build_filename (data.folder, "rare.csv", NULL);
  g_assert_true (g_file_set_contents (path, rows->str, -1, NULL));
  dataset = sag_dataset_load (path, &error);
  g_assert_no_error (error);
  index = sag_index_new (dataset, SAG_SPLIT_TRAIN);
  sampler = sag_sampler_new (index, SAG_SAMPLING_BALANCED, 1, 3);
  for (guint64 place = 0; place < 4000; place++)
    {
      gsize               item, n;
      const SagIndexScan *scan =
        sag_index_get_scan (index, sag_sampler_draw (sampler, place, &item, &n));

      drawn[scan->items[item].task][scan->items[item].positive]++;
    }
  /* A tenth of the scans has the rare positive, so that it cannot be more than a tenth of the draws; it nearly is. */
  g_assert_cmpuint (drawn[0][1], >, 300);
  for (int q = 0; q < 3; q++)
    g_assert_cmpuint (drawn[q][0], >, 400);
  for (int q = 1; q < 3; q++)
    g_assert_cmpuint (drawn[q][1], >, 400);
}

/* Rows that stand there ten times: one item, which weighs ten times as much, never twice in a draw, and whose scan
 * comes ten times in an epoch. */
static void
test_repeated_rows (void)
{
  g_auto (DataFixture) data = { 0 };
  g_autoptr (GString) rows = g_string_new ("question,img_file_path,label,split,mask_file_path\n");
  g_autoptr (SagDataset) dataset = NULL;
  g_autoptr (SagIndex) index = NULL;
  g_autoptr (SagSampler) sampler = NULL;
  g_autoptr (SagSampler) balanced = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  guint n_visits = 0, n_nodules = 0, n_others = 0;

  data_fixture_init (&data, 0);
  for (int s = 0; s < 10; s++)
    for (int q = 0; q < 8; q++)
      g_string_append_printf (rows, "Diagnose the presence of finding %c,%d.nii,%d,train,\n",
                              'a' + q, s, s % 2);
  for (int k = 0; k < 10; k++)
    g_string_append (rows, "Segment nodules in the image.,3.nii,,train,m.nii\n");
  path = g_build_filename (data.folder, "repeated.csv", NULL);
  g_assert_true (g_file_set_contents (path, rows->str, -1, NULL));
  dataset = sag_dataset_load (path, &error);
  g_assert_no_error (error);
  index = sag_index_new (dataset, SAG_SPLIT_TRAIN);
  g_assert_cmpuint (sag_index_get_n_items (index), ==, 81);
  sampler = sag_sampler_new (index, SAG_SAMPLING_MANIFEST, 4, 3);
  balanced = sag_sampler_new (index, SAG_SAMPLING_BALANCED, 4, 3);
  g_assert_cmpuint (sag_sampler_get_n_visits (sampler), ==, 19);
  g_assert_cmpuint (sag_sampler_get_n_visits (balanced), ==, 10);
  for (guint64 place = 0; place < 1900; place++)
    {
      gsize               items[4], n;
      const SagIndexScan *scan =
        sag_index_get_scan (index, sag_sampler_draw (sampler, place, items, &n));
      guint n_here = 0;

      g_assert_cmpuint (n, ==, 4);
      for (gsize i = 0; i < n; i++)
        n_here += scan->items[items[i]].count == 10;
      g_assert_cmpuint (n_here, <=, 1);
      n_visits += scan->n_items == 9;
      n_nodules += n_here;
      n_others += scan->n_items == 9 && scan->items[items[0]].count != 10;
    }
  g_assert_cmpuint (n_visits, ==, 1000);
  /* 10 of 18 at the first of four draws, 10 of 17 at the next if not: 99 in 100 */
  g_assert_cmpuint (n_nodules, >, 900);
  g_assert_cmpuint (n_others, >, 200);
}

/* Other words for the same thing share its part: the catalogue knows findings, and values of masks tell structures. */
static void
test_subjects (void)
{
  g_auto (DataFixture) data = { 0 };
  static const char text[] =
    "question,img_file_path,label,split,mask_file_path,mask_values\n"
    "Diagnose the presence of pleural effusion around the lungs,a.nii,1,train,,\n"
    "Is there pleural effusion around the lungs?,a.nii,1,train,,\n"
    "Diagnose the presence of cardiomegaly in the heart,a.nii,1,train,,\n"
    "Segment lungs in the image.,a.nii,,train,m.nii,10;11\n"
    "Show both of the bellows.,a.nii,,train,m.nii,10;11\n"
    "Segment heart in the image.,a.nii,,train,m.nii,51\n"
    "Segment odds in the image.,a.nii,,train,m.nii,\n"
    "Segment ends in the image.,a.nii,,train,n.nii,\n";
  static const guint wanted[] = { 0, 0, 2, 3, 3, 5, 6, 7 };
  g_autoptr (SagDataset) dataset = NULL;
  g_autoptr (SagIndex) index = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  data_fixture_init (&data, 0);
  path = g_build_filename (data.folder, "words.csv", NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  dataset = sag_dataset_load (path, &error);
  g_assert_no_error (error);
  index = sag_index_new (dataset, SAG_SPLIT_TRAIN);
  g_assert_cmpuint (sag_index_get_n_tasks (index), ==, G_N_ELEMENTS (wanted));
  for (gsize t = 0; t < G_N_ELEMENTS (wanted); t++)
    g_assert_cmpuint (sag_index_get_task (index, t)->subject, ==, wanted[t]);
}

static void
test_draws (void)
{
  guint n_moves = 0, n_noise = 0, n_shift = 0;

  for (guint64 place = 0; place < 2000; place++)
    {
      SagAugmentation a, again;
      double          determinant;

      sag_augmentation_draw (&a, 9, place);
      sag_augmentation_draw (&again, 9, place);
      g_assert_cmpmem (a.to_source, sizeof a.to_source, again.to_source, sizeof again.to_source);
      determinant =
        a.to_source[0][0] *
          (a.to_source[1][1] * a.to_source[2][2] - a.to_source[1][2] * a.to_source[2][1]) -
        a.to_source[0][1] *
          (a.to_source[1][0] * a.to_source[2][2] - a.to_source[1][2] * a.to_source[2][0]) +
        a.to_source[0][2] *
          (a.to_source[1][0] * a.to_source[2][1] - a.to_source[1][1] * a.to_source[2][0]);
      g_assert_cmpfloat (determinant, >=, pow (1 / 1.1, 3) - 1e-9);
      g_assert_cmpfloat (determinant, <=, pow (1 / 0.9, 3) + 1e-9);
      for (int i = 0; i < 3;
           i++) /* three rotations of 15 degrees turn no axis by more than 26 or so */
        g_assert_cmpfloat (a.to_source[i][i] / cbrt (determinant), >, 0.85);
      g_assert_cmpfloat (fabsf (a.shift), <=, 0.01f);
      n_moves += a.moves;
      n_noise += a.noise > 0;
      n_shift += fabsf (a.shift) > 0;
    }
  g_assert_cmpuint (n_moves, >, 1400);
  g_assert_cmpuint (n_moves, <, 1600);
  g_assert_cmpuint (n_noise, >, 900);
  g_assert_cmpuint (n_noise, <, 1100);
  g_assert_cmpuint (n_shift, >, 900);
  g_assert_cmpuint (n_shift, <, 1100);
}

/* A ball, off the middle, in image and labels alike: it goes where the matrix says, in both. */
static void
test_together (void)
{
  g_auto (DataFixture) data = { 0 };
  const SagSampleGrid *grid;
  g_autofree gint16   *source = NULL;
  g_autofree float    *input = NULL;
  guint8               members[1][256] = { { 0 } };
  SagLabelMap          labels = { .n_sets = 1, .members = members };
  g_autoptr (SagLabelMap) moved = NULL;
  SagAugmentation augmentation = { .moves = TRUE };
  double          centre[3] = { 60, -40, 50 }, found[3] = { 0 }, wanted[3], sum = 0;
  double          turn = 0.2, n_label = 0, found_label[3] = { 0 };
  gsize           at = 0;

  data_fixture_init (&data, 0);
  grid = &data.grid;
  members[0][2] = 1;
  source = g_new (gint16, sag_sample_grid_n_source (grid));
  for (gint32 x = 0; x < grid->source[0]; x++)
    for (gint32 y = 0; y < grid->source[1]; y++)
      for (gint32 z = 0; z < grid->source[2]; z++)
        source[at++] = hypot (hypot ((x - (grid->source[0] - 1) / 2.0) * 6 - centre[0],
                                     (y - (grid->source[1] - 1) / 2.0) * 5 - centre[1]),
                              (z - (grid->source[2] - 1) / 2.0) * 4 - centre[2]) < 30
                         ? 1000
                         : -1000;
  for (int a = 0; a < 3; a++)
    labels.dims[a] = grid->source[a] * grid->fine;
  at = 0;
  labels.voxels = g_malloc ((gsize) labels.dims[0] * labels.dims[1] * labels.dims[2]);
  for (gint32 x = 0; x < labels.dims[0]; x++)
    for (gint32 y = 0; y < labels.dims[1]; y++)
      for (gint32 z = 0; z < labels.dims[2]; z++)
        labels.voxels[at++] = hypot (hypot ((x - (labels.dims[0] - 1) / 2.0) * 3 - centre[0],
                                            (y - (labels.dims[1] - 1) / 2.0) * 2.5 - centre[1]),
                                     (z - (labels.dims[2] - 1) / 2.0) * 2 - centre[2]) < 30
                                ? 2
                                : 0;
  /* source = matrix result: turned about z, and zoomed by 1.1 */
  augmentation.to_source[0][0] = augmentation.to_source[1][1] = cos (turn) / 1.1;
  augmentation.to_source[0][1] = -sin (turn) / 1.1;
  augmentation.to_source[1][0] = sin (turn) / 1.1;
  augmentation.to_source[2][2] = 1 / 1.1;
  wanted[0] = (cos (turn) * centre[0] + sin (turn) * centre[1]) * 1.1;
  wanted[1] = (-sin (turn) * centre[0] + cos (turn) * centre[1]) * 1.1;
  wanted[2] = centre[2] * 1.1;
  input = g_new (float, sag_sample_grid_n_input (grid));
  sag_augment_image (grid, &augmentation, source, input);
  moved = sag_augment_labels (grid, &augmentation, &labels);
  at = 0;
  for (gint32 x = 0; x < grid->input[0]; x++)
    for (gint32 y = 0; y < grid->input[1]; y++)
      for (gint32 z = 0; z < grid->input[2]; z++)
        {
          double place[3] = { (x - 31.5) * 6, (y - 31.5) * 5, (z - 31.5) * 4 };

          for (int a = 0; a < 3; a++)
            found[a] += input[at] * place[a];
          sum += input[at++];
        }
  at = 0;
  for (gint32 x = 0; x < moved->dims[0]; x++)
    for (gint32 y = 0; y < moved->dims[1]; y++)
      for (gint32 z = 0; z < moved->dims[2]; z++)
        if (moved->voxels[at++] == 2)
          {
            double place[3] = { (x - 63.5) * 3, (y - 63.5) * 2.5, (z - 63.5) * 2 };

            for (int a = 0; a < 3; a++)
              found_label[a] += place[a];
            n_label++;
          }
  for (int a = 0; a < 3; a++)
    {
      g_assert_cmpfloat_with_epsilon (found[a] / sum, wanted[a], 0.3);
      g_assert_cmpfloat_with_epsilon (found_label[a] / n_label, wanted[a], 0.3);
    }
  g_assert_cmpfloat_with_epsilon (n_label * 3 * 2.5 * 2, 4.0 / 3 * G_PI * pow (33, 3), 2500);
  g_assert_cmpfloat_with_epsilon (sum * 6 * 5 * 4, 4.0 / 3 * G_PI * pow (33, 3), 5000);
  g_free (labels.voxels);
}

/* A matrix that changes nothing gives the network what inference does, to the half Hounsfield unit of the source. */
static void
test_identity (void)
{
  g_auto (DataFixture) data = { 0 };
  g_autofree char   *path = NULL;
  g_autofree float  *exact = NULL;
  g_autofree float  *moved = NULL;
  g_autofree gint16 *source = NULL;
  g_autoptr (GError) error = NULL;
  SagAugmentation nothing = { .moves = TRUE };
  gsize           n;

  data_fixture_init (&data, 1);
  n = sag_sample_grid_n_input (&data.grid);
  for (int a = 0; a < 3; a++)
    nothing.to_source[a][a] = 1;
  path = g_build_filename (data.folder, "p0.nii.gz", NULL);
  exact = g_new (float, n);
  moved = g_new (float, n);
  g_assert_true (sag_scan_store_read_input (data.store, path, exact, &error));
  source = sag_scan_store_dup_source (data.store, path, &error);
  g_assert_no_error (error);
  sag_augment_image (&data.grid, &nothing, source, moved);
  for (gsize v = 0; v < n; v++)
    g_assert_cmpfloat_with_epsilon (moved[v], exact[v], 0.51 / 2000 + 1e-5);
}

/* Turned and made smaller, so that rows leave the source on all sides: every label is that of the nearest voxel, the
 * border going on. A thousandth from halfway either neighbour will do. */
static void
test_nearest (void)
{
  g_auto (DataFixture) data = { 0 };
  const SagSampleGrid *grid;
  guint8               members[1][256] = { { 0 } };
  SagLabelMap          labels = { .n_sets = 1, .members = members };
  g_autoptr (SagLabelMap) moved = NULL;
  g_autofree guint8 *voxels = NULL;
  SagAugmentation    turn = { .moves = TRUE };
  const double       size[3] = { 3, 2.5, 2 }; /* mm a label */
  gsize              n_beyond = 0, n = 0, at = 0;

  data_fixture_init (&data, 0);
  grid = &data.grid;
  for (int a = 0; a < 3; a++)
    labels.dims[a] = grid->source[a] * grid->fine;
  n = (gsize) labels.dims[0] * labels.dims[1] * labels.dims[2];
  labels.voxels = voxels = g_malloc (n);
  for (gsize v = 0; v < n; v++)
    voxels[v] = (guint8) sag_random_hash (3, v);
  turn.to_source[0][0] = turn.to_source[1][1] = cos (0.3) * 1.6;
  turn.to_source[0][1] = -sin (0.3) * 1.6;
  turn.to_source[1][0] = sin (0.3) * 1.6;
  turn.to_source[2][2] = -1.6;
  moved = sag_augment_labels (grid, &turn, &labels);
  for (gint32 x = 0; x < moved->dims[0]; x++)
    for (gint32 y = 0; y < moved->dims[1]; y++)
      for (gint32 z = 0; z < moved->dims[2]; z++)
        {
          double   place[3] = { (x - (moved->dims[0] - 1) / 2.0) * size[0],
                                (y - (moved->dims[1] - 1) / 2.0) * size[1],
                                (z - (moved->dims[2] - 1) / 2.0) * size[2] };
          gsize    index = 0;
          gboolean is_tie = FALSE, is_beyond = FALSE;

          for (int a = 0; a < 3; a++)
            {
              double where = (labels.dims[a] - 1) / 2.0;
              double most = labels.dims[a] - 1;

              for (int b = 0; b < 3; b++)
                where += turn.to_source[a][b] * place[b] / size[a];
              is_beyond |= where < -0.5 || where > most + 0.5;
              is_tie |= fabs (where + 0.5 - nearbyint (where + 0.5)) < 1e-3;
              index = index * (gsize) labels.dims[a] + (gsize) lrint (CLAMP (where, 0, most));
            }
          n_beyond += is_beyond;
          if (!is_tie)
            g_assert_cmpint (moved->voxels[at], ==, voxels[index]);
          at++;
        }
  g_assert_cmpint (n_beyond, >, at / 4);
  g_assert_cmpint (n_beyond, <, at * 3 / 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loader/threads", test_threads);
  g_test_add_func ("/sampler/epochs", test_epochs);
  g_test_add_func ("/sampler/balance", test_balance);
  g_test_add_func ("/sampler/repeated-rows", test_repeated_rows);
  g_test_add_func ("/sampler/subjects", test_subjects);
  g_test_add_func ("/augment/draws", test_draws);
  g_test_add_func ("/augment/together", test_together);
  g_test_add_func ("/augment/identity", test_identity);
  g_test_add_func ("/augment/nearest", test_nearest);
  return g_test_run ();
}
