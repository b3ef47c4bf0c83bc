/* SPDX-License-Identifier: Apache-2.0 */
/* Which patient goes where, and which samples are taken. Every choice is a hash of the seed and of names, so that it
 * does not change with the order of a table or the place of the data. */
#include "model/dataset/compose-private.h"

#include "model/core/error.h"
#include "model/core/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_TRIES 64 /* for each organ task: drawn again if the scan has it already */

/* FNV-1a, then mixed with the seed. */
static guint64
hash_text (guint64 seed, const char *text)
{
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (const char *c = text; *c != '\0'; c++)
    hash = (hash ^ (guchar) *c) * G_GUINT64_CONSTANT (0x100000001b3);
  return sag_random_hash (seed, hash);
}

static guint64
hash_pair (guint64 seed, const char *a, const char *b)
{
  return hash_text (hash_text (seed, a), b);
}

static const char *
patient_of (const SagComposeScan *scan)
{
  return scan->patient != NULL ? scan->patient : scan->key;
}

/* Splits that tables gave: patient -> the scan that gave it. */
static gboolean
collect_known (SagComposition *self, GHashTable *known, GError **error)
{
  for (guint i = 0; i < self->scans->len; i++)
    {
      SagComposeScan *scan = self->scans->pdata[i];
      SagComposeScan *before = g_hash_table_lookup (known, patient_of (scan));

      if (scan->conflict != NULL)
        {
          g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                       "%s and %s put the same scan in two splits; keep it in one.", scan->where,
                       scan->conflict);
          return FALSE;
        }
      if (scan->split < 0)
        continue;
      if (before != NULL && before->split != scan->split)
        {
          g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                       "%s and %s put the same patient in two splits; keep each patient in one.",
                       before->where, scan->where);
          return FALSE;
        }
      if (before == NULL)
        g_hash_table_insert (known, (gpointer) patient_of (scan), scan);
    }
  return TRUE;
}

typedef struct
{
  const char *patient;
  guint64     hash;
} Ranked;

static int
compare_ranked (const void *a, const void *b)
{
  const Ranked *x = a, *y = b;

  if (x->hash != y->hash)
    return x->hash < y->hash ? -1 : 1;
  return strcmp (x->patient, y->patient);
}

/* Cuts the patients, in the order of their hashes, at the shares. */
static void
cut (SagComposition *self, GArray *patients, const double shares[SAG_N_SPLITS], GHashTable *splits)
{
  double whole = 0, sum = 0;
  guint  done = 0;

  g_array_sort (patients, compare_ranked);
  for (int s = 0; s < SAG_N_SPLITS; s++)
    whole += shares[s];
  for (int s = 0; s < SAG_N_SPLITS; s++)
    {
      guint end;

      sum += shares[s];
      end = whole > 0 ? (guint) lround (patients->len * sum / whole) : patients->len;
      for (; done < end; done++)
        g_hash_table_insert (splits, (gpointer) g_array_index (patients, Ranked, done).patient,
                             GINT_TO_POINTER (s + 1));
    }
}

static void
add_patient (const SagComposition *self, GArray *patients, GHashTable *seen, const char *patient)
{
  Ranked ranked = { patient, hash_pair (self->seed, "split", patient) };

  if (g_hash_table_add (seen, (gpointer) patient))
    g_array_append_val (patients, ranked);
}

/* Those whose split nobody said are cut at all three shares. Where tables leave validation out, their training
 * patients are cut at two. */
static void
cut_all (SagComposition *self, GHashTable *known, GHashTable *splits)
{
  const double *shares = self->options->shares;
  const double  two[SAG_N_SPLITS] = { shares[SAG_SPLIT_TRAIN], shares[SAG_SPLIT_VALIDATION], 0 };
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GArray) unknown = g_array_new (FALSE, FALSE, sizeof (Ranked));
  g_autoptr (GArray) train = g_array_new (FALSE, FALSE, sizeof (Ranked));
  gboolean has_validation = FALSE;

  for (guint i = 0; i < self->scans->len; i++)
    {
      const SagComposeScan *scan = self->scans->pdata[i];
      const SagComposeScan *of = g_hash_table_lookup (known, patient_of (scan));

      has_validation = has_validation || (of != NULL && of->split == SAG_SPLIT_VALIDATION);
      if (of == NULL)
        add_patient (self, unknown, seen, patient_of (scan));
      else if (of->split == SAG_SPLIT_TRAIN)
        add_patient (self, train, seen, patient_of (scan));
    }
  cut (self, unknown, shares, splits);
  if (has_validation || train->len == 0 || !(shares[SAG_SPLIT_VALIDATION] > 0))
    return;
  cut (self, train, two, splits);
  sag_compose_warn (self, "The tables have no validation split: it is drawn from their training "
                          "patients.");
}

gboolean
sag_compose_assign_splits (SagComposition *self, GError **error)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) splits = g_hash_table_new (g_str_hash, g_str_equal);

  if (!collect_known (self, known, error))
    return FALSE;
  cut_all (self, known, splits);
  for (guint i = 0; i < self->scans->len; i++)
    {
      SagComposeScan       *scan = self->scans->pdata[i];
      const SagComposeScan *of = g_hash_table_lookup (known, patient_of (scan));
      int drawn = GPOINTER_TO_INT (g_hash_table_lookup (splits, patient_of (scan)));

      if (drawn > 0)
        scan->split = drawn - 1;
      else if (of != NULL)
        scan->split = of->split;
    }
  return TRUE;
}

/* A negative that may be taken. */
typedef struct
{
  guint   label;
  guint64 hash;
} Drawn;

static int
compare_drawn (const void *a, const void *b)
{
  const Drawn *x = a, *y = b;

  if (x->hash != y->hash)
    return x->hash < y->hash ? -1 : 1;
  return (x->label > y->label) - (x->label < y->label);
}

static void
add_row (SagComposition *self, guint task, guint scan, int label, const SagTask *segment)
{
  SagComposeRow   row = { task, scan, label, segment };
  SagComposeTask *of = self->tasks->pdata[task];
  int             split = ((SagComposeScan *) self->scans->pdata[scan])->split;

  g_array_append_val (self->rows, row);
  self->counts.n_rows[split]++;
  *(label == 0 ? &of->n_negatives[split] : &of->n_positives[split]) += 1;
}

static gboolean
is_balanced (const SagComposition *self, int split)
{
  return self->balance == SAG_COMPOSE_BALANCE_ALL ||
         (self->balance == SAG_COMPOSE_BALANCE_TRAIN && split == SAG_SPLIT_TRAIN);
}

/* Positives, and as many negatives. @labels: (element-type guint) of one task and split */
static void
choose_labels (SagComposition *self, guint task, int split, const GArray *labels)
{
  SagComposeTask *of = self->tasks->pdata[task];
  g_autoptr (GArray) negatives = g_array_new (FALSE, FALSE, sizeof (Drawn));
  gsize n_taken, n_positives = 0;

  for (guint i = 0; i < labels->len; i++)
    {
      guint                  index = g_array_index (labels, guint, i);
      const SagComposeLabel *label = &g_array_index (self->labels, SagComposeLabel, index);
      const SagComposeScan  *scan = self->scans->pdata[label->scan];
      Drawn                  drawn = { index, hash_pair (self->seed, of->question, scan->key) };

      n_positives += label->positive;
      if (label->positive)
        add_row (self, task, label->scan, 1, NULL);
      else
        g_array_append_val (negatives, drawn);
    }
  n_taken = negatives->len;
  if (is_balanced (self, split))
    {
      g_array_sort (negatives, compare_drawn);
      n_taken = MIN (n_taken, n_positives);
      of->n_left_out[split] = negatives->len - n_taken;
    }
  for (guint i = 0; i < n_taken; i++)
    {
      guint index = g_array_index (negatives, Drawn, i).label;

      add_row (self, task, g_array_index (self->labels, SagComposeLabel, index).scan, 0, NULL);
    }
}

static void
free_array (gpointer array)
{
  g_array_unref (array);
}

static void
choose_all_labels (SagComposition *self)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new_with_free_func (free_array);
  guint n_tasks = self->tasks->len;

  for (guint i = 0; i < n_tasks * SAG_N_SPLITS; i++)
    g_ptr_array_add (sorted, g_array_new (FALSE, FALSE, sizeof (guint)));
  for (guint i = 0; i < self->labels->len; i++)
    {
      const SagComposeLabel *label = &g_array_index (self->labels, SagComposeLabel, i);
      int                    split = ((SagComposeScan *) self->scans->pdata[label->scan])->split;

      g_array_append_val ((GArray *) sorted->pdata[label->task * SAG_N_SPLITS + (guint) split], i);
    }
  for (guint i = 0; i < n_tasks * SAG_N_SPLITS; i++)
    choose_labels (self, i / SAG_N_SPLITS, (int) (i % SAG_N_SPLITS), sorted->pdata[i]);
}

/* Organs of the catalogue: (element-type SagTask). */
static GPtrArray *
list_organs (const SagComposition *self)
{
  guint         dataset = self->options->paper_organs ? SAG_TASK_DATASET_SEGMENTATION_PAPER
                                                      : SAG_TASK_DATASET_SEGMENTATION_CODE;
  SagCatalogue *catalogue = sag_catalogue_get_default (NULL);
  GPtrArray    *organs = g_ptr_array_new ();

  for (gsize i = 0; catalogue != NULL && i < sag_catalogue_get_n_tasks (catalogue); i++)
    {
      const SagTask *task = sag_catalogue_get_task (catalogue, i);

      if (task->kind == SAG_TASK_SEGMENT && (task->datasets & dataset) && task->n_target_ids > 0)
        g_ptr_array_add (organs, (gpointer) task);
    }
  return organs;
}

/* The scans of the samples of a split, each as often as it has samples; without samples every scan once. */
static GArray *
list_candidates (const SagComposition *self, int split, gsize *n_samples)
{
  GArray *scans = g_array_new (FALSE, FALSE, sizeof (guint));

  *n_samples = 0;
  for (guint i = 0; i < self->rows->len; i++)
    {
      guint                 scan = g_array_index (self->rows, SagComposeRow, i).scan;
      const SagComposeScan *of = self->scans->pdata[scan];

      if (of->split != split)
        continue;
      (*n_samples)++;
      if (of->mask != NULL)
        g_array_append_val (scans, scan);
    }
  for (guint i = 0; *n_samples == 0 && i < self->scans->len; i++)
    {
      const SagComposeScan *of = self->scans->pdata[i];

      if (of->split == split && of->mask != NULL)
        g_array_append_val (scans, i);
    }
  return scans;
}

static void
add_organs (SagComposition *self, int split, const GPtrArray *organs)
{
  gsize n_samples, n_wanted, n_done = 0;
  g_autoptr (GArray) scans = list_candidates (self, split, &n_samples);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  guint64 seed = hash_text (self->seed + (guint64) split, "organs");

  n_wanted = n_samples > 0           ? (gsize) llround (self->organ_share * (double) n_samples)
             : self->organ_share > 0 ? scans->len
                                     : 0;
  for (guint64 i = 0; scans->len > 0 && n_done < n_wanted && i < n_wanted * MOST_TRIES; i++)
    {
      guint scan = g_array_index (scans, guint, sag_random_hash (seed, 2 * i) % scans->len);
      const SagTask *organ = organs->pdata[sag_random_hash (seed, 2 * i + 1) % organs->len];
      guint          task = sag_compose_find_task (self, organ->text, NULL, TRUE);
      gint64        *key = g_new (gint64, 1);

      *key = (gint64) scan * G_MAXINT32 + task;
      if (!g_hash_table_add (seen, key))
        continue;
      add_row (self, task, scan, -1, organ);
      self->counts.n_organ_rows++;
      n_done++;
    }
  if (n_done < n_wanted && self->counts.n_with_masks > 0)
    sag_compose_warn (self,
                      "In the split %s only %zu of %zu organ tasks could be made: too few "
                      "scans have masks.",
                      sag_split_to_string ((SagSplit) split), n_done, n_wanted);
}

static void
add_nodules (SagComposition *self)
{
  if (self->counts.n_nodule_masks == 0)
    return;
  for (guint i = 0; i < self->scans->len; i++)
    {
      const SagComposeScan *scan = self->scans->pdata[i];
      guint                 task, n = scan->split == SAG_SPLIT_TRAIN ? self->nodule_repeat : 1;

      if (scan->nodules == NULL)
        continue;
      task = sag_compose_find_task (self, "Segment pulmonary nodules in the image.", NULL, TRUE);
      for (guint k = 0; k < n; k++)
        add_row (self, task, i, -1, NULL);
      self->counts.n_nodule_rows += n;
    }
}

/* Rows of a scan stand together, so that who reads them in order reads each scan once. */
static int
compare_rows (const void *a, const void *b)
{
  const SagComposeRow *x = a, *y = b;

  if (x->scan != y->scan)
    return x->scan < y->scan ? -1 : 1;
  if (x->task != y->task)
    return x->task < y->task ? -1 : 1;
  return (x->label < y->label) - (x->label > y->label);
}

void
sag_compose_choose (SagComposition *self)
{
  g_autoptr (GPtrArray) organs = list_organs (self);

  choose_all_labels (self);
  for (int s = 0; s < SAG_N_SPLITS && organs->len > 0; s++)
    add_organs (self, s, organs);
  add_nodules (self);
  g_array_sort (self->rows, compare_rows);
}
