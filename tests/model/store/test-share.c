/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/mask/make-mask.h"
#include "tests/model/store/make-project.h"

#include "model/core/error.h"
#include "model/store/agreement.h"
#include "model/store/labels.h"
#include "model/store/masks.h"
#include "model/store/share.h"
#include "tests/support/test.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

/* Cohen's table of the textbooks, and the two of Feinstein and Cicchetti, 1990. */
static void
test_kappa (void)
{
  SagKappa book = { .both = 20, .first = 5, .second = 10, .neither = 15 };
  SagKappa even = { .both = 40, .first = 9, .second = 6, .neither = 45 };
  SagKappa common = { .both = 80, .first = 10, .second = 5, .neither = 5 };
  SagKappa none = { 0 }, all = { .both = 9 };

  sag_kappa_compute (&book);
  g_assert_cmpfloat_with_epsilon (book.observed, 0.7, 1e-12);
  g_assert_cmpfloat_with_epsilon (book.expected, 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (book.kappa, 0.4, 1e-12);
  sag_kappa_compute (&even);
  g_assert_cmpfloat_with_epsilon (even.observed, 0.85, 1e-12);
  g_assert_cmpfloat_with_epsilon (even.kappa, 0.70, 0.005);
  sag_kappa_compute (&common);
  g_assert_cmpfloat_with_epsilon (common.observed, 0.85, 1e-12);
  g_assert_cmpfloat_with_epsilon (common.kappa, 0.32, 0.005);
  g_assert_cmpfloat_with_epsilon (common.positive, 0.91, 0.005);
  g_assert_cmpfloat_with_epsilon (common.negative, 0.40, 0.005);
  g_assert_cmpfloat_with_epsilon (common.prevalence_index, 0.75, 1e-12);
  g_assert_cmpfloat_with_epsilon (common.bias_index, 0.05, 1e-12);
  sag_kappa_compute (&none);
  g_assert_true (isnan (none.kappa) && isnan (none.positive));
  sag_kappa_compute (&all);
  g_assert_true (isnan (all.kappa));
  g_assert_cmpfloat (all.observed, ==, 1);
}

/* Krippendorff, 2011: examples B (0.095) and C (0.743). */
static void
test_alpha (void)
{
  const guint8 m = SAG_ALPHA_MISSING;
  const guint8 two[10][2] = { { 0, 1 }, { 1, 1 }, { 0, 1 }, { 0, 0 }, { 0, 0 },
                              { 0, 1 }, { 0, 0 }, { 0, 0 }, { 1, 0 }, { 0, 0 } };
  const guint8 four[12][4] = { { 1, 1, m, 1 }, { 2, 2, 3, 2 }, { 3, 3, 3, 3 }, { 3, 3, 3, 3 },
                               { 2, 2, 2, 2 }, { 1, 2, 3, 4 }, { 4, 4, 4, 4 }, { 1, 1, 2, 1 },
                               { 2, 2, 2, 2 }, { m, 5, 5, 5 }, { m, m, 1, 1 }, { m, 3, m, m } };

  g_assert_cmpfloat_with_epsilon (sag_krippendorff_alpha (&two[0][0], 10, 2), 0.095, 0.0005);
  g_assert_cmpfloat_with_epsilon (sag_krippendorff_alpha (&four[0][0], 12, 4), 0.743, 0.0005);
  g_assert_true (isnan (sag_krippendorff_alpha (&four[11][0], 1, 4)));
  g_assert_true (isnan (sag_krippendorff_alpha (&four[2][0], 2, 4)));
}

typedef struct
{
  gint64        one;
  const char   *reader;
  SagLabelValue value;
} Put;

static gboolean
put_label (SagDb *db, gpointer data, GError **error)
{
  const Put        *put = data;
  const SagLabelRow label = { .case_id = put->one,
                              .task_id = 1,
                              .reader = (char *) put->reader,
                              .value = put->value,
                              .certainty = -1 };

  return sag_labels_put (db, &label, error);
}

static void
say (SagStore *store, gint64 one, const char *reader, SagLabelValue value)
{
  g_autoptr (GError) error = NULL;

  sag_store_run (store, put_label, &(Put){ one, reader, value }, &error);
  g_assert_no_error (error);
}

static gboolean
count_labels (SagDb *db, gpointer data, GError **error)
{
  return sag_db_integer (db, 0, data, error, "SELECT count(*) FROM labels", "");
}

static gint64
n_labels (SagStore *store)
{
  gint64 n = 0;

  g_assert_true (sag_store_run (store, count_labels, &n, NULL));
  return n;
}

static void
paint (SagStore *store, gint64 one, guint seed)
{
  const SagGeometry grid = make_grid (0);
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  g_autoptr (SagMaskSet) set = sag_masks_load (store, one, NULL, &grid, NULL);

  sag_masks_attach (store, one, NULL, set);
  make_strokes (set, 3, random);
  sag_masks_detach (set);
}

/* Nothing is left but the journal. */
static void
paint_and_remove (SagStore *store, gint64 one)
{
  const SagGeometry grid = make_grid (0);
  g_autoptr (GRand) random = g_rand_new_with_seed (9);
  g_autoptr (SagMaskSet) set = sag_masks_load (store, one, NULL, &grid, NULL);
  g_autofree char *id = NULL;

  sag_masks_attach (store, one, NULL, set);
  make_strokes (set, 2, random);
  id = g_strdup (sag_mask_set_get_info (set, 0)->id);
  g_assert_true (sag_mask_set_remove (set, "Secret removed", id, NULL));
  sag_masks_detach (set);
}

static gboolean
contains (const char *path, const char *word)
{
  g_autofree char *text = NULL;
  gsize            size;

  g_assert_true (g_file_get_contents (path, &text, &size, NULL));
  return memmem (text, size, word, strlen (word)) != NULL;
}

/* Two readers get copies, work apart, and come together again. */
static void
test_split_and_merge (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "all.sagitta", NULL);
  g_autofree char *anns = g_build_filename (folder, "ann.sagitta", NULL);
  g_autofree char *bens = g_build_filename (folder, "ben.sagitta", NULL);
  g_auto (SagMerged) merged = { 0 };
  g_autoptr (GError) error = NULL;
  SagStore *store = sag_store_open (path, SAG_STORE_CREATE, "Ann", &error), *copy;

  add_task (store, "effusion");
  for (int c = 0; c < 4; c++)
    {
      g_autofree char *name = g_strdup_printf ("case%d", c);

      add_case (store, name);
    }
  say (store, 1, "Ann", SAG_LABEL_VALUE_PRESENT);
  say (store, 1, "Annabella-Zerlina", SAG_LABEL_VALUE_ABSENT);
  paint (store, 1, 1);
  paint_and_remove (store, 4);
  sag_store_free (store);

  g_assert_true (sag_store_split (path, bens, "Ben", FALSE, &error));
  g_assert_no_error (error);
  g_assert_true (sag_store_split (path, anns, "Ann", FALSE, &error));
  g_assert_false (sag_store_split (path, anns, "Ann", FALSE, &error));
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST, "already");
  /* Blinded, free pages included. */
  g_assert_true (contains (path, "Annabella-Zerlina"));
  g_assert_false (contains (bens, "Annabella-Zerlina"));
  g_assert_false (contains (bens, "Lesion"));
  g_assert_true (contains (path, "Secret removed"));
  g_assert_false (contains (bens, "Secret removed"));
  copy = sag_store_open (bens, SAG_STORE_WRITE, "Ben", &error);
  g_assert_cmpint (n_labels (copy), ==, 0);
  say (copy, 1, "Ben", SAG_LABEL_VALUE_PRESENT);
  say (copy, 2, "Ben", SAG_LABEL_VALUE_ABSENT);
  add_case (copy, "new");
  paint (copy, 2, 2);
  g_assert_true (sag_store_close (copy, &error));
  copy = sag_store_open (anns, SAG_STORE_WRITE, "Ann", &error);
  g_assert_cmpint (n_labels (copy), ==, 1);
  say (copy, 1, "Ann", SAG_LABEL_VALUE_UNSURE); /* against what stands in the whole */
  say (copy, 3, "Ann", SAG_LABEL_VALUE_ABSENT);
  paint (copy, 1, 3);
  g_assert_true (sag_store_close (copy, &error));

  store = sag_store_open (path, SAG_STORE_WRITE, "Ann", &error);
  g_assert_true (sag_store_merge (store, bens, &merged, &error));
  g_assert_no_error (error);
  g_assert_cmpint (merged.n_cases, ==, 1);
  g_assert_cmpint (merged.n_labels, ==, 2);
  g_assert_cmpint (merged.n_masks, ==, 1);
  g_assert_cmpint (merged.conflicts->len, ==, 0);
  sag_merged_clear (&merged);
  g_assert_true (sag_store_merge (store, anns, &merged, &error));
  g_assert_cmpint (merged.n_labels, ==, 1);
  g_assert_cmpint (merged.n_masks, ==, 0);
  g_assert_cmpint (merged.conflicts->len, ==, 2);
  g_assert_nonnull (strstr (g_ptr_array_index (merged.conflicts, 0), "present here, unsure there"));
  g_assert_nonnull (strstr (g_ptr_array_index (merged.conflicts, 1), "mask"));
  g_assert_cmpint (n_labels (store), ==, 5);
  /* Once more changes nothing. */
  sag_merged_clear (&merged);
  g_assert_true (sag_store_merge (store, bens, &merged, &error));
  g_assert_cmpint (merged.n_cases + merged.n_labels + merged.n_masks + merged.n_others, ==, 0);
  g_assert_cmpint (merged.conflicts->len, ==, 0);
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

static guint
n_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* What came to the name while the copy was made stays; a link to nowhere is seen only when the name is given. */
static void
test_split_over (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "all.sagitta", NULL);
  g_autofree char *out = g_build_filename (folder, "ann.sagitta", NULL);
  g_autofree char *target = NULL;
  g_autoptr (GError) error = NULL;
  SagStore *store = sag_store_open (path, SAG_STORE_CREATE, "Ann", &error);

  sag_store_free (store);
  g_assert_cmpint (symlink ("nowhere", out), ==, 0);
  g_assert_false (sag_store_split (path, out, "Ann", FALSE, &error));
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST, "Choose another name");
  target = g_file_read_link (out, NULL);
  g_assert_cmpstr (target, ==, "nowhere");
  g_assert_cmpuint (n_files (folder), ==, 2); /* and nothing half done */
  sag_test_remove_folder (folder);
}

/* Two machines have another scan at the same path: they stay apart. */
static void
test_same_path (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *here = g_build_filename (folder, "here.sagitta", NULL);
  g_autofree char *there = g_build_filename (folder, "there.sagitta", NULL);
  g_auto (SagMerged) merged = { 0 };
  g_autoptr (GError) error = NULL;
  SagStore *store = sag_store_open (there, SAG_STORE_CREATE, "Ben", &error);

  add_task (store, "effusion");
  add_case (store, "scan");
  say (store, 1, "Ben", SAG_LABEL_VALUE_PRESENT);
  sag_store_free (store);
  store = sag_store_open (here, SAG_STORE_CREATE, "Ann", &error);
  add_task (store, "effusion");
  add_case (store, "scan");
  g_assert_true (sag_store_merge (store, there, &merged, &error));
  g_assert_no_error (error);
  g_assert_cmpint (merged.n_cases + merged.n_labels, ==, 0);
  g_assert_cmpint (merged.conflicts->len, ==, 1);
  g_assert_nonnull (strstr (g_ptr_array_index (merged.conflicts, 0), "another scan"));
  g_assert_cmpint (n_labels (store), ==, 0);
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/share/kappa", test_kappa);
  g_test_add_func ("/store/share/alpha", test_alpha);
  g_test_add_func ("/store/share/split-and-merge", test_split_and_merge);
  g_test_add_func ("/store/share/split-over", test_split_over);
  g_test_add_func ("/store/share/same-path", test_same_path);
  return g_test_run ();
}
