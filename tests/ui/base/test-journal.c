/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/base/journal.h"

static int value, n_freed;

typedef struct
{
  int           before;
  int           after;
  SagUiJournal *again; /* pushes while it is undone */
} Change;

static const SagUiStepTable table;

static void
push (SagUiJournal *journal, int after, SagUiJournal *again)
{
  g_autofree char *title = g_strdup_printf ("to %d", after);
  Change          *change = g_new (Change, 1);

  *change = (Change){ value, after, again };
  value = after;
  sag_ui_journal_push (journal, title, &table, change);
}

static void
undo_cb (gpointer data)
{
  Change *change = data;

  value = change->before;
  if (change->again != NULL)
    {
      g_assert_false (sag_ui_journal_undo (change->again));
      push (change->again, change->before, NULL);
    }
}

static void
redo_cb (gpointer data)
{
  value = ((Change *) data)->after;
}

static void
free_cb (gpointer data)
{
  n_freed++;
  g_free (data);
}

static const SagUiStepTable table = { undo_cb, redo_cb, free_cb };

static void
count_cb (SagUiJournal *journal, int *n)
{
  ++*n;
}

static void
test_turns (void)
{
  g_autoptr (SagUiJournal) journal = sag_ui_journal_new ();
  int n_changed = 0;

  value = n_freed = 0;
  g_signal_connect (journal, "changed", G_CALLBACK (count_cb), &n_changed);
  g_assert_false (sag_ui_journal_undo (journal));
  g_assert_false (sag_ui_journal_redo (journal));
  g_assert_null (sag_ui_journal_get_undo_title (journal));
  for (int i = 1; i <= 3; i++)
    push (journal, i, NULL);
  g_assert_cmpstr (sag_ui_journal_get_undo_title (journal), ==, "to 3");
  g_assert_null (sag_ui_journal_get_redo_title (journal));
  g_assert_true (sag_ui_journal_undo (journal));
  g_assert_true (sag_ui_journal_undo (journal));
  g_assert_cmpint (value, ==, 1);
  g_assert_cmpstr (sag_ui_journal_get_redo_title (journal), ==, "to 2");
  g_assert_true (sag_ui_journal_redo (journal));
  g_assert_cmpint (value, ==, 2);
  push (journal, 7, NULL);
  g_assert_cmpint (n_freed, ==, 1); /* "to 3" can no longer come back */
  g_assert_null (sag_ui_journal_get_redo_title (journal));
  while (sag_ui_journal_undo (journal))
    ;
  g_assert_cmpint (value, ==, 0);
  while (sag_ui_journal_redo (journal))
    ;
  g_assert_cmpint (value, ==, 7);
  g_assert_cmpint (n_changed, ==, 4 + 3 + 3 + 3);
}

/* While a step is on its way undo and redo wait, and then come in their order. */
static void
test_hold (void)
{
  g_autoptr (SagUiJournal) journal = sag_ui_journal_new ();

  value = 0;
  push (journal, 1, NULL);
  sag_ui_journal_hold (journal);
  sag_ui_journal_hold (journal);
  g_assert_true (sag_ui_journal_undo (journal));
  g_assert_true (sag_ui_journal_undo (journal));
  g_assert_true (sag_ui_journal_redo (journal));
  g_assert_cmpint (value, ==, 1);
  push (journal, 2, NULL);
  sag_ui_journal_release (journal);
  g_assert_cmpint (value, ==, 2);
  sag_ui_journal_release (journal);
  g_assert_cmpint (value, ==, 1); /* 2 and 1 were undone, 1 came back */
  g_assert_cmpstr (sag_ui_journal_get_redo_title (journal), ==, "to 2");
}

static void
test_limit (void)
{
  g_autoptr (SagUiJournal) journal = sag_ui_journal_new ();
  int n = 0;

  value = n_freed = 0;
  for (int i = 1; i <= SAG_UI_JOURNAL_MAX + 5; i++)
    push (journal, i, NULL);
  g_assert_cmpint (n_freed, ==, 5);
  while (sag_ui_journal_undo (journal))
    n++;
  g_assert_cmpint (n, ==, SAG_UI_JOURNAL_MAX);
  g_assert_cmpint (value, ==, 5);
  g_clear_object (&journal);
  g_assert_cmpint (n_freed, ==, SAG_UI_JOURNAL_MAX + 5);
}

/* What is put back may tell others, who must not note that as a step of its own. */
static void
test_push_while_undoing (void)
{
  g_autoptr (SagUiJournal) journal = sag_ui_journal_new ();

  value = n_freed = 0;
  push (journal, 1, journal);
  g_assert_true (sag_ui_journal_undo (journal));
  g_assert_cmpint (n_freed, ==, 1);
  g_assert_cmpstr (sag_ui_journal_get_redo_title (journal), ==, "to 1");
  g_assert_null (sag_ui_journal_get_undo_title (journal));
}

static Change *
new_change (int before, int after)
{
  Change *change = g_new (Change, 1);

  *change = (Change){ before, after, NULL };
  return change;
}

/* Steps of long ago are undone after, and redone after, those of the person, whose redo they leave alone. */
static void
test_long_ago (void)
{
  g_autoptr (SagUiJournal) journal = sag_ui_journal_new ();

  value = n_freed = 0;
  push (journal, 1, NULL);
  push (journal, 2, NULL);
  sag_ui_journal_undo (journal);
  sag_ui_journal_push_below (journal, "old", &table, new_change (-1, 0));
  sag_ui_journal_push_below (journal, "older", &table, new_change (-2, -1));
  sag_ui_journal_push_undone (journal, "undone", &table, new_change (2, 3));
  g_assert_cmpstr (sag_ui_journal_get_undo_title (journal), ==, "to 1");
  g_assert_cmpstr (sag_ui_journal_get_redo_title (journal), ==, "to 2");
  while (sag_ui_journal_undo (journal))
    ;
  g_assert_cmpint (value, ==, -2);
  while (sag_ui_journal_redo (journal))
    ;
  g_assert_cmpint (value, ==, 3);
  for (int i = 0; i < SAG_UI_JOURNAL_MAX; i++)
    sag_ui_journal_push_below (journal, "oldest", &table, new_change (-3, -2));
  g_assert_cmpint (n_freed, ==, 5); /* there is no place for the last ones */
  g_assert_cmpstr (sag_ui_journal_get_undo_title (journal), ==, "undone");
}

static gboolean
is_even (const SagUiStepTable *of, gpointer data, gpointer user_data)
{
  g_assert_true (of == &table);
  return ((Change *) data)->after % 2 == 0;
}

static void
test_forget (void)
{
  g_autoptr (SagUiJournal) journal = sag_ui_journal_new ();

  value = n_freed = 0;
  for (int i = 1; i <= 4; i++)
    push (journal, i, NULL);
  sag_ui_journal_undo (journal);
  sag_ui_journal_forget (journal, is_even, NULL);
  g_assert_cmpint (n_freed, ==, 2);
  g_assert_cmpstr (sag_ui_journal_get_undo_title (journal), ==, "to 3");
  g_assert_null (sag_ui_journal_get_redo_title (journal));
  g_assert_true (sag_ui_journal_undo (journal));
  g_assert_true (sag_ui_journal_undo (journal));
  g_assert_false (sag_ui_journal_undo (journal));
}

static void
test_undo_only (void)
{
  static const SagUiStepTable once = { undo_cb, NULL, free_cb };
  g_autoptr (SagUiJournal) journal = sag_ui_journal_new ();
  Change *change = g_new (Change, 1);

  value = n_freed = 0;
  *change = (Change){ .before = 5 };
  sag_ui_journal_push (journal, "once", &once, change);
  push (journal, 6, NULL);
  g_assert_true (sag_ui_journal_undo (journal));
  g_assert_true (sag_ui_journal_undo (journal));
  g_assert_cmpint (value, ==, 5);
  g_assert_cmpint (n_freed, ==, 1);
  g_assert_true (sag_ui_journal_redo (journal));
  g_assert_cmpint (value, ==, 6);
  g_assert_false (sag_ui_journal_redo (journal));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/journal/turns", test_turns);
  g_test_add_func ("/ui/journal/hold", test_hold);
  g_test_add_func ("/ui/journal/limit", test_limit);
  g_test_add_func ("/ui/journal/long-ago", test_long_ago);
  g_test_add_func ("/ui/journal/forget", test_forget);
  g_test_add_func ("/ui/journal/undo-only", test_undo_only);
  g_test_add_func ("/ui/journal/push-while-undoing", test_push_while_undoing);
  return g_test_run ();
}
