/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/tune/tasks.h"

#include <glib/gi18n.h>
#include <string.h>

typedef enum
{
  PRESENT,
  ABSENT,
  MASKS,
  N_COLUMNS
} Column;

typedef struct
{
  char      *key;
  GtkWidget *check;
  GtkWidget *cells[N_COLUMNS];
  GtkWidget *reason;
} Row;

struct _SagUiTuneTasks
{
  GtkWidget parent;

  SagUiProject *project;
  GtkWidget    *grid;
  GPtrArray    *rows;
  GHashTable   *unchosen; /* keys */
};

G_DEFINE_FINAL_TYPE (SagUiTuneTasks, sag_ui_tune_tasks, GTK_TYPE_WIDGET)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
row_free (gpointer data)
{
  Row *row = data;

  g_free (row->key);
  g_free (row);
}

static Row *
find_row (SagUiTuneTasks *self, const char *key)
{
  for (guint r = 0; r < self->rows->len; r++)
    if (g_str_equal (((Row *) self->rows->pdata[r])->key, key))
      return self->rows->pdata[r];
  return NULL;
}

static void
toggled_cb (GtkCheckButton *check, SagUiTuneTasks *self)
{
  const char *key = g_object_get_data (G_OBJECT (check), "key");

  if (gtk_check_button_get_active (check))
    g_hash_table_remove (self->unchosen, key);
  else
    g_hash_table_add (self->unchosen, g_strdup (key));
  g_signal_emit (self, signals[CHANGED], 0);
}

static GtkWidget *
make_label (const char *text, float align, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), align);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  return label;
}

static void
add_head (SagUiTuneTasks *self)
{
  const char *const titles[] = { _ ("Present"), _ ("Absent"), _ ("Masks") };
  GtkWidget        *label = make_label (_ ("Task"), 0, "caption-heading");

  gtk_grid_attach (GTK_GRID (self->grid), label, 0, 0, 1, 1);
  for (int c = 0; c < N_COLUMNS; c++)
    {
      label = make_label (titles[c], 1, "caption-heading");
      gtk_widget_set_tooltip_text (label, _ ("Cases to train on + cases to measure on"));
      gtk_grid_attach (GTK_GRID (self->grid), label, c + 1, 0, 1, 1);
    }
}

static GtkWidget *
make_check (SagUiTuneTasks *self, const SagTaskRow *task)
{
  GtkWidget *check = gtk_check_button_new ();
  GtkWidget *label = make_label (task->wording, 0, NULL);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
  gtk_check_button_set_child (GTK_CHECK_BUTTON (check), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  task->wording, -1);
  gtk_widget_set_hexpand (check, TRUE);
  gtk_widget_set_tooltip_text (check, task->key);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check),
                               !g_hash_table_contains (self->unchosen, task->key));
  g_object_set_data_full (G_OBJECT (check), "key", g_strdup (task->key), g_free);
  g_signal_connect (check, "toggled", G_CALLBACK (toggled_cb), self);
  return check;
}

static void
add_row (SagUiTuneTasks *self, const SagTaskRow *task)
{
  Row      *row = g_new0 (Row, 1);
  const int line = 1 + 2 * (int) self->rows->len;

  row->key = g_strdup (task->key);
  row->check = make_check (self, task);
  gtk_grid_attach (GTK_GRID (self->grid), row->check, 0, line, 1, 1);
  for (int c = 0; c < N_COLUMNS; c++)
    {
      row->cells[c] = make_label ("", 1, "numeric");
      gtk_grid_attach (GTK_GRID (self->grid), row->cells[c], c + 1, line, 1, 1);
    }
  row->reason = make_label ("", 0, "caption");
  gtk_widget_set_margin_start (row->reason, 28);
  gtk_label_set_wrap (GTK_LABEL (row->reason), TRUE);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (row->reason), GTK_NATURAL_WRAP_NONE);
  gtk_widget_set_visible (row->reason, FALSE);
  gtk_grid_attach (GTK_GRID (self->grid), row->reason, 0, line + 1, N_COLUMNS + 1, 1);
  g_ptr_array_add (self->rows, row);
}

static void
tasks_cb (SagUiTuneTasks *self)
{
  GtkWidget *child;

  g_ptr_array_set_size (self->rows, 0);
  while ((child = gtk_widget_get_first_child (self->grid)) != NULL)
    gtk_grid_remove (GTK_GRID (self->grid), child);
  add_head (self);
  for (guint t = 0; t < sag_ui_project_get_n_tasks (self->project); t++)
    add_row (self, sag_ui_project_get_task (self->project, t));
  g_signal_emit (self, signals[CHANGED], 0);
}

char **
sag_ui_tune_tasks_dup_chosen (SagUiTuneTasks *self)
{
  g_autoptr (GStrvBuilder) keys = g_strv_builder_new ();

  for (guint r = 0; r < self->rows->len; r++)
    if (!g_hash_table_contains (self->unchosen, ((Row *) self->rows->pdata[r])->key))
      g_strv_builder_add (keys, ((Row *) self->rows->pdata[r])->key);
  return g_strv_builder_end (keys);
}

void
sag_ui_tune_tasks_set_chosen (SagUiTuneTasks *self, const char *key, gboolean chosen)
{
  Row *row = find_row (self, key);

  if (row != NULL)
    gtk_check_button_set_active (GTK_CHECK_BUTTON (row->check), chosen);
}

static const SagSnapshotTask *
find_task (const SagSnapshot *snapshot, const char *key)
{
  for (gsize t = 0; snapshot != NULL && t < sag_snapshot_get_n_tasks (snapshot); t++)
    if (g_str_equal (sag_snapshot_get_task (snapshot, t)->key, key))
      return sag_snapshot_get_task (snapshot, t);
  return NULL;
}

/* "8 + 3" where some are held out; of folds, and of what is not chosen, all in one. */
static void
show_cell (GtkWidget *cell, const gsize counts[SAG_N_SNAPSHOT_PARTS], gboolean split)
{
  g_autofree char *text = split ? g_strdup_printf ("%u + %u", (guint) counts[0], (guint) counts[1])
                                : g_strdup_printf ("%u", (guint) MAX (counts[0], counts[1]));

  gtk_label_set_text (GTK_LABEL (cell), text);
}

static void
show_row (const Row *row, const SagUiTuneCounts *counts)
{
  const SagSnapshotTask *chosen = find_task (counts->chosen, row->key);
  const SagSnapshotTask *task = chosen != NULL ? chosen : find_task (counts->all, row->key);
  const gboolean         split = chosen != NULL && sag_snapshot_get_n_folds (counts->chosen) == 0;
  const char            *reason = chosen != NULL ? chosen->left_out : NULL;

  for (int c = 0; c < N_COLUMNS; c++)
    {
      gtk_label_set_text (GTK_LABEL (row->cells[c]), "–");
      gtk_widget_set_opacity (row->cells[c], chosen != NULL ? 1 : 0.6);
    }
  if (task != NULL)
    {
      show_cell (row->cells[PRESENT], task->n_present, split);
      show_cell (row->cells[ABSENT], task->n_absent, split);
      show_cell (row->cells[MASKS], task->n_masks, split);
    }
  gtk_label_set_text (GTK_LABEL (row->reason), reason != NULL ? reason : "");
  gtk_widget_set_visible (row->reason, reason != NULL);
}

void
sag_ui_tune_tasks_show (SagUiTuneTasks *self, const SagUiTuneCounts *counts)
{
  for (guint r = 0; counts != NULL && r < self->rows->len; r++)
    show_row (self->rows->pdata[r], counts);
}

GtkWidget *
sag_ui_tune_tasks_new (SagUiProject *project)
{
  SagUiTuneTasks *self = g_object_new (SAG_UI_TYPE_TUNE_TASKS, NULL);

  self->project = g_object_ref (project);
  g_signal_connect_object (project, "tasks", G_CALLBACK (tasks_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (project, "opened", G_CALLBACK (tasks_cb), self, G_CONNECT_SWAPPED);
  tasks_cb (self);
  return GTK_WIDGET (self);
}

static void
sag_ui_tune_tasks_dispose (GObject *object)
{
  SagUiTuneTasks *self = SAG_UI_TUNE_TASKS (object);

  g_clear_pointer (&self->grid, gtk_widget_unparent);
  g_clear_object (&self->project);
  G_OBJECT_CLASS (sag_ui_tune_tasks_parent_class)->dispose (object);
}

static void
sag_ui_tune_tasks_finalize (GObject *object)
{
  SagUiTuneTasks *self = SAG_UI_TUNE_TASKS (object);

  g_ptr_array_unref (self->rows);
  g_hash_table_unref (self->unchosen);
  G_OBJECT_CLASS (sag_ui_tune_tasks_parent_class)->finalize (object);
}

static void
sag_ui_tune_tasks_class_init (SagUiTuneTasksClass *class)
{
  G_OBJECT_CLASS (class)->dispose = sag_ui_tune_tasks_dispose;
  G_OBJECT_CLASS (class)->finalize = sag_ui_tune_tasks_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class), GTK_TYPE_BIN_LAYOUT);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
sag_ui_tune_tasks_init (SagUiTuneTasks *self)
{
  self->rows = g_ptr_array_new_with_free_func (row_free);
  self->unchosen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->grid = gtk_grid_new ();
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 18);
  gtk_grid_set_row_spacing (GTK_GRID (self->grid), 6);
  gtk_widget_add_css_class (self->grid, "tune-tasks");
  gtk_widget_set_parent (self->grid, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Tasks to train"), -1);
}
