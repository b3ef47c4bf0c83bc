/* SPDX-License-Identifier: Apache-2.0 */

/* Two cases that are compared are two scans of one patient, or so a person hopes: while they are looked at, the right
 * one is aligned with the left one, and then drawn on the left one's slices. */

#include "ui/view/views-private.h"

#include "ui/base/keymap.h"
#include "ui/case/stand-in.h"
#include "ui/mask/case-masks.h"

#include <glib/gi18n.h>

/* Of what is said that a narrow window shows too. */
#define NOTE_CHARS 20

typedef struct
{
  SagVolume      *current;
  SagVolume      *prior;
  SagRegistration registration;
  SagVolume      *laid; /* the prior on the current grid */
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  sag_volume_unref (job->current);
  sag_volume_unref (job->prior);
  g_clear_pointer (&job->laid, sag_volume_unref);
  g_free (job);
}

static void
align_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job    *job = data;
  GError *error = NULL;

  if (sag_register (job->current, job->prior, &job->registration, cancellable, &error))
    job->laid = sag_register_resample (job->prior, sag_volume_get_geometry (job->current),
                                       job->registration.prior_to_current, cancellable, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/* "0.3": the decimal point of data. */
static char *
dup_number (double value, const char *format)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (g_ascii_formatd (text, sizeof text, format, value));
}

static void
say (SagUiViews *self, const char *text, const char *more, gboolean is_warning)
{
  GtkWidget *note = self->align.note;

  gtk_label_set_label (GTK_LABEL (note), text);
  gtk_label_set_width_chars (GTK_LABEL (note), (int) MIN (g_utf8_strlen (text, -1), NOTE_CHARS));
  gtk_widget_set_tooltip_text (note, more);
  gtk_accessible_update_property (GTK_ACCESSIBLE (note), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  more != NULL ? more : "", -1);
  if (is_warning)
    gtk_widget_add_css_class (note, "warning");
  else
    gtk_widget_remove_css_class (note, "warning");
}

/* Masks lie on the grid that they were painted on. */
static gboolean
hides_masks (const SagUiAlign *align)
{
  SagUiCaseMasks *masks = align->aligned ? sag_ui_case_masks_peek (align->prior) : NULL;

  return masks != NULL && sag_ui_case_masks_get_n (masks) > 0;
}

static void
say_fit (SagUiViews *self)
{
  const SagRegistration *registration = &self->align.registration;
  gboolean               is_good = registration->verdict == SAG_REGISTER_GOOD;
  g_autofree char       *misfit = dup_number (registration->misfit_mm, "%.1f");
  g_autofree char       *likeness = dup_number (registration->correlation, "%.2f");
  g_autofree char       *turn = dup_number (registration->turn_degrees, "%.1f");
  g_autofree char       *shift = dup_number (registration->shift_mm, "%.0f");
  g_autofree char       *fit = NULL, *explained = NULL, *text = NULL, *more = NULL;

  fit = is_good ? /* Translators: how well two scans were aligned; a distance in mm. */
          g_strdup_printf (_ ("Bones fit to %s mm"), misfit)
                : /* Translators: how badly two scans were aligned; a distance in mm. */
          g_strdup_printf (_ ("Doubtful: bones fit to %s mm"), misfit);
  /* Translators: a distance in mm, a correlation, an angle in degrees, a distance in mm. */
  explained =
    g_strdup_printf (_ ("Half of the bones' edges lie closer together than %s mm; the bones' "
                        "values correlate by %s. This scan was turned by %s° and moved by %s "
                        "mm, as a whole: look at spine and ribs in the checkerboard. Lungs "
                        "and diaphragm move with the breath."),
                     misfit, likeness, turn, shift);
  if (hides_masks (&self->align))
    {
      text = g_strjoin (" · ", _ ("Masks hidden"), fit, NULL);
      more = g_strjoin (" ", _ ("The masks of this scan are drawn where it is not aligned."),
                        explained, NULL);
    }
  say (self, text != NULL ? text : fit, more != NULL ? more : explained, !is_good);
}

static void
update_buttons (SagUiViews *self)
{
  SagUiAlign *align = &self->align;

  gtk_widget_set_sensitive (align->aligned_button, align->stand_in != NULL);
  gtk_widget_set_sensitive (align->checker_button, align->stand_in != NULL);
}

void
sag_ui_views_take_fit (SagUiViews *self, const SagRegistration *registration, SagVolume *laid)
{
  SagUiAlign *align = &self->align;

  align->registration = *registration;
  g_clear_object (&align->stand_in);
  align->stand_in = sag_ui_stand_in_new (align->prior, laid, registration->prior_to_current);
  say_fit (self);
  update_buttons (self);
  if (registration->verdict == SAG_REGISTER_GOOD)
    g_object_set (self, "aligned", TRUE, NULL);
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SagUiViews *self = SAG_UI_VIEWS (source);
  SagUiAlign *align = &self->align;
  Job        *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gboolean aligned = g_task_propagate_boolean (G_TASK (result), &error);

  /* Another comparison, or none. */
  if (align->cancellable != g_task_get_cancellable (G_TASK (result)))
    return;
  g_clear_object (&align->cancellable);
  if (!aligned)
    {
      say (self, _ ("Could not be aligned"), error->message, TRUE);
      return;
    }
  sag_ui_views_take_fit (self, &job->registration, job->laid);
}

/* It was closed, or could not be read. */
static gboolean
is_gone (SagUiCase *prior)
{
  const SagUiCaseState state = sag_ui_case_get_state (prior);

  return state == SAG_UI_CASE_WAITING || state == SAG_UI_CASE_FAILED;
}

/* Once both are there. */
static void
state_cb (SagUiCase *one, GParamSpec *pspec, SagUiViews *self)
{
  SagUiAlign *align = &self->align;
  g_autoptr (GTask) task = NULL;
  Job *job;

  if (align->prior != NULL && is_gone (align->prior))
    {
      sag_ui_views_end_compare (self);
      return;
    }
  if (align->prior == NULL || align->cancellable != NULL || align->stand_in != NULL)
    return;
  if (sag_ui_case_get_state (align->current) != SAG_UI_CASE_READY ||
      sag_ui_case_get_state (align->prior) != SAG_UI_CASE_READY)
    return;
  job = g_new0 (Job, 1);
  job->current = sag_volume_ref (sag_ui_case_get_volume (align->current));
  job->prior = sag_volume_ref (sag_ui_case_get_volume (align->prior));
  align->cancellable = g_cancellable_new ();
  task = g_task_new (self, align->cancellable, done_cb, NULL);
  g_task_set_source_tag (task, state_cb);
  g_task_set_task_data (task, job, job_free);
  say (self, _ ("Aligning…"), NULL, FALSE);
  g_task_run_in_thread (task, align_thread);
}

void
sag_ui_views_begin_align (SagUiViews *self, SagUiCase *prior)
{
  SagUiAlign *align = &self->align;
  SagUiCase  *current = sag_ui_display_get_case (self->sides[0].display);

  sag_ui_views_end_align (self);
  gtk_widget_set_visible (align->bar, prior != current);
  if (prior == current)
    return;
  align->current = g_object_ref (current);
  align->prior = g_object_ref (prior);
  say (self, "", NULL, FALSE);
  update_buttons (self);
  g_signal_connect_object (current, "notify::state", G_CALLBACK (state_cb), self, 0);
  g_signal_connect_object (prior, "notify::state", G_CALLBACK (state_cb), self, 0);
  state_cb (prior, NULL, self);
}

void
sag_ui_views_end_align (SagUiViews *self)
{
  SagUiAlign *align = &self->align;

  if (align->prior != NULL)
    {
      g_signal_handlers_disconnect_by_func (align->current, state_cb, self);
      g_signal_handlers_disconnect_by_func (align->prior, state_cb, self);
    }
  if (align->cancellable != NULL)
    g_cancellable_cancel (align->cancellable);
  g_clear_object (&align->cancellable);
  g_clear_object (&align->stand_in);
  g_clear_object (&align->current);
  g_clear_object (&align->prior);
  align->links = FALSE;
  if (align->checker || align->aligned)
    {
      align->checker = align->aligned = FALSE;
      g_object_notify (G_OBJECT (self), "aligned");
      g_object_notify (G_OBJECT (self), "checker");
    }
}

gboolean
sag_ui_views_link_point (SagUiViews *self, int from, double ras_mm[3])
{
  const SagUiAlign *align = &self->align;

  if (align->stand_in == NULL || !align->links)
    return FALSE;
  if (!align->aligned)
    sag_geometry_apply (from == 0 ? align->registration.current_to_prior
                                  : align->registration.prior_to_current,
                        ras_mm, ras_mm);
  return TRUE;
}

void
sag_ui_views_link_by_hand (SagUiViews *self)
{
  self->align.links = self->align.aligned;
}

static void
show_checker (SagUiViews *self)
{
  SagUiAlign   *align = &self->align;
  SagUiDisplay *right = self->sides[1].display;

  if (right != NULL)
    sag_ui_display_set_checker (right,
                                align->checker ? sag_ui_case_get_volume (align->current) : NULL);
}

/* The right side shows another volume, and stays with the same anatomy. */
static void
show_prior (SagUiViews *self)
{
  SagUiAlign   *align = &self->align;
  SagUiDisplay *right = self->sides[1].display;
  double        cross[3];

  self->is_following = TRUE;
  sag_ui_display_set_checker (right, NULL);
  sag_ui_display_set_case (right, align->aligned ? align->stand_in : align->prior);
  sag_ui_display_get_cross (self->sides[0].display, cross);
  sag_ui_views_link_point (self, 0, cross);
  sag_ui_display_set_cross (right, cross);
  self->is_following = FALSE;
  for (int p = 0; p < SAG_RENDER_N_PLANES; p++)
    sag_ui_slice_view_follow (sag_ui_side_get_view (&self->sides[1], p),
                              sag_ui_side_get_view (&self->sides[0], p));
}

/* Without anything to lay on each other, a key says what is missing. */
static gboolean
can_align (SagUiViews *self)
{
  if (self->align.stand_in != NULL)
    return TRUE;
  if (self->session != NULL)
    sag_ui_session_say (self->session,
                        self->align.cancellable != NULL
                          ? _ ("The scans are still being aligned.")
                          : _ ("There are no two scans here that could be aligned."));
  return FALSE;
}

void
sag_ui_views_set_aligned (SagUiViews *self, gboolean aligned)
{
  SagUiAlign *align = &self->align;

  if (align->aligned == aligned || (aligned && !can_align (self)))
    return;
  align->aligned = aligned;
  align->links = TRUE;
  if (align->checker && !aligned)
    {
      align->checker = FALSE;
      g_object_notify (G_OBJECT (self), "checker");
    }
  show_prior (self);
  say_fit (self);
}

void
sag_ui_views_set_checker (SagUiViews *self, gboolean checker)
{
  SagUiAlign *align = &self->align;

  if (align->checker == checker || (checker && !can_align (self)))
    return;
  if (checker && !align->aligned)
    g_object_set (self, "aligned", TRUE, NULL);
  align->checker = checker;
  show_checker (self);
}

static GtkWidget *
add_button (SagUiViews *self,
            const char *label,
            const char *tooltip,
            const char *action,
            const char *property)
{
  GtkWidget *button = gtk_toggle_button_new_with_label (label);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "caption");
  sag_ui_keymap_set_tooltip (button, tooltip, action);
  g_object_bind_property (self, property, button, "active",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  gtk_box_append (GTK_BOX (self->align.bar), button);
  return button;
}

GtkWidget *
sag_ui_views_build_align (SagUiViews *self)
{
  SagUiAlign *align = &self->align;

  align->bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  align->note = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (align->note), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (align->note, "caption");
  gtk_box_append (GTK_BOX (align->bar), align->note);
  align->aligned_button = add_button (
    self, _ ("Aligned"), _ ("Draw this scan on the other one's slices, or as it is stored"),
    "view.aligned", "aligned");
  align->checker_button = add_button (self, _ ("Checkerboard"),
                                      _ ("Squares of both scans in turn, to see whether they fit"),
                                      "view.checker", "checker");
  return align->bar;
}
