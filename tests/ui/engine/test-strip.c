/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/error.h"
#include "model/cpu/cpu.h"
#include "tests/ui/engine-support.h"
#include "tests/ui/support.h"
#include "ui/engine/strip.h"
#include "ui/engine/words.h"

static gboolean
label_has (GtkWidget *widget, gconstpointer text)
{
  return strstr (gtk_label_get_label (GTK_LABEL (widget)), text) != NULL;
}

static GtkWidget *
find_label (GtkWidget *root, const char *text)
{
  return sag_test_ui_find (root, GTK_TYPE_LABEL, label_has, text);
}

/* Whether a person sees it: neither it nor anything around it is folded away. */
static gboolean
is_shown (GtkWidget *widget)
{
  return gtk_widget_get_mapped (widget);
}

static GtkWindow *
show_strip (SagUiSession *session, int width)
{
  GtkWidget *strip = g_object_new (SAG_UI_TYPE_STRIP, NULL);

  sag_ui_strip_set_session (SAG_UI_STRIP (strip), session);
  return sag_test_ui_show (strip, width, 40);
}

static void
picture (GtkWindow *window, const char *name)
{
  cairo_surface_t *surface = sag_test_ui_picture (GTK_WIDGET (window), name);

  cairo_surface_destroy (surface);
}

/* Wide: everything; narrow: what matters most stays, and nothing lies over anything else. */
static void
test_fold (void)
{
  static const int         widths[] = { 1200, 760, 330 };
  static const char *const names[] = { "strip-wide", "strip-narrow", "strip-least" };
  SagUiSession            *session = sag_test_ui_session ();

  for (int i = 0; i < 3; i++)
    {
      GtkWindow *window = show_strip (session, widths[i]);
      GtkWidget *root = GTK_WIDGET (window);

      picture (window, names[i]);
      g_assert_true (is_shown (find_label (root, "untrained")));
      g_assert_cmpint (is_shown (find_label (root, "CPU")), ==, i < 2);
      g_assert_cmpint (is_shown (find_label (root, "Self-test")), ==, i < 2);
      g_assert_cmpint (gtk_widget_get_width (root), <=, widths[i]);
      gtk_window_destroy (window);
    }
  sag_test_ui_close (session);
}

static SagEngine *
fail_cb (SagBundle *bundle, gpointer user_data, SagUiEngineNote *note, GError **error)
{
  g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ENGINE, "The engine has gone fishing.");
  return NULL;
}

static void
test_failure (void)
{
  g_autoptr (SagUiEngine) engine = sag_ui_engine_new (fail_cb, NULL, NULL);
  SagUiSession *session = sag_ui_session_new (engine);
  GtkWindow    *window;

  sag_ui_engine_open_async (engine, NULL, NULL, NULL);
  window = show_strip (session, 1000);
  sag_test_ui_until (sag_ui_engine_get_state (engine) == SAG_UI_ENGINE_FAILED);
  picture (window, "strip-failed");
  g_assert_true (is_shown (find_label (GTK_WIDGET (window), "No model")));
  g_assert_true (is_shown (find_label (GTK_WIDGET (window), "gone fishing")));
  gtk_window_destroy (window);
  sag_test_ui_close (session);
}

static SagEngine *
noted_cb (SagBundle *bundle, gpointer user_data, SagUiEngineNote *note, GError **error)
{
  const SagEngineOptions options = { .n_threads = 1 };

  note->sentence = g_strdup ("The card has gone fishing.");
  note->unasked = user_data != NULL;
  return sag_engine_open (sag_cpu_get_table (), bundle, &options, error);
}

/* Why it is not the GPU: who looks at the engine is told; it is shown where it is worth showing. */
static void
test_note (gconstpointer unasked)
{
  g_autoptr (SagUiEngine) engine = sag_ui_engine_new (noted_cb, (gpointer) unasked, NULL);
  SagUiSession *session = sag_ui_session_new (engine);
  GtkWidget    *label, *note;
  GtkWindow    *window;

  sag_ui_engine_open_async (engine, NULL, NULL, NULL);
  window = show_strip (session, 1200);
  sag_test_ui_until (sag_ui_engine_get_info (engine) != NULL);
  sag_test_ui_settle ();
  label = find_label (GTK_WIDGET (window), "CPU, ");
  g_assert_true (is_shown (label));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (label), ==, "The card has gone fishing.");
  note = find_label (GTK_WIDGET (window), "gone fishing");
  g_assert_cmpint (note != NULL && is_shown (note), ==, unasked != NULL);
  g_assert_cmpstr (sag_ui_engine_get_note (engine), ==,
                   unasked != NULL ? "The card has gone fishing." : NULL);
  picture (window, unasked != NULL ? "strip-note" : "strip-no-note");
  gtk_window_destroy (window);
  sag_test_ui_close (session);
}

static void
assert_duration (double ms, const char *expected)
{
  g_autofree char *words = sag_ui_words_duration (ms);

  g_assert_cmpstr (words, ==, expected);
}

static void
test_words (void)
{
  SagEngineInfo    cpu = { "cpu", "AVX2, 2 threads", "fp32" };
  SagEngineInfo    gpu = { "cuda", "NVIDIA H200", "fast" };
  g_autofree char *first = sag_ui_words_engine (&cpu);
  g_autofree char *second = sag_ui_words_engine (&gpu);

  g_assert_cmpstr (first, ==, "CPU, AVX2, 2 threads, fp32");
  g_assert_cmpstr (second, ==, "NVIDIA H200, fast");
  assert_duration (0.93, "0.9 ms");
  assert_duration (9.96, "10 ms");
  assert_duration (99.4, "99 ms");
  assert_duration (99.6, "0.10 s");
  assert_duration (409, "0.41 s");
  assert_duration (9960, "10 s");
  assert_duration (75000, "75 s");
  g_assert_null (sag_ui_words_state (SAG_UI_ENGINE_IDLE));
  g_assert_nonnull (sag_ui_words_state (SAG_UI_ENGINE_ASKING));
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
  g_test_add_func ("/ui/engine/strip/fold", test_fold);
  g_test_add_func ("/ui/engine/strip/failure", test_failure);
  g_test_add_data_func ("/ui/engine/strip/note", GINT_TO_POINTER (1), test_note);
  g_test_add_data_func ("/ui/engine/strip/reason", NULL, test_note);
  g_test_add_func ("/ui/engine/strip/words", test_words);
  return g_test_run ();
}
