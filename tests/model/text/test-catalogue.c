/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/error.h"
#include "model/text/catalogue.h"
#include "tests/support/test.h"

#include <string.h>

static SagCatalogue *
get_catalogue (void)
{
  g_autoptr (GError) error = NULL;
  SagCatalogue *catalogue = sag_catalogue_get_default (&error);

  g_assert_no_error (error);
  return catalogue;
}

/* How many different findings a set has. */
static guint
count_findings (SagCatalogue *catalogue, SagTaskDataset dataset)
{
  g_autoptr (GHashTable) findings = g_hash_table_new (g_str_hash, g_str_equal);

  for (gsize i = 0; i < sag_catalogue_get_n_tasks (catalogue); i++)
    {
      const SagTask *task = sag_catalogue_get_task (catalogue, i);

      if (task->datasets & dataset)
        g_hash_table_add (findings, (gpointer) task->finding);
    }
  return g_hash_table_size (findings);
}

static void
test_sets (void)
{
  SagCatalogue *catalogue = get_catalogue ();

  g_assert_cmpuint (count_findings (catalogue, SAG_TASK_DATASET_CT_RATE), ==, 18);
  g_assert_cmpuint (count_findings (catalogue, SAG_TASK_DATASET_INSPECT_OWN), ==, 8);
  g_assert_cmpuint (count_findings (catalogue, SAG_TASK_DATASET_INSPECT_SHARED), ==, 12);
  g_assert_cmpuint (count_findings (catalogue, SAG_TASK_DATASET_RADCHEST_SHARED), ==, 7);
  g_assert_cmpuint (count_findings (catalogue, SAG_TASK_DATASET_RADCHEST_UNIQUE), ==, 32);
  g_assert_cmpuint (count_findings (catalogue, SAG_TASK_DATASET_SEGMENTATION_PAPER), ==, 60);
  g_assert_cmpuint (count_findings (catalogue, SAG_TASK_DATASET_SEGMENTATION_CODE), ==, 24 + 1);
  g_assert_cmpuint (count_findings (catalogue, SAG_TASK_DATASET_LUNA16), ==, 1);
  g_assert_cmpstr (sag_task_dataset_to_string (SAG_TASK_DATASET_RADCHEST_UNIQUE), ==,
                   "radchest-unique");
}

static void
test_sentences_of_the_paper (void)
{
  static const char *const texts[] = {
    "Diagnose the presence of pleural effusion around the lungs",
    "Diagnose the presence of coronary artery disease in the heart",
    "Predict the risk of mortality in 6 months",
    "Segment the lungs in the image.",
  };
  SagCatalogue *catalogue = get_catalogue ();
  guint         n_paper = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      const SagTask *task = sag_catalogue_find (catalogue, texts[i]);

      g_assert_nonnull (task);
      g_assert_cmpint (task->source, ==, SAG_TASK_SOURCE_PAPER);
    }
  for (gsize i = 0; i < sag_catalogue_get_n_tasks (catalogue); i++)
    n_paper += sag_catalogue_get_task (catalogue, i)->source == SAG_TASK_SOURCE_PAPER;
  g_assert_cmpuint (n_paper, ==, G_N_ELEMENTS (texts));
}

static char *
join_ids (const gint32 *ids, gsize n_ids)
{
  GString *joined = g_string_new (NULL);

  for (gsize i = 0; i < n_ids; i++)
    g_string_append_printf (joined, i > 0 ? " %d" : "%d", ids[i]);
  return g_string_free (joined, FALSE);
}

/* data_utils/anatomical_map.py of howchihlee/uniferum, where right and left lung are swapped and ribs are missing. */
static void
test_sentences_of_the_code (void)
{
  static const struct
  {
    const char *key, *ids, *upstream;
  } keys[] = {
    { "liver", "5", "" },
    { "stomach", "6", "" },
    { "left upper pulmonary lobe", "10", "" },
    { "left lower pulmonary lobe", "11", "" },
    { "right upper pulmonary lobe", "12", "" },
    { "right middle pulmonary lobe", "13", "" },
    { "right lower pulmonary lobe", "14", "" },
    { "esophagus", "15", "" },
    { "tracheal airway", "16", "" },
    { "heart", "51", "" },
    { "thoracic aorta", "52", "" },
    { "pulmonary vein", "53", "" },
    { "left atrial appendage", "61", "" },
    { "superior vena cava", "62", "" },
    { "inferior vena cava", "63", "" },
    { "sternum", "116", "" },
    { "rib cartilage", "117", "" },
    { "lungs", "10 11 12 13 14", "" },
    { "thoracic vertebrae", "32 33 34 35 36 37 38 39 40 41 42 43", "" },
    { "ribs",
      "92 93 94 95 96 97 98 99 100 101 102 103 104 105 106 107 108 109 110 111 112 113 114 115",
      "" },
    { "right ribs", "104 105 106 107 108 109 110 111 112 113 114 115", "" },
    { "left ribs", "92 93 94 95 96 97 98 99 100 101 102 103", "92 93 94 95 96 97 98 99 100" },
    { "right lung", "12 13 14", "10 11" },
    { "left lung", "10 11", "12 13 14" },
  };
  SagCatalogue *catalogue = get_catalogue ();

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *text = g_strdup_printf ("Segment %s in the image.", keys[i].key);
      const SagTask   *task = sag_catalogue_find (catalogue, text);
      g_autofree char *ids = NULL;
      g_autofree char *upstream = NULL;

      g_assert_nonnull (task);
      g_assert_cmpint (task->source, ==, SAG_TASK_SOURCE_CODE);
      ids = join_ids (task->target_ids, task->n_target_ids);
      upstream = join_ids (task->upstream_ids, task->n_upstream_ids);
      g_assert_cmpstr (ids, ==, keys[i].ids);
      g_assert_cmpstr (upstream, ==, keys[i].upstream);
    }
  g_assert_nonnull (sag_catalogue_find (catalogue, "Segment pulmonary nodules in the image."));
}

/* Every id's side is the side of the text, by TotalSegmentator's own names. */
static void
test_sides (void)
{
  g_autofree char *path = sag_test_shared ("data/labels/totalsegmentator_v2_117.csv");
  g_autofree char *table = NULL;
  g_auto (GStrv) lines = NULL;
  SagCatalogue *catalogue = get_catalogue ();

  if (path == NULL)
    return;
  g_assert_true (g_file_get_contents (path, &table, NULL, NULL));
  lines = g_strsplit (table, "\n", 0);
  for (gsize i = 0; i < sag_catalogue_get_n_tasks (catalogue); i++)
    {
      const SagTask *task = sag_catalogue_get_task (catalogue, i);

      for (gsize k = 0; k < task->n_target_ids; k++)
        {
          const char      *line = lines[task->target_ids[k]];
          g_autofree char *start = g_strdup_printf ("%d,", task->target_ids[k]);

          g_assert_true (g_str_has_prefix (line, start));
          if (task->laterality == SAG_LATERALITY_LEFT)
            g_assert_nonnull (strstr (line, "_left"));
          else if (task->laterality == SAG_LATERALITY_RIGHT)
            g_assert_nonnull (strstr (line, "_right"));
        }
    }
}

static void
test_every_task (void)
{
  SagCatalogue *catalogue = get_catalogue ();

  for (gsize i = 0; i < sag_catalogue_get_n_tasks (catalogue); i++)
    {
      const SagTask *task = sag_catalogue_get_task (catalogue, i);
      g_auto (SagTaskWords) words = { 0 };

      sag_task_words_init (&words, task->text);
      g_assert_nonnull (words.finding);
      g_assert_cmpstr (words.organ, ==, task->organ);
      g_assert_cmpstr (words.preposition, ==, task->preposition);
      g_assert_cmpuint (words.months, ==, task->months);
      g_assert_cmpint (task->prognostic, ==, task->kind == SAG_TASK_PREDICT);
      g_assert_cmpint (task->organ != NULL, ==, task->kind == SAG_TASK_DIAGNOSE);
      g_assert_true (task->datasets != 0);
      if (task->kind == SAG_TASK_SEGMENT)
        g_assert_true (task->n_target_ids > 0 || (task->datasets & SAG_TASK_DATASET_LUNA16));
      else
        g_assert_cmpuint (task->n_target_ids, ==, 0);
      if (task->derived)
        g_assert_cmpuint (task->n_target_ids, >, 1);
      g_assert_true (sag_catalogue_find (catalogue, task->text) == task);
      g_assert_true (sag_catalogue_same_finding (catalogue, task->text, task->text));
    }
}

/* All of the catalogue's sentences of our own making follow a template. */
static void
test_templates (void)
{
  SagCatalogue *catalogue = get_catalogue ();

  for (gsize i = 0; i < sag_catalogue_get_n_tasks (catalogue); i++)
    {
      const SagTask *task = sag_catalogue_get_task (catalogue, i);
      g_auto (SagTaskWords) words = { 0 };
      gboolean found = task->source == SAG_TASK_SOURCE_PAPER;

      sag_task_words_init (&words, task->text);
      for (gsize k = 0; k < sag_catalogue_get_n_templates (catalogue); k++)
        {
          const SagTaskTemplate *template = sag_catalogue_get_template (catalogue, k);
          g_autofree char *filled =
            sag_task_template_fill (template->text, words.finding, words.organ, words.months);

          found = found || (template->kind == task->kind && strcmp (filled, task->text) == 0);
        }
      g_assert_true (found);
    }
}

static void
test_same_finding (void)
{
  static const struct
  {
    const char *a, *b;
    gboolean    same;
  } cases[] = {
    { "Segment lungs in the image.", "Segment the lungs in the image.", TRUE },
    { "Segment heart in the image.", "Segment cardiac organ in the image.", TRUE },
    { "Segment heart in the image.", "Segment the heart in this chest CT.", TRUE },
    { "Segment heart in the image.", "Segment the heart in this scan", TRUE },
    { "Segment heart in the image.", "Segment the heart in this chest CT slice.", FALSE },
    { "Segment rib cartilage in the image.", "segment the costal cartilage", TRUE },
    { "Diagnose the presence of pleural effusion around the lungs", "Is there pleural effusion?",
      TRUE },
    { "Diagnose the presence of pleural effusion around the lungs",
      "Does the CT show pleural effusions", TRUE },
    { "Diagnose the presence of pleural effusion around the lungs", "PLEURAL EFFUSION", TRUE },
    { "Diagnose the presence of lung nodule in the lungs", "Are there pulmonary nodules?", TRUE },
    { "Diagnose the presence of lung nodule in the lungs", "Diagnose pulmonary nodules.", TRUE },
    { "Diagnose the presence of lung nodule in the lungs", "Diagnose no lung nodule.", FALSE },
    { "Diagnose the presence of lung nodule in the lungs", "Diagnose this.", FALSE },
    { "Diagnose the presence of septal thickening in the lungs", "Interlobular septal thickening?",
      FALSE },
    { "Diagnose the presence of interlobular septal thickening in the lungs",
      "Interlobular septal thickening?", TRUE },
    { "Diagnose the presence of ascites in the abdomen",
      "Diagnose the presence of ascites around the liver", TRUE },
    { "Diagnose the presence of ascites in the abdomen", "Is there ascites?", TRUE },
    { "Diagnose the presence of pleural effusion around the lungs",
      "Diagnose the absence of pleural effusion", FALSE },
    { "Diagnose the presence of pleural effusion around the lungs", "No pleural effusion", FALSE },
    { "Diagnose the presence of pleural effusion around the lungs",
      "Is there pericardial effusion?", FALSE },
    { "Diagnose the presence of consolidation in the lungs",
      "Is there consolidation in the left lung?", FALSE },
    { "Diagnose the presence of lung nodule in the lungs", "Segment lung nodules", FALSE },
    { "Segment left lung in the image.", "Segment right lung in the image.", FALSE },
    { "Predict the risk of mortality in 6 months", "Predict the risk of mortality in 6 months.",
      TRUE },
    { "Predict the risk of mortality in 6 months", "Predict the risk of mortality in 12 months",
      FALSE },
    { "What is this?", "What is that?", FALSE },
    { "", "", TRUE },
    { "", " ", FALSE },
  };
  SagCatalogue *catalogue = get_catalogue ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s / %s", cases[i].a, cases[i].b);
      g_assert_cmpint (sag_catalogue_same_finding (catalogue, cases[i].a, cases[i].b), ==,
                       cases[i].same);
      g_assert_cmpint (sag_catalogue_same_finding (catalogue, cases[i].b, cases[i].a), ==,
                       cases[i].same);
    }
}

static void
test_wordings (void)
{
  SagCatalogue *catalogue = get_catalogue ();
  g_autoptr (GPtrArray) lungs =
    sag_catalogue_find_wordings (catalogue, "Segment lungs in the image.");
  g_autoptr (GPtrArray) none =
    sag_catalogue_find_wordings (catalogue, "Segment liver in the image.");

  g_assert_cmpuint (lungs->len, ==, 1);
  g_assert_cmpstr (((const SagTask *) lungs->pdata[0])->text, ==,
                   "Segment the lungs in the image.");
  g_assert_cmpuint (none->len, ==, 0);
}

static void
assert_first (const char *typed, const char *text)
{
  g_autoptr (GPtrArray) found = sag_catalogue_complete (get_catalogue (), typed, 5);

  g_assert_cmpuint (found->len, <=, 5);
  if (text == NULL)
    g_assert_cmpuint (found->len, ==, 0);
  else
    g_assert_cmpstr (((const SagTask *) found->pdata[0])->text, ==, text);
}

static void
test_complete (void)
{
  assert_first ("", "Diagnose the presence of arterial wall calcification in the arteries");
  assert_first ("segment l", "Segment liver in the image.");
  assert_first ("Pleural eff", "Diagnose the presence of pleural effusion around the lungs");
  assert_first ("risk", "Predict the risk of pulmonary hypertension in 12 months");
  assert_first ("BUD", "Diagnose the presence of tree-in-bud pattern in the lungs");
  assert_first ("xyz", NULL);
  assert_first ("\xFF", NULL);
}

static void
test_refused (void)
{
#define TASK                                                                                       \
  "\"source\":\"ours\",\"kind\":\"segment\",\"label\":\"X\",\"finding\":\"x\",\"datasets\":[]"
  static const struct
  {
    const char *tasks, *part;
  } cases[] = {
    { "1", "\"tasks\" is not a list" },
    { "[1]", "entry 1 of \"tasks\" is not an object" },
    { "[{}]", "entry 1 of \"tasks\": \"text\" is missing" },
    { "[{\"text\":\"\"," TASK "}]", "\"text\" is empty" },
    { "[{\"text\":\"Diagnose x\"," TASK "}]", "its text starts otherwise" },
    { "[{\"text\":\"Segment x\"," TASK "},{\"text\":\"Segment x\"," TASK "}]",
      "entry 2 of \"tasks\": its text was there before" },
    { "[{\"text\":\"Segment x\"," TASK ",\"laterality\":\"up\"}]", "\"laterality\" is \"up\"" },
    { "[{\"text\":\"Segment x\"," TASK ",\"prognostic\":true}]",
      "\"prognostic\" must be true for predictions only" },
    { "[{\"text\":\"Segment x\"," TASK ",\"totalsegmentator\":[-1]}]",
      "\"totalsegmentator\" is -1" },
    { "[{\"text\":\"Segment x\"," TASK ",\"totalsegmentator\":[1.5]}]",
      "\"totalsegmentator\" is not a whole number" },
    { "[{\"text\":\"Segment x\"," TASK ",\"aliases\":[2]}]",
      "\"aliases\" holds something that is not a text" },
    { "[{\"text\":\"Segment x\"," TASK ",\"aliases\":[\"\"]}]", "an alias is empty" },
    { "[{\"text\":\"Segment x\"," TASK "},{\"text\":\"Segment the x\",\"source\":\"ours\","
      "\"kind\":\"segment\",\"label\":\"X\",\"finding\":\"y\",\"datasets\":[]}]",
      "\"x\" already stands for the finding \"x\"" },
    { "[{\"text\":\"Segment x\",\"source\":\"ours\",\"kind\":\"draw\"}]", "\"kind\" is \"draw\"" },
    { "[{\"text\":\"Segment "
      "x\",\"source\":\"ours\",\"kind\":\"segment\",\"label\":\"X\",\"finding\":\"x\","
      "\"datasets\":[\"mine\"]}]",
      "\"datasets\" is \"mine\"" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *json =
        g_strdup_printf ("{\"format\":1,\"templates\":[],\"tasks\":%s}", cases[i].tasks);

      g_assert_null (sag_catalogue_new (json, strlen (json), "c.json", &error));
      g_assert_true (g_str_has_prefix (error->message, "c.json is not a usable task catalogue: "));
      sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, cases[i].part);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/catalogue/sets", test_sets);
  g_test_add_func ("/text/catalogue/sentences-of-the-paper", test_sentences_of_the_paper);
  g_test_add_func ("/text/catalogue/sentences-of-the-code", test_sentences_of_the_code);
  g_test_add_func ("/text/catalogue/sides", test_sides);
  g_test_add_func ("/text/catalogue/every-task", test_every_task);
  g_test_add_func ("/text/catalogue/templates", test_templates);
  g_test_add_func ("/text/catalogue/same-finding", test_same_finding);
  g_test_add_func ("/text/catalogue/wordings", test_wordings);
  g_test_add_func ("/text/catalogue/complete", test_complete);
  g_test_add_func ("/text/catalogue/refused", test_refused);
  return g_test_run ();
}
