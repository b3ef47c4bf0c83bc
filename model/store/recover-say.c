/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/recover-private.h"

#include <string.h>

static const struct
{
  const char *table, *words, *placed;
} names[] = {
  { "meta", "notes about the project itself", "" },
  { "cases", "cases", "keep a place, called recovered-case-N, with the file if it is known" },
  { "tasks", "questions", "keep a place, with the key and the wording if they are known" },
  { "labels", "labels",
    "have their word back from the log, which holds no side, place, certainty or comment" },
  { "masks", "masks", "keep what was painted, as recovered-mask-N of the reader \"recovered\"" },
  { "bricks", "pieces of masks (32 x 32 x 32 voxels)", "" },
  { "steps", "steps of undo", "" },
  { "answers", "answers of models", "" },
  { "measurements", "measurements", "" },
  { "reviews", "decisions and second looks", "" },
  { "audit", "entries of the log", "" },
};

SagRecoveredTable *
sag_recover_find_table (SagRecovered *recovered, const char *table)
{
  SagRecoveredTable *one = recovered->tables;

  while (one->table != NULL && strcmp (one->table, table) != 0)
    one++;
  return one;
}

void
sag_recovered_clear (SagRecovered *recovered)
{
  g_clear_pointer (&recovered->labels, g_strfreev);
}

char **
sag_recovered_describe (const SagRecovered *recovered)
{
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();

  for (const SagRecoveredTable *one = recovered->tables; one->table != NULL; one++)
    {
      g_autoptr (GString) line = g_string_new (NULL);
      gsize n = 0;

      if (one->n_missing == 0 && !one->at_least)
        continue;
      while (n + 1 < G_N_ELEMENTS (names) && strcmp (names[n].table, one->table) != 0)
        n++;
      if (one->n_missing == 0)
        g_string_printf (line, "%s may be missing; how many cannot be told", names[n].words);
      else
        g_string_printf (line, "%s%" G_GINT64_FORMAT " %s are missing",
                         one->at_least ? "at least " : "", one->n_missing, names[n].words);
      if (one->n_placed > 0)
        g_string_append_printf (line, "; %" G_GINT64_FORMAT " of them %s", one->n_placed,
                                names[n].placed);
      g_strv_builder_add (lines, line->str);
    }
  return g_strv_builder_end (lines);
}
