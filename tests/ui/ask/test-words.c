/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/support.h"
#include "ui/ask/opinion.h"
#include "ui/ask/suggest.h"
#include "ui/ask/words.h"

#include <math.h>
#include <string.h>

#define assert_words(call, expected)                                                               \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *words = (call);                                                               \
                                                                                                   \
    g_assert_cmpstr (words, ==, expected);                                                         \
  }                                                                                                \
  G_STMT_END

static void
test_numbers (void)
{
  assert_words (sag_ui_words_dup_number (0.914), "0.91");
  assert_words (sag_ui_words_dup_number (0.0), "0.00");
  assert_words (sag_ui_words_dup_number (1.0), "1.00");
  assert_words (sag_ui_words_dup_number (0.0049), "<0.01");
  assert_words (sag_ui_words_dup_number (0.9951), ">0.99");
  assert_words (sag_ui_words_dup_number (-0.311), "−0.31");
  assert_words (sag_ui_words_dup_number (-0.001), "0.00");
  assert_words (sag_ui_words_dup_number (12.5), "12.50");
  assert_words (sag_ui_words_dup_difference (0.123), "+0.12");
  assert_words (sag_ui_words_dup_difference (-0.3), "−0.30");
  assert_words (sag_ui_words_dup_difference (0.001), "0.00");
  assert_words (sag_ui_words_dup_percent (0.05), "5 %");
  assert_words (sag_ui_words_dup_percent (0.005), "0.5 %");
  assert_words (sag_ui_words_dup_position ((double[]){ 12.1, -44, -510.04 }), "12.1 −44.0 −510.0");
  assert_words (sag_ui_words_dup_score (0.74), "score 0.74");
}

static void
test_bayes (void)
{
  g_assert_cmpfloat_with_epsilon (sag_ui_result_probability_at (0.9, 0.05), 0.045 / 0.14, 1e-12);
  g_assert_cmpfloat_with_epsilon (sag_ui_result_probability_at (0.9, 0.5), 0.9, 1e-12);
  g_assert_cmpfloat_with_epsilon (sag_ui_result_probability_at (0.5, 0.02), 0.02, 1e-12);
  g_assert_cmpfloat (sag_ui_result_probability_at (0, 0.3), ==, 0);
  g_assert_cmpfloat (sag_ui_result_probability_at (1, 0.3), ==, 1);
}

static void
test_badges (void)
{
  const SagTraining all[] = { SAG_TRAINING_UNKNOWN, SAG_TRAINING_NEVER, SAG_TRAINING_OTHER_WORDING,
                              SAG_TRAINING_TRAINED };

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    {
      g_assert_cmpstr (sag_ui_words_get_training (all[i]), ==, sag_training_to_string (all[i]));
      g_assert_cmpstr (sag_ui_words_get_training_hint (all[i], SAG_HEAD_CLASS), !=,
                       sag_ui_words_get_training_hint (all[i], SAG_HEAD_PATCH));
    }
}

static void
test_scope (void)
{
  char    *out[] = { "This does not look like an adult chest CT: no lungs were found.",
                     "The values are no Hounsfield units.", NULL };
  char    *cut[] = { "The scan cuts the lungs off below: a part of them is missing.",
                     "Only 71 % of the lungs lie inside the analysed box.", NULL };
  char    *thick[] = { "Slices lie 8 mm apart: what is small can fall between them.", NULL };
  SagScope scope = { .verdict = SAG_SCOPE_IN, .lung_share_in_box = 1 };

  g_assert_null (sag_ui_words_dup_scope (&scope, FALSE));

  scope = (SagScope){ SAG_SCOPE_OUT, .lung_share_in_box = NAN, .reasons = out };
  assert_words (sag_ui_words_dup_scope (&scope, FALSE),
                "This does not look like an adult chest CT. No number is shown.");
  assert_words (sag_ui_words_dup_scope_reasons (&scope),
                "No lungs were found.\nThe values are no Hounsfield units.");
  {
    g_autofree char *forced = sag_ui_words_dup_scope (&scope, TRUE);

    g_assert_nonnull (strstr (forced, "asked anyway"));
    g_assert_null (strstr (forced, "No number"));
  }

  scope = (SagScope){ SAG_SCOPE_DOUBTFUL, .lung_share_in_box = 0.716, .reasons = cut };
  assert_words (sag_ui_words_dup_scope (&scope, FALSE),
                "Only 71 % of the lungs lie inside the analysed box.");
  assert_words (sag_ui_words_dup_scope_reasons (&scope),
                "The scan cuts the lungs off below: a part of them is missing.");

  scope = (SagScope){ SAG_SCOPE_DOUBTFUL, .lung_share_in_box = 1, .reasons = thick };
  assert_words (sag_ui_words_dup_scope (&scope, FALSE), thick[0]);
  assert_words (sag_ui_words_dup_scope_reasons (&scope), "");
}

static gboolean
holds (GPtrArray *texts, const char *text)
{
  return g_ptr_array_find_with_equal_func (texts, text, g_str_equal, NULL);
}

static void
test_suggestions (void)
{
  SagCatalogue *catalogue = sag_catalogue_get_default (NULL);
  g_autoptr (GPtrArray) effusions = NULL;
  g_autoptr (GPtrArray) other = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GPtrArray) organs = NULL;

  g_assert_nonnull (catalogue);
  effusions = sag_ui_suggest (catalogue, "effusion", 60);
  g_assert_true (holds (effusions, "Diagnose the presence of pleural effusion around the lungs"));
  other = sag_ui_suggest (catalogue, "tree-in-bud", 60);
  g_assert_true (holds (other, "Diagnose the presence of tree-in-bud in the lungs"));
  g_assert_true (holds (other, "Segment tree-in-bud in the image."));
  none = sag_ui_suggest (catalogue, "Segment lungs in the image.", 60);
  g_assert_cmpuint (none->len, ==, 1);
  organs = sag_ui_suggest_organs (catalogue);
  g_assert_cmpstr (organs->pdata[0], ==, "lungs");
}

static void
test_opinions (void)
{
  g_autoptr (GFile) file = g_file_new_for_path ("scan.nii");
  g_autoptr (SagUiCase) one = sag_ui_case_new (file);

  sag_ui_opinion_set_label (one, "a", SAG_UI_LABEL_PRESENT);
  sag_ui_opinion_see (one, "a", "f00d");
  g_assert_true (sag_ui_opinion_get (one, "a")->label_first);
  g_assert_true (sag_ui_opinion_get (one, "a")->seen);
  sag_ui_opinion_set_label (one, "a", SAG_UI_LABEL_PRESENT);
  g_assert_true (sag_ui_opinion_get (one, "a")->label_first);
  sag_ui_opinion_set_label (one, "a", SAG_UI_LABEL_ABSENT);
  g_assert_false (sag_ui_opinion_get (one, "a")->label_first);

  sag_ui_opinion_see (one, "b", NULL);
  sag_ui_opinion_set_label (one, "b", SAG_UI_LABEL_UNSURE);
  g_assert_false (sag_ui_opinion_get (one, "b")->label_first);
  g_assert_cmpint (sag_ui_opinion_get (one, "c")->label, ==, SAG_UI_LABEL_NONE);
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
  g_test_add_func ("/ui/ask/words/numbers", test_numbers);
  g_test_add_func ("/ui/ask/words/bayes", test_bayes);
  g_test_add_func ("/ui/ask/words/badges", test_badges);
  g_test_add_func ("/ui/ask/words/scope", test_scope);
  g_test_add_func ("/ui/ask/words/suggestions", test_suggestions);
  g_test_add_func ("/ui/ask/words/opinions", test_opinions);
  return g_test_run ();
}
