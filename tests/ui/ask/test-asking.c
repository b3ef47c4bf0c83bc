/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/ask/ask-fixture.h"
#include "ui/ask/ask-entry.h"

static GtkEntry *
get_entry (AskFixture *fixture)
{
  return GTK_ENTRY (sag_test_ui_find_type (GTK_WIDGET (fixture->pane), GTK_TYPE_ENTRY));
}

/* As fingers do: a letter after the other; whether no letter came later than the pause. */
static gboolean
type (AskFixture *fixture, const char *text)
{
  GtkEditable *entry = GTK_EDITABLE (get_entry (fixture));
  gboolean     fast = TRUE;

  gtk_editable_set_text (entry, "");
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      const gint64 before = g_get_monotonic_time ();
      int          position = -1;

      gtk_editable_insert_text (entry, at, (int) (g_utf8_next_char (at) - at), &position);
      g_main_context_iteration (NULL, FALSE);
      fast &= g_get_monotonic_time () - before < SAG_UI_ASK_PAUSE_MS * 1000;
    }
  return fast;
}

static gboolean
passed_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
pause_for (guint ms)
{
  gboolean passed = FALSE;

  g_timeout_add (ms, passed_cb, &passed);
  sag_test_ui_until (passed);
}

static SagUiResult *
get_first (AskFixture *fixture)
{
  SagUiResult *result =
    g_list_model_get_item (G_LIST_MODEL (sag_ui_case_get_results (fixture->one)), 0);

  g_object_unref (result);
  return result;
}

static void
test_live (void)
{
  AskFixture   fixture;
  SagUiResult *live;
  guint        n_asked;

  ask_fixture_set_up (&fixture, FALSE);
  if (type (&fixture, EFFUSION))
    g_assert_cmpuint (ask_fixture_count (&fixture), ==, 0); /* not yet: typing has not paused */
  sag_test_ui_until (ask_fixture_count (&fixture) == 1);
  live = get_first (&fixture);
  g_assert_true (sag_ui_result_get_live (live));
  sag_test_ui_until (sag_ui_result_get_state (live) == SAG_UI_RESULT_READY);
  sag_test_ui_settle ();
  g_assert_true (ask_shows (GTK_WIDGET (ask_fixture_get_card (&fixture, 0)), "live"));
  pause_for (2 * SAG_UI_ASK_PAUSE_MS);
  g_assert_cmpuint (ask_fixture_count (&fixture), ==, 1);
  n_asked = fixture.fake.n_asked;
  g_assert_cmpuint (n_asked, ==, 1);

  /* Enter keeps what has been answered already. */
  g_signal_emit_by_name (get_entry (&fixture), "activate");
  sag_test_ui_settle ();
  g_assert_cmpuint (ask_fixture_count (&fixture), ==, 1);
  g_assert_true (get_first (&fixture) == live);
  g_assert_false (sag_ui_result_get_live (live));
  g_assert_cmpuint (fixture.fake.n_asked, ==, n_asked);

  /* The next live answer goes with its text. */
  type (&fixture, NODULE);
  sag_test_ui_until (ask_fixture_count (&fixture) == 2);
  gtk_editable_set_text (GTK_EDITABLE (get_entry (&fixture)), "");
  g_assert_cmpuint (ask_fixture_count (&fixture), ==, 1);
  g_assert_true (get_first (&fixture) == live);
  ask_fixture_tear_down (&fixture);
}

static void
test_other_text_waits (void)
{
  AskFixture fixture;
  GtkWidget *pane;

  ask_fixture_set_up (&fixture, FALSE);
  pane = GTK_WIDGET (fixture.pane);
  type (&fixture, "Is there a broken heart?");
  pause_for (3 * SAG_UI_ASK_PAUSE_MS);
  g_assert_cmpuint (ask_fixture_count (&fixture), ==, 0);
  g_assert_true (ask_shows (pane, "Enter asks. Never trained: the answer will be zero-shot."));
  g_signal_emit_by_name (get_entry (&fixture), "activate");
  g_assert_cmpuint (ask_fixture_count (&fixture), ==, 1);
  sag_test_ui_until (sag_ui_result_get_state (get_first (&fixture)) == SAG_UI_RESULT_READY);
  sag_test_ui_settle ();
  g_assert_true (ask_shows (pane, "never trained"));
  ask_fixture_tear_down (&fixture);
}

static gboolean
is_list (GtkWidget *widget, gconstpointer data)
{
  return gtk_widget_has_css_class (widget, "suggestions");
}

static void
leave_cb (SagUiAskEntry *entry, gboolean *left)
{
  *left = TRUE;
}

static void
test_keyboard (void)
{
  AskFixture     fixture;
  GtkEntry      *entry;
  GtkWidget     *list, *row;
  SagUiAskEntry *ask_entry;
  gboolean       left = FALSE;

  ask_fixture_set_up (&fixture, FALSE);
  entry = get_entry (&fixture);
  ask_entry =
    SAG_UI_ASK_ENTRY (sag_test_ui_find_type (GTK_WIDGET (fixture.pane), SAG_UI_TYPE_ASK_ENTRY));
  g_signal_connect (ask_entry, "leave", G_CALLBACK (leave_cb), &left);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture.window), "ask.focus", NULL));
  g_assert_true (
    gtk_widget_is_ancestor (gtk_window_get_focus (fixture.window), GTK_WIDGET (entry)));

  type (&fixture, "pleural eff");
  list = sag_test_ui_find (GTK_WIDGET (entry), GTK_TYPE_LIST_BOX, is_list, NULL);
  g_assert_nonnull (list);
  g_assert_true (gtk_widget_get_mapped (list));
  g_assert_null (gtk_list_box_get_selected_row (GTK_LIST_BOX (list)));
  g_assert_true (ask_press (GTK_WIDGET (entry), GDK_KEY_Down));
  row = GTK_WIDGET (gtk_list_box_get_selected_row (GTK_LIST_BOX (list)));
  g_assert_nonnull (row);
  g_assert_true (ask_shows (row, EFFUSION));
  g_assert_true (ask_press (GTK_WIDGET (entry), GDK_KEY_Tab));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, EFFUSION);
  g_assert_false (gtk_widget_get_mapped (list));
  sag_test_ui_until (ask_fixture_count (&fixture) == 1);

  type (&fixture, "lung nod");
  g_assert_true (gtk_widget_get_mapped (list));
  g_assert_true (ask_press (GTK_WIDGET (entry), GDK_KEY_Escape));
  g_assert_false (gtk_widget_get_mapped (list));
  g_assert_false (left);
  g_assert_true (ask_press (GTK_WIDGET (entry), GDK_KEY_Escape));
  g_assert_true (left);

  /* Down in an empty entry offers everything; Enter takes the chosen one and asks. */
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
  g_assert_true (ask_press (GTK_WIDGET (entry), GDK_KEY_Down));
  g_assert_true (gtk_widget_get_mapped (list));
  g_signal_emit_by_name (entry, "activate");
  g_assert_cmpuint (ask_fixture_count (&fixture), ==, 1);
  sag_test_ui_until (sag_ui_result_get_state (get_first (&fixture)) == SAG_UI_RESULT_READY);
  ask_fixture_tear_down (&fixture);
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
  g_test_add_func ("/ui/ask/asking/live", test_live);
  g_test_add_func ("/ui/ask/asking/other-text-waits", test_other_text_waits);
  g_test_add_func ("/ui/ask/asking/keyboard", test_keyboard);
  return g_test_run ();
}
