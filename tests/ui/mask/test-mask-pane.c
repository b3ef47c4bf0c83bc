/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/mask/mask-pane.h"

#include "model/phantom/phantom.h"
#include "tests/ui/engine-support.h"
#include "tests/ui/support.h"
#include "ui/ask/swatch.h"
#include "ui/mask/mask-row.h"
#include "ui/mask/masks.h"

#define WIDTH 352
#define HEIGHT 700

static SagPhantom *phantom;

typedef struct
{
  SagUiEngine    *engine;
  SagUiSession   *session;
  SagUiMasks     *masks;
  SagUiCaseMasks *current;
  GtkWidget      *pane;
  GtkWindow      *window;
} Fixture;

static void
wait (Fixture *self)
{
  sag_test_ui_until (!sag_ui_case_masks_is_busy (self->current));
  sag_test_ui_settle ();
}

/* The pane in a window, in place of the one before. */
static void
show (Fixture *self)
{
  if (self->window != NULL)
    gtk_window_destroy (self->window);
  self->pane = g_object_new (SAG_UI_TYPE_MASK_PANE, "width-request", WIDTH, NULL);
  sag_ui_mask_pane_set_session (SAG_UI_MASK_PANE (self->pane), self->session);
  self->window = sag_test_ui_show (self->pane, WIDTH, HEIGHT);
  gtk_widget_insert_action_group (GTK_WIDGET (self->window), "mask",
                                  sag_ui_masks_get_actions (self->masks));
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/nowhere/scan.nii.gz");
  SagUiCase *one;

  self->engine = sag_ui_engine_new (sag_test_ui_open_none, NULL, NULL);
  self->session = sag_ui_session_new (self->engine);
  self->masks = sag_ui_masks_get (self->session);
  one = sag_ui_cases_add (sag_ui_session_get_cases (self->session), file);
  sag_ui_case_give (one, phantom->image, sag_volume_get_geometry (phantom->image)->dims[2]);
  sag_ui_cases_set_current (sag_ui_session_get_cases (self->session), one);
  self->current = sag_ui_masks_make_current (self->masks);
  show (self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  gtk_window_destroy (self->window);
  sag_test_ui_settle ();
  g_assert_finalize_object (self->session);
  g_object_unref (self->engine);
}

static void
activate (Fixture *self, const char *name)
{
  g_action_group_activate_action (sag_ui_masks_get_actions (self->masks), name, NULL);
  wait (self);
}

static SagUiMaskRow *
get_row (Fixture *self, int index)
{
  GtkWidget *list = sag_test_ui_find_type (self->pane, GTK_TYPE_LIST_BOX);

  return SAG_UI_MASK_ROW (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), index));
}

static void
paint (Fixture *self)
{
  const SagGeometry *grid = sag_volume_get_geometry (phantom->image);
  const SagBrush     brush = { .shape = SAG_BRUSH_BALL, .radius_mm = 20 };
  double             at_mm[3];

  sag_geometry_to_ras (grid, (double[]){ grid->dims[0] / 2, grid->dims[1] / 2, grid->dims[2] / 2 },
                       at_mm);
  g_assert_true (sag_ui_case_masks_begin (self->current, "Painted", &brush));
  sag_ui_case_masks_draw (self->current, at_mm, at_mm);
  sag_ui_case_masks_end (self->current, TRUE);
  wait (self);
}

static gboolean
has_text (GtkWidget *widget, gconstpointer text)
{
  return g_strcmp0 (gtk_label_get_text (GTK_LABEL (widget)), text) == 0;
}

static gboolean
has_label (SagUiMaskRow *row, const char *text)
{
  return sag_test_ui_find (GTK_WIDGET (row), GTK_TYPE_LABEL, has_text, text) != NULL;
}

/* Rows follow the masks: names, values, order, undo. */
static gboolean
is_memory (GtkWidget *widget, gconstpointer data)
{
  return g_str_has_prefix (gtk_label_get_text (GTK_LABEL (widget)), "In no project and no file");
}

static void
test_rows (Fixture *self, gconstpointer data)
{
  SagMaskStatistics statistics;
  g_autofree char  *text = NULL;
  cairo_surface_t  *picture;
  int               scale = gtk_widget_get_scale_factor (self->pane), natural;
  GtkWidget        *expander, *memory;

  g_assert_null (get_row (self, 0));
  memory = sag_test_ui_find (self->pane, GTK_TYPE_LABEL, is_memory, NULL);
  activate (self, "add");
  g_assert_false (gtk_widget_get_visible (memory)); /* there is nothing to lose */
  paint (self);
  g_assert_true (gtk_widget_get_visible (memory));
  sag_ui_case_masks_set_stored (self->current, TRUE);
  g_assert_false (gtk_widget_get_visible (memory));
  sag_ui_case_masks_set_stored (self->current, FALSE);
  activate (self, "add");
  g_assert_nonnull (get_row (self, 1));
  sag_mask_get_statistics (sag_mask_set_get_mask (sag_ui_case_masks_get_set (self->current), 0),
                           phantom->image, &statistics);
  text = sag_ui_mask_statistics_dup_text (&statistics);
  sag_test_ui_until (has_label (get_row (self, 0), text));
  sag_test_ui_until (has_label (get_row (self, 1), "Empty"));

  sag_ui_case_masks_rename (self->current, sag_ui_mask_row_get_id (get_row (self, 0)), "Effusion");
  sag_test_ui_settle ();
  g_assert_true (has_label (get_row (self, 0), "Effusion"));
  g_assert_true (gtk_list_box_row_is_selected (GTK_LIST_BOX_ROW (get_row (self, 1))));
  gtk_list_box_select_row (GTK_LIST_BOX (gtk_widget_get_parent (GTK_WIDGET (get_row (self, 0)))),
                           GTK_LIST_BOX_ROW (get_row (self, 0)));
  g_assert_cmpint (sag_ui_case_masks_get_active_index (self->current), ==, 0);

  /* Beside the views there is no more room than this. */
  expander = sag_test_ui_find_type (self->pane, GTK_TYPE_EXPANDER);
  gtk_expander_set_expanded (GTK_EXPANDER (expander), TRUE);
  sag_test_ui_settle ();
  gtk_widget_measure (self->pane, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  g_assert_cmpint (natural, <=, WIDTH);
  picture = sag_test_ui_picture (GTK_WIDGET (self->window), scale == 1 ? "pane" : "pane-2x");
  cairo_surface_destroy (picture);

  sag_ui_case_masks_remove (self->current, sag_ui_mask_row_get_id (get_row (self, 0)));
  sag_test_ui_settle ();
  g_assert_null (get_row (self, 1));
  sag_ui_journal_undo (sag_ui_session_get_journal (self->session));
  sag_test_ui_settle ();
  g_assert_true (has_label (get_row (self, 0), "Effusion"));
}

/* A scan that was given up and is read again: while it is, the mask has a volume and no mean value. */
static void
test_read_again (Fixture *self, gconstpointer data)
{
  SagUiCase        *one = sag_ui_session_get_case (self->session);
  SagMask          *mask;
  SagMaskStatistics whole, less;
  g_autofree char  *text = NULL;
  g_autofree char  *less_text = NULL;

  activate (self, "add");
  paint (self);
  mask = sag_mask_set_get_mask (sag_ui_case_masks_get_set (self->current), 0);
  sag_mask_get_statistics (mask, phantom->image, &whole);
  sag_mask_get_statistics (mask, NULL, &less);
  text = sag_ui_mask_statistics_dup_text (&whole);
  less_text = sag_ui_mask_statistics_dup_text (&less);
  g_assert_cmpstr (text, !=, less_text);

  sag_ui_case_unload (one);
  show (self);
  sag_test_ui_until (has_label (get_row (self, 0), less_text));
  sag_ui_case_give (one, phantom->image, sag_volume_get_geometry (phantom->image)->dims[2]);
  sag_test_ui_until (has_label (get_row (self, 0), text));

  /* What is known stays while the voxels are away. */
  sag_ui_case_unload (one);
  sag_ui_case_masks_rename (self->current, sag_ui_mask_row_get_id (get_row (self, 0)), "Effusion");
  wait (self);
  g_assert_true (has_label (get_row (self, 0), text));
}

static void
test_text (void)
{
  const SagMaskStatistics some = { .n_voxels = 10,
                                   .volume_ml = 12.345,
                                   .model_share = 0.25,
                                   .mean = -812.4,
                                   .extent_mm = { 40.2, 31.6, 55 } };
  g_autofree char        *text = sag_ui_mask_statistics_dup_text (&some);

  g_assert_cmpstr (text, ==, "12.3 ml, mean −812 HU, 40 × 32 × 55 mm, 25 % from a model");
}

int
main (int argc, char **argv)
{
  const SagPhantomOptions options = { .seed = 3, .spacing_mm = { 2, 2, 4 } };
  int                     status;

  sag_test_ui_init (&argc, &argv);
  sag_test_ui_style ();
  phantom = sag_phantom_new (&options);
  g_test_add ("/ui/mask-pane/rows", Fixture, NULL, set_up, test_rows, tear_down);
  g_test_add ("/ui/mask-pane/read-again", Fixture, NULL, set_up, test_read_again, tear_down);
  g_test_add_func ("/ui/mask-pane/text", test_text);
  status = g_test_run ();
  sag_phantom_free (phantom);
  return status;
}
