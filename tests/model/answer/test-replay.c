/* SPDX-License-Identifier: Apache-2.0 */
#include "model/answer/replay.h"

#include "model/answer/heatmap.h"
#include "model/bundle/create.h"
#include "model/core/error.h"
#include "model/core/file.h"
#include "model/volume/nifti.h"
#include "tests/model/answer/fake-engine.h"
#include "tests/support/test.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#define EFFUSION "Diagnose the presence of pleural effusion around the lungs"
#define LUNGS "Segment lungs in the image."

static const char *const texts[] = { EFFUSION, LUNGS };

/* Two answers about a phantom, and files of them. @bias moves every number of the model. */
typedef struct
{
  SagBundle *bundle;
  float      bias;
  FakeEngine fake;
  SagEngine *engine;
  SagVolume *volume;
  SagTokens *tokens;
  GPtrArray *answers;
  char      *folder;
  char      *files[2]; /* beside heatmaps */
} Fixture;

static float
class_logit (const SagAskRequest *request, int t, gpointer data)
{
  return 0.3f + *(float *) data;
}

static void
cell_logits (const SagAskRequest *request, int t, float *out, gpointer data)
{
  for (int i = 0; i < request->n_tokens * 64; i++)
    out[i] = i * 1e-4f + *(float *) data;
}

static GPtrArray *
ask (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SagProvenance) provenance = sag_provenance_new (
    fixture->engine, sag_tokens_get_prepared (fixture->tokens), fixture->volume, NULL, FALSE);
  GPtrArray *answers =
    sag_answer_ask (fixture->engine, fixture->tokens, texts, 2, provenance, NULL, &error);

  g_assert_no_error (error);
  return answers;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->bundle = sag_bundle_open_untrained (1, &error);
  g_assert_no_error (error);
  fixture->fake =
    (FakeEngine){ .class_logit = class_logit, .cell_logits = cell_logits, .data = &fixture->bias };
  fixture->engine = fake_engine_open (&fixture->fake, fixture->bundle);
  g_assert_cmpint (sag_network_cells_per_token (&fixture->fake.network), ==, 64);
  fixture->tokens = fake_encode_phantom (fixture->engine, &fixture->volume);
  fixture->answers = ask (fixture);
  fixture->folder = sag_test_dup_folder ();
  for (int i = 0; i < 2; i++)
    {
      g_autofree char *map = sag_heatmap_save (fixture->engine, fixture->answers->pdata[i],
                                               sag_volume_get_geometry (fixture->volume), TRUE,
                                               fixture->folder, "case", NULL, &error);

      g_assert_no_error (error);
      g_assert_true (g_str_has_suffix (map, "__score.nii.gz"));
      map[strlen (map) - strlen (".nii.gz")] = '\0';
      fixture->files[i] = g_strconcat (map, ".json", NULL);
    }
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < 2; i++)
    g_free (fixture->files[i]);
  sag_test_remove_folder (fixture->folder);
  g_ptr_array_unref (fixture->answers);
  sag_tokens_unref (fixture->tokens);
  sag_volume_unref (fixture->volume);
  sag_engine_close (fixture->engine);
  sag_bundle_unref (fixture->bundle);
}

static SagRecord *
load (const char *path)
{
  g_autoptr (GError) error = NULL;
  SagRecord *record = sag_record_load (path, &error);

  g_assert_no_error (error);
  return record;
}

/* The file beside a heatmap holds all that replay compares. */
static void
test_record (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (SagRecord) record = load (fixture->files[i]);
      const SagRecordedResult *result = record->results->pdata[0];
      const SagAnswer         *answer = fixture->answers->pdata[i];
      gsize                    n = sag_geometry_n_voxels (&answer->cell_geometry);
      const SagGeometry       *input;

      input = sag_prepared_get_input_geometry (sag_tokens_get_prepared (fixture->tokens));
      g_assert_cmpstr (record->case_name, ==, "case");
      g_assert_cmpuint (record->results->len, ==, 1);
      g_assert_cmpstr (result->text, ==, texts[i]);
      if (i == 0)
        g_assert_cmpfloat (result->logit, ==, answer->logit);
      else
        g_assert_true (isnan (result->logit));
      g_assert_cmpfloat (result->peak_score, ==, answer->peak_score);
      g_assert_cmpmem (result->cells, result->n_cells * 4, answer->cells, n * 4);
      g_assert_cmpmem (&record->provenance->input, sizeof *input, input, sizeof *input);
    }
}

static void
test_equal (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) again = ask (fixture);

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (SagRecord) record = load (fixture->files[i]);
      g_auto (GStrv) why =
        sag_replay_explain (record->provenance, ((SagAnswer *) again->pdata[i])->provenance);
      g_autoptr (GError) error = NULL;
      SagReplayDifference difference;

      g_assert_true (
        sag_replay_compare (record->results->pdata[0], again->pdata[i], &difference, &error));
      g_assert_no_error (error);
      g_assert_cmpfloat (difference.logit, ==, 0);
      g_assert_cmpfloat (difference.cells, ==, 0);
      g_assert_cmpuint (g_strv_length (why), ==, 0);
    }
}

static void
test_differs (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) again = NULL;

  fixture->bias = 0.25f;
  again = ask (fixture);
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (SagRecord) record = load (fixture->files[i]);
      SagRecordedResult  *result = record->results->pdata[0];
      g_autofree float   *cells = result->cells;
      const SagAnswer    *answer = again->pdata[i];
      gsize               n = result->n_cells;
      double              largest = 0;
      SagReplayDifference difference;

      for (gsize c = 0; c < n; c++)
        largest = MAX (largest, fabs ((double) answer->cells[c] - cells[c]));
      g_assert_true (sag_replay_compare (result, answer, &difference, NULL));
      g_assert_cmpfloat_with_epsilon (difference.logit, i == 0 ? 0.25 : 0, 1e-6);
      g_assert_cmpfloat (difference.cells, ==, largest);
      g_assert_cmpfloat (largest, >, 0.03);
      /* A document without cells tells by its peak. */
      result->cells = NULL;
      g_assert_true (sag_replay_compare (result, answer, &difference, NULL));
      g_assert_cmpfloat (difference.cells, ==,
                         fabs ((double) answer->peak_score - result->peak_score));
    }
}

static void
test_other_grid (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SagRecord) record = load (fixture->files[0]);
  SagRecordedResult *result = record->results->pdata[0];
  g_autoptr (GError) error = NULL;
  SagReplayDifference difference;

  result->n_cells--;
  g_assert_false (sag_replay_compare (result, fixture->answers->pdata[0], &difference, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_MISMATCH, "cells");
}

/* Each thing that decides the numbers has its sentence. */
static void
test_explain (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SagRecord) record = load (fixture->files[0]);
  const SagProvenance *now = ((SagAnswer *) fixture->answers->pdata[0])->provenance;
  SagProvenance       *was = record->provenance;
  char               **members[] = { &was->voxels,      &was->bundle_sha256, &was->recipe,
                                     &was->lung_source, &was->engine,        &was->device,
                                     &was->precision,   &was->program,       &was->commit };
  const char          *words[] = { "scan",   "bundle",    "recipe",  "lungs", "engine",
                                   "device", "precision", "version", "commit" };

  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    {
      char *kept = *members[i];
      g_auto (GStrv) why = NULL;

      *members[i] = "something else";
      why = sag_replay_explain (was, now);
      *members[i] = kept;
      g_assert_cmpuint (g_strv_length (why), ==, 1);
      g_assert_nonnull (strstr (why[0], words[i]));
      g_assert_nonnull (strstr (why[0], "something else"));
    }
  was->input.ijk_to_ras[0][3] += 16;
  {
    g_auto (GStrv) why = sag_replay_explain (was, now);

    g_assert_cmpuint (g_strv_length (why), ==, 1);
    g_assert_nonnull (strstr (why[0], "box"));
  }
}

static void
refuse (Fixture *fixture, const char *text, gssize size, const char *part)
{
  g_autofree char *path = g_build_filename (fixture->folder, "damaged.json", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, text, size, NULL));
  g_assert_null (sag_record_load (path, &error));
  g_assert_nonnull (strstr (error->message, "damaged.json"));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, part);
}

/* Replaces the first @what by @by and expects a refusal that says @part. */
static void
refuse_changed (
  Fixture *fixture, const char *text, const char *what, const char *by, const char *part)
{
  const char *at = strstr (text, what);
  g_autoptr (GString) changed = g_string_new (NULL);

  g_assert_nonnull (at);
  g_string_append_len (changed, text, at - text);
  g_string_append (changed, by);
  g_string_append (changed, at + strlen (what));
  refuse (fixture, changed->str, changed->len, part);
}

static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL, *absent = g_build_filename (fixture->folder, "absent.json", NULL);
  gsize            size;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (fixture->files[0], &text, &size, NULL));
  refuse (fixture, "", 0, "damaged");
  refuse (fixture, "[1, 2]", -1, "object");
  refuse (fixture, "{}", -1, "case");
  refuse (fixture, "\x1f\x8b\x08 not json", -1, "");
  for (gsize n = 1; n + 2 < size; n += size / 97)
    refuse (fixture, text, n, "");
  refuse_changed (fixture, text, "\"results\"", "\"other\"", "results");
  refuse_changed (fixture, text, "\"provenance\"", "\"other\"", "provenance");
  refuse_changed (fixture, text, "\"task\"", "\"other\"", "task");
  refuse_changed (fixture, text, "\"heatmap\"", "\"other\"", "heatmap");
  refuse_changed (fixture, text, "\"max\"", "\"other\"", "max");
  refuse_changed (fixture, text, "\"logit\": ", "\"logit\": true, \"other\": ", "logit");
  refuse_changed (fixture, text, "\"float32\": \"", "\"float32\": \"\", \"other\": \"", "float32");
  refuse_changed (fixture, text, "\"float32\": \"", "\"float32\": \"AADAfwAA\", \"other\": \"",
                  "float32");
  refuse_changed (fixture, text, "\"float32\": \"", "\"float32\": \"AADAfw==\", \"other\": \"",
                  "float32");
  refuse_changed (fixture, text, "\"results\": [", "\"results\": [5, ", "result 1");
  refuse_changed (fixture, text, "\"results\": [", "\"results\": [], \"other\": [", "no result");
  g_assert_null (sag_record_load (absent, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

/* A number is missing where the text must have one: said, not compared as if it were equal. */
static void
test_no_logit (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SagRecord) record = load (fixture->files[0]);
  SagRecordedResult *result = record->results->pdata[0];
  g_autoptr (GError) error = NULL;
  SagReplayDifference difference;

  result->logit = NAN;
  g_assert_false (sag_replay_compare (result, fixture->answers->pdata[0], &difference, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_MISMATCH, "logit");
}

/* The map beside the document: on the scan's grid, scores 0..1, NaN outside the box. */
static void
test_map (Fixture *fixture, gconstpointer data)
{
  g_autofree char *stem =
    g_strndup (fixture->files[0], strlen (fixture->files[0]) - strlen (".json"));
  g_autofree char *path = g_strconcat (stem, ".nii.gz", NULL),
                  *id = sag_answer_dup_id (fixture->answers->pdata[0]);
  g_autofree char *name = g_strdup_printf ("%s/case__%s__score", fixture->folder, id);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagVolume) map = sag_nifti_load (path, NULL, NULL, NULL, &error);
  const float *values;
  gsize        n_inside = 0, n;

  g_assert_no_error (error);
  g_assert_cmpstr (stem, ==, name);
  g_assert_true (sag_geometry_equal (sag_volume_get_geometry (map),
                                     sag_volume_get_geometry (fixture->volume), 1e-3));
  values = sag_volume_get_float (map);
  n = sag_geometry_n_voxels (sag_volume_get_geometry (map));
  for (gsize i = 0; i < n; i++)
    {
      n_inside += !isnan (values[i]);
      g_assert_true (isnan (values[i]) || (values[i] >= 0 && values[i] <= 1));
    }
  g_assert_cmpuint (n_inside, >, 0);
  g_assert_cmpuint (n_inside, <, n);
}

/* Where the folder does not exist, nothing is written and the sentence says where. */
static void
test_no_folder (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (fixture->folder, "absent", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (sag_heatmap_save (fixture->engine, fixture->answers->pdata[0],
                                   sag_volume_get_geometry (fixture->volume), FALSE, folder, "case",
                                   NULL, &error));
  g_assert_cmpint (error->domain, ==, G_FILE_ERROR);
  g_assert_nonnull (strstr (error->message, "__score.nii.gz"));
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/answer/replay/record", test_record },      { "/answer/replay/equal", test_equal },
    { "/answer/replay/differs", test_differs },    { "/answer/replay/other-grid", test_other_grid },
    { "/answer/replay/explain", test_explain },    { "/answer/replay/damaged", test_damaged },
    { "/answer/replay/no-logit", test_no_logit },  { "/answer/files/map", test_map },
    { "/answer/files/no-folder", test_no_folder },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
