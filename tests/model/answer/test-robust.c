/* SPDX-License-Identifier: Apache-2.0 */
#include "model/answer/robust.h"

#include "model/bundle/create.h"
#include "model/core/error.h"
#include "model/text/paraphrase.h"
#include "tests/model/answer/fake-engine.h"
#include "tests/support/test.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#define EFFUSION "Diagnose the presence of pleural effusion around the lungs"
#define LUNGS "Segment lungs in the image."

/* A model of which each test decides what moves it; probabilities, not logits. */
typedef struct
{
  SagBundle  *bundle;
  const char *text;
  float       original;
  float       paraphrase; /* of the first one; the others get the original's */
  float       negated;
  float       nonsense;
  float       air;
  gboolean    follows_content; /* the original's number is the mean of the input instead */
} Model;

typedef struct
{
  SagBundle *bundle;
  Model      model;
  FakeEngine fake;
  SagEngine *engine;
  SagVolume *volume;
  SagTokens *tokens;
} Fixture;

static float
logit_of (float probability)
{
  return logf (probability / (1 - probability));
}

static float
content (const SagAskRequest *request, int hidden)
{
  double sum = 0;

  for (int p = 0; p < request->n_tokens; p++)
    for (int c = 0; c < 64; c++)
      sum += request->tokens[p * hidden + c];
  return (float) (sum / (request->n_tokens * 64.0));
}

static float
probability (const SagAskRequest *request, int t, const Model *model)
{
  g_auto (GStrv) paraphrases = sag_paraphrase_dup_all (model->text);
  g_autofree char *negated = sag_paraphrase_dup_negated (model->text);
  g_autofree char *nonsense = sag_paraphrase_dup_nonsense (model->text);
  float            mean = content (request, sag_bundle_get_network (model->bundle)->hidden);

  if (mean == 0)
    return model->air;
  if (fake_text_is (request, t, model->bundle, negated))
    return model->negated;
  if (fake_text_is (request, t, model->bundle, nonsense))
    return model->nonsense;
  if (fake_text_is (request, t, model->bundle, paraphrases[0]))
    return model->paraphrase;
  return model->follows_content ? mean : model->original;
}

static float
class_logit (const SagAskRequest *request, int t, gpointer data)
{
  return logit_of (probability (request, t, data));
}

/* The highest cell, somewhere in the middle, carries the number; the others lie below. */
static void
cell_logits (const SagAskRequest *request, int t, float *out, gpointer data)
{
  for (int i = 0; i < request->n_tokens * 64; i++)
    out[i] = -8;
  out[request->n_tokens * 32 + 5] = logit_of (probability (request, t, data));
}

static void
set_up (Fixture *fixture, gconstpointer text)
{
  g_autoptr (GError) error = NULL;

  fixture->bundle = sag_bundle_open_untrained (1, &error);
  g_assert_no_error (error);
  fixture->model = (Model){ fixture->bundle, text, 0.9f, 0.9f, 0.1f, 0.2f, 0.05f, FALSE };
  fixture->fake =
    (FakeEngine){ .class_logit = class_logit, .cell_logits = cell_logits, .data = &fixture->model };
  fixture->engine = fake_engine_open (&fixture->fake, fixture->bundle);
  g_assert_cmpint (sag_network_cells_per_token (&fixture->fake.network), ==, 64);
  fixture->tokens = fake_encode_phantom (fixture->engine, &fixture->volume);
}

static void
tear_down (Fixture *fixture, gconstpointer text)
{
  sag_tokens_unref (fixture->tokens);
  sag_volume_unref (fixture->volume);
  sag_engine_close (fixture->engine);
  sag_bundle_unref (fixture->bundle);
}

/* About the texts; the first one's results. */
static GPtrArray *
compute_all (Fixture                 *fixture,
             const char *const       *texts,
             gsize                    n_texts,
             const SagPrepareOptions *options)
{
  const SagPrepareOptions none = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (SagProvenance) provenance = sag_provenance_new (
    fixture->engine, sag_tokens_get_prepared (fixture->tokens), fixture->volume, NULL, FALSE);
  g_autoptr (GPtrArray) answers =
    sag_answer_ask (fixture->engine, fixture->tokens, texts, n_texts, provenance, NULL, &error);
  GPtrArray *robusts;

  g_assert_no_error (error);
  robusts = sag_robust_compute (fixture->engine, fixture->volume, fixture->tokens,
                                options ? options : &none, answers, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (robusts->len, ==, n_texts);
  return robusts;
}

static SagRobust *
compute (Fixture *fixture, const SagPrepareOptions *options)
{
  g_autoptr (GPtrArray) robusts = compute_all (fixture, &fixture->model.text, 1, options);

  return g_ptr_array_steal_index (robusts, 0);
}

static guint
count (const SagRobust *robust, SagTrialKind kind)
{
  guint n = 0;

  for (guint i = 0; i < robust->trials->len; i++)
    n += ((SagTrial *) robust->trials->pdata[i])->kind == kind;
  return n;
}

static const SagTrial *
find (const SagRobust *robust, SagTrialKind kind)
{
  for (guint i = 0; i < robust->trials->len; i++)
    if (((SagTrial *) robust->trials->pdata[i])->kind == kind)
      return robust->trials->pdata[i];
  g_assert_not_reached ();
}

/* At least five wordings and five boxes, each control once, and every number at its trial. */
static void
test_trials (Fixture *fixture, gconstpointer text)
{
  g_autoptr (SagRobust) robust = NULL;
  const SagTrial *first;
  guint           n_encoded;

  fixture->model.paraphrase = 0.8f;
  n_encoded = fixture->fake.n_encoded;
  robust = compute (fixture, NULL);
  first = robust->trials->pdata[0];
  g_assert_cmpint (first->kind, ==, SAG_TRIAL_ORIGINAL);
  g_assert_cmpstr (first->text, ==, text);
  g_assert_cmpfloat_with_epsilon (first->number, 0.9, 1e-5);
  g_assert_cmpuint (count (robust, SAG_TRIAL_PARAPHRASE), >=, 5);
  g_assert_cmpuint (count (robust, SAG_TRIAL_SHIFTED_BOX), >=, 5);
  g_assert_cmpuint (fixture->fake.n_encoded - n_encoded, ==,
                    count (robust, SAG_TRIAL_SHIFTED_BOX) + 1);
  for (SagTrialKind kind = SAG_TRIAL_NEGATED; kind <= SAG_TRIAL_AIR; kind++)
    g_assert_cmpuint (count (robust, kind), ==, 1);
  g_assert_cmpfloat_with_epsilon (find (robust, SAG_TRIAL_PARAPHRASE)->number, 0.8, 1e-5);
  g_assert_cmpfloat_with_epsilon (find (robust, SAG_TRIAL_SHIFTED_BOX)->number, 0.9, 1e-5);
  g_assert_cmpfloat_with_epsilon (find (robust, SAG_TRIAL_NEGATED)->number, 0.1, 1e-5);
  g_assert_cmpfloat_with_epsilon (find (robust, SAG_TRIAL_NONSENSE)->number, 0.2, 1e-5);
  g_assert_cmpfloat_with_epsilon (find (robust, SAG_TRIAL_AIR)->number, 0.05, 1e-5);
  g_assert_true (robust->of_scores == g_str_equal (text, LUNGS));
  g_assert_cmpfloat_with_epsilon (robust->wording_spread, 0.1, 1e-5);
  g_assert_cmpfloat_with_epsilon (robust->box_spread, 0, 1e-5);
  g_assert_cmpfloat_with_epsilon (robust->closest_control, 0.7, 1e-5);
  g_assert_false (robust->wording_sensitive);
}

/* The rule of DESIGN.md: a spread above 0.15, or a control that comes closer than 0.15. */
static void
test_rule (Fixture *fixture, gconstpointer text)
{
  static const struct
  {
    float    paraphrase, negated, nonsense, air;
    gboolean sensitive;
  } models[] = {
    { 0.90f, 0.10f, 0.10f, 0.10f, FALSE }, { 0.76f, 0.10f, 0.10f, 0.10f, FALSE },
    { 0.74f, 0.10f, 0.10f, 0.10f, TRUE },  { 0.90f, 0.76f, 0.10f, 0.10f, TRUE },
    { 0.90f, 0.10f, 0.80f, 0.10f, TRUE },  { 0.90f, 0.10f, 0.10f, 0.99f, TRUE },
    { 0.90f, 0.74f, 0.74f, 0.74f, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (models); i++)
    {
      g_autoptr (SagRobust) robust = NULL;

      fixture->model.paraphrase = models[i].paraphrase;
      fixture->model.negated = models[i].negated;
      fixture->model.nonsense = models[i].nonsense;
      fixture->model.air = models[i].air;
      robust = compute (fixture, NULL);
      g_assert_cmpint (robust->wording_sensitive, ==, models[i].sensitive);
    }
}

/* Each box is what preparing the scan with that shift gives, on top of the shift that the person chose. */
static void
test_boxes (Fixture *fixture, gconstpointer text)
{
  const SagRecipe  *recipe = sag_bundle_get_recipe (fixture->bundle);
  SagPrepareOptions moved = { .shift_mm = { 30, -20, 10 } };
  g_autoptr (SagRobust) robust = NULL;
  float low = 1, high = 0;

  fixture->model.follows_content = TRUE;
  robust = compute (fixture, &moved);
  for (guint i = 0; i < robust->trials->len; i++)
    {
      const SagTrial   *trial = robust->trials->pdata[i];
      SagPrepareOptions options = moved;
      g_autoptr (GError) error = NULL;
      g_autoptr (SagPrepared) prepared = NULL;
      g_autoptr (SagTokens) tokens = NULL;
      float logit;

      if (trial->kind != SAG_TRIAL_SHIFTED_BOX)
        continue;
      g_assert_cmpfloat (
        fabs (trial->shift_mm[0]) + fabs (trial->shift_mm[1]) + fabs (trial->shift_mm[2]), ==, 16);
      for (int a = 0; a < 3; a++)
        options.shift_mm[a] += trial->shift_mm[a];
      prepared = sag_prepare (fixture->volume, recipe, &options, NULL, &error);
      g_assert_no_error (error);
      tokens = sag_engine_encode (fixture->engine, prepared, NULL, &error);
      g_assert_true (sag_engine_ask (fixture->engine, tokens, &fixture->model.text, 1, NULL, &logit,
                                     NULL, NULL, &error));
      g_assert_cmpfloat_with_epsilon (trial->number, sag_answer_sigmoid (logit), 1e-6);
      low = MIN (low, trial->number);
      high = MAX (high, trial->number);
    }
  g_assert_cmpfloat (high - low, >, 1e-3);
  g_assert_cmpfloat (robust->box_spread, >=, high - low);
}

/* Several answers about one scan share its boxes, and keep their own words and numbers. */
static void
test_several (Fixture *fixture, gconstpointer text)
{
  const char *const texts[] = { LUNGS, EFFUSION, LUNGS };
  guint             n_encoded = fixture->fake.n_encoded;
  g_autoptr (GPtrArray) robusts = NULL;

  fixture->model.paraphrase = 0.7f; /* of the effusion only */
  robusts = compute_all (fixture, texts, G_N_ELEMENTS (texts), NULL);
  g_assert_cmpuint (fixture->fake.n_encoded - n_encoded, ==, 6);
  for (gsize t = 0; t < G_N_ELEMENTS (texts); t++)
    {
      const SagRobust *robust = robusts->pdata[t];

      g_assert_cmpuint (robust->trials->len, >=, 14);
      g_assert_cmpstr (((SagTrial *) robust->trials->pdata[0])->text, ==, texts[t]);
      g_assert_cmpstr (find (robust, SAG_TRIAL_SHIFTED_BOX)->text, ==, texts[t]);
      g_assert_cmpstr (find (robust, SAG_TRIAL_AIR)->text, ==, texts[t]);
      g_assert_true (robust->of_scores == (t != 1));
      g_assert_cmpfloat_with_epsilon (robust->wording_spread, t == 1 ? 0.2 : 0, 1e-5);
      g_assert_cmpfloat_with_epsilon (find (robust, SAG_TRIAL_AIR)->number, 0.05, 1e-5);
    }
}

static void
test_write (Fixture *fixture, gconstpointer text)
{
  g_autoptr (SagRobust) robust = compute (fixture, NULL);
  g_autoptr (SagJsonWriter) writer = sag_json_writer_new ();
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *document = NULL;
  const char      *number = g_str_equal (text, LUNGS) ? "peak_score" : "probability";
  JsonObject      *object;
  JsonArray       *trials;

  sag_json_begin_object (writer, NULL);
  sag_robust_write (robust, writer);
  sag_json_end_object (writer);
  document = sag_json_writer_finish (writer);
  json_parser_load_from_data (parser, document, -1, &error);
  g_assert_no_error (error);
  object = json_node_get_object (json_parser_get_root (parser));
  g_assert_false (json_object_get_boolean_member (object, "wording_sensitive"));
  g_assert_cmpfloat ((float) json_object_get_double_member (object, "closest_control"), ==,
                     robust->closest_control);
  trials = json_object_get_array_member (object, "trials");
  g_assert_cmpuint (json_array_get_length (trials), ==, robust->trials->len);
  for (guint i = 0; i < robust->trials->len; i++)
    {
      const SagTrial *trial = robust->trials->pdata[i];
      JsonObject     *written = json_array_get_object_element (trials, i);

      g_assert_cmpstr (json_object_get_string_member (written, "kind"), ==,
                       sag_trial_kind_to_string (trial->kind));
      g_assert_cmpfloat ((float) json_object_get_double_member (written, number), ==,
                         trial->number);
      g_assert_true (json_object_has_member (written, "shift_mm") ==
                     (trial->kind == SAG_TRIAL_SHIFTED_BOX));
    }
}

static void
test_cancelled (Fixture *fixture, gconstpointer text)
{
  const SagPrepareOptions none = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GPtrArray) answers = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  SagAnswer answer = { .text = (char *) text, .has_class = TRUE };

  g_ptr_array_add (answers, &answer);
  g_cancellable_cancel (cancellable);
  g_assert_null (sag_robust_compute (fixture->engine, fixture->volume, fixture->tokens, &none,
                                     answers, cancellable, &error));
  sag_test_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Stopped");
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    const char *text;
    void (*func) (Fixture *fixture, gconstpointer text);
  } tests[] = {
    { "/answer/robust/trials/probability", EFFUSION, test_trials },
    { "/answer/robust/trials/score", LUNGS, test_trials },
    { "/answer/robust/rule", EFFUSION, test_rule },
    { "/answer/robust/boxes", EFFUSION, test_boxes },
    { "/answer/robust/several", EFFUSION, test_several },
    { "/answer/robust/write/probability", EFFUSION, test_write },
    { "/answer/robust/write/score", LUNGS, test_write },
    { "/answer/robust/cancelled", EFFUSION, test_cancelled },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, tests[i].text, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
