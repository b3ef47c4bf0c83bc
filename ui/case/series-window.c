/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/case/series-window.h"

#include "ui/case/case-words.h"
#include "ui/case/series-thumbnail.h"

#include <glib/gi18n.h>
#include <string.h>

#define PICTURE_PIXELS 56
#define MAX_PROBLEMS 200 /* sentences; nobody reads more */
#define FIRST_ROWS 24    /* before the window is shown */
#define MORE_ROWS 4      /* each time the main loop is idle */

struct _SagUiSeriesWindow
{
  AdwWindow parent;

  SagDicomIndex       *index;
  SagDicomSeries      *best;  /* of all, or NULL */
  SagDicomSeries      *prior; /* to the best, or NULL */
  GCancellable        *cancellable;
  GPtrArray           *checks;     /* of GtkCheckButton by series; NULL where it cannot be opened */
  GPtrArray           *pictures;   /* of GtkPicture by series, or NULL */
  guint                n_rows;     /* that were made */
  guint                source;     /* makes the rest */
  AdwPreferencesGroup *group;      /* of the last study */
  AdwExpanderRow      *left_out;   /* (nullable) */
  guint                n_problems; /* that it has */
  GtkWidget           *best_row;
  AdwWindowTitle      *heading;
  GtkBox              *studies;
  GtkWidget           *open_button;
};

G_DEFINE_FINAL_TYPE (SagUiSeriesWindow, sag_ui_series_window, ADW_TYPE_WINDOW)

static guint chosen_signal;

static gboolean
is_checked (SagUiSeriesWindow *self, guint i)
{
  /* The best is chosen before its row is made. */
  if (self->checks->pdata[i] == NULL)
    return self->best != NULL && self->index->series->pdata[i] == self->best;
  return gtk_check_button_get_active (self->checks->pdata[i]);
}

static void
update (SagUiSeriesWindow *self)
{
  g_autofree char *words = NULL;
  guint            n = 0;

  for (guint i = 0; i < self->checks->len; i++)
    n += is_checked (self, i);
  /* Translators: under the title of the list of series. */
  words = g_strdup_printf (ngettext ("%u marked", "%u marked", n), n);
  adw_window_title_set_subtitle (self->heading, words);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "series.open", n > 0);
}

static void
open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiSeriesWindow *self = SAG_UI_SERIES_WINDOW (widget);
  g_autoptr (GPtrArray) chosen =
    g_ptr_array_new_with_free_func ((GDestroyNotify) sag_dicom_series_unref);

  for (guint i = 0; i < self->checks->len; i++)
    if (is_checked (self, i))
      g_ptr_array_add (chosen, sag_dicom_series_ref (self->index->series->pdata[i]));
  if (chosen->len == 0)
    return;
  gtk_widget_set_visible (widget, FALSE);
  g_signal_emit (self, chosen_signal, 0, chosen);
  gtk_window_destroy (GTK_WINDOW (self));
}

static gboolean
enter_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (widget));

  /* A button that has the focus is what Enter presses. */
  if (GTK_IS_BUTTON (focus))
    return FALSE;
  open_action (widget, NULL, NULL);
  return TRUE;
}

/* "CT · 512 × 512 × 275 · 0.70 × 0.70 × 1.00 mm" */
static char *
dup_details (const SagDicomSeries *series)
{
  g_autoptr (GString) text = g_string_new (series->kind);
  char   number[3][G_ASCII_DTOSTR_BUF_SIZE];
  double spacing[3];

  if (series->problem != NULL)
    {
      /* Translators: %s goes on in English: "is a report, not a scan." */
      g_string_printf (text, _ ("It %s"), series->problem);
      return g_string_free (g_steal_pointer (&text), FALSE);
    }
  sag_dicom_series_spacing_mm (series, spacing);
  for (int a = 0; a < 3; a++)
    g_ascii_formatd (number[a], sizeof number[a], "%.2f", spacing[a]);
  g_string_append (text, " · ");
  /* Translators: voxels along three axes, then their spacing. */
  g_string_append_printf (text, _ ("%d × %d × %d, %s × %s × %s mm"), series->geometry.dims[0],
                          series->geometry.dims[1], series->geometry.dims[2], number[0], number[1],
                          number[2]);
  if (*series->header->kernel != '\0')
    /* Translators: the reconstruction kernel of a CT, such as B31f. */
    g_string_append_printf (text, _ (", kernel %s"), series->header->kernel);
  if (*series->header->phase != '\0')
    /* Translators: when in the heart's cycle, as a percentage: 75. */
    g_string_append_printf (text, _ (", %s %% of the heart's cycle"), series->header->phase);
  if (*series->header->contrast != '\0')
    g_string_append_printf (text, ", %s", _ ("contrast agent"));
  if (series->n_parts > 1)
    /* Translators: one of several volumes in a series. */
    g_string_append_printf (text, _ (", part %d of %d"), series->part, series->n_parts);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static GtkWidget *
make_badge (const char *word, const char *tooltip)
{
  GtkWidget *badge = gtk_label_new (word);

  gtk_widget_add_css_class (badge, "caption");
  gtk_widget_add_css_class (badge, "accent");
  gtk_widget_set_valign (badge, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (badge, tooltip);
  return badge;
}

static void
add_check (SagUiSeriesWindow *self, AdwActionRow *row, const SagDicomSeries *series, guint i)
{
  GtkWidget *check = gtk_check_button_new ();

  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), series == self->best);
  g_signal_connect_object (check, "toggled", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (row, check);
  adw_action_row_set_activatable_widget (row, check);
  self->checks->pdata[i] = check;
}

static GtkWidget *
make_row (SagUiSeriesWindow *self, guint i)
{
  const SagDicomSeries *series = self->index->series->pdata[i];
  const char           *description = series->header->series_description;
  AdwActionRow         *row = ADW_ACTION_ROW (adw_action_row_new ());
  GtkWidget            *picture = gtk_picture_new ();
  g_autofree char      *details = dup_details (series);
  g_autofree char      *notes = g_strjoinv ("\n", series->notes);
  g_autofree char      *title = NULL;

  /* Translators: a series without a description, by its number. */
  title = *description != '\0' ? g_strdup (description)
                               : g_strdup_printf (_ ("Series %d"), series->header->series_number);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (row, details);
  if (*notes != '\0')
    gtk_widget_set_tooltip_text (GTK_WIDGET (row), notes);
  gtk_widget_set_size_request (picture, PICTURE_PIXELS, PICTURE_PIXELS);
  gtk_widget_set_valign (picture, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_top (picture, 6);
  gtk_widget_set_margin_bottom (picture, 6);
  gtk_widget_add_css_class (picture, "thumbnail");
  adw_action_row_add_prefix (row, picture);
  self->pictures->pdata[i] = picture;
  if (series == self->best)
    {
      self->best_row = GTK_WIDGET (row);
      adw_action_row_add_suffix (
        row, make_badge (_ ("Suits best"),
                         _ ("An axial chest CT of the kind that the model is made for")));
    }
  else if (self->prior != NULL && series == self->prior)
    adw_action_row_add_suffix (
      row,
      make_badge (_ ("Other study"),
                  _ ("Another study of the same patient: mark both to see them side by side")));
  if (series->problem == NULL)
    add_check (self, row, series, i);
  else
    gtk_widget_set_sensitive (GTK_WIDGET (row), FALSE);
  return GTK_WIDGET (row);
}

static gboolean
is_same_study (const SagDicomSeries *a, const SagDicomSeries *b)
{
  return strcmp (a->header->study_uid, b->header->study_uid) == 0 &&
         strcmp (a->header->patient_id, b->header->patient_id) == 0;
}

/* "Doe, Jane · 4711" */
static char *
dup_person (const SagDicomHeader *header)
{
  g_autofree char *name = g_strdup (header->patient_name);

  g_strdelimit (name, "^", ' ');
  g_strstrip (name);
  if (*name == '\0')
    return g_strdup (*header->patient_id != '\0' ? header->patient_id : _ ("Unknown patient"));
  return *header->patient_id != '\0' ? g_strdup_printf ("%s · %s", name, header->patient_id)
                                     : g_steal_pointer (&name);
}

static AdwPreferencesGroup *
make_study (const SagDicomSeries *series)
{
  const SagDicomHeader *header = series->header;
  GtkWidget            *group = adw_preferences_group_new ();
  g_autofree char      *person = dup_person (header);
  g_autofree char      *date = sag_ui_date (header->study_date);
  g_autofree char      *study = g_strdup_printf (
         "%s%s%s", date, *date != '\0' && *header->study_description != '\0' ? " · " : "",
         header->study_description);
  g_autofree char *title = g_markup_escape_text (person, -1);
  g_autofree char *description = g_markup_escape_text (study, -1);

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), description);
  return ADW_PREFERENCES_GROUP (group);
}

/* Rows of at most @n series more. */
static void
add_series (SagUiSeriesWindow *self, guint n)
{
  const GPtrArray *all = self->index->series;
  const guint      end = MIN (all->len, self->n_rows + n);

  for (; self->n_rows < end; self->n_rows++)
    {
      const guint i = self->n_rows;

      if (i == 0 || !is_same_study (all->pdata[i - 1], all->pdata[i]))
        {
          self->group = make_study (all->pdata[i]);
          gtk_box_append (self->studies, GTK_WIDGET (self->group));
        }
      adw_preferences_group_add (self->group, make_row (self, i));
    }
}

static void
begin_problems (SagUiSeriesWindow *self)
{
  const guint      n = self->index->problems->len;
  GtkWidget       *group = adw_preferences_group_new ();
  GtkWidget       *row = adw_expander_row_new ();
  g_autofree char *title = NULL;

  /* Translators: files that could not be read. */
  title = g_strdup_printf (ngettext ("%u file was left out", "%u files were left out", n), n);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  gtk_box_append (self->studies, group);
  self->left_out = ADW_EXPANDER_ROW (row);
}

static void
add_problem (SagUiSeriesWindow *self, const SagDicomProblem *problem)
{
  GtkWidget *line = adw_action_row_new ();
  /* Files of many folders are called alike. */
  g_autofree char *path = g_filename_display_name (problem->path);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (line), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (line), problem->sentence);
  gtk_widget_set_tooltip_text (line, path);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (line), 0);
  adw_expander_row_add_row (self->left_out, line);
}

/* @n of them; whether there are others. */
static gboolean
add_problems (SagUiSeriesWindow *self, guint n)
{
  const GPtrArray *problems = self->index->problems;
  const guint      most = MIN (problems->len, MAX_PROBLEMS);
  const guint      end = MIN (most, self->n_problems + n);

  if (problems->len > 0 && self->left_out == NULL)
    begin_problems (self);
  for (; self->n_problems < end; self->n_problems++)
    add_problem (self, problems->pdata[self->n_problems]);
  if (end < most)
    return TRUE;
  if (problems->len > MAX_PROBLEMS)
    {
      GtkWidget *line = adw_action_row_new ();
      /* Translators: files that are not listed. */
      g_autofree char *more =
        g_strdup_printf (ngettext ("%u more", "%u more", problems->len - MAX_PROBLEMS),
                         problems->len - MAX_PROBLEMS);

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (line), more);
      adw_expander_row_add_row (self->left_out, line);
    }
  return FALSE;
}

/* A picture on its way from the thread to its row. */
typedef struct
{
  GWeakRef    window;
  guint       i;
  GdkTexture *texture;
} Arrival;

static gboolean
arrive_cb (gpointer data)
{
  Arrival *arrival = data;
  g_autoptr (SagUiSeriesWindow) self = g_weak_ref_get (&arrival->window);

  if (self != NULL && !g_cancellable_is_cancelled (self->cancellable))
    gtk_picture_set_paintable (self->pictures->pdata[arrival->i], GDK_PAINTABLE (arrival->texture));
  return G_SOURCE_REMOVE;
}

static void
arrival_free (gpointer data)
{
  Arrival *arrival = data;

  g_weak_ref_clear (&arrival->window);
  g_object_unref (arrival->texture);
  g_free (arrival);
}

static void
pictures_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  SagDicomIndex *index = task_data;

  for (guint i = 0; i < index->series->len && !g_cancellable_is_cancelled (cancellable); i++)
    {
      SagDicomSeries *series = index->series->pdata[i];
      GdkTexture *texture = series->problem == NULL ? sag_ui_series_thumbnail_new (series) : NULL;
      Arrival    *arrival;

      if (texture == NULL)
        continue;
      arrival = g_new0 (Arrival, 1);
      g_weak_ref_init (&arrival->window, source);
      arrival->i = i;
      arrival->texture = texture;
      g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, arrive_cb, arrival, arrival_free);
    }
  g_task_return_boolean (task, TRUE);
}

static void
begin_pictures (SagUiSeriesWindow *self)
{
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, NULL, NULL);

  g_task_set_task_data (task, sag_dicom_index_ref (self->index),
                        (GDestroyNotify) sag_dicom_index_unref);
  g_task_run_in_thread (task, pictures_thread);
}

/* The marked row is to be seen, however long the list is: a row that takes the focus is scrolled to. */
static gboolean
reveal_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  SagUiSeriesWindow *self = SAG_UI_SERIES_WINDOW (widget);

  if (gtk_widget_get_height (self->best_row) == 0)
    return G_SOURCE_CONTINUE;
  /* Not from where the person went meanwhile. */
  if (gtk_window_get_focus (GTK_WINDOW (self)) == user_data)
    gtk_widget_grab_focus (self->best_row);
  return G_SOURCE_REMOVE;
}

static void
end_rows (SagUiSeriesWindow *self)
{
  begin_pictures (self);
  if (self->best_row != NULL)
    /* Compared only. */
    gtk_widget_add_tick_callback (GTK_WIDGET (self), reveal_cb,
                                  gtk_window_get_focus (GTK_WINDOW (self)), NULL);
}

static gboolean
more_cb (gpointer user_data)
{
  SagUiSeriesWindow *self = user_data;

  if (self->n_rows < self->index->series->len)
    {
      add_series (self, MORE_ROWS);
      return G_SOURCE_CONTINUE;
    }
  if (add_problems (self, MORE_ROWS))
    return G_SOURCE_CONTINUE;
  self->source = 0;
  end_rows (self);
  return G_SOURCE_REMOVE;
}

SagDicomIndex *
sag_ui_series_window_get_index (SagUiSeriesWindow *self)
{
  return self->index;
}

SagUiSeriesWindow *
sag_ui_series_window_new (GtkWindow *parent, SagDicomIndex *index)
{
  SagUiSeriesWindow *self = g_object_new (SAG_UI_TYPE_SERIES_WINDOW, "transient-for", parent, NULL);

  self->index = sag_dicom_index_ref (index);
  self->best = sag_dicom_index_find (index, NULL, "", NULL);
  self->prior = self->best != NULL ? sag_dicom_index_find_prior (index, self->best) : NULL;
  g_ptr_array_set_size (self->checks, (int) index->series->len);
  g_ptr_array_set_size (self->pictures, (int) index->series->len);
  add_series (self, FIRST_ROWS);
  update (self);
  gtk_widget_grab_focus (self->open_button);
  if (self->n_rows < index->series->len || add_problems (self, MORE_ROWS))
    self->source = g_idle_add (more_cb, self);
  else
    end_rows (self);
  return self;
}

static void
sag_ui_series_window_dispose (GObject *object)
{
  SagUiSeriesWindow *self = SAG_UI_SERIES_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->source, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (object), SAG_UI_TYPE_SERIES_WINDOW);
  G_OBJECT_CLASS (sag_ui_series_window_parent_class)->dispose (object);
}

static void
sag_ui_series_window_finalize (GObject *object)
{
  SagUiSeriesWindow *self = SAG_UI_SERIES_WINDOW (object);

  g_clear_pointer (&self->index, sag_dicom_index_unref);
  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->checks);
  g_ptr_array_unref (self->pictures);
  G_OBJECT_CLASS (sag_ui_series_window_parent_class)->finalize (object);
}

static void
sag_ui_series_window_class_init (SagUiSeriesWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_series_window_dispose;
  G_OBJECT_CLASS (class)->finalize = sag_ui_series_window_finalize;
  chosen_signal = g_signal_new ("chosen", SAG_UI_TYPE_SERIES_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 1, G_TYPE_PTR_ARRAY);
  gtk_widget_class_install_action (widget_class, "series.open", NULL, open_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/series-window.ui");
  gtk_widget_class_bind_template_child (widget_class, SagUiSeriesWindow, heading);
  gtk_widget_class_bind_template_child (widget_class, SagUiSeriesWindow, studies);
  gtk_widget_class_bind_template_child (widget_class, SagUiSeriesWindow, open_button);
}

/* Enter opens, also where a row has the focus; the space bar marks it. */
static void
add_enter (SagUiSeriesWindow *self)
{
  static const guint  keys[] = { GDK_KEY_Return, GDK_KEY_KP_Enter };
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (gtk_keyval_trigger_new (keys[i], 0),
                        gtk_callback_action_new (enter_cb, NULL, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

static void
sag_ui_series_window_init (SagUiSeriesWindow *self)
{
  self->cancellable = g_cancellable_new ();
  self->checks = g_ptr_array_new ();
  self->pictures = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  add_enter (self);
}
