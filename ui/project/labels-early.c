/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/project/labels-private.h"

#include <glib/gi18n.h>

#define DATA "sag-ui-labels-early"

static void
early_free (gpointer data)
{
  SagUiEarly *early = data;

  g_free (early->text);
  g_free (early->reader);
  g_free (early->bundle);
  g_free (early);
}

/* (nullable): by text */
static GHashTable *
peek (SagUiCase *one)
{
  return g_object_get_data (G_OBJECT (one), DATA);
}

static GHashTable *
get (SagUiCase *one)
{
  GHashTable *all = peek (one);

  if (all == NULL)
    {
      all = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, early_free);
      g_object_set_data_full (G_OBJECT (one), DATA, all, (GDestroyNotify) g_hash_table_unref);
    }
  return all;
}

static int
find_task (SagUiLabels *self, const char *text)
{
  for (guint t = 0; t < sag_ui_project_get_n_tasks (self->project); t++)
    if (sag_ui_labels_same_text (text, sag_ui_project_get_task (self->project, t)->wording))
      return (int) t;
  return -1;
}

gboolean
sag_ui_labels_is_task (SagUiLabels *self, const char *text)
{
  return find_task (self, text) >= 0;
}

typedef struct
{
  SagUiLabels *self;
  GHashTable  *all;
} About;

/* Whether an answer to @text may tell about any other: it is what nobody else is asked. */
static gboolean
is_free (const char *text, gpointer user_data)
{
  About *about = user_data;

  return !g_hash_table_contains (about->all, text) && !sag_ui_labels_is_task (about->self, text);
}

/* The label itself uncovers the answer to its own text. */
static char *
dup_seen (SagUiLabels *self, SagUiCase *one, const char *text)
{
  const SagUiOpinion *opinion = sag_ui_opinion_get (one, text);
  About               about = { self, get (one) };

  if (opinion->bundle != NULL && !opinion->label_first)
    return g_strdup (opinion->bundle);
  return g_strdup (sag_ui_opinion_find_seen (one, is_free, &about));
}

static SagUiEarly *
put (SagUiLabels *self, SagUiCase *one, const char *text, SagUiLabel label)
{
  const SagUiEarly *known = g_hash_table_lookup (get (one), text);
  SagUiEarly       *early = g_new0 (SagUiEarly, 1);

  early->text = g_strdup (text);
  early->reader = g_strdup (sag_ui_project_get_reader (self->project));
  early->label = label;
  if (known != NULL)
    {
      early->seen = known->seen;
      early->bundle = g_strdup (known->bundle);
    }
  g_hash_table_replace (get (one), early->text, early);
  return early;
}

gboolean
sag_ui_labels_note_early (SagUiLabels *self, SagUiCase *one, const char *text, SagUiLabel label)
{
  const gboolean is_new = !g_hash_table_contains (get (one), text);
  SagUiEarly    *early;

  if (label == SAG_UI_LABEL_NONE)
    {
      g_hash_table_remove (get (one), text);
      return FALSE;
    }
  early = put (self, one, text, label);
  if (!early->seen)
    {
      early->bundle = dup_seen (self, one, early->text);
      early->seen = early->bundle != NULL;
    }
  return is_new;
}

void
sag_ui_labels_say_homeless (SagUiLabels *self, const char *text)
{
  g_autofree char *sentence = NULL;

  if (sag_ui_labels_is_task (self, text) || !sag_ui_project_can_write (self->project))
    return;
  sentence = g_strdup_printf (
    /* Translators: what was asked. */
    _ ("“%s” is no task of this project. Add it to the tasks, or its label is lost with the case."),
    text);
  sag_ui_session_say (self->session, sentence);
}

void
sag_ui_labels_note_left (SagUiLabels       *self,
                         SagUiCase         *one,
                         const char        *text,
                         const SagLabelRow *row)
{
  SagUiEarly *early = put (self, one, text, sag_ui_labels_card_label (row->value));

  early->seen = row->seen;
  g_free (early->bundle);
  early->bundle = g_strdup (row->bundle);
  early->posted = sag_ui_project_get_serial (self->project);
}

void
sag_ui_labels_foreach_early (SagUiCase *one,
                             void (*func) (SagUiEarly *early, gpointer user_data),
                             gpointer user_data)
{
  GHashTable    *all = peek (one);
  GHashTableIter iter;
  gpointer       early;

  if (all == NULL)
    return;
  g_hash_table_iter_init (&iter, all);
  while (g_hash_table_iter_next (&iter, NULL, &early))
    func (early, user_data);
}

/* (nullable): of the task at @place. */
static const SagUiEarly *
find (SagUiLabels *self, guint place)
{
  GHashTable    *all = peek (self->one);
  const char    *wording = sag_ui_project_get_task (self->project, place)->wording;
  GHashTableIter iter;
  gpointer       value;

  if (all == NULL)
    return NULL;
  g_hash_table_iter_init (&iter, all);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const SagUiEarly *early = value;

      if (sag_ui_labels_same_text (early->text, wording) &&
          g_strcmp0 (early->reader, sag_ui_project_get_reader (self->project)) == 0)
        return early;
    }
  return NULL;
}

gboolean
sag_ui_labels_has_early (SagUiLabels *self, guint place)
{
  return find (self, place) != NULL;
}

static SagLabelRow *
create_row (SagUiLabels *self, guint place, const SagUiEarly *early)
{
  const SagLabelRow *before = sag_ui_labels_get_row (self, place);
  SagLabelRow       *row = sag_ui_labels_create_row (self, place, SAG_LABEL_VALUE_NONE);

  for (int v = 0; v < SAG_N_LABEL_VALUES; v++)
    if (sag_ui_labels_card_label ((SagLabelValue) v) == early->label)
      row->value = (SagLabelValue) v;
  /* What was shown since then does not count. */
  g_free (row->bundle);
  row->seen = before->seen || early->seen;
  row->bundle = g_strdup (early->seen ? early->bundle : before->bundle);
  return row;
}

void
sag_ui_labels_take_early (SagUiLabels *self)
{
  g_autoptr (GPtrArray) rows = sag_ui_labels_rows_new ();

  for (guint t = 0; sag_ui_labels_can_set (self) && t < self->rows->len; t++)
    {
      const SagUiEarly *early = find (self, t);

      if (early == NULL)
        continue;
      if (sag_ui_labels_get_row (self, t)->value == SAG_LABEL_VALUE_NONE)
        g_ptr_array_add (rows, create_row (self, t, early));
      g_hash_table_remove (peek (self->one), early->text);
    }
  if (self->one != NULL)
    sag_ui_labels_update_loss (self, self->one);
  if (rows->len > 0)
    sag_ui_labels_apply (self, self->case_id, rows);
}

static void
rename_case (SagUiCase *one, gpointer self)
{
  GHashTable    *all = peek (one);
  GHashTableIter iter;
  gpointer       early;

  if (all == NULL)
    return;
  g_hash_table_iter_init (&iter, all);
  while (g_hash_table_iter_next (&iter, NULL, &early))
    {
      g_free (((SagUiEarly *) early)->reader);
      ((SagUiEarly *) early)->reader =
        g_strdup (sag_ui_project_get_reader (((SagUiLabels *) self)->project));
    }
}

void
sag_ui_labels_rename_early (SagUiLabels *self)
{
  sag_ui_cases_foreach (sag_ui_session_get_cases (self->session), rename_case, self);
}

static void
drop_case (SagUiCase *one, gpointer self)
{
  GHashTable    *all = peek (one);
  GHashTableIter iter;
  gpointer       early;

  if (all == NULL)
    return;
  g_hash_table_iter_init (&iter, all);
  while (g_hash_table_iter_next (&iter, NULL, &early))
    if (((SagUiEarly *) early)->posted != 0 &&
        sag_ui_labels_is_task (self, ((SagUiEarly *) early)->text))
      g_hash_table_iter_remove (&iter);
  sag_ui_labels_update_loss (self, one);
}

void
sag_ui_labels_drop_posted (SagUiLabels *self)
{
  sag_ui_cases_foreach (sag_ui_session_get_cases (self->session), drop_case, self);
}
