/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"
#include "tests/ui/case-fixture.h"
#include "tests/ui/support.h"
#include "ui/answer/result.h"

#include <string.h>

typedef struct
{
  char       *folder;
  SagUiCases *cases;
  guint       n_failed;
  char       *sentence; /* of the last failure */
} Fixture;

static void
failed_cb (SagUiCases *cases, SagUiCase *one, const char *sentence, Fixture *fixture)
{
  fixture->n_failed++;
  g_free (fixture->sentence);
  fixture->sentence = g_strdup (sentence);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = sag_test_dup_folder ();
  fixture->cases = sag_ui_cases_new ();
  g_signal_connect (fixture->cases, "failed", G_CALLBACK (failed_cb), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gpointer watched = fixture->cases;

  g_object_add_weak_pointer (G_OBJECT (fixture->cases), &watched);
  g_object_unref (fixture->cases);
  g_assert_null (watched);
  sag_test_remove_folder (fixture->folder);
  g_free (fixture->sentence);
}

static SagUiCase *
add_scan (Fixture *fixture, const char *name, double spacing_mm)
{
  g_autoptr (GFile) file = sag_test_ui_scan (fixture->folder, name, spacing_mm);

  return sag_ui_cases_add (fixture->cases, file);
}

static gboolean
is_ready (SagUiCase *one)
{
  return sag_ui_case_get_state (one) == SAG_UI_CASE_READY;
}

static guint
get_n (Fixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (fixture->cases));
}

static void
test_open (Fixture *fixture, gconstpointer data)
{
  SagUiCase       *one = add_scan (fixture, "one", 8);
  g_autofree char *size = NULL;

  g_assert_cmpint (sag_ui_case_get_state (one), ==, SAG_UI_CASE_WAITING);
  g_assert_cmpstr (sag_ui_case_get_name (one), ==, "one");
  g_assert_null (sag_ui_case_dup_size (one));
  sag_ui_cases_set_current (fixture->cases, one);
  g_assert_cmpint (sag_ui_case_get_state (one), ==, SAG_UI_CASE_LOADING);
  sag_test_ui_until (is_ready (one));
  g_assert_cmpfloat (sag_ui_case_get_progress (one), ==, 1);
  size = sag_ui_case_dup_size (one);
  g_assert_cmpstr (size, ==, "52 × 40 × 42");
  g_assert_null (sag_ui_case_get_warnings (one)[0]);
  g_assert_cmpint (gdk_texture_get_width (sag_ui_case_get_thumbnail (one)), ==, 112);
  g_assert_cmpuint (sag_ui_case_get_bytes (one), ==, 2 * 52 * 40 * 42);
}

/* The same file opened twice is one case. */
static void
test_twice (Fixture *fixture, gconstpointer data)
{
  SagUiCase *one = add_scan (fixture, "one", 8);

  g_assert_true (sag_ui_cases_add (fixture->cases, sag_ui_case_get_file (one)) == one);
  g_assert_cmpuint (get_n (fixture), ==, 1);
}

static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  SagUiCase *one = add_scan (fixture, "one", 8);
  g_autoptr (GFile) cut = sag_test_ui_cut_scan (fixture->folder, "cut");
  g_autoptr (SagVolume) volume = NULL;

  sag_ui_cases_set_current (fixture->cases, one);
  sag_test_ui_until (is_ready (one));
  volume = sag_volume_ref (sag_ui_case_get_volume (one));
  sag_ui_cases_set_current (fixture->cases, sag_ui_cases_add (fixture->cases, cut));
  sag_test_ui_until (fixture->n_failed == 1);
  g_assert_nonnull (strstr (fixture->sentence, "cut.nii.gz ends after"));
  g_assert_cmpuint (get_n (fixture), ==, 1);
  g_assert_true (sag_ui_cases_get_current (fixture->cases) == one);
  g_assert_true (sag_ui_case_get_volume (one) == volume);
}

static void
test_bad_files (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) text = sag_test_ui_text (fixture->folder, "text.nii", "hello");
  g_autoptr (GFile) missing = g_file_new_build_filename (fixture->folder, "missing.nii.gz", NULL);
  g_autoptr (GFile) remote = g_file_new_for_uri ("sftp://example.org/scan.nii");
  GFile      *files[] = { text, missing, remote };
  const char *parts[] = { "text.nii", "missing.nii.gz", "not on this computer" };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      sag_ui_cases_set_current (fixture->cases, sag_ui_cases_add (fixture->cases, files[i]));
      sag_test_ui_until (fixture->n_failed == i + 1);
      if (strstr (fixture->sentence, parts[i]) == NULL)
        g_error ("\"%s\" does not say \"%s\"", fixture->sentence, parts[i]);
      g_assert_cmpuint (get_n (fixture), ==, 0);
      g_assert_null (sag_ui_cases_get_current (fixture->cases));
    }
}

/* A bad one among good ones: the good ones open. */
static void
test_bad_first (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) cut = sag_test_ui_cut_scan (fixture->folder, "cut");
  SagUiCase *bad = sag_ui_cases_add (fixture->cases, cut);
  SagUiCase *good = add_scan (fixture, "good", 8);

  sag_ui_cases_set_current (fixture->cases, bad);
  sag_test_ui_until (fixture->n_failed == 1 && is_ready (good));
  g_assert_true (sag_ui_cases_get_current (fixture->cases) == good);
}

static void
test_read_ahead (Fixture *fixture, gconstpointer data)
{
  SagUiCase *one = add_scan (fixture, "one", 8);
  SagUiCase *two = add_scan (fixture, "two", 8);
  SagUiCase *three = add_scan (fixture, "three", 8);
  SagUiCase *four = add_scan (fixture, "four", 8);
  SagUiCase *five = add_scan (fixture, "five", 8);

  sag_ui_cases_set_current (fixture->cases, one);
  sag_test_ui_until (is_ready (three));
  g_assert_true (is_ready (one) && is_ready (two));
  g_assert_cmpint (sag_ui_case_get_state (four), ==, SAG_UI_CASE_WAITING);
  sag_ui_cases_step (fixture->cases, 1);
  g_assert_true (sag_ui_cases_get_current (fixture->cases) == two);
  sag_test_ui_until (is_ready (four));
  g_assert_cmpint (sag_ui_case_get_state (five), ==, SAG_UI_CASE_WAITING);
  sag_ui_cases_step (fixture->cases, -1);
  sag_ui_cases_step (fixture->cases, -1);
  g_assert_true (sag_ui_cases_get_current (fixture->cases) == one);
  /* Whoever knows better says who comes next. */
  sag_ui_cases_wish (fixture->cases, 0, five);
  sag_test_ui_until (is_ready (five));
}

/* Two of these fit. */
static void
add_four (Fixture *fixture, SagUiCase *cases[4])
{
  for (int i = 0; i < 4; i++)
    {
      g_autofree char *name = g_strdup_printf ("scan%d", i);

      cases[i] = add_scan (fixture, name, 8);
    }
  sag_ui_cases_set_ceiling (fixture->cases, 2 * 2 * 52 * 40 * 42);
}

/* The one looked at longest ago goes, and comes back when it is looked at. */
static void
test_ceiling (Fixture *fixture, gconstpointer data)
{
  SagUiCase *cases[4];

  add_four (fixture, cases);
  sag_ui_cases_set_current (fixture->cases, cases[0]);
  sag_test_ui_until (is_ready (cases[1]));
  sag_ui_cases_set_current (fixture->cases, cases[1]);
  sag_test_ui_until (is_ready (cases[2]));
  g_assert_cmpint (sag_ui_case_get_state (cases[0]), ==, SAG_UI_CASE_WAITING);
  g_assert_cmpuint (sag_ui_case_get_bytes (cases[0]), ==, 0);
  g_assert_nonnull (sag_ui_case_get_thumbnail (cases[0]));
  sag_ui_cases_set_current (fixture->cases, cases[0]);
  sag_test_ui_until (is_ready (cases[0]));
  g_assert_true (is_ready (cases[1]));
}

/* What is compared with the current one stays, and what was read ahead goes. */
static void
test_compared (Fixture *fixture, gconstpointer data)
{
  SagUiCase *cases[4];

  add_four (fixture, cases);
  sag_ui_cases_set_current (fixture->cases, cases[0]);
  sag_test_ui_until (is_ready (cases[1]));
  sag_ui_cases_set_compared (fixture->cases, cases[3]);
  sag_ui_case_load (cases[3]);
  sag_test_ui_until (sag_ui_case_get_state (cases[3]) != SAG_UI_CASE_LOADING);
  g_assert_true (is_ready (cases[0]) && is_ready (cases[3]));
  g_assert_cmpint (sag_ui_case_get_state (cases[1]), ==, SAG_UI_CASE_WAITING);
  sag_ui_cases_set_ceiling (fixture->cases, 1);
  g_assert_true (is_ready (cases[0]) && is_ready (cases[3]));
  sag_ui_cases_set_compared (fixture->cases, NULL);
  g_assert_cmpint (sag_ui_case_get_state (cases[3]), ==, SAG_UI_CASE_WAITING);
  /* Nobody is asked about one that was closed. */
  sag_ui_cases_set_compared (fixture->cases, cases[2]);
  sag_ui_cases_remove (fixture->cases, cases[2]);
  sag_ui_cases_set_ceiling (fixture->cases, 2);
  g_assert_true (is_ready (cases[0]));
}

static void
count_cb (SagUiCase *one, GParamSpec *pspec, guint *n)
{
  ++*n;
}

/* The next case is larger than it promised: read once, given up once, and that is it. */
static void
test_too_large_ahead (Fixture *fixture, gconstpointer data)
{
  SagUiCase *small = add_scan (fixture, "small", 8);
  SagUiCase *large = add_scan (fixture, "large", 4);
  guint      n_states = 0;

  g_signal_connect (large, "notify::state", G_CALLBACK (count_cb), &n_states);
  sag_ui_cases_set_ceiling (fixture->cases, 3 * 2 * 52 * 40 * 42);
  sag_ui_cases_set_current (fixture->cases, small);
  sag_test_ui_until (n_states == 2); /* loading; ready and at once waiting again */
  for (int i = 0; i < 20; i++)
    sag_test_ui_turn (G_MAXINT64);
  g_assert_cmpuint (n_states, ==, 2);
  g_assert_cmpint (sag_ui_case_get_state (large), ==, SAG_UI_CASE_WAITING);
  sag_ui_cases_set_current (fixture->cases, large);
  sag_test_ui_until (is_ready (large));
}

static void
test_give_up (Fixture *fixture, gconstpointer data)
{
  SagUiCase *one = add_scan (fixture, "one", 8);
  SagUiCase *two;

  sag_ui_cases_set_current (fixture->cases, one);
  sag_test_ui_until (is_ready (one));
  sag_ui_cases_give_up (fixture->cases); /* nothing is being read */
  g_assert_cmpuint (get_n (fixture), ==, 1);
  two = add_scan (fixture, "two", 4);
  sag_ui_cases_set_current (fixture->cases, two);
  sag_ui_cases_give_up (fixture->cases);
  g_assert_cmpuint (get_n (fixture), ==, 1);
  g_assert_true (sag_ui_cases_get_current (fixture->cases) == one);
  g_assert_cmpuint (fixture->n_failed, ==, 0);
}

static void
test_close_and_reopen (Fixture *fixture, gconstpointer data)
{
  SagUiCase    *one = add_scan (fixture, "one", 8);
  SagUiCase    *two = add_scan (fixture, "two", 8);
  G_GNUC_UNUSED g_autoptr (SagUiCase) keep = g_object_ref (one);
  g_autoptr (SagUiResult) result = sag_ui_result_new ("Segment lungs in the image.", 0);

  sag_ui_cases_set_current (fixture->cases, one);
  sag_test_ui_until (is_ready (one) && is_ready (two));
  g_list_store_insert (sag_ui_case_get_results (one), 0, result);
  sag_ui_cases_remove (fixture->cases, one);
  g_assert_true (sag_ui_cases_get_current (fixture->cases) == two);
  g_assert_cmpuint (sag_ui_cases_index_of (fixture->cases, one), ==, G_MAXUINT);
  sag_ui_cases_insert (fixture->cases, 0, one);
  sag_ui_cases_set_current (fixture->cases, one);
  sag_test_ui_until (is_ready (one));
  g_assert_cmpuint (sag_ui_cases_index_of (fixture->cases, one), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (sag_ui_case_get_results (one))), ==, 1);
}

/* Everything goes while a scan is being read: nothing is touched afterwards. */
static void
test_end_while_reading (Fixture *fixture, gconstpointer data)
{
  SagUiCase *one = add_scan (fixture, "one", 4);
  gpointer   watched = one;

  g_object_add_weak_pointer (G_OBJECT (one), &watched);
  sag_ui_cases_set_current (fixture->cases, one);
  g_assert_cmpint (sag_ui_case_get_state (one), ==, SAG_UI_CASE_LOADING);
  g_object_unref (fixture->cases);
  sag_test_ui_until (watched == NULL); /* the thread holds it until it notices */
  fixture->cases = sag_ui_cases_new ();
}

static void
test_warnings (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = sag_test_shared ("data/nifti-odd/nibabel/example4d.nii.gz");
  g_autoptr (GFile) file = NULL;
  SagUiCase *one;

  if (path == NULL)
    return;
  file = g_file_new_for_path (path);
  one = sag_ui_cases_add (fixture->cases, file);
  sag_ui_cases_set_current (fixture->cases, one);
  sag_test_ui_until (is_ready (one));
  g_assert_nonnull (strstr (sag_ui_case_get_warnings (one)[0], "2 volumes"));
  g_assert_cmpuint (g_strv_length ((char **) sag_ui_case_get_warnings (one)), ==, 3);
}

#define add(name, function)                                                                        \
  g_test_add ("/ui/case/cases/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
  add ("open", test_open);
  add ("twice", test_twice);
  add ("damaged", test_damaged);
  add ("bad-files", test_bad_files);
  add ("bad-first", test_bad_first);
  add ("read-ahead", test_read_ahead);
  add ("ceiling", test_ceiling);
  add ("compared", test_compared);
  add ("too-large-ahead", test_too_large_ahead);
  add ("give-up", test_give_up);
  add ("close-and-reopen", test_close_and_reopen);
  add ("end-while-reading", test_end_while_reading);
  add ("warnings", test_warnings);
  return g_test_run ();
}
