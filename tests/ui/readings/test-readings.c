/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/mask/mask-project-fixture.h"

#include "model/store/audit.h"
#include "model/store/share.h"
#include "tests/support/test.h"
#include "tests/ui/support.h"
#include "ui/base/settings.h"
#include "ui/readings/readings-window.h"
#include "ui/readings/share.h"
#include "ui/readings/tables.h"
#include "ui/readings/words.h"

#include <math.h>
#include <string.h>

#define WORDING "Diagnose the presence of pleural effusion around the lungs"

/* What Ann and Ben said and painted about a case. */
typedef struct
{
  gint64      one;
  SagGeometry grid;
} Readings;

static gboolean
put_reading (SagDb          *db,
             const Readings *readings,
             gint64          task,
             const char     *reader,
             SagLabelValue   value,
             int             from,
             int             to,
             GError        **error)
{
  const gsize        row = (gsize) readings->grid.dims[0];
  const SagLabelRow  label = { .case_id = readings->one,
                               .task_id = task,
                               .reader = (char *) reader,
                               .value = value,
                               .certainty = -1 };
  g_autofree guint8 *voxels = g_malloc0 ((gsize) sag_geometry_n_voxels (&readings->grid));
  g_autoptr (SagMaskInfo) info = sag_mask_info_new ("Effusion", "effusion", 0x56B4E9);
  g_autoptr (SagMask) mask = NULL;
  const gsize slice = row * (gsize) (readings->grid.dims[1] * (readings->grid.dims[2] / 2));

  for (int j = 0; j < readings->grid.dims[1]; j++)
    for (int i = from; i < to; i++)
      voxels[slice + (gsize) j * row + (gsize) i] = 1;
  mask = sag_mask_new_from_voxels (&readings->grid, voxels);
  return sag_labels_put (db, &label, error) &&
         sag_masks_put (db, readings->one, info, mask, reader, error);
}

static gboolean
put_readings (SagDb *db, gpointer data, GError **error)
{
  SagTaskRow task = { .key = (char *) "effusion", .wording = (char *) WORDING, .colour = 0x56B4E9 };

  return sag_tasks_put (db, &task, error) &&
         put_reading (db, data, task.id, "Ann", SAG_LABEL_VALUE_PRESENT, 4, 12, error) &&
         put_reading (db, data, task.id, "Ben", SAG_LABEL_VALUE_ABSENT, 8, 14, error);
}

static void
begin (SagTestMasks *self)
{
  Readings readings;
  g_autoptr (GError) error = NULL;

  g_settings_set_string (sag_ui_settings_get (), "reader", "Cleo");
  sag_test_masks_open (self, TRUE);
  readings.one = sag_ui_project_get_sure_id (self->project, self->one);
  readings.grid = *sag_volume_get_geometry (sag_ui_case_get_volume (self->one));
  sag_store_run (sag_ui_project_get_store (self->project), put_readings, &readings, &error);
  g_assert_no_error (error);
  sag_ui_project_reload (self->project);
  sag_test_ui_until (sag_ui_project_get_n_tasks (self->project) == 1);
}

static gboolean
put_absent (SagDb *db, gpointer data, GError **error)
{
  const SagLabelRow label = { .case_id = *(const gint64 *) data,
                              .task_id = 1,
                              .reader = (char *) "Cleo",
                              .value = SAG_LABEL_VALUE_ABSENT,
                              .certainty = -1 };

  return sag_labels_put (db, &label, error);
}

static void
say_absent (SagTestMasks *self)
{
  gint64 one = sag_ui_project_get_sure_id (self->project, self->one);
  g_autoptr (GError) error = NULL;

  sag_store_run (sag_ui_project_get_store (self->project), put_absent, &one, &error);
  g_assert_no_error (error);
  sag_ui_project_reload (self->project);
}

static gboolean
has_activate (GtkWidget *view, gconstpointer data)
{
  return GTK_IS_SINGLE_SELECTION (gtk_column_view_get_model (GTK_COLUMN_VIEW (view)));
}

static GtkSingleSelection *
get_selection (GtkWidget *window)
{
  GtkWidget *view = sag_test_ui_find (window, GTK_TYPE_COLUMN_VIEW, has_activate, NULL);

  return GTK_SINGLE_SELECTION (gtk_column_view_get_model (GTK_COLUMN_VIEW (view)));
}

static gboolean
is_label (GtkWidget *label, gconstpointer text)
{
  return strcmp (gtk_label_get_text (GTK_LABEL (label)), text) == 0;
}

static gboolean
shows (GtkWidget *window, const char *text)
{
  return sag_test_ui_find (window, GTK_TYPE_LABEL, is_label, text) != NULL;
}

/* Others' readings stand side by side, are decided, and what counts is a mask of who decided. */
static void
test_window (SagTestMasks *self, gconstpointer data)
{
  GtkWidget          *window;
  GtkSingleSelection *selection;
  cairo_surface_t    *picture;

  begin (self);
  g_assert_cmpuint (sag_ui_case_masks_get_n (self->masks->current), ==, 0);
  g_assert_cmpuint (sag_ui_readings_count_blind (self->project), ==, 1);
  sag_test_ui_style ();
  window = GTK_WIDGET (sag_ui_readings_window_new (self->project, self->masks, NULL));
  gtk_window_present (GTK_WINDOW (window));
  selection = get_selection (window);
  sag_test_ui_until (g_list_model_get_n_items (G_LIST_MODEL (selection)) == 2);
  sag_test_ui_settle ();
  g_assert_true (shows (window, "2 differences · 2 to decide"));
  g_assert_true (shows (window, "0.57")); /* 2 * 4 / (8 + 6), the same in each row */

  gtk_widget_activate_action (window, "readings.label", "i", SAG_LABEL_VALUE_PRESENT);
  sag_test_ui_until (shows (window, "2 differences · 1 to decide"));
  sag_test_ui_settle ();
  g_assert_true (shows (window, "Present, Cleo"));
  picture = sag_test_ui_picture (window, "readings");
  cairo_surface_destroy (picture);

  gtk_single_selection_set_selected (selection, 1);
  /* A word is none for masks. */
  gtk_widget_activate_action (window, "readings.label", "i", SAG_LABEL_VALUE_ABSENT);
  gtk_widget_activate_action (window, "readings.open", NULL);
  sag_test_ui_until (self->masks->readings->len == 2);
  g_assert_cmpint (sag_ui_masks_get_readings_case (self->masks), ==,
                   sag_ui_project_get_current_id (self->project));
  gtk_widget_activate_action (window, "readings.combine", "i", SAG_MASK_INTERSECTION);
  sag_test_ui_until (sag_ui_case_masks_get_n (self->masks->current) == 1);
  g_assert_cmpint (sag_test_masks_count (self, 0) % 4, ==, 0);
  sag_test_ui_until (shows (window, "2 differences · 0 to decide"));
  sag_test_ui_settle ();
  picture = sag_test_ui_picture (window, "readings-masks");
  cairo_surface_destroy (picture);
  gtk_widget_activate_action (window, "readings.forget", NULL);
  sag_test_ui_until (shows (window, "2 differences · 1 to decide"));
  g_assert_cmpuint (sag_ui_case_masks_get_n (self->masks->current), ==, 1); /* the mask stays */

  gtk_window_destroy (GTK_WINDOW (window));
  sag_test_ui_settle ();
  g_assert_cmpint (sag_ui_masks_get_readings_case (self->masks), ==, 0);
  g_assert_cmpuint (self->masks->readings->len, ==, 0);
}

static gboolean
count_looks (SagDb *db, gpointer n, GError **error)
{
  g_autoptr (GPtrArray) all = sag_audit_list (db, error);

  *(guint *) n = 0;
  for (guint e = 0; all != NULL && e < all->len; e++)
    *(guint *) n += strcmp (((const SagAuditEntry *) all->pdata[e])->what, "readings") == 0;
  return all != NULL;
}

/* How often all readings were read. Nothing is under way in the store afterwards. */
static guint
get_n_looks (SagTestMasks *self)
{
  g_autoptr (GError) error = NULL;
  guint n;

  sag_store_run (sag_ui_project_get_store (self->project), count_looks, &n, &error);
  g_assert_no_error (error);
  return n;
}

/* A case that is opened twice before its readings are there has each of them once. */
static void
test_twice (SagTestMasks *self, gconstpointer data)
{
  GtkWidget          *window;
  GtkSingleSelection *selection;

  begin (self);
  window = GTK_WIDGET (sag_ui_readings_window_new (self->project, self->masks, NULL));
  gtk_window_present (GTK_WINDOW (window));
  selection = get_selection (window);
  sag_test_ui_until (g_list_model_get_n_items (G_LIST_MODEL (selection)) == 2);
  for (int t = 0; t < 2; t++)
    gtk_widget_activate_action (window, "readings.open", NULL);
  get_n_looks (self);
  sag_test_ui_settle ();
  g_assert_cmpuint (self->masks->readings->len, ==, 2);
  gtk_window_destroy (GTK_WINDOW (window));
  sag_test_ui_settle ();
}

static void
count_cb (SagUiReadings *readings, guint *n)
{
  (*n)++;
}

/* What is decided while all is read again is not undone by what was read before it. */
static void
test_decided_meanwhile (SagTestMasks *self, gconstpointer data)
{
  g_autoptr (SagUiReadings) readings = NULL;
  guint n = 0;

  begin (self);
  readings = sag_ui_readings_new (self->project);
  g_signal_connect (readings, "changed", G_CALLBACK (count_cb), &n);
  sag_test_ui_until (n == 1);
  sag_test_ui_occupy (sag_ui_project_get_store (self->project));
  sag_ui_readings_load (readings);
  sag_ui_readings_decide (readings, 0, SAG_LABEL_VALUE_PRESENT);
  sag_test_ui_release ();
  sag_test_ui_until (n == 2);
  g_assert_nonnull (sag_ui_readings_get_decision (readings, 0));
  sag_test_ui_until (get_n_looks (self) == 3);
  sag_test_ui_settle ();
  g_assert_cmpuint (n, ==, 2);
  sag_ui_readings_stop (readings);
}

/* Who has said everything but painted nothing is not done where others painted. */
static void
test_blind (SagTestMasks *self, gconstpointer data)
{
  begin (self);
  g_settings_set_string (sag_ui_settings_get (), "reader", "Ben");
  sag_test_ui_until (sag_ui_readings_count_blind (self->project) == 0); /* said and painted it */
  g_settings_set_string (sag_ui_settings_get (), "reader", "Cleo");
  sag_test_ui_until (sag_ui_readings_count_blind (self->project) == 1);
  say_absent (self);
  sag_test_ui_until (
    ((SagWorkItem *) g_ptr_array_index (sag_ui_project_get_list (self->project)->items, 0))
      ->n_labelled == 1);
  g_assert_cmpuint (sag_ui_readings_count_blind (self->project), ==, 1);
}

/* Nobody reads on with others' readings before their eyes: the window goes with the reader. */
static void
test_reader (SagTestMasks *self, gconstpointer data)
{
  SagUiReadingsWindow *window;

  begin (self);
  window = sag_ui_readings_window_new (self->project, self->masks, NULL);
  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
  gtk_window_present (GTK_WINDOW (window));
  g_settings_set_string (sag_ui_settings_get (), "reader", "Dan");
  sag_test_ui_until (window == NULL);
}

/* Without a second reading nothing is listed; the keyboard must not be sent to what is not shown. */
static void
test_empty (SagTestMasks *self, gconstpointer data)
{
  GtkWindow *window;
  GtkWidget *focus;

  sag_test_masks_open_project (self, TRUE);
  sag_test_masks_open_scan (self);
  window = GTK_WINDOW (sag_ui_readings_window_new (self->project, self->masks, NULL));
  gtk_window_present (window);
  sag_test_ui_until (gtk_widget_get_mapped (GTK_WIDGET (window)));
  sag_test_ui_settle ();
  focus = gtk_window_get_focus (window);
  g_assert_true (focus == NULL || gtk_widget_get_mapped (focus));
  gtk_window_destroy (window);
  sag_test_ui_settle ();
}

static void
store_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

typedef struct
{
  gint64        one;
  SagLabelValue value;
} Word;

static gboolean
say (SagDb *db, gpointer data, GError **error)
{
  const Word       *word = data;
  const SagLabelRow row = { .case_id = word->one,
                            .task_id = 1,
                            .reader = (char *) "Ann",
                            .value = word->value,
                            .certainty = -1 };

  return sag_labels_put (db, &row, error);
}

/* A copy for one reader has only hers; together again what differs is listed, and nothing is overwritten. */
static void
test_share (SagTestMasks *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "ann.sagitta", NULL);
  g_autoptr (GAsyncResult) split = NULL;
  g_autoptr (GAsyncResult) again = NULL;
  g_autoptr (GAsyncResult) merge = NULL;
  g_autoptr (GAsyncResult) strange = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) sentences = NULL;
  Word      word = { 0, SAG_LABEL_VALUE_UNSURE };
  SagStore *copy;

  begin (self);
  sag_ui_share_split_async (self->project, path, "Ann", store_result_cb, &split);
  sag_test_ui_until (split != NULL);
  g_assert_true (sag_ui_share_split_finish (split, &error));
  g_assert_no_error (error);
  sag_ui_share_split_async (self->project, path, "Ann", store_result_cb, &again);
  sag_test_ui_until (again != NULL);
  g_assert_false (sag_ui_share_split_finish (again, &error)); /* it is there already */
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST, "already there");

  copy = sag_store_open (path, SAG_STORE_WRITE, "Ann", &error);
  g_assert_no_error (error);
  word.one = 1;
  g_assert_true (sag_store_run (copy, say, &word, &error));
  sag_store_free (copy);
  sag_ui_share_merge_async (self->project, path, store_result_cb, &merge);
  sag_test_ui_until (merge != NULL);
  sentences = sag_ui_share_merge_finish (merge, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (sentences), ==, 3);
  g_assert_nonnull (strstr (sentences[1], "1 difference"));
  g_assert_nonnull (strstr (sentences[2], "present here, unsure there"));

  sag_ui_share_merge_async (self->project, "/nowhere/x.sagitta", store_result_cb, &strange);
  sag_test_ui_until (strange != NULL);
  g_assert_null (sag_ui_share_merge_finish (strange, &error));
  g_assert_nonnull (error);
}

static void
test_words (void)
{
  static const struct
  {
    double      value;
    const char *text;
  } numbers[] = {
    { 0.714, "0.71" }, { 1, "1.00" }, { -0.051, "−0.05" }, { -0.001, "0.00" }, { NAN, "—" }
  };

  for (gsize n = 0; n < G_N_ELEMENTS (numbers); n++)
    {
      g_autofree char *text = sag_ui_readings_dup_number (numbers[n].value);

      g_assert_cmpstr (text, ==, numbers[n].text);
    }
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
#define ADD(name, func)                                                                            \
  g_test_add ("/ui/readings/" name, SagTestMasks, NULL, sag_test_masks_set_up, func,               \
              sag_test_masks_tear_down)
  ADD ("window", test_window);
  ADD ("twice", test_twice);
  ADD ("decided-meanwhile", test_decided_meanwhile);
  ADD ("blind", test_blind);
  ADD ("reader", test_reader);
  ADD ("empty", test_empty);
  ADD ("share", test_share);
#undef ADD
  g_test_add_func ("/ui/readings/words", test_words);
  return g_test_run ();
}
