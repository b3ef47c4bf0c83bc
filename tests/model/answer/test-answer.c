/* SPDX-License-Identifier: Apache-2.0 */
#include "model/answer/answer.h"

#include "model/answer/map.h"
#include "model/bundle/create.h"
#include "model/core/error.h"
#include "model/cpu/cpu.h"
#include "tests/model/answer/fake-engine.h"
#include "tests/support/test.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#define EFFUSION "Diagnose the presence of pleural effusion around the lungs"
#define LUNGS "Segment lungs in the image."

static GPtrArray *
ask (
  SagEngine *engine, SagTokens *tokens, SagVolume *volume, const char *const *texts, gsize n_texts)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SagProvenance) provenance =
    sag_provenance_new (engine, sag_tokens_get_prepared (tokens), volume, NULL, FALSE);
  GPtrArray *answers = sag_answer_ask (engine, tokens, texts, n_texts, provenance, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (answers->len, ==, n_texts);
  return answers;
}

/* What the CPU engine says is what the answer holds, as probability and scores. */
static void
test_numbers (void)
{
  static const char *const texts[] = {
    EFFUSION,
    LUNGS,
    "Predict the risk of mortality in 6 months",
    "Is there a nodule?",
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) bundle = sag_bundle_open_untrained (1, &error);
  g_autoptr (SagEngine) engine = sag_engine_open (sag_cpu_get_table (), bundle, NULL, &error);
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (SagTokens) tokens = fake_encode_phantom (engine, &volume);
  g_autoptr (GPtrArray) answers = ask (engine, tokens, volume, texts, 4);
  g_autofree float *cells = NULL;
  float             logits[4];
  gint32            dims[3];
  gsize             n_cells;

  sag_engine_get_cell_dims (engine, dims);
  n_cells = (gsize) dims[0] * dims[1] * dims[2];
  cells = g_new (float, 4 * n_cells);
  g_assert_true (sag_engine_ask (engine, tokens, texts, 4, NULL, logits, cells, NULL, &error));
  for (gsize t = 0; t < 4; t++)
    {
      const SagAnswer *answer = answers->pdata[t];

      g_assert_cmpstr (answer->text, ==, texts[t]);
      g_assert_cmpfloat (answer->logit, ==, logits[t]);
      g_assert_cmpfloat_with_epsilon (answer->probability, 1 / (1 + exp (-(double) logits[t])),
                                      1e-6);
      g_assert_true (answer->has_class == (t != 1));
      g_assert_cmpint (answer->class_head, ==, SAG_TRAINING_NEVER);
      g_assert_cmpint (answer->patch_head, ==, SAG_TRAINING_NEVER);
      g_assert_cmpmem (answer->cell_dims, sizeof dims, dims, sizeof dims);
      for (gsize i = 0; i < n_cells; i++)
        g_assert_cmpfloat_with_epsilon (answer->cells[i],
                                        1 / (1 + exp (-(double) cells[t * n_cells + i])), 1e-6);
    }
}

static void
test_sigmoid (void)
{
  g_assert_cmpfloat (sag_answer_sigmoid (0), ==, 0.5f);
  g_assert_cmpfloat_with_epsilon (sag_answer_sigmoid (2), 0.880797, 1e-6);
  g_assert_cmpfloat_with_epsilon (sag_answer_sigmoid (-2) + sag_answer_sigmoid (2), 1, 1e-6);
  g_assert_cmpfloat (sag_answer_sigmoid (-1000), ==, 0);
  g_assert_cmpfloat (sag_answer_sigmoid (1000), ==, 1);
}

/* One cell of one token stands out: cell (1, 2, 3) of token (2, 0, 1). */
static void
paint_one (const SagAskRequest *request, int t, float *out, gpointer data)
{
  const gint32 *tokens = data; /* token dims, then cells of a token */
  gint32        token = (2 * tokens[1] + 0) * tokens[2] + 1;
  gint32        cell = (1 * tokens[4] + 2) * tokens[5] + 3;

  out[token * tokens[3] * tokens[4] * tokens[5] + cell] = 3;
}

/* The peak lies where that cell's block of the input lies in the patient. */
static void
test_peak (void)
{
  static const char *const text = EFFUSION;
  g_autoptr (SagBundle) bundle = fake_bundle_new ("upstream", TRUE);
  gint32     layout[6];
  FakeEngine fake = { .cell_logits = paint_one, .data = layout };
  g_autoptr (SagEngine) engine = fake_engine_open (&fake, bundle);
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (SagTokens) tokens = fake_encode_phantom (engine, &volume);
  g_autoptr (GPtrArray) answers = NULL;
  const SagGeometry *input = sag_prepared_get_input_geometry (sag_tokens_get_prepared (tokens));
  const SagAnswer   *answer;
  double             expected[3];

  sag_network_feature_dims (&fake.network, fake.network.input, layout);
  memcpy (layout + 3, fake.network.cells, 3 * sizeof (gint32));
  answers = ask (engine, tokens, volume, &text, 1);
  answer = answers->pdata[0];
  g_assert_cmpmem (answer->cell_dims, sizeof answer->cell_dims, ((gint32[]){ 32, 20, 16 }),
                   sizeof answer->cell_dims);
  g_assert_cmpfloat (answer->cells[(2 * 4 + 1) + 32 * ((0 * 4 + 2) + 20 * (1 * 4 + 3))], ==,
                     answer->peak_score);
  g_assert_cmpfloat_with_epsilon (answer->peak_score, 0.952574, 1e-6);
  /* Blocks of 8 x 8 x 8 input voxels; the centre of block n is voxel 8 n + 3.5. */
  for (int a = 0; a < 3; a++)
    expected[a] = input->ijk_to_ras[a][0] * (8 * 9 + 3.5) +
                  input->ijk_to_ras[a][1] * (8 * 2 + 3.5) +
                  input->ijk_to_ras[a][2] * (8 * 7 + 3.5) + input->ijk_to_ras[a][3];
  for (int a = 0; a < 3; a++)
    g_assert_cmpfloat_with_epsilon (answer->peak_ras_mm[a], expected[a], 1e-6);
}

/* The same text and bundle give the same name; another text or bundle another one. */
static void
test_id (void)
{
  static const char *const texts[] = {
    EFFUSION, LUNGS, "Diagnose the presence of pleural effusion around the heart"
  };
  g_autoptr (GError) error = NULL;
  char *ids[2][3];

  for (int b = 0; b < 2; b++)
    {
      g_autoptr (SagBundle) bundle = sag_bundle_open_untrained (1 + b, &error);
      FakeEngine fake = { NULL };
      g_autoptr (SagEngine) engine = fake_engine_open (&fake, bundle);
      g_autoptr (SagVolume) volume = NULL;
      g_autoptr (SagTokens) tokens = fake_encode_phantom (engine, &volume);
      g_autoptr (GPtrArray) answers = ask (engine, tokens, volume, texts, 3);

      for (int t = 0; t < 3; t++)
        {
          g_autofree char *again = sag_answer_dup_id (answers->pdata[t]);

          ids[b][t] = sag_answer_dup_id (answers->pdata[t]);
          g_assert_cmpstr (ids[b][t], ==, again);
          g_assert_true (g_regex_match_simple ("^[a-z0-9-]{1,40}-[0-9a-f]{8}$", again, 0, 0));
        }
    }
  g_assert_true (g_str_has_prefix (ids[0][0], "pleural-effusion-"));
  g_assert_true (g_str_has_prefix (ids[0][1], "segment-lungs-"));
  for (int i = 0; i < 6; i++)
    for (int j = 0; j < i; j++)
      g_assert_cmpstr (ids[i / 3][i % 3], !=, ids[j / 3][j % 3]);
  for (int i = 0; i < 6; i++)
    g_free (ids[i / 3][i % 3]);
}

static JsonObject *
write_to_object (const SagAnswer *answer, JsonParser *parser)
{
  g_autoptr (SagJsonWriter) writer = sag_json_writer_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  sag_json_begin_object (writer, NULL);
  sag_answer_write (answer, NULL, writer);
  sag_json_end_object (writer);
  text = sag_json_writer_finish (writer);
  json_parser_load_from_data (parser, text, -1, &error);
  g_assert_no_error (error);
  return json_node_get_object (json_parser_get_root (parser));
}

/* A text that asks for a mask has no class number: null, not a number that nothing stands behind. */
static void
test_write (void)
{
  static const char *const texts[] = { EFFUSION, LUNGS };
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) bundle = sag_bundle_open_untrained (1, &error);
  FakeEngine fake = { NULL };
  g_autoptr (SagEngine) engine = fake_engine_open (&fake, bundle);
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (SagTokens) tokens = fake_encode_phantom (engine, &volume);
  g_autoptr (GPtrArray) answers = ask (engine, tokens, volume, texts, 2);
  g_autoptr (JsonParser) first = json_parser_new ();
  g_autoptr (JsonParser) second = json_parser_new ();
  JsonObject *effusion = write_to_object (answers->pdata[0], first);
  JsonObject *lungs = write_to_object (answers->pdata[1], second);

  g_assert_cmpfloat (json_object_get_double_member (effusion, "logit"), ==, 0);
  g_assert_cmpfloat (json_object_get_double_member (effusion, "probability"), ==, 0.5);
  g_assert_cmpstr (json_object_get_string_member (effusion, "task"), ==, EFFUSION);
  g_assert_cmpstr (json_object_get_string_member (effusion, "class_head"), ==, "never trained");
  g_assert_false (json_object_get_boolean_member (effusion, "calibrated"));
  g_assert_true (json_object_get_null_member (lungs, "logit"));
  g_assert_true (json_object_get_null_member (lungs, "probability"));
}

static void
test_errors (void)
{
  static const char *const text = LUNGS;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) bundle = sag_bundle_open_untrained (1, &error);
  FakeEngine fake = { NULL };
  g_autoptr (SagEngine) engine = fake_engine_open (&fake, bundle);
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (SagTokens) tokens = fake_encode_phantom (engine, &volume);
  g_autoptr (SagProvenance) provenance =
    sag_provenance_new (engine, sag_tokens_get_prepared (tokens), volume, NULL, FALSE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  g_assert_null (sag_answer_ask (engine, tokens, &text, 1, provenance, cancellable, &error));
  sag_test_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Stopped");
}

static void
test_case_name (void)
{
  static const char *const names[][2] = {
    { "/a/b/scan.nii.gz", "scan" },   { "scan.NII.GZ", "scan" },
    { "scan.nii", "scan" },           { "pair.hdr", "pair" },
    { "pair.img.gz", "pair" },        { "1.2.840.nii", "1.2.840" },
    { "no-ending", "no-ending" },     { ".nii", ".nii" },
    { "/x/Müller.nii.gz", "Müller" }, { "/x/bad\xff.nii", "bad\xef\xbf\xbd" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = sag_case_dup_name (names[i][0]);

      g_assert_cmpstr (name, ==, names[i][1]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/answer/numbers", test_numbers);
  g_test_add_func ("/answer/sigmoid", test_sigmoid);
  g_test_add_func ("/answer/peak", test_peak);
  g_test_add_func ("/answer/id", test_id);
  g_test_add_func ("/answer/write", test_write);
  g_test_add_func ("/answer/cancelled", test_errors);
  g_test_add_func ("/answer/case-name", test_case_name);
  return g_test_run ();
}
