/* SPDX-License-Identifier: Apache-2.0 */
#include "model/export/readings.h"

#include "model/core/error.h"
#include "model/mask/combine.h"

#include <math.h>
#include <string.h>

#define MOST_READERS 256

static void
task_free (gpointer data)
{
  g_array_unref (((SagTaskReadings *) data)->pairs);
  g_free (data);
}

static void
clear_mask (gpointer data)
{
  g_free (((SagMaskReading *) data)->mask);
  g_free (((SagMaskReading *) data)->name);
}

static void
difference_free (gpointer data)
{
  SagDifference *difference = data;

  g_free (difference->values);
  g_clear_pointer (&difference->masks, g_array_unref);
  g_clear_pointer (&difference->pairs, g_array_unref);
  g_free (difference);
}

void
sag_readings_free (SagReadings *readings)
{
  if (readings == NULL)
    return;
  g_clear_pointer (&readings->tasks, g_ptr_array_unref);
  g_clear_pointer (&readings->differences, g_ptr_array_unref);
  g_clear_pointer (&readings->project, sag_project_free);
  g_strfreev (readings->readers);
  g_free (readings);
}

double
sag_difference_get_dice (const SagDifference *difference)
{
  double least = NAN;

  for (guint p = 0; difference->pairs != NULL && p < difference->pairs->len; p++)
    least = fmin (least, g_array_index (difference->pairs, SagMaskPair, p).dice);
  return least;
}

/* -1: nobody */
static int
find_reader (const SagReadings *readings, const char *name)
{
  for (guint r = 0; r < readings->n_readers; r++)
    if (strcmp (readings->readers[r], name) == 0)
      return (int) r;
  return -1;
}

/* Labels */

/* Places of cases by id, + 1. */
static GHashTable *
places_of (const GPtrArray *cases)
{
  GHashTable *places = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (guint c = 0; c < cases->len; c++)
    {
      const SagCaseRow *one = g_ptr_array_index (cases, c);

      g_hash_table_insert (places, g_memdup2 (&one->id, sizeof one->id), GUINT_TO_POINTER (c + 1));
    }
  return places;
}

/* What was said to one task: (cases, readers) of SagLabelValue. */
static guint8 *
dup_values (const SagReadings *readings, GHashTable *places, gint64 task_id)
{
  const SagProject *project = readings->project;
  const gsize       n = (gsize) project->cases->len * readings->n_readers;
  guint8           *values = g_malloc0 (MAX (n, 1));

  for (guint l = 0; l < project->labels->len; l++)
    {
      const SagLabelRow *label = g_ptr_array_index (project->labels, l);
      const guint        place = GPOINTER_TO_UINT (g_hash_table_lookup (places, &label->case_id));
      const int reader = label->task_id == task_id ? find_reader (readings, label->reader) : -1;

      if (place > 0 && reader >= 0)
        values[(gsize) (place - 1) * readings->n_readers + (guint) reader] = (guint8) label->value;
    }
  return values;
}

static SagReadingPair
compare (const guint8 *values, guint n_cases, gsize n_readers, guint a, guint b)
{
  SagReadingPair pair = { a, b, { 0 } };

  for (guint c = 0; c < n_cases; c++)
    {
      const guint8 x = values[c * n_readers + a], y = values[c * n_readers + b];

      pair.kappa.both += x == SAG_LABEL_VALUE_PRESENT && y == SAG_LABEL_VALUE_PRESENT;
      pair.kappa.first += x == SAG_LABEL_VALUE_PRESENT && y == SAG_LABEL_VALUE_ABSENT;
      pair.kappa.second += x == SAG_LABEL_VALUE_ABSENT && y == SAG_LABEL_VALUE_PRESENT;
      pair.kappa.neither += x == SAG_LABEL_VALUE_ABSENT && y == SAG_LABEL_VALUE_ABSENT;
    }
  sag_kappa_compute (&pair.kappa);
  return pair;
}

static double
compute_alpha (const guint8 *values, guint n_cases, guint n_readers)
{
  const gsize        n = (gsize) n_cases * n_readers;
  g_autofree guint8 *words = g_malloc (MAX (n, 1));

  for (gsize i = 0; i < n; i++)
    words[i] = values[i] == SAG_LABEL_VALUE_PRESENT  ? 1
               : values[i] == SAG_LABEL_VALUE_ABSENT ? 0
                                                     : SAG_ALPHA_MISSING;
  return sag_krippendorff_alpha (words, n_cases, n_readers);
}

static void
note_case (SagReadings      *readings,
           SagTaskReadings  *task,
           const SagCaseRow *one,
           const guint8     *values)
{
  guint    n = 0;
  guint8   first = SAG_LABEL_VALUE_NONE;
  gboolean differ = FALSE;

  for (guint r = 0; r < readings->n_readers; r++)
    if (values[r] != SAG_LABEL_VALUE_NONE)
      {
        differ |= n > 0 && values[r] != first;
        first = values[r];
        n++;
      }
  task->n_cases += n > 1;
  task->n_differ += differ;
  if (differ)
    {
      SagDifference *difference = g_new0 (SagDifference, 1);

      difference->one = one;
      difference->task = task->task;
      difference->values = g_memdup2 (values, readings->n_readers);
      g_ptr_array_add (readings->differences, difference);
    }
}

static void
add_task (SagReadings *readings, GHashTable *places, const SagTaskRow *row)
{
  const guint        n_readers = readings->n_readers, n_cases = readings->project->cases->len;
  g_autofree guint8 *values = dup_values (readings, places, row->id);
  SagTaskReadings   *task = g_new0 (SagTaskReadings, 1);

  task->task = row;
  task->alpha = compute_alpha (values, n_cases, n_readers);
  task->pairs = g_array_new (FALSE, FALSE, sizeof (SagReadingPair));
  for (guint a = 0; a < n_readers; a++)
    for (guint b = a + 1; b < n_readers; b++)
      {
        const SagReadingPair pair = compare (values, n_cases, n_readers, a, b);

        g_array_append_val (task->pairs, pair);
      }
  for (guint c = 0; c < n_cases; c++)
    note_case (readings, task, g_ptr_array_index (readings->project->cases, c),
               values + (gsize) c * n_readers);
  g_ptr_array_add (readings->tasks, task);
}

/* Masks */

/* What a reader painted for a task: all masks of it together. */
static void
add_painted (GPtrArray *painted, guint reader, SagMask *mask)
{
  SagMask *before = g_ptr_array_index (painted, reader);
  SagMask *both = before != NULL ? sag_mask_combine (before, mask, SAG_MASK_UNION, NULL) : NULL;

  if (before != NULL)
    sag_mask_unref (before);
  /* They were read on one grid. */
  painted->pdata[reader] = both != NULL ? both : sag_mask_ref (mask);
}

static void
add_pairs (SagDifference *difference, const GPtrArray *painted)
{
  for (guint a = 0; a < painted->len; a++)
    for (guint b = a + 1; painted->pdata[a] != NULL && b < painted->len; b++)
      if (painted->pdata[b] != NULL)
        {
          const SagMaskPair pair = { a, b, sag_mask_dice (painted->pdata[a], painted->pdata[b]) };

          g_array_append_val (difference->pairs, pair);
        }
}

static void
unref_mask (gpointer mask)
{
  if (mask != NULL)
    sag_mask_unref (mask);
}

static void
add_masks (SagReadings *readings, const SagCaseRow *one, const SagTaskRow *task, GPtrArray *all)
{
  SagDifference *difference = g_new0 (SagDifference, 1);
  g_autoptr (GPtrArray) painted = g_ptr_array_new_with_free_func (unref_mask);

  g_ptr_array_set_size (painted, (int) readings->n_readers);
  difference->one = one;
  difference->task = task;
  difference->masks = g_array_new (FALSE, FALSE, sizeof (SagMaskReading));
  g_array_set_clear_func (difference->masks, clear_mask);
  difference->pairs = g_array_new (FALSE, FALSE, sizeof (SagMaskPair));
  for (guint m = 0; m < all->len; m++)
    {
      const SagStoredMask *stored = g_ptr_array_index (all, m);
      const int            reader = find_reader (readings, stored->reader);
      SagMaskReading       reading = { (guint) reader, NULL, NULL };

      if (reader < 0 || g_strcmp0 (stored->info->key, task->key) != 0 ||
          sag_project_is_decision (readings->project, stored))
        continue;
      reading.mask = g_strdup (stored->info->id);
      reading.name = g_strdup (stored->info->name);
      g_array_append_val (difference->masks, reading);
      add_painted (painted, reading.reader, stored->mask);
    }
  add_pairs (difference, painted);
  if (difference->pairs->len > 0)
    g_ptr_array_add (readings->differences, difference);
  else
    difference_free (difference);
}

typedef struct
{
  GArray *cases; /* ids */
  char ***readers;
} Ask;

/* Who there is, and the cases that several painted. */
static gboolean
ask (SagDb *db, gpointer data, GError **error)
{
  Ask    *ask = data;
  GError *failure = NULL;
  SagRow *row;

  g_clear_pointer (ask->readers, g_strfreev);
  g_array_set_size (ask->cases, 0);
  *ask->readers = sag_labels_list_readers (db, error);
  if (*ask->readers == NULL)
    return FALSE;
  row = sag_db_query (db, error,
                      "SELECT DISTINCT case_id FROM masks WHERE key IS NOT NULL GROUP BY case_id, "
                      "key HAVING count(DISTINCT reader) > 1",
                      "");
  if (row == NULL)
    return FALSE;
  while (sag_db_next (db, row, &failure))
    {
      const gint64 id = sag_row_integer (row, 0);

      g_array_append_val (ask->cases, id);
    }
  return sag_db_settle (failure, error);
}

static gboolean
add_case (SagReadings *readings, const SagCaseRow *one, GError **error)
{
  g_autoptr (GPtrArray) masks = sag_project_load_masks (readings->project, one, error);

  if (masks == NULL)
    return FALSE;
  for (guint t = 0; t < readings->project->tasks->len; t++)
    add_masks (readings, one, g_ptr_array_index (readings->project->tasks, t), masks);
  return TRUE;
}

SagReadings *
sag_readings_load (SagStore *store, GCancellable *cancellable, GError **error)
{
  g_autoptr (SagReadings) readings = g_new0 (SagReadings, 1);
  g_autoptr (GHashTable) places = NULL;
  g_autoptr (GArray) painted = g_array_new (FALSE, FALSE, sizeof (gint64));
  Ask what = { painted, &readings->readers };

  readings->project = sag_project_load (store, error);
  if (readings->project == NULL || !sag_store_run (store, ask, &what, error))
    return NULL;
  readings->n_readers = g_strv_length (readings->readers);
  if (readings->n_readers > MOST_READERS)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT,
                   "The project has %u readers; readings are compared of %d at most.",
                   readings->n_readers, MOST_READERS);
      return NULL;
    }
  readings->tasks = g_ptr_array_new_with_free_func (task_free);
  readings->differences = g_ptr_array_new_with_free_func (difference_free);
  places = places_of (readings->project->cases);
  for (guint t = 0; t < readings->project->tasks->len; t++)
    add_task (readings, places, g_ptr_array_index (readings->project->tasks, t));
  for (guint p = 0; p < painted->len; p++)
    {
      const guint place =
        GPOINTER_TO_UINT (g_hash_table_lookup (places, &g_array_index (painted, gint64, p)));

      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          (place > 0 &&
           !add_case (readings, g_ptr_array_index (readings->project->cases, place - 1), error)))
        return NULL;
    }
  return g_steal_pointer (&readings);
}
