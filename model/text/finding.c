/* SPDX-License-Identifier: Apache-2.0 */
#include "model/text/catalogue-private.h"

#include <string.h>

/* Which finding a text asks for, and whether two texts ask for the same one.
 *
 * A name key is "segment|NAME", "predict|NAME|MONTHS" or, for diagnoses and questions alike, "diagnose|NAME",
 * with NAME case-folded, which, unlike lower case, is the same under Turkish rules. A finding is the catalogue's
 * id of a name, or the name key itself where the catalogue does not know it: people train on findings of their
 * own.
 */

char *
sag_catalogue_dup_name_key (SagTaskKind kind, const char *name, guint months)
{
  g_autofree char *folded = g_utf8_casefold (name, -1);

  if (kind == SAG_TASK_PREDICT)
    return g_strdup_printf ("predict|%s|%u", folded, months);
  return g_strconcat (kind == SAG_TASK_SEGMENT ? "segment|" : "diagnose|", folded, NULL);
}

/* Where @name stands in @text as whole words, perhaps in the plural; both case-folded. */
static gboolean
names (const char *text, const char *name)
{
  gsize size = strlen (name);

  for (const char *at = strstr (text, name); at != NULL; at = strstr (at + 1, name))
    {
      const char *end = at + size;

      if (at > text && g_unichar_isalnum (g_utf8_get_char (g_utf8_prev_char (at))))
        continue;
      if (*end == 's')
        end++;
      if (!g_unichar_isalnum (g_utf8_get_char (end)))
        return TRUE;
    }
  return FALSE;
}

static char *
dup_folded (const char *text)
{
  g_auto (SagTaskWords) words = { 0 };

  sag_task_words_init (&words, text);
  return g_utf8_casefold (words.text, -1);
}

/* The finding with the longest name in a free question, "Diagnose pleural effusion." among them. */
static const char *
find_named (SagCatalogue *catalogue, const char *text)
{
  g_autofree char *folded = dup_folded (text);
  const char      *found = NULL;
  gsize            found_size = 0;
  GHashTableIter   iter;
  gpointer         key, finding;

  g_hash_table_iter_init (&iter, catalogue->by_name);
  while (g_hash_table_iter_next (&iter, &key, &finding))
    {
      const char *name =
        g_str_has_prefix (key, "diagnose|") ? (const char *) key + strlen ("diagnose|") : NULL;

      if (name != NULL && strlen (name) > found_size && names (folded, name))
        {
          found = finding;
          found_size = strlen (name);
        }
    }
  return found;
}

/* NULL for a free text that names nothing known. */
static char *
dup_finding (SagCatalogue *catalogue, const char *text)
{
  g_auto (SagTaskWords) words = { 0 };
  const SagTask   *task = sag_catalogue_find (catalogue, text);
  g_autofree char *key = NULL;
  const char      *finding;

  if (task != NULL)
    return g_strdup (task->finding);
  sag_task_words_init (&words, text);
  if (words.finding == NULL)
    return g_strdup (words.kind == SAG_TASK_OTHER || words.kind == SAG_TASK_DIAGNOSE
                       ? find_named (catalogue, text)
                       : NULL);
  key = sag_catalogue_dup_name_key (words.kind, words.finding, words.months);
  finding = g_hash_table_lookup (catalogue->by_name, key);
  return finding != NULL ? g_strdup (finding) : g_steal_pointer (&key);
}

/* Words that turn a question round or narrow it to a side: both texts must have the same ones. */
static guint
telling_words (const char *text)
{
  static const struct
  {
    const char *word;
    guint       flag;
  } telling[] = {
    { "no", 1 },      { "not", 1 },    { "without", 1 },   { "absence", 1 }, { "absent", 1 },
    { "exclude", 1 }, { "except", 1 }, { "free of", 1 },   { "never", 1 },   { "rule out", 1 },
    { "left", 2 },    { "right", 4 },  { "bilateral", 8 },
  };
  g_autofree char *folded = dup_folded (text);
  guint            flags = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (telling); i++)
    if (names (folded, telling[i].word))
      flags |= telling[i].flag;
  return flags;
}

gboolean
sag_catalogue_same_finding (SagCatalogue *catalogue, const char *a, const char *b)
{
  g_autofree char *finding_a = NULL;
  g_autofree char *finding_b = NULL;

  g_return_val_if_fail (catalogue != NULL && a != NULL && b != NULL, FALSE);

  if (strcmp (a, b) == 0)
    return TRUE;
  if (telling_words (a) != telling_words (b))
    return FALSE;
  finding_a = dup_finding (catalogue, a);
  finding_b = dup_finding (catalogue, b);
  return finding_a != NULL && g_strcmp0 (finding_a, finding_b) == 0;
}

GPtrArray *
sag_catalogue_find_wordings (SagCatalogue *catalogue, const char *text)
{
  GPtrArray *found;

  g_return_val_if_fail (catalogue != NULL && text != NULL, NULL);

  found = g_ptr_array_new ();
  for (gsize i = 0; i < sag_catalogue_get_n_tasks (catalogue); i++)
    {
      const SagTask *task = sag_catalogue_get_task (catalogue, i);

      if (strcmp (task->text, text) != 0 &&
          sag_catalogue_same_finding (catalogue, task->text, text))
        g_ptr_array_add (found, (gpointer) task);
    }
  return found;
}
