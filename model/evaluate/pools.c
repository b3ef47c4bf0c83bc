/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evaluate/pools.h"

#include "model/answer/map.h"
#include "model/text/catalogue.h"

#include <string.h>

static void
free_pool (gpointer data)
{
  SagPool *pool = data;

  g_free (pool->text);
  g_free (pool->mask_key);
  g_ptr_array_unref (pool->sentences);
  g_free (pool);
}

/* "_labels|10;11" of scan_labels.nii.gz beside scan.nii.gz; NULL where the values say nothing. */
static char *
dup_mask_key (const SagSample *sample)
{
  g_autoptr (GString) key = NULL;
  g_autofree char *image = NULL, *mask = NULL, *image_folder = NULL, *mask_folder = NULL;
  g_autofree char *parent = NULL;

  if (sample->mask == NULL || sample->n_mask_values == 0)
    return NULL;
  key = g_string_new (NULL);
  image = sag_case_dup_name (sample->image);
  mask = sag_case_dup_name (sample->mask);
  image_folder = g_path_get_dirname (sample->image);
  mask_folder = g_path_get_dirname (sample->mask);
  parent = g_path_get_basename (mask_folder);
  if (strcmp (image_folder, mask_folder) != 0 && strstr (parent, image) == NULL)
    g_string_append_printf (key, "%s/", parent);
  g_string_append_printf (key, "%s|",
                          g_str_has_prefix (mask, image) ? mask + strlen (image) : mask);
  for (gsize i = 0; i < sample->n_mask_values; i++)
    g_string_append_printf (key, "%d;", sample->mask_values[i]);
  return g_string_free (g_steal_pointer (&key), FALSE);
}

/* A question on its way into a pool. */
typedef struct
{
  const char *text;
  gboolean    detects;
  gboolean    verbatim;
  SagTraining training;
  char       *mask_key;
} Question;

static gboolean
belongs (const SagPool *pool, const Question *question, gboolean by_sentence)
{
  SagCatalogue *catalogue = sag_catalogue_get_default (NULL);
  const char   *first = pool->sentences->pdata[0];

  if (pool->detects != question->detects || pool->verbatim != question->verbatim)
    return FALSE;
  if (by_sentence || strcmp (first, question->text) == 0)
    return strcmp (first, question->text) == 0;
  if (pool->mask_key != NULL && question->mask_key != NULL)
    return strcmp (pool->mask_key, question->mask_key) == 0;
  return catalogue != NULL && sag_catalogue_same_finding (catalogue, first, question->text);
}

static guint
find_pool (GPtrArray *pools, const Question *question, gboolean by_sentence)
{
  SagPool *pool;
  guint    i = 0;

  while (i < pools->len && !belongs (pools->pdata[i], question, by_sentence))
    i++;
  if (i == pools->len)
    {
      pool = g_new0 (SagPool, 1);
      pool->sentences = g_ptr_array_new ();
      pool->detects = question->detects;
      pool->verbatim = question->verbatim;
      pool->mask_key = g_strdup (question->mask_key);
      g_ptr_array_add (pools, pool);
    }
  pool = pools->pdata[i];
  g_ptr_array_add (pool->sentences, (gpointer) question->text);
  pool->training = MAX (pool->training, question->training);
  return i;
}

static gboolean
same_values (const SagTask *task, const char *mask_key)
{
  g_autoptr (GString) values = g_string_new ("|");

  for (gsize i = 0; i < task->n_target_ids; i++)
    g_string_append_printf (values, "%d;", task->target_ids[i]);
  return task->n_target_ids > 0 && g_str_has_suffix (mask_key, values->str);
}

/* The catalogue's sentence for what a pool of several asks. */
static const char *
find_in_catalogue (const SagPool *pool)
{
  SagCatalogue *catalogue = sag_catalogue_get_default (NULL);
  const char   *first = pool->sentences->pdata[0];

  for (gsize i = 0; catalogue != NULL && i < sag_catalogue_get_n_tasks (catalogue); i++)
    {
      const SagTask *task = sag_catalogue_get_task (catalogue, i);

      if ((task->kind == SAG_TASK_SEGMENT) != pool->detects)
        continue;
      if (sag_catalogue_same_finding (catalogue, task->text, first) ||
          (pool->mask_key != NULL && same_values (task, pool->mask_key)))
        return task->text;
    }
  return NULL;
}

static gboolean
has_form (const char *text)
{
  return g_str_has_prefix (text, "Diagnose the presence of ") ||
         g_str_has_prefix (text, "Predict the risk of ") ||
         (g_str_has_prefix (text, "Segment ") && g_str_has_suffix (text, " in the image."));
}

/* The sentence of the pool in the paper's form rather than "Outline ...". */
static const char *
find_formed (const SagPool *pool)
{
  for (guint i = 0; i < pool->sentences->len; i++)
    if (has_form (pool->sentences->pdata[i]))
      return pool->sentences->pdata[i];
  return pool->sentences->pdata[0];
}

static void
name_pools (GPtrArray *pools)
{
  for (guint i = 0; i < pools->len; i++)
    {
      SagPool    *pool = pools->pdata[i];
      const char *text = pool->sentences->len > 1 ? find_in_catalogue (pool) : NULL;

      pool->text = g_strdup (text != NULL ? text : find_formed (pool));
    }
}

GPtrArray *
sag_pools_new (const SagEvaluation *evaluation,
               SagBundle           *bundle,
               gboolean             by_sentence,
               guint              **pool_of_row)
{
  gsize             n_rows = sag_evaluation_get_counts (evaluation)->n_rows;
  gsize             n_tasks = sag_evaluation_get_counts (evaluation)->n_tasks;
  GPtrArray        *pools = g_ptr_array_new_with_free_func (free_pool);
  g_autofree guint *known = g_new0 (guint, n_tasks * 2); /* sentence, which head -> pool + 1 */

  *pool_of_row = g_new (guint, n_rows);
  for (gsize i = 0; i < n_rows; i++)
    {
      const SagEvaluationRow *row = sag_evaluation_get_row (evaluation, i);
      guint                  *pool = &known[row->task * 2 + (row->detects ? 1 : 0)];

      if (*pool == 0)
        {
          SagHead head =
            sag_evaluation_detects (evaluation, row, 0) ? SAG_HEAD_PATCH : SAG_HEAD_CLASS;
          SagTraining      training = sag_bundle_get_training (bundle, row->sample->question, head);
          g_autofree char *key = row->detects ? dup_mask_key (row->sample) : NULL;
          Question question = { sag_evaluation_get_task (evaluation, row->task), row->detects,
                                training == SAG_TRAINING_TRAINED, training, key };

          *pool = find_pool (pools, &question, by_sentence) + 1;
        }
      (*pool_of_row)[i] = *pool - 1;
    }
  name_pools (pools);
  return pools;
}
