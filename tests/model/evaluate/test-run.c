/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/answer/fake-engine.h"

#include "model/bundle/create.h"
#include "model/bundle/vision-key.h"
#include "model/dataset/read.h"
#include "model/evaluate/run.h"
#include "model/evaluate/scan-cache.h"
#include "model/phantom/phantom.h"
#include "model/volume/nifti.h"
#include "tests/support/test.h"

#include <string.h>

#define N_SCANS 3
#define QUESTION "Diagnose the presence of pleural effusion around the lungs"

/* Seed 1 with two text layers and with three, which see alike, and seed 2. */
enum
{
  MODEL_A,
  MODEL_B,
  MODEL_OTHER,
  N_MODELS
};

typedef struct
{
  char       *folder;
  SagDataset *dataset;
  SagBundle  *bundles[N_MODELS];
  FakeEngine  fakes[N_MODELS];
  SagEngine  *engines[N_MODELS];
} Fixture;

/* An answer that hangs on the tokens. */
static float
class_logit (const SagAskRequest *request, int t, gpointer data)
{
  return request->tokens[0] + request->tokens[request->n_tokens];
}

static SagBundle *
make_bundle (const char *folder, guint64 seed, gint32 text_layers)
{
  const SagBundleCreate create = { .seed = seed,
                                   .text_layers = text_layers,
                                   .source = { .recipe = "upstream" } };
  g_autofree char      *name = g_strdup_printf ("%u-%d", (guint) seed, text_layers);
  g_autofree char      *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  SagBundle *bundle = sag_bundle_create (&create, path, &error);

  g_assert_no_error (error);
  return bundle;
}

static SagDataset *
make_dataset (const char *folder)
{
  g_autoptr (GString) table = g_string_new ("question,img_file_path,label,split\n");
  g_autofree char *path = g_build_filename (folder, "table.csv", NULL);
  g_autoptr (GError) error = NULL;
  SagDataset *dataset;

  for (guint s = 0; s < N_SCANS; s++)
    {
      SagPhantomOptions options = { .seed = s, .spacing_mm = { 6, 6, 6 } };
      g_autoptr (SagPhantom) phantom = sag_phantom_new (&options);
      g_autofree char *name = g_strdup_printf ("%u.nii", s);
      g_autofree char *file = g_build_filename (folder, name, NULL);

      sag_nifti_save (file, sag_volume_get_geometry (phantom->image), SAG_NIFTI_INT16,
                      sag_volume_get_int16 (phantom->image), NULL, NULL, &error);
      g_assert_no_error (error);
      g_string_append_printf (table, QUESTION ",%s,%u,test\n", name, s % 2);
    }
  g_assert_true (g_file_set_contents (path, table->str, -1, NULL));
  dataset = sag_dataset_load (path, &error);
  g_assert_no_error (error);
  return dataset;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = sag_test_dup_folder ();
  fixture->dataset = make_dataset (fixture->folder);
  for (int m = 0; m < N_MODELS; m++)
    {
      fixture->bundles[m] =
        make_bundle (fixture->folder, m == MODEL_OTHER ? 2 : 1, m == MODEL_B ? 3 : 2);
      fixture->fakes[m].class_logit = class_logit;
      fixture->engines[m] = fake_engine_open (&fixture->fakes[m], fixture->bundles[m]);
    }
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  for (int m = 0; m < N_MODELS; m++)
    {
      sag_engine_close (fixture->engines[m]);
      sag_bundle_unref (fixture->bundles[m]);
    }
  sag_dataset_unref (fixture->dataset);
  sag_test_remove_folder (fixture->folder);
}

/* How often the models encoded; their scores into @scores (n_models * N_SCANS). */
static guint
run (Fixture *fixture, const int *models, gsize n_models, SagCache *cache, double *scores)
{
  SagEvaluateModel   asked[2];
  SagEvaluateOptions options = { .split = SAG_SPLIT_TEST, .n_lanes = 2, .cache = cache };
  g_autoptr (SagEvaluation) evaluation = NULL;
  g_autoptr (GError) error = NULL;
  guint n = 0;

  for (gsize m = 0; m < n_models; m++)
    {
      asked[m] = (SagEvaluateModel){ &fixture->engines[models[m]], 1 };
      fixture->fakes[models[m]].n_encoded = 0;
    }
  evaluation = sag_evaluation_run (fixture->dataset, asked, n_models, &options, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sag_evaluation_get_counts (evaluation)->n_rows, ==, N_SCANS);
  for (gsize m = 0; m < n_models; m++)
    {
      n += fixture->fakes[models[m]].n_encoded;
      for (gsize s = 0; s < N_SCANS; s++)
        scores[m * N_SCANS + s] = sag_evaluation_get_row (evaluation, s)->outcomes[m].score;
    }
  return n;
}

static void
test_vision_key (Fixture *fixture, gconstpointer data)
{
  g_autofree char *a = sag_bundle_dup_vision_key (fixture->bundles[MODEL_A]);
  g_autofree char *b = sag_bundle_dup_vision_key (fixture->bundles[MODEL_B]);
  g_autofree char *other = sag_bundle_dup_vision_key (fixture->bundles[MODEL_OTHER]);

  g_assert_cmpuint (strlen (a), ==, 32);
  g_assert_cmpstr (a, ==, b);
  g_assert_cmpstr (a, !=, other);
  g_assert_cmpstr (sag_bundle_get_sha256 (fixture->bundles[MODEL_A]), !=,
                   sag_bundle_get_sha256 (fixture->bundles[MODEL_B]));
}

/* Two models that see alike look at a scan once; two that do not, each for itself. */
static void
test_shared (Fixture *fixture, gconstpointer data)
{
  const int alike[] = { MODEL_A, MODEL_B }, unlike[] = { MODEL_A, MODEL_OTHER };
  double    alone[N_SCANS], both[2 * N_SCANS];

  g_assert_cmpuint (run (fixture, alike, 1, NULL, alone), ==, N_SCANS);
  g_assert_cmpuint (run (fixture, alike, 2, NULL, both), ==, N_SCANS);
  for (int s = 0; s < N_SCANS; s++)
    {
      g_assert_cmpfloat (both[s], ==, alone[s]);
      g_assert_cmpfloat (both[N_SCANS + s], ==, alone[s]);
    }
  g_assert_cmpfloat (alone[0], !=, alone[1]);
  g_assert_cmpuint (run (fixture, unlike, 2, NULL, both), ==, 2 * N_SCANS);
}

/* What was encoded once is not encoded again, not even by another bundle with the same eyes. */
static void
test_cached (Fixture *fixture, gconstpointer data)
{
  const int        models[] = { MODEL_A, MODEL_B, MODEL_OTHER };
  g_autofree char *folder = g_build_filename (fixture->folder, "cache", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagCache) cache = sag_cache_new (folder, 1 << 30, &error);
  double first[N_SCANS], again[N_SCANS];

  g_assert_no_error (error);
  g_assert_cmpuint (run (fixture, &models[MODEL_A], 1, cache, first), ==, N_SCANS);
  g_assert_cmpuint (run (fixture, &models[MODEL_A], 1, cache, again), ==, 0);
  g_assert_cmpmem (first, sizeof first, again, sizeof again);
  g_assert_cmpuint (run (fixture, &models[MODEL_B], 1, cache, again), ==, 0);
  g_assert_cmpmem (first, sizeof first, again, sizeof again);
  g_assert_cmpuint (run (fixture, &models[MODEL_OTHER], 1, cache, again), ==, N_SCANS);
}

static void
copy_over (const char *from, const char *to)
{
  g_autofree char *content = NULL;
  gsize            length;

  g_assert_true (g_file_get_contents (from, &content, &length, NULL));
  g_assert_true (g_file_set_contents (to, content, (gssize) length, NULL));
}

/* A file that another one took the place of while it was prepared: nothing of the old one is the new one's. */
static void
test_changed_meanwhile (Fixture *fixture, gconstpointer data)
{
  const SagRecipe *recipe = sag_bundle_get_recipe (fixture->bundles[MODEL_A]);
  g_autofree char *folder = g_build_filename (fixture->folder, "cache", NULL);
  g_autofree char *path = g_build_filename (fixture->folder, "0.nii", NULL);
  g_autofree char *other = g_build_filename (fixture->folder, "1.nii", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagCache) cache = sag_cache_new (folder, 1 << 30, &error);
  g_autofree char *file = sag_cache_dup_file_key (cache, path, &error);
  g_autoptr (SagVolume) volume = sag_read_volume (path, NULL, &error);
  g_autoptr (SagPrepared) prepared = sag_read_prepare (path, volume, recipe, NULL, NULL, &error);
  g_autoptr (SagPrepared) kept = NULL;
  const SagGeometry *lies = sag_volume_get_geometry (volume);
  SagGeometry        scan;

  g_assert_no_error (error);
  copy_over (other, path);
  g_assert_true (sag_scan_cache_save (cache, path, file, prepared, lies, &error));
  g_assert_null (sag_scan_cache_load (cache, path, recipe, &scan));
  g_free (file);
  file = sag_cache_dup_file_key (cache, path, &error);
  g_assert_true (sag_scan_cache_save (cache, path, file, prepared, lies, &error));
  g_assert_no_error (error);
  kept = sag_scan_cache_load (cache, path, recipe, &scan);
  g_assert_nonnull (kept);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/evaluate/run/vision-key", Fixture, NULL, set_up, test_vision_key, tear_down);
  g_test_add ("/evaluate/run/shared", Fixture, NULL, set_up, test_shared, tear_down);
  g_test_add ("/evaluate/run/cached", Fixture, NULL, set_up, test_cached, tear_down);
  g_test_add ("/evaluate/run/changed-meanwhile", Fixture, NULL, set_up, test_changed_meanwhile,
              tear_down);
  return g_test_run ();
}
