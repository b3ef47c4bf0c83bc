/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/readings/readings.h"

#include "model/store/audit.h"
#include "model/store/decisions.h"

#include <glib/gi18n.h>

struct _SagUiReadings
{
  GObject parent;

  SagUiProject *project;
  SagReadings  *readings;
  GCancellable *cancellable;
  guint         reading; /* counts: an answer to an older one is dropped */
  gboolean      is_loading;
};

G_DEFINE_FINAL_TYPE (SagUiReadings, sag_ui_readings, G_TYPE_OBJECT)

static guint changed_signal;
static guint decided_signal;

const SagReadings *
sag_ui_readings_get (SagUiReadings *self)
{
  return self->readings;
}

const SagDifference *
sag_ui_readings_get_difference (SagUiReadings *self, guint place)
{
  g_return_val_if_fail (self->readings != NULL && place < self->readings->differences->len, NULL);
  return g_ptr_array_index (self->readings->differences, place);
}

const SagReviewRow *
sag_ui_readings_get_decision (SagUiReadings *self, guint place)
{
  const SagDifference *difference = sag_ui_readings_get_difference (self, place);

  return sag_project_get_decision (self->readings->project, difference->one->id,
                                   difference->task->id, difference->masks != NULL);
}

guint
sag_ui_readings_count_undecided (SagUiReadings *self)
{
  guint n = 0;

  for (guint d = 0; self->readings != NULL && d < self->readings->differences->len; d++)
    n += sag_ui_readings_get_decision (self, d) == NULL;
  return n;
}

guint
sag_ui_readings_count_blind (SagUiProject *project)
{
  SagWorklist *list = sag_ui_project_get_list (project);
  guint        n = 0;

  for (guint i = 0; list != NULL && i < list->items->len; i++)
    {
      const SagWorkItem *item = g_ptr_array_index (list->items, i);

      n += (item->n_others > 0 && item->n_labelled < list->tasks->len) ||
           (item->n_painters > 0 && item->n_masks == 0);
    }
  return n;
}

/* Reading */

typedef struct
{
  SagUiProject *project;
  SagStore     *store;
  guint         reading;
} Load;

static void
load_free (gpointer data)
{
  Load *load = data;

  g_object_unref (load->project);
  g_free (load);
}

/* Who looks at others' readings is no blind reader any more: the log says so. */
static gboolean
note_look (SagDb *db, gpointer data, GError **error)
{
  return sag_audit_add (db, error, "readings", "all readings were shown");
}

static void
load_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Load        *load = data;
  GError      *error = NULL;
  SagReadings *readings = NULL;

  if (sag_store_is_read_only (load->store) || sag_store_run (load->store, note_look, NULL, &error))
    readings = sag_readings_load (load->store, cancellable, &error);
  if (readings != NULL)
    g_task_return_pointer (task, readings, (GDestroyNotify) sag_readings_free);
  else
    g_task_return_error (task, error);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SagUiReadings *self = SAG_UI_READINGS (source);
  const Load    *load = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (SagReadings) readings = g_task_propagate_pointer (G_TASK (result), &error);

  sag_ui_project_release (load->project);
  if (load->reading != self->reading)
    return;
  self->is_loading = FALSE;
  if (readings == NULL)
    {
      g_signal_emit_by_name (self->project, "problem", error->message);
      return;
    }
  g_clear_pointer (&self->readings, sag_readings_free);
  self->readings = g_steal_pointer (&readings);
  g_signal_emit (self, changed_signal, 0);
}

void
sag_ui_readings_load (SagUiReadings *self)
{
  SagStore *store = sag_ui_project_get_store (self->project);
  Load     *load;
  g_autoptr (GTask) task = NULL;

  self->reading++;
  self->is_loading = store != NULL;
  if (store == NULL)
    return;
  load = g_new (Load, 1);
  *load = (Load){ g_object_ref (self->project), store, self->reading };
  sag_ui_project_hold (self->project);
  task = g_task_new (self, self->cancellable, loaded_cb, NULL);
  g_task_set_task_data (task, load, load_free);
  g_task_run_in_thread (task, load_thread);
}

/* Deciding */

typedef struct
{
  SagUiReadings   *self;
  guint            reading;
  guint            place;
  gint64           one;
  gint64           task;
  gboolean         forget;
  SagLabelValue    value;
  GStrv            masks; /* NULL: it is about labels */
  SagMaskOperation operation;
  char            *name;
  char            *uuid;
} Decision;

static void
decision_free (Decision *decision)
{
  g_object_unref (decision->self);
  g_strfreev (decision->masks);
  g_free (decision->name);
  g_free (decision->uuid);
  g_free (decision);
}

static gboolean
write_decision (SagDb *db, gpointer data, GError **error)
{
  Decision *decision = data;

  if (decision->forget)
    return sag_reviews_forget (db, decision->one, decision->task, decision->masks != NULL, error);
  if (decision->masks == NULL)
    return sag_decide_label (db, decision->one, decision->task, decision->value, error);
  return sag_decide_mask (db, decision->one, decision->task, (const char *const *) decision->masks,
                          decision->operation, decision->name, &decision->uuid, error);
}

/* What was read follows what was written. */
static void
take_over (SagUiReadings *self, const Decision *decision)
{
  GPtrArray    *reviews = self->readings->project->reviews;
  SagReviewRow *row;

  for (guint r = reviews->len; decision->forget && decision->masks == NULL && r > 0; r--)
    {
      const SagReviewRow *review = g_ptr_array_index (reviews, r - 1);

      if (review->case_id == decision->one && review->task_id == decision->task &&
          review->value != SAG_LABEL_VALUE_NONE)
        g_ptr_array_remove_index (reviews, r - 1);
    }
  if (decision->forget && decision->masks == NULL)
    return;
  row = g_new0 (SagReviewRow, 1);
  row->case_id = decision->one;
  row->task_id = decision->task;
  row->reader = g_strdup (sag_ui_project_get_reader (self->project));
  row->value = decision->value;
  row->mask = g_strdup (decision->forget ? "" : decision->uuid);
  g_ptr_array_add (reviews, row);
}

static void
decided_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Decision      *decision = user_data;
  SagUiReadings *self = decision->self;
  g_autoptr (GError) error = NULL;

  if (!sag_store_run_finish (result, &error))
    g_signal_emit_by_name (self->project, "problem", error->message);
  else
    {
      if (decision->uuid != NULL)
        {
          sag_ui_project_imported (self->project, decision->one);
          sag_ui_project_reload (self->project);
        }
      if (decision->reading == self->reading && self->readings != NULL)
        {
          take_over (self, decision);
          g_signal_emit (self, decided_signal, 0, decision->place);
        }
      /* What is being read may be from before. */
      if (self->is_loading)
        sag_ui_readings_load (self);
    }
  decision_free (decision);
}

static Decision *
decision_new (SagUiReadings *self, guint place)
{
  const SagDifference *difference = sag_ui_readings_get_difference (self, place);
  Decision            *decision = g_new0 (Decision, 1);

  decision->self = g_object_ref (self);
  decision->reading = self->reading;
  decision->place = place;
  decision->one = difference->one->id;
  decision->task = difference->task->id;
  return decision;
}

/* @decision: (transfer full) */
static void
run (SagUiReadings *self, Decision *decision)
{
  if (sag_ui_project_can_write (self->project))
    sag_store_run_async (sag_ui_project_get_store (self->project), write_decision, decision,
                         decided_cb, decision);
  else
    decision_free (decision);
}

void
sag_ui_readings_decide (SagUiReadings *self, guint place, SagLabelValue value)
{
  Decision *decision = decision_new (self, place);

  decision->value = value;
  run (self, decision);
}

/* @reader: their place, or -1: all */
static GStrv
dup_masks (const SagDifference *difference, int reader)
{
  g_autoptr (GStrvBuilder) all = g_strv_builder_new ();

  for (guint m = 0; m < difference->masks->len; m++)
    {
      const SagMaskReading *mask = &g_array_index (difference->masks, SagMaskReading, m);

      if (reader < 0 || mask->reader == (guint) reader)
        g_strv_builder_add (all, mask->mask);
    }
  return g_strv_builder_end (all);
}

/* @mask: one of the reader's whose masks count, or -1 */
static void
decide_mask (SagUiReadings *self, guint place, int mask, SagMaskOperation operation)
{
  const SagDifference *difference = sag_ui_readings_get_difference (self, place);
  int                  reader = -1;
  Decision            *decision;

  g_return_if_fail (difference->masks != NULL && mask < (int) difference->masks->len);
  if (mask >= 0)
    reader = (int) g_array_index (difference->masks, SagMaskReading, mask).reader;
  decision = decision_new (self, place);
  decision->masks = dup_masks (difference, reader);
  decision->operation = operation;
  /* Translators: the name of the mask that counts where readers differ; the name of a mask. */
  decision->name = g_strdup_printf (
    _ ("%s (decided)"), g_array_index (difference->masks, SagMaskReading, MAX (mask, 0)).name);
  run (self, decision);
}

void
sag_ui_readings_take (SagUiReadings *self, guint place, guint reader)
{
  const SagDifference *difference = sag_ui_readings_get_difference (self, place);

  for (guint m = 0; difference->masks != NULL && m < difference->masks->len; m++)
    if (g_array_index (difference->masks, SagMaskReading, m).reader == reader)
      {
        decide_mask (self, place, (int) m, SAG_MASK_UNION);
        return;
      }
}

void
sag_ui_readings_combine (SagUiReadings *self, guint place, SagMaskOperation operation)
{
  decide_mask (self, place, -1, operation);
}

void
sag_ui_readings_forget (SagUiReadings *self, guint place)
{
  const SagDifference *difference = sag_ui_readings_get_difference (self, place);
  Decision            *decision = decision_new (self, place);

  decision->forget = TRUE;
  decision->masks = difference->masks != NULL ? dup_masks (difference, -1) : NULL;
  run (self, decision);
}

void
sag_ui_readings_stop (SagUiReadings *self)
{
  self->reading++;
  self->is_loading = FALSE;
  g_cancellable_cancel (self->cancellable);
}

SagUiReadings *
sag_ui_readings_new (SagUiProject *project)
{
  SagUiReadings *self = g_object_new (SAG_UI_TYPE_READINGS, NULL);

  self->project = g_object_ref (project);
  sag_ui_readings_load (self);
  return self;
}

static void
sag_ui_readings_finalize (GObject *object)
{
  SagUiReadings *self = SAG_UI_READINGS (object);

  g_clear_pointer (&self->readings, sag_readings_free);
  g_object_unref (self->cancellable);
  g_object_unref (self->project);
  G_OBJECT_CLASS (sag_ui_readings_parent_class)->finalize (object);
}

static void
sag_ui_readings_class_init (SagUiReadingsClass *class)
{
  const GType type = SAG_UI_TYPE_READINGS;

  G_OBJECT_CLASS (class)->finalize = sag_ui_readings_finalize;
  changed_signal =
    g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  decided_signal = g_signal_new ("decided", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
sag_ui_readings_init (SagUiReadings *self)
{
  self->cancellable = g_cancellable_new ();
}
