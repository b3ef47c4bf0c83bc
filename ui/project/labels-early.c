/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/project/labels-private.h"

#define DATA "sag-ui-labels-early"

typedef struct
{
  char      *reader;
  SagUiLabel label;
} Early;

static void
early_free (gpointer data)
{
  g_free (((Early *) data)->reader);
  g_free (data);
}

void
sag_ui_labels_note_early (SagUiLabels *self, SagUiCase *one, const char *text, SagUiLabel label)
{
  GHashTable *all = g_object_get_data (G_OBJECT (one), DATA);
  Early      *early;

  if (all == NULL)
    {
      all = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, early_free);
      g_object_set_data_full (G_OBJECT (one), DATA, all, (GDestroyNotify) g_hash_table_unref);
    }
  if (label == SAG_UI_LABEL_NONE)
    {
      g_hash_table_remove (all, text);
      return;
    }
  early = g_new (Early, 1);
  *early = (Early){ g_strdup (sag_ui_project_get_reader (self->project)), label };
  g_hash_table_replace (all, g_strdup (text), early);
}

void
sag_ui_labels_foreach_early (
  SagUiLabels *self,
  SagUiCase   *one,
  void (*func) (const char *text, SagUiLabel label, const char *reader, gpointer user_data),
  gpointer user_data)
{
  GHashTable    *all = g_object_get_data (G_OBJECT (one), DATA);
  GHashTableIter iter;
  gpointer       key, value;

  if (all == NULL)
    return;
  g_hash_table_iter_init (&iter, all);
  while (g_hash_table_iter_next (&iter, &key, &value))
    func (key, ((Early *) value)->label, ((Early *) value)->reader, user_data);
}

/* (nullable): of the task at @place. @text: (out): as the card has it */
static const Early *
find (SagUiLabels *self, guint place, const char **text)
{
  GHashTable    *all = g_object_get_data (G_OBJECT (self->one), DATA);
  const char    *wording = sag_ui_project_get_task (self->project, place)->wording;
  GHashTableIter iter;
  gpointer       key, value;

  if (all == NULL)
    return NULL;
  g_hash_table_iter_init (&iter, all);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (sag_ui_labels_same_text (key, wording) &&
        g_strcmp0 (((Early *) value)->reader, sag_ui_project_get_reader (self->project)) == 0)
      {
        *text = key;
        return value;
      }
  return NULL;
}

gboolean
sag_ui_labels_has_early (SagUiLabels *self, guint place)
{
  const char *text;

  return find (self, place, &text) != NULL;
}

static SagLabelRow *
create_row (SagUiLabels *self, guint place, const Early *early, const char *text)
{
  SagLabelRow *row = NULL;

  for (int v = 0; row == NULL && v < SAG_N_LABEL_VALUES; v++)
    if (sag_ui_labels_card_label ((SagLabelValue) v) == early->label)
      row = sag_ui_labels_create_row (self, place, (SagLabelValue) v);
  /* The label itself uncovered the answer. */
  if (row != NULL && sag_ui_opinion_get (self->one, text)->label_first)
    {
      row->seen = FALSE;
      g_clear_pointer (&row->bundle, g_free);
    }
  return row;
}

void
sag_ui_labels_take_early (SagUiLabels *self)
{
  g_autoptr (GPtrArray) rows = sag_ui_labels_rows_new ();

  for (guint t = 0; sag_ui_labels_can_set (self) && t < self->rows->len; t++)
    {
      g_autofree char *text = NULL;
      const char      *found;
      const Early     *early = find (self, t, &found);

      if (early == NULL)
        continue;
      if (sag_ui_labels_get_row (self, t)->value == SAG_LABEL_VALUE_NONE)
        g_ptr_array_add (rows, create_row (self, t, early, found));
      text = g_strdup (found);
      sag_ui_labels_note_early (self, self->one, text, SAG_UI_LABEL_NONE);
    }
  if (rows->len > 0)
    sag_ui_labels_apply (self, self->case_id, rows);
}
