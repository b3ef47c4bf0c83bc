/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"
#include "ui/base/trace.h"

#include <json-glib/json-glib.h>

static void
test_lines (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "trace", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  const char *events[] = { "start", "loaded" };
  double      previous = -1;

  g_assert_false (sag_ui_trace_is_open ());
  sag_ui_trace ("before", NULL);
  g_assert_true (sag_ui_trace_open (path, &error));
  g_assert_no_error (error);
  g_assert_true (sag_ui_trace_is_open ());
  sag_ui_trace ("start", NULL);
  sag_ui_trace ("loaded", "ms", 1.5, "slices", 3.0, NULL);
  sag_ui_trace_close ();
  sag_ui_trace ("after", NULL);
  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  lines = g_strsplit (g_strstrip (text), "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 2);
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (JsonNode) node = json_from_string (lines[i], &error);
      JsonObject *object;

      g_assert_no_error (error);
      object = json_node_get_object (node);
      g_assert_cmpstr (json_object_get_string_member (object, "event"), ==, events[i]);
      g_assert_cmpfloat (json_object_get_double_member (object, "t_ms"), >=, previous);
      previous = json_object_get_double_member (object, "t_ms");
      g_assert_cmpuint (json_object_get_size (object), ==, i == 0 ? 2 : 4);
    }
  g_assert_nonnull (strstr (lines[1], "1.500"));
  sag_test_remove_folder (folder);
}

static gboolean
block_cb (gpointer data)
{
  g_usleep (30000);
  return G_SOURCE_REMOVE;
}

static gboolean
done_cb (gpointer done)
{
  *(gboolean *) done = TRUE;
  return G_SOURCE_REMOVE;
}

/* The longest stall that a trace tells of, in ms; 0 without one. */
static double
find_stall (const char *path)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  double longest = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (g_strstrip (text), "\n", -1);
  for (int i = 0; lines[i] != NULL; i++)
    if (strstr (lines[i], "\"stall\"") != NULL)
      {
        g_autoptr (JsonNode) node = json_from_string (lines[i], NULL);

        longest = MAX (longest, json_object_get_double_member (json_node_get_object (node), "ms"));
      }
  return longest;
}

/* A loop that computes stands still; one that waits does not. */
static void
test_stall (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *computed = g_build_filename (folder, "computed", NULL);
  g_autofree char *waited = g_build_filename (folder, "waited", NULL);
  gboolean         done = FALSE;

  g_assert_true (sag_ui_trace_open (computed, NULL));
  g_main_context_iteration (NULL, FALSE);
  g_idle_add (block_cb, NULL);
  g_idle_add_full (G_PRIORITY_LOW, done_cb, &done, NULL);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  g_main_context_iteration (NULL, FALSE);
  sag_ui_trace_close ();
  g_assert_cmpfloat (find_stall (computed), >=, 30);

  done = FALSE;
  g_assert_true (sag_ui_trace_open (waited, NULL));
  g_timeout_add (3000, done_cb, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  g_main_context_iteration (NULL, FALSE);
  sag_ui_trace_close ();
  g_assert_cmpfloat (find_stall (waited), <, 2500);
  g_assert_true (g_main_context_get_poll_func (NULL) == g_poll);
  sag_test_remove_folder (folder);
}

static void
test_bad_place (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (sag_ui_trace_open ("/nowhere/at/all", &error));
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "choose another place");
  g_assert_false (sag_ui_trace_is_open ());
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/trace/lines", test_lines);
  g_test_add_func ("/ui/trace/stall", test_stall);
  g_test_add_func ("/ui/trace/bad-place", test_bad_place);
  return g_test_run ();
}
