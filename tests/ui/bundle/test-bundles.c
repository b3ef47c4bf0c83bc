/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/error.h"
#include "tests/support/test.h"
#include "tests/ui/engine-support.h"
#include "tests/ui/support.h"
#include "ui/base/settings.h"
#include "ui/bundle/bundles-window.h"
#include "ui/bundle/facts.h"
#include "ui/bundle/known.h"
#include "ui/bundle/use.h"

#include <math.h>

static gboolean
label_has (GtkWidget *widget, gconstpointer text)
{
  return gtk_widget_get_mapped (widget) &&
         strstr (gtk_label_get_label (GTK_LABEL (widget)), text) != NULL;
}

static gboolean
shows (gpointer window, const char *text)
{
  return sag_test_ui_find (window, GTK_TYPE_LABEL, label_has, text) != NULL;
}

/* The question before the first use, or NULL. */
static AdwMessageDialog *
find_dialog (void)
{
  GtkWindow *dialog = sag_test_ui_find_window (ADW_TYPE_MESSAGE_DIALOG);

  return dialog != NULL ? ADW_MESSAGE_DIALOG (dialog) : NULL;
}

static void
picture (gpointer window, const char *name)
{
  sag_test_ui_settle ();
  cairo_surface_destroy (sag_test_ui_picture (window, name));
}

static void
answer (const char *response)
{
  AdwMessageDialog *dialog = find_dialog ();

  adw_message_dialog_response (dialog, response);
  gtk_window_destroy (GTK_WINDOW (dialog));
  g_assert_null (find_dialog ());
}

static const char *
open_name (SagUiSession *session)
{
  return sag_bundle_get_name (sag_ui_engine_get_bundle (sag_ui_session_get_engine (session)));
}

static void
toast_cb (SagUiSession *session, const char *sentence, gboolean undoable, char **said)
{
  g_free (*said);
  *said = g_strdup (sentence);
}

/* Origin and limits are shown once; "Cancel" changes nothing, "Use" does, and is remembered. */
static void
test_first_use (void)
{
  SagUiSession    *session = sag_test_ui_session ();
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = sag_test_ui_bundle (folder, "bundle-2", 2);
  g_autofree char *before = g_strdup (open_name (session));
  g_autofree char *last = NULL;
  g_auto (GStrv) known = NULL;

  sag_ui_bundle_use (session, NULL, path);
  sag_test_ui_until (find_dialog () != NULL);
  picture (find_dialog (), "first-use");
  g_assert_true (shows (find_dialog (), "It was never trained"));
  answer ("cancel");
  g_assert_cmpstr (open_name (session), ==, before);

  sag_ui_bundle_use (session, NULL, path);
  sag_test_ui_until (find_dialog () != NULL);
  answer ("use");
  sag_test_ui_until (g_str_equal (open_name (session), "bundle-2"));
  sag_test_ui_until ((last = sag_ui_last_bundle ()) != NULL);
  g_assert_cmpstr (last, ==, path);
  known = sag_ui_known_bundles ();
  g_assert_cmpstr (known[0], ==, path);
  g_assert_null (known[1]);

  sag_ui_bundle_use (session, NULL, NULL);
  sag_test_ui_until (!g_str_equal (open_name (session), "bundle-2"));
  sag_ui_bundle_use (session, NULL, path);
  sag_test_ui_until (g_str_equal (open_name (session), "bundle-2"));
  g_assert_null (find_dialog ());
  sag_test_ui_close (session);
  sag_ui_settings_close ();
  sag_test_remove_folder (folder);
}

static void
test_broken (void)
{
  SagUiSession    *session = sag_test_ui_session ();
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = sag_test_ui_broken_bundle (folder, "broken");
  g_autofree char *said = NULL;
  g_autofree char *before = g_strdup (open_name (session));

  g_signal_connect (session, "toast", G_CALLBACK (toast_cb), &said);
  sag_ui_bundle_use (session, NULL, path);
  sag_test_ui_until (said != NULL);
  g_assert_nonnull (strstr (said, "model.safetensors"));
  g_assert_nonnull (strstr (said, "stays open"));
  g_assert_cmpstr (open_name (session), ==, before);
  g_assert_null (find_dialog ());
  sag_test_ui_close (session);
  sag_test_remove_folder (folder);
}

static gboolean
end_cb (gpointer is_over)
{
  *(gboolean *) is_over = TRUE;
  return G_SOURCE_REMOVE;
}

/* One that takes long to look at does not take the place of what was chosen after it. */
static void
test_chosen_last (void)
{
  SagUiSession    *session = sag_test_ui_session ();
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = sag_test_ui_bundle (folder, "bundle-3", 3);
  g_autofree char *said = NULL;
  g_autoptr (SagBundle) bundle = sag_bundle_load (path, NULL);
  gboolean is_over = FALSE;

  sag_ui_bundle_set_shown (bundle);
  g_signal_connect (session, "toast", G_CALLBACK (toast_cb), &said);
  sag_ui_bundle_use (session, NULL, path);
  sag_ui_bundle_use (session, NULL, NULL);
  sag_test_ui_until (said != NULL);
  g_timeout_add (300, end_cb, &is_over);
  sag_test_ui_until (is_over);
  g_assert_cmpstr (open_name (session), !=, "bundle-3");
  sag_ui_bundle_use (session, NULL, path);
  sag_test_ui_until (g_str_equal (open_name (session), "bundle-3"));
  sag_test_ui_close (session);
  sag_ui_settings_close ();
  sag_test_remove_folder (folder);
}

static void
test_window (void)
{
  SagUiSession       *session = sag_test_ui_session ();
  char               *folder = sag_test_dup_folder ();
  g_autofree char    *good = sag_test_ui_bundle (folder, "bundle-3", 3);
  g_autofree char    *broken = sag_test_ui_broken_bundle (folder, "broken");
  SagUiBundlesWindow *window = sag_ui_bundles_window_new (session, NULL);
  g_auto (GStrv) known = NULL;

  gtk_window_present (GTK_WINDOW (window));
  sag_test_ui_until (shows (window, "untrained-1"));
  sag_ui_bundles_window_add (window, broken);
  sag_test_ui_until (shows (window, "This bundle cannot be opened"));
  picture (window, "bundles-broken");
  gtk_widget_activate_action (GTK_WIDGET (window), "bundles.forget", NULL);
  g_assert_false (shows (window, "This bundle cannot be opened"));
  sag_ui_bundles_window_add (window, good);
  sag_test_ui_until (shows (window, "Where it comes from") && shows (window, "bundle-3"));
  picture (window, "bundles");
  known = sag_ui_known_bundles ();
  g_assert_cmpstr (known[0], ==, good);
  g_assert_false (g_strv_contains ((const char *const *) known, broken));
  gtk_window_destroy (GTK_WINDOW (window));
  sag_test_ui_close (session);
  sag_ui_settings_close ();
  sag_test_remove_folder (folder);
}

/* Closing while rows still look into their bundles. */
static void
test_close_at_once (void)
{
  SagUiSession    *session = sag_test_ui_session ();
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = sag_test_ui_bundle (folder, "bundle-4", 4);
  GtkWidget       *window = GTK_WIDGET (sag_ui_bundles_window_new (session, NULL));

  sag_ui_bundles_window_add (SAG_UI_BUNDLES_WINDOW (window), path);
  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
  gtk_window_destroy (GTK_WINDOW (window));
  sag_test_ui_until (window == NULL);
  sag_test_ui_close (session);
  sag_ui_settings_close ();
  sag_test_remove_folder (folder);
}

static void
test_share (void)
{
  static const struct
  {
    double      value;
    const char *text;
  } cases[] = { { 0.5, "0.50" }, { 0.021, "0.021" }, { 0.941, "0.94" }, { NAN, "–" } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = sag_ui_share_format (cases[i].value);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
  g_test_add_func ("/ui/bundle/first-use", test_first_use);
  g_test_add_func ("/ui/bundle/chosen-last", test_chosen_last);
  g_test_add_func ("/ui/bundle/broken", test_broken);
  g_test_add_func ("/ui/bundle/window", test_window);
  g_test_add_func ("/ui/bundle/close-at-once", test_close_at_once);
  g_test_add_func ("/ui/bundle/share", test_share);
  return g_test_run ();
}
