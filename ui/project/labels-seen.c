/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/project/labels-private.h"

#define DATA "sag-ui-labels-seen"

/* What the open project knows was seen of @one. */
static GHashTable *
get_known (SagUiLabels *self)
{
  const guint serial = sag_ui_project_get_serial (self->project);
  GHashTable *known = g_object_get_data (G_OBJECT (self->one), DATA);

  if (known == NULL)
    {
      known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_object_set_data_full (G_OBJECT (self->one), DATA, known,
                              (GDestroyNotify) g_hash_table_unref);
    }
  /* The serial stands under an empty text, which nobody asks. */
  if (GPOINTER_TO_UINT (g_hash_table_lookup (known, "")) != serial)
    g_hash_table_remove_all (known);
  g_hash_table_insert (known, g_strdup (""), GUINT_TO_POINTER (serial));
  return known;
}

typedef struct
{
  gint64 case_id;
  char  *text;
  char  *bundle;
} Seen;

static void
seen_free (gpointer data)
{
  Seen *seen = data;

  g_free (seen->text);
  g_free (seen->bundle);
  g_free (seen);
}

static gboolean
write_seen (SagDb *db, gpointer data, GError **error)
{
  const Seen *seen = data;

  return sag_seen_add (db, seen->case_id, seen->text, seen->bundle, error);
}

static void
note (const char *text, const char *bundle, gpointer user_data)
{
  SagUiLabels *self = user_data;
  Seen        *seen;

  if (!g_hash_table_insert (get_known (self), g_strdup (text), NULL))
    return;
  seen = g_new (Seen, 1);
  *seen = (Seen){ self->case_id, g_strdup (text), g_strdup (bundle) };
  sag_ui_project_post (self->project, write_seen, seen, seen_free);
}

void
sag_ui_labels_note_seen (SagUiLabels *self)
{
  if (self->one != NULL && self->case_id != 0 && sag_ui_project_can_write (self->project))
    sag_ui_opinion_foreach_seen (self->one, note, self);
}

void
sag_ui_labels_forget_seen (SagUiLabels *self)
{
  GListModel *cases = G_LIST_MODEL (sag_ui_session_get_cases (self->session));

  for (guint i = 0; i < g_list_model_get_n_items (cases); i++)
    {
      g_autoptr (SagUiCase) one = g_list_model_get_item (cases, i);

      g_object_set_data (G_OBJECT (one), DATA, NULL);
    }
}

void
sag_ui_labels_take_seen (SagUiLabels *self, const GPtrArray *rows)
{
  for (guint r = 0; r < rows->len; r++)
    {
      const SagSeenRow *row = g_ptr_array_index (rows, r);

      g_hash_table_insert (get_known (self), g_strdup (row->text), NULL);
      sag_ui_opinion_see (self->one, row->text, row->bundle);
    }
  sag_ui_labels_note_seen (self);
}
