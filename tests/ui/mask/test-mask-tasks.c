/* SPDX-License-Identifier: Apache-2.0 */

/* A mask made in the window belongs to a task: it is read, exported and trained on as what it is. */

#include "tests/ui/mask/mask-project-fixture.h"

#include "model/export/export.h"
#include "model/export/samples.h"
#include "model/volume/nifti.h"
#include "tests/support/test.h"
#include "tests/ui/support.h"
#include "ui/base/settings.h"
#include "ui/mask/mask-files.h"
#include "ui/mask/mask-pane.h"
#include "ui/mask/mask-task.h"
#include "ui/project/labels.h"
#include "ui/readings/readings.h"

#include <string.h>

#define WIDTH 352
#define HEIGHT 760
#define EFFUSION "Diagnose the presence of pleural effusion around the lungs"
#define NODULE "Diagnose the presence of a lung nodule larger than 6 mm"

static gboolean
put_tasks (SagDb *db, gpointer data, GError **error)
{
  SagTaskRow first = { .key = (char *) "effusion", .wording = (char *) EFFUSION };
  SagTaskRow second = { .key = (char *) "nodule", .wording = (char *) NODULE };

  return sag_tasks_put (db, &first, error) && sag_tasks_put (db, &second, error);
}

static void
add_tasks (SagTestMasks *self)
{
  g_autoptr (GError) error = NULL;

  sag_store_run (sag_ui_project_get_store (self->project), put_tasks, NULL, &error);
  g_assert_no_error (error);
  sag_ui_project_reload (self->project);
  sag_test_ui_until (sag_ui_project_get_n_tasks (self->project) == 2);
}

/* A project with two tasks, and a scan that is a case of it whose labels are read. */
static void
begin (SagTestMasks *self)
{
  sag_test_masks_open (self, TRUE);
  add_tasks (self);
  sag_test_ui_until (sag_ui_labels_is_ready (sag_ui_labels_get (self->session)));
}

static const char *
get_key (SagTestMasks *self, guint index)
{
  SagMaskSet *set = sag_ui_case_masks_get_set (self->masks->current);

  g_assert_cmpuint (index, <, sag_mask_set_get_n (set));
  return sag_mask_set_get_info (set, index)->key;
}

static gboolean
is_label (GtkWidget *label, gconstpointer text)
{
  return gtk_widget_get_mapped (label) &&
         strcmp (gtk_label_get_text (GTK_LABEL (label)), text) == 0;
}

static gboolean
shows (GtkWidget *widget, const char *text)
{
  return sag_test_ui_find (widget, GTK_TYPE_LABEL, is_label, text) != NULL;
}

static GtkWindow *
show_pane (SagTestMasks *self, GtkWidget **choice)
{
  GtkWidget *pane = g_object_new (SAG_UI_TYPE_MASK_PANE, "width-request", WIDTH, NULL);
  GtkWindow *window;

  sag_ui_mask_pane_set_session (SAG_UI_MASK_PANE (pane), self->session);
  window = sag_test_ui_show (pane, WIDTH, HEIGHT);
  gtk_widget_insert_action_group (GTK_WIDGET (window), "mask",
                                  sag_ui_masks_get_actions (self->masks));
  *choice = sag_test_ui_find_type (pane, SAG_UI_TYPE_MASK_TASK);
  return window;
}

/* The task that labels are about is a new mask's; another, or none, can be chosen, and undone. */
static void
test_choice (SagTestMasks *self, gconstpointer data)
{
  GActionGroup    *actions = sag_ui_masks_get_actions (self->masks);
  GtkWidget       *choice, *down;
  GtkWindow       *window;
  cairo_surface_t *picture;
  int              natural;

  sag_test_ui_style ();
  sag_test_masks_open (self, TRUE);
  window = show_pane (self, &choice);
  down = sag_test_ui_find_type (choice, GTK_TYPE_DROP_DOWN);
  sag_test_masks_paint (self, 10);
  g_assert_null (get_key (self, 0));
  g_assert_false (gtk_widget_get_visible (choice)); /* there are no tasks */

  add_tasks (self);
  sag_test_ui_until (sag_ui_labels_is_ready (sag_ui_labels_get (self->session)));
  sag_test_ui_until (gtk_widget_get_visible (choice));
  g_assert_cmpuint (gtk_drop_down_get_selected (GTK_DROP_DOWN (down)), ==, 0);
  g_assert_true (shows (GTK_WIDGET (window), "Of no task"));
  g_action_group_activate_action (actions, "add", NULL);
  sag_test_masks_wait (self);
  g_assert_cmpstr (get_key (self, 1), ==, "effusion");
  sag_ui_labels_set_active (sag_ui_labels_get (self->session), 1);
  g_action_group_activate_action (actions, "add", NULL);
  sag_test_masks_wait (self);
  g_assert_cmpstr (get_key (self, 2), ==, "nodule");
  g_assert_true (shows (GTK_WIDGET (window), "a lung nodule larger than 6 mm"));
  g_assert_cmpuint (gtk_drop_down_get_selected (GTK_DROP_DOWN (down)), ==, 2);

  gtk_drop_down_set_selected (GTK_DROP_DOWN (down), 1);
  g_assert_cmpstr (get_key (self, 2), ==, "effusion");
  gtk_drop_down_set_selected (GTK_DROP_DOWN (down), 0);
  g_assert_null (get_key (self, 2));
  sag_test_masks_undo (self);
  sag_test_masks_undo (self);
  g_assert_cmpstr (get_key (self, 2), ==, "nodule");
  g_assert_cmpuint (gtk_drop_down_get_selected (GTK_DROP_DOWN (down)), ==, 2);

  /* Tab gets there, and long wordings make the pane no wider. */
  g_assert_true (gtk_widget_grab_focus (down));
  gtk_widget_measure (gtk_window_get_child (window), GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural,
                      NULL, NULL);
  g_assert_cmpint (natural, <=, WIDTH);
  picture = sag_test_ui_picture (GTK_WIDGET (window), gtk_widget_get_scale_factor (choice) == 1
                                                        ? "pane-tasks"
                                                        : "pane-tasks-2x");
  cairo_surface_destroy (picture);
  gtk_window_destroy (window);
}

/* The list is for the mask that it was opened for: when another is active, it closes. */
static void
test_open_list (SagTestMasks *self, gconstpointer data)
{
  GActionGroup *actions = sag_ui_masks_get_actions (self->masks);
  GtkWidget    *choice, *list;
  GtkWindow    *window;
  const char   *first;

  begin (self);
  window = show_pane (self, &choice);
  g_action_group_activate_action (actions, "add", NULL);
  sag_test_masks_wait (self);
  first = sag_ui_case_masks_get_active (self->masks->current);
  list = sag_test_ui_find_type (choice, GTK_TYPE_POPOVER);
  g_assert_true (gtk_widget_activate (sag_test_ui_find_type (choice, GTK_TYPE_DROP_DOWN)));
  sag_test_ui_until (gtk_widget_get_mapped (list));
  sag_ui_case_masks_rename (self->masks->current, first, "Other");
  sag_test_masks_wait (self);
  g_assert_true (gtk_widget_get_visible (list));
  g_action_group_activate_action (actions, "add", NULL);
  g_assert_false (gtk_widget_get_visible (list));
  sag_test_masks_wait (self);

  /* And it opens again. */
  g_assert_true (gtk_widget_activate (sag_test_ui_find_type (choice, GTK_TYPE_DROP_DOWN)));
  sag_test_ui_until (gtk_widget_get_mapped (list));
  gtk_window_destroy (window);
}

static gboolean
count_sample (const SagExportSample *sample, gpointer user_data, GError **error)
{
  if (strcmp (sample->task->key, "effusion") == 0 && sample->mask != NULL)
    g_ptr_array_add (user_data, g_strdup (sample->mask->reader));
  return TRUE;
}

/* (element-type utf8): whose masks are trained on. */
static GPtrArray *
dup_sampled (SagTestMasks *self, const char *reader)
{
  const SagTrainingOptions options = { .reader = reader, .shares = { 50, 0, 50 } };
  GPtrArray               *found = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (SagProject) project = NULL;
  g_auto (SagExported) exported = { 0 };
  g_autoptr (GError) error = NULL;

  sag_exported_init (&exported);
  project = sag_project_load (sag_ui_project_get_store (self->project), &error);
  g_assert_no_error (error);
  sag_export_samples (project, &options, count_sample, found, &exported, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (exported.notes->len, ==, 0); /* nothing belongs to no task */
  return found;
}

static void
check_export (SagTestMasks *self)
{
  g_autoptr (SagProject) project = NULL;
  g_auto (SagExported) exported = { 0 };
  g_autoptr (GDir) folder = NULL;
  g_autoptr (GError) error = NULL;
  const char *name;
  guint       n = 0;

  sag_exported_init (&exported);
  project = sag_project_load (sag_ui_project_get_store (self->project), &error);
  g_assert_no_error (error);
  sag_export_masks (project, self->folder, &exported, NULL, &error);
  g_assert_no_error (error);
  folder = g_dir_open (self->folder, 0, &error);
  g_assert_no_error (error);
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->folder, name, NULL);
      g_autofree char *text = NULL;

      if (!g_str_has_suffix (name, "__mask.json"))
        continue;
      g_file_get_contents (path, &text, NULL, &error);
      g_assert_no_error (error);
      g_assert_nonnull (strstr (text, "\"effusion\""));
      n++;
    }
  g_assert_cmpuint (n, ==, 3); /* with the one that was decided on */
}

/* What two people painted in the window stands side by side, is trained on, and is exported with its task. */
static void
test_readings (SagTestMasks *self, gconstpointer data)
{
  g_autoptr (SagUiReadings) readings = NULL;
  const SagDifference *difference;
  g_autoptr (GPtrArray) of_ann = NULL;
  g_autoptr (GPtrArray) of_ben = NULL;

  begin (self);
  sag_test_masks_paint (self, 10);
  sag_test_masks_saved (self);
  g_settings_set_string (sag_ui_settings_get (), "reader", "Ben");
  sag_test_ui_until (self->masks->stored->len == 1 &&
                     sag_ui_case_masks_get_n (self->masks->current) == 0);
  sag_test_ui_until (sag_ui_labels_is_ready (sag_ui_labels_get (self->session)));
  sag_test_masks_paint (self, 11);
  g_assert_cmpstr (get_key (self, 0), ==, "effusion");
  sag_test_masks_saved (self);

  readings = sag_ui_readings_new (self->project);
  sag_test_ui_until (sag_ui_readings_get (readings) != NULL);
  g_assert_cmpuint (sag_ui_readings_get (readings)->differences->len, ==, 1);
  difference = sag_ui_readings_get_difference (readings, 0);
  g_assert_cmpuint (difference->masks->len, ==, 2);
  g_assert_cmpfloat (sag_difference_get_dice (difference), >, 0);
  sag_ui_readings_combine (readings, 0, SAG_MASK_UNION);
  sag_test_ui_until (sag_ui_readings_count_undecided (readings) == 0);
  sag_ui_readings_forget (readings, 0);
  sag_test_ui_until (sag_ui_readings_count_undecided (readings) == 1);

  check_export (self);
  of_ann = dup_sampled (self, "Ann");
  of_ben = dup_sampled (self, "Ben");
  g_assert_cmpuint (of_ann->len, ==, 1);
  g_assert_cmpstr (of_ann->pdata[0], ==, "Ann");
  g_assert_cmpuint (of_ben->len, ==, 1);
  g_assert_cmpstr (of_ben->pdata[0], ==, "Ben");
}

static void
open_named (SagTestMasks *self, const char *name)
{
  const SagGeometry *grid = sag_volume_get_geometry (sag_ui_case_get_volume (self->one));
  g_autofree char   *path = g_build_filename (self->folder, name, NULL);
  g_autofree guint8 *voxels = g_malloc0 ((gsize) sag_geometry_n_voxels (grid));
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  const guint n = sag_ui_case_masks_get_n (self->masks->current);

  voxels[0] = 1;
  sag_nifti_save (path, grid, SAG_NIFTI_UINT8, voxels, "A mask", NULL, &error);
  g_assert_no_error (error);
  g_list_store_append (files, file);
  sag_ui_mask_files_open (self->masks, G_LIST_MODEL (files), FALSE);
  sag_test_ui_until (sag_ui_case_masks_get_n (self->masks->current) == n + 1);
}

/* A file that is called as a task, after its scan or alone, brings masks of that task. */
static void
test_files (SagTestMasks *self, gconstpointer data)
{
  begin (self);
  open_named (self, "a__pleural-effusion-0123abcd__mask.nii.gz");
  g_assert_cmpstr (get_key (self, 0), ==, "effusion");
  open_named (self, "NODULE.nii.gz");
  g_assert_cmpstr (get_key (self, 1), ==, "nodule");
  open_named (self, "a_liver_mask.nii.gz");
  g_assert_null (get_key (self, 2));
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
#define ADD(name, func)                                                                            \
  g_test_add ("/ui/mask-tasks/" name, SagTestMasks, NULL, sag_test_masks_set_up, func,             \
              sag_test_masks_tear_down)
  ADD ("choice", test_choice);
  ADD ("open-list", test_open_list);
  ADD ("readings", test_readings);
  ADD ("files", test_files);
#undef ADD
  return g_test_run ();
}
