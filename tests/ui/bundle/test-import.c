/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/bundle.h"
#include "tests/support/test.h"
#include "tests/ui/support.h"
#include "ui/bundle/import-order.h"
#include "ui/bundle/import-window.h"

#include <glib/gstdio.h>

static const char config[] =
  "{\"model_type\":\"bert\",\"hidden_size\":96,\"num_attention_heads\":4,\"num_hidden_layers\":3,"
  "\"intermediate_size\":192,\"vocab_size\":200,\"max_position_embeddings\":512}";

static void
copy (const char *from, const char *folder, const char *name)
{
  g_autoptr (GFile) source = g_file_new_for_path (from);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GFile) target = g_file_new_for_path (path);

  g_assert_true (g_file_copy (source, target, 0, NULL, NULL, NULL, NULL));
}

/* The oracle's tiny checkpoint as upstream lays one out; NULL, the test skipped, without it. */
static char *
make_checkpoint (void)
{
  g_autofree char *weights = sag_test_shared ("oracle/model/tiny_weights.safetensors");
  g_autofree char *words =
    weights != NULL ? sag_test_shared ("oracle/vocab/tiny-vocab-200.txt") : NULL;
  g_autofree char *tokenizer = NULL, *path = NULL;
  char            *folder;

  if (words == NULL)
    return NULL;
  folder = sag_test_dup_folder ();
  tokenizer = g_build_filename (folder, "tokenizer", NULL);
  path = g_build_filename (tokenizer, "config.json", NULL);
  g_assert_cmpint (g_mkdir (tokenizer, 0755), ==, 0);
  copy (weights, folder, "model.safetensors");
  copy (words, tokenizer, "vocab.txt");
  g_assert_true (g_file_set_contents (path, config, -1, NULL));
  return folder;
}

static void
imported_cb (SagUiImportWindow *window, const char *folder, char **imported)
{
  *imported = g_strdup (folder);
}

static void
picture (gpointer window, const char *name)
{
  sag_test_ui_settle ();
  cairo_surface_destroy (sag_test_ui_picture (window, name));
}

static gboolean
label_has (GtkWidget *widget, gconstpointer text)
{
  return gtk_widget_get_mapped (widget) &&
         strstr (gtk_label_get_label (GTK_LABEL (widget)), text) != NULL;
}

static void
test_import (void)
{
  char              *checkpoint = make_checkpoint ();
  SagUiImportWindow *window;
  g_autofree char   *folder = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) bundle = NULL;

  if (checkpoint == NULL)
    return;
  window = sag_ui_import_window_new (NULL);
  g_signal_connect (window, "imported", G_CALLBACK (imported_cb), &folder);
  gtk_window_present (GTK_WINDOW (window));
  g_assert_false (gtk_widget_activate_action (GTK_WIDGET (window), "import.start", NULL) &&
                  folder != NULL); /* nothing is chosen yet */
  sag_ui_import_window_set_checkpoint (window, checkpoint);
  picture (window, "import");
  gtk_widget_activate_action (GTK_WIDGET (window), "import.start", NULL);
  sag_test_ui_until (folder != NULL);
  bundle = sag_bundle_load (folder, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sag_bundle_get_network (bundle)->n_heads, ==, 4);
  sag_test_remove_folder (checkpoint);
}

/* What cannot be imported says why, and the form is there again. */
static void
test_refused (void)
{
  char              *checkpoint = make_checkpoint ();
  g_autofree char   *weights = NULL;
  SagUiImportWindow *window;

  if (checkpoint == NULL)
    return;
  weights = g_build_filename (checkpoint, "model.safetensors", NULL);
  g_assert_true (g_file_set_contents (weights, "no tensors", -1, NULL));
  window = sag_ui_import_window_new (NULL);
  gtk_window_present (GTK_WINDOW (window));
  sag_ui_import_window_set_checkpoint (window, checkpoint);
  gtk_widget_activate_action (GTK_WIDGET (window), "import.start", NULL);
  sag_test_ui_until (sag_test_ui_find (GTK_WIDGET (window), GTK_TYPE_LABEL, label_has,
                                       "model.safetensors ") != NULL);
  picture (window, "import-refused");
  gtk_widget_activate_action (GTK_WIDGET (window), "import.cancel", NULL);
  sag_test_remove_folder (checkpoint);
}

/* Closing, or stopping, while it works leaves nothing behind. */
static void
test_stopped (void)
{
  char            *checkpoint = make_checkpoint ();
  g_autofree char *place = g_build_filename (g_get_user_data_dir (), "sagitta", "bundles", NULL);
  GtkWidget       *window;
  guint            before;

  if (checkpoint == NULL)
    return;
  before = g_file_test (place, G_FILE_TEST_IS_DIR) ? sag_test_count_files (place) : 0;
  window = GTK_WIDGET (sag_ui_import_window_new (NULL));
  sag_ui_import_window_set_checkpoint (SAG_UI_IMPORT_WINDOW (window), checkpoint);
  gtk_widget_activate_action (window, "import.start", NULL);
  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
  gtk_window_destroy (GTK_WINDOW (window));
  sag_test_ui_until (window == NULL);
  g_assert_cmpuint (sag_test_count_files (place), <=, before + 1); /* whole, or not there */
  sag_test_remove_folder (checkpoint);
}

static void
test_propose (void)
{
  g_autofree char *first = sag_ui_import_propose_folder ("a/b");
  g_autofree char *second = NULL;

  g_assert_true (g_str_has_suffix (first, "bundles/a-b"));
  g_assert_cmpint (g_mkdir_with_parents (first, 0755), ==, 0);
  second = sag_ui_import_propose_folder ("a/b");
  g_assert_true (g_str_has_suffix (second, "bundles/a-b-2"));
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
  g_test_add_func ("/ui/bundle/import/all", test_import);
  g_test_add_func ("/ui/bundle/import/refused", test_refused);
  g_test_add_func ("/ui/bundle/import/stopped", test_stopped);
  g_test_add_func ("/ui/bundle/import/propose", test_propose);
  return g_test_run ();
}
