/* SPDX-License-Identifier: Apache-2.0 */
#include "model/text/task.h"

#include <string.h>

static void
test_kind (void)
{
  static const struct
  {
    const char *text;
    SagTaskKind kind;
  } cases[] = {
    { "Diagnose the presence of emphysema in the lungs", SAG_TASK_DIAGNOSE },
    { "Predict the risk of mortality in 6 months", SAG_TASK_PREDICT },
    { "Segment lungs in the image.", SAG_TASK_SEGMENT },
    { " segment the lungs", SAG_TASK_SEGMENT },
    { "Segment:Nodule", SAG_TASK_SEGMENT },
    { "Segment", SAG_TASK_SEGMENT },
    { "Segmental atelectasis?", SAG_TASK_OTHER },
    { "Is there pleural effusion?", SAG_TASK_OTHER },
    { "", SAG_TASK_OTHER },
    { "\xFF", SAG_TASK_OTHER },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (sag_task_kind (cases[i].text), ==, cases[i].kind);
}

static void
test_kind_names (void)
{
  SagTaskKind back = SAG_TASK_OTHER;

  for (SagTaskKind kind = SAG_TASK_DIAGNOSE; kind <= SAG_TASK_OTHER; kind++)
    {
      g_assert_true (sag_task_kind_from_string (sag_task_kind_to_string (kind), &back));
      g_assert_cmpint (back, ==, kind);
    }
  g_assert_false (sag_task_kind_from_string ("Segment", &back));
}

static void
test_slug (void)
{
  static const struct
  {
    const char *text, *slug;
  } cases[] = {
    { "Diagnose the presence of pleural effusion around the lungs", "pleural-effusion" },
    { "Diagnose the presence of tree-in-bud pattern in the lungs", "tree-in-bud-pattern" },
    { "Predict the risk of mortality in 6 months", "mortality-6-months" },
    { "Predict the risk of mortality in 1 month", "mortality-1-month" },
    { "Segment lungs in the image.", "segment-lungs" },
    { "Segment the lungs in the image.", "segment-lungs" },
    { "Is there pleural effusion?", "pleural-effusion" },
    { "Ist ein Pleuraerguß da?", "ist-ein-pleuraerguss-da" },
    { "../../etc/passwd", "etc-passwd" },
    { "Where does the large mass in the left upper lobe come from?",
      "where-does-the-large-mass-in-the-left" },
    { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
    { "aaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbb c", "aaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbbbbb" },
    { "\xE8\x82\xBA\xE7\xBB\x93\xE8\x8A\x82", "task" },
    { " ?!", "task" },
    { "", "task" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *slug = sag_task_slug (cases[i].text);

      g_assert_cmpstr (slug, ==, cases[i].slug);
    }
}

static void
test_words (void)
{
  static const struct
  {
    const char *text, *finding, *preposition, *organ;
    guint       months;
  } cases[] = {
    { "Diagnose the presence of pleural effusion around the lungs", "pleural effusion", "around",
      "lungs", 0 },
    { "diagnose  the presence of\tHoneycombing in Lungs.", "Honeycombing", "in", "Lungs", 0 },
    { "Diagnose the presence of nodules in clusters around the hilum", "nodules in clusters",
      "around", "hilum", 0 },
    { "Diagnose the presence of cardiomegaly", "cardiomegaly", NULL, NULL, 0 },
    { "Diagnose the presence of ", NULL, NULL, NULL, 0 },
    { "Predict the risk of pulmonary hypertension in 12 months", "pulmonary hypertension", NULL,
      NULL, 12 },
    { "Predict the risk of death in 1 month.", "death", NULL, NULL, 1 },
    { "Predict the risk of death in 99999999999999999999 months", NULL, NULL, NULL, 0 },
    { "Predict the risk of death in 0 months", NULL, NULL, NULL, 0 },
    { "Predict the risk of death soon", NULL, NULL, NULL, 0 },
    { "Segment left rib 3 in the image.", "left rib 3", NULL, NULL, 0 },
    { "Segment the heart", "heart", NULL, NULL, 0 },
    { "Is there any air trapping in the lungs?", "air trapping", "in", "lungs", 0 },
    { "What is this?", NULL, NULL, NULL, 0 },
    { "", NULL, NULL, NULL, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (SagTaskWords) words = { 0 };

      sag_task_words_init (&words, cases[i].text);
      g_assert_cmpstr (words.finding, ==, cases[i].finding);
      g_assert_cmpstr (words.preposition, ==, cases[i].preposition);
      g_assert_cmpstr (words.organ, ==, cases[i].organ);
      g_assert_cmpuint (words.months, ==, cases[i].months);
      if (words.finding != NULL)
        g_assert_true (g_str_has_prefix (words.text + words.finding_start, words.finding));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/task/kind", test_kind);
  g_test_add_func ("/text/task/kind-names", test_kind_names);
  g_test_add_func ("/text/task/slug", test_slug);
  g_test_add_func ("/text/task/words", test_words);
  return g_test_run ();
}
