/* SPDX-License-Identifier: Apache-2.0 */
#include "model/text/catalogue.h"
#include "model/text/paraphrase.h"
#include "model/text/tokenizer.h"
#include "tests/support/test.h"

#include <string.h>

static void
assert_text (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_wordings (void)
{
  static const struct
  {
    const char *text, *first, *fifth;
  } cases[] = {
    { "Diagnose the presence of pleural effusion around the lungs",
      "Is there pleural effusion around the lungs?",
      "Check whether pleural effusion can be seen around the lungs." },
    { "Diagnose the presence of cardiomegaly", "Is there cardiomegaly?",
      "Check whether cardiomegaly can be seen." },
    { "Predict the risk of mortality in 6 months", "What is the risk of mortality within 6 months?",
      "Forecast mortality within 6 months." },
    { "Segment lungs in the image.", "Outline the lungs.", "Locate the lungs in the image." },
    { "Segment left rib 3 in the image.", "Outline left rib 3.",
      "Locate left rib 3 in the image." },
    { "What is this?", "In this chest CT: What is this?",
      "Please assess the following. What is this?" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (GStrv) texts = sag_paraphrase_dup_all (cases[i].text);

      g_assert_cmpuint (g_strv_length (texts), ==, 6);
      g_assert_cmpstr (texts[0], ==, cases[i].first);
      g_assert_cmpstr (texts[4], ==, cases[i].fifth);
    }
}

static void
check_wordings (const char *text)
{
  g_auto (GStrv) texts = sag_paraphrase_dup_all (text);
  g_auto (GStrv) again = sag_paraphrase_dup_all (text);
  g_autoptr (GHashTable) different = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *negated = sag_paraphrase_dup_negated (text);
  g_autofree char *nonsense = sag_paraphrase_dup_nonsense (text);

  g_assert_true (g_strv_equal ((const char *const *) texts, (const char *const *) again));
  for (gsize i = 0; texts[i] != NULL; i++)
    {
      g_assert_cmpstr (texts[i], !=, text);
      g_assert_true (g_utf8_validate (texts[i], -1, NULL));
      g_assert_true (g_hash_table_add (different, texts[i]));
    }
  g_assert_cmpuint (g_hash_table_size (different), >=, 5);
  g_assert_true (g_hash_table_add (different, negated));
  g_assert_true (g_hash_table_add (different, nonsense));
  g_assert_nonnull (strstr (nonsense, SAG_NONSENSE_WORD));
}

static void
test_any_text (void)
{
  static const char *const texts[] = { "",
                                       " ",
                                       "?",
                                       "\xFF\xFE",
                                       "Is there pleural effusion?",
                                       "Segment",
                                       "Segment in the image.",
                                       "Diagnose the presence of in the lungs",
                                       "肺结节",
                                       "{Q} {F} %s %n",
                                       "Evidence of emphysema in the lungs." };
  g_autoptr (GError) error = NULL;
  SagCatalogue *catalogue = sag_catalogue_get_default (&error);

  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    check_wordings (texts[i]);
  for (gsize i = 0; i < sag_catalogue_get_n_tasks (catalogue); i++)
    check_wordings (sag_catalogue_get_task (catalogue, i)->text);
}

static void
test_controls (void)
{
  static const struct
  {
    const char *text, *negated, *nonsense;
  } cases[] = {
    { "Diagnose the presence of pleural effusion around the lungs",
      "Diagnose the absence of pleural effusion around the lungs",
      "Diagnose the presence of florbosis around the lungs" },
    { "Predict the risk of mortality in 6 months", "Predict the absence of mortality in 6 months",
      "Predict the risk of florbosis in 6 months" },
    { "Segment the lungs in the image.", "Segment everything except the lungs in the image.",
      "Segment the florbosis in the image." },
    { "Segment e in the image.", "Segment everything except the e in the image.",
      "Segment florbosis in the image." },
    { "Is there any  emphysema?", "Is there no emphysema?", "Is there any florbosis?" },
    { "Does the CT show emphysema", "It is not the case that: Does the CT show emphysema",
      "Does the CT show florbosis" },
    { "Pleuraerguß links", "It is not the case that: Pleuraerguß links", "florbosis links" },
    { "3?", "It is not the case that: 3?", "Diagnose the presence of florbosis" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      assert_text (sag_paraphrase_dup_negated (cases[i].text), cases[i].negated);
      assert_text (sag_paraphrase_dup_nonsense (cases[i].text), cases[i].nonsense);
    }
}

/* A finding that a model could know as a word of its own, or as [UNK], would be no control. */
static void
test_nonsense_is_spelled (void)
{
  g_autofree char *path = sag_test_shared ("oracle/vocab/bert-base-uncased-vocab.txt");
  g_autoptr (SagTokenizer) tokenizer = NULL;
  g_autofree gint32 *ids = NULL;
  gsize              n_ids;

  if (path == NULL)
    return;
  tokenizer = sag_tokenizer_load (path, NULL);
  g_assert_nonnull (tokenizer);
  ids = sag_tokenizer_encode (tokenizer, SAG_NONSENSE_WORD, &n_ids);
  g_assert_cmpuint (n_ids, >=, 2 + 3);
  for (gsize i = 0; i < n_ids; i++)
    g_assert_cmpstr (sag_tokenizer_get_word (tokenizer, ids[i]), !=, "[UNK]");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/paraphrase/wordings", test_wordings);
  g_test_add_func ("/text/paraphrase/any-text", test_any_text);
  g_test_add_func ("/text/paraphrase/controls", test_controls);
  g_test_add_func ("/text/paraphrase/nonsense-is-spelled", test_nonsense_is_spelled);
  return g_test_run ();
}
