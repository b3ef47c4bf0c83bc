/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/engine-support.h"
#include "tests/ui/support.h"
#include "ui/selftest/report.h"
#include "ui/selftest/selftest-window.h"

static gboolean
label_has (GtkWidget *widget, gconstpointer text)
{
  return gtk_widget_get_mapped (widget) &&
         strstr (gtk_label_get_label (GTK_LABEL (widget)), text) != NULL;
}

static void
test_report (void)
{
  SagUiSession *session = sag_test_ui_session ();
  g_autoptr (SagUiReport) report = sag_ui_report_new (sag_ui_session_get_engine (session));
  g_autofree char *text = NULL;

  sag_ui_report_run (report);
  g_assert_true (sag_ui_report_get_running (report));
  sag_test_ui_until (!sag_ui_report_get_running (report));
  text = sag_ui_report_dup_text (report);
  g_test_message ("%s", text);
  for (const char *const *part =
         (const char *[]){ "Sagitta ", "Processor: ", "CPU engine: works", "Known answers: works",
                           "GPU engine: ", "3D view: ", "Computes now: works: CPU",
                           "Left and right: ", NULL };
       *part != NULL; part++)
    g_assert_nonnull (strstr (text, *part));
  g_assert_null (strstr (text, "does not work"));
  g_assert_null (strstr (text, g_get_home_dir ()));

  /* Again: the same rows, not twice as many. */
  sag_ui_report_run (report);
  sag_test_ui_until (!sag_ui_report_get_running (report));
  g_assert_cmpuint (g_list_model_get_n_items (sag_ui_report_get_rows (report)), <, 12);
  sag_test_ui_close (session);
}

/* Stopped while it works: no row comes any more, and it can begin anew. */
static void
test_stop (void)
{
  SagUiSession *session = sag_test_ui_session ();
  g_autoptr (SagUiReport) report = sag_ui_report_new (sag_ui_session_get_engine (session));
  guint n;

  sag_ui_report_run (report);
  sag_ui_report_stop (report);
  g_assert_false (sag_ui_report_get_running (report));
  n = g_list_model_get_n_items (sag_ui_report_get_rows (report));
  sag_ui_report_run (report);
  sag_test_ui_until (!sag_ui_report_get_running (report));
  g_assert_cmpuint (g_list_model_get_n_items (sag_ui_report_get_rows (report)), >, n);
  g_assert_cmpuint (g_list_model_get_n_items (sag_ui_report_get_rows (report)), <, 12);
  sag_test_ui_close (session);
}

static void
test_window (void)
{
  SagUiSession *session = sag_test_ui_session ();
  GtkWidget    *window = GTK_WIDGET (sag_ui_selftest_window_new (session, NULL));

  gtk_window_present (GTK_WINDOW (window));
  sag_test_ui_until (sag_test_ui_find (window, GTK_TYPE_LABEL, label_has, "Screen") != NULL);
  sag_test_ui_settle ();
  cairo_surface_destroy (sag_test_ui_picture (window, "self-test"));
  g_assert_nonnull (sag_test_ui_find (window, GTK_TYPE_LABEL, label_has, "Left and right"));
  gtk_widget_activate_action (window, "test.run", NULL);
  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
  gtk_window_destroy (GTK_WINDOW (window)); /* while it runs again */
  sag_test_ui_until (window == NULL);
  sag_test_ui_close (session);
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
  g_test_add_func ("/ui/selftest/report", test_report);
  g_test_add_func ("/ui/selftest/stop", test_stop);
  g_test_add_func ("/ui/selftest/window", test_window);
  return g_test_run ();
}
