/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/suggest.h"

#include <string.h>

static gboolean
is_in (GPtrArray *texts, const char *text)
{
  return g_ptr_array_find_with_equal_func (texts, text, g_str_equal, NULL);
}

static void
add (GPtrArray *texts, const char *text, guint limit)
{
  if (texts->len < limit && !is_in (texts, text))
    g_ptr_array_add (texts, g_strdup (text));
}

/* "tree-in-bud" can become a sentence; "Segment tr" and "Is there" are about to be one. */
static gboolean
is_words_only (const char *typed)
{
  static const char *const starts[] = { "diagnose", "segment", "predict", "is there" };
  g_autofree char         *folded = g_utf8_casefold (typed, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (starts); i++)
    if (g_str_has_prefix (folded, starts[i]) || g_str_has_prefix (starts[i], folded))
      return FALSE;
  return g_utf8_strlen (typed, -1) >= 3 && strpbrk (typed, ".?!{}") == NULL;
}

static void
add_filled (GPtrArray *texts, SagCatalogue *catalogue, const char *words, guint limit)
{
  for (gsize i = 0; i < sag_catalogue_get_n_templates (catalogue); i++)
    {
      const SagTaskTemplate *one = sag_catalogue_get_template (catalogue, i);

      if (one->kind == SAG_TASK_PREDICT || strstr (one->text, " around ") != NULL)
        continue;
      {
        g_autofree char *text = sag_task_template_fill (one->text, words, "lungs", 0);

        add (texts, text, limit);
      }
    }
}

GPtrArray *
sag_ui_suggest (SagCatalogue *catalogue, const char *typed, guint limit)
{
  GPtrArray       *texts = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *words = g_strstrip (g_strdup (typed));

  if (catalogue == NULL)
    return texts;
  {
    g_autoptr (GPtrArray) found = sag_catalogue_complete (catalogue, words, limit);

    for (guint i = 0; i < found->len; i++)
      add (texts, ((const SagTask *) found->pdata[i])->text, limit);
  }
  if (is_words_only (words))
    add_filled (texts, catalogue, words, limit);
  return texts;
}

GPtrArray *
sag_ui_suggest_findings (SagCatalogue *catalogue, SagTaskKind kind)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *tasks = g_ptr_array_new ();

  for (gsize i = 0; i < sag_catalogue_get_n_tasks (catalogue); i++)
    {
      const SagTask   *task = sag_catalogue_get_task (catalogue, i);
      g_autofree char *finding = sag_ui_suggest_dup_finding (task);

      if (task->kind != kind || finding == NULL || g_hash_table_contains (known, finding))
        continue;
      g_hash_table_add (known, g_steal_pointer (&finding));
      g_ptr_array_add (tasks, (gpointer) task);
    }
  return tasks;
}

typedef struct
{
  const char *organ;
  guint       n;
} Organ;

static int
compare_organs (gconstpointer a, gconstpointer b)
{
  const Organ *one = *(const Organ *const *) a;
  const Organ *other = *(const Organ *const *) b;

  return one->n != other->n ? (one->n > other->n ? -1 : 1) : strcmp (one->organ, other->organ);
}

static Organ *
find_organ (GPtrArray *organs, const char *name)
{
  Organ *organ;

  for (guint i = 0; i < organs->len; i++)
    if (g_str_equal (((Organ *) organs->pdata[i])->organ, name))
      return organs->pdata[i];
  organ = g_new (Organ, 1);
  *organ = (Organ){ name, 0 };
  g_ptr_array_add (organs, organ);
  return organ;
}

GPtrArray *
sag_ui_suggest_organs (SagCatalogue *catalogue)
{
  g_autoptr (GPtrArray) organs = g_ptr_array_new_with_free_func (g_free);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < sag_catalogue_get_n_tasks (catalogue); i++)
    {
      const SagTask *task = sag_catalogue_get_task (catalogue, i);

      if (task->organ != NULL)
        find_organ (organs, task->organ)->n++;
    }
  g_ptr_array_sort (organs, compare_organs);
  for (guint i = 0; i < organs->len; i++)
    g_ptr_array_add (names, g_strdup (((Organ *) organs->pdata[i])->organ));
  return names;
}

char *
sag_ui_suggest_dup_finding (const SagTask *task)
{
  g_auto (SagTaskWords) words = { 0 };

  sag_task_words_init (&words, task->text);
  return g_steal_pointer (&words.finding);
}
