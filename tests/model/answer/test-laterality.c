/* SPDX-License-Identifier: Apache-2.0 */
#include "model/answer/laterality.h"

#include "model/core/error.h"
#include "tests/model/answer/fake-engine.h"
#include "tests/support/test.h"

#include <string.h>

/* A model that paints half of the box where it is asked for a lung. */
typedef struct
{
  SagBundle *bundle;
  gint32     token_dims[3];
  gint32     n_cells;
  float
    left_half_for_left; /* logit in the patient's left half of the box when asked for the left lung */
  float
    left_half_for_right; /* the same when asked for the right one; the other half gets the negative */
} Model;

static void
paint_half (const SagAskRequest *request, int t, float *out, gpointer data)
{
  const Model *model = data;
  gboolean     left = fake_text_is (request, t, model->bundle, "Segment left lung in the image.");
  float        value = left ? model->left_half_for_left : model->left_half_for_right;

  g_assert_true (left ||
                 fake_text_is (request, t, model->bundle, "Segment right lung in the image."));
  for (int p = 0; p < request->n_tokens; p++)
    {
      gint32 x = p / model->token_dims[1] / model->token_dims[2];

      /* The input's x rises towards the patient's right. */
      for (int c = 0; c < model->n_cells; c++)
        out[p * model->n_cells + c] = x < model->token_dims[0] / 2 ? value : -value;
    }
}

static SagLateralityCheck
check (const char *recipe, float left_half_for_left, float left_half_for_right)
{
  g_autoptr (SagBundle) bundle = fake_bundle_new (recipe, FALSE);
  Model      model = { bundle, { 0 }, 0, left_half_for_left, left_half_for_right };
  FakeEngine fake = { .cell_logits = paint_half, .data = &model };
  g_autoptr (SagEngine) engine = fake_engine_open (&fake, bundle);
  g_autoptr (GError) error = NULL;
  SagLateralityCheck result;

  sag_network_feature_dims (&fake.network, fake.network.input, model.token_dims);
  model.n_cells = sag_network_cells_per_token (&fake.network);
  g_assert_true (sag_laterality_check (engine, &result, NULL, &error));
  g_assert_no_error (error);
  return result;
}

/* Each side's score is 0.88 in its own half and 0.12 in the other. */
static void
test_right (void)
{
  static const char *const recipes[] = { "upstream", "paper" };

  for (gsize i = 0; i < G_N_ELEMENTS (recipes); i++)
    {
      SagLateralityCheck result = check (recipes[i], 2, -2);

      g_assert_cmpint (result.verdict, ==, SAG_LATERALITY_CHECK_RIGHT);
      g_assert_cmpfloat (result.left_margin, >, 0.6);
      g_assert_cmpfloat (result.right_margin, >, 0.6);
      g_assert_cmpfloat (result.left_margin, <, 0.762);
    }
}

static void
test_swapped (void)
{
  SagLateralityCheck result = check ("upstream", -2, 2);

  g_assert_cmpint (result.verdict, ==, SAG_LATERALITY_CHECK_WRONG_SIDE);
  g_assert_cmpfloat (result.left_margin, <, -0.6);
  g_assert_cmpfloat (result.right_margin, <, -0.6);
}

/* Nothing to tell the sides by, a margin that is too small, one side only, or the same side for both. */
static void
test_inconclusive (void)
{
  static const float models[][2] = { { 0, 0 }, { 0.05, -0.05 }, { 2, 0 }, { 2, 2 }, { -2, -2 } };

  for (gsize i = 0; i < G_N_ELEMENTS (models); i++)
    {
      SagLateralityCheck result = check ("upstream", models[i][0], models[i][1]);

      g_assert_cmpint (result.verdict, ==, SAG_LATERALITY_CHECK_INCONCLUSIVE);
    }
}

static void
test_cancelled (void)
{
  g_autoptr (SagBundle) bundle = fake_bundle_new ("upstream", FALSE);
  FakeEngine fake = { NULL };
  g_autoptr (SagEngine) engine = fake_engine_open (&fake, bundle);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  SagLateralityCheck result;

  g_cancellable_cancel (cancellable);
  g_assert_false (sag_laterality_check (engine, &result, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/answer/laterality/right", test_right);
  g_test_add_func ("/answer/laterality/swapped", test_swapped);
  g_test_add_func ("/answer/laterality/inconclusive", test_inconclusive);
  g_test_add_func ("/answer/laterality/cancelled", test_cancelled);
  return g_test_run ();
}
