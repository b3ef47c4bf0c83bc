/* SPDX-License-Identifier: Apache-2.0 */
#include "make-dicom.h"

#include "model/core/error.h"
#include "model/core/pool.h"
#include "model/dicom/dicom.h"
#include "model/dicom/text.h"
#include "tests/support/test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define NOBODY 65534

/* Files that are not what they should be: one reason each, and the rest is read. */

static void
test_rest_is_read (SagTestFolder *fixture, gconstpointer data)
{
  const MakeSlice slice = { 0 };
  const char     *paths[] = { fixture->folder, NULL };
  GByteArray     *cut, *text = g_byte_array_new (), *nothing = g_byte_array_new ();
  g_autoptr (SagDicomIndex) index = NULL;
  g_autoptr (GError) error = NULL;

  make_series (&slice, fixture->folder, 5, 2);
  cut = make_slice (&(MakeSlice){ .number = 77, .z_mm = 90 });
  g_byte_array_set_size (cut, cut->len - 10);
  make_save (cut, fixture->folder, "cut.dcm");
  cut = make_slice (&(MakeSlice){ .number = 78, .z_mm = 92 });
  g_byte_array_set_size (cut, 300);
  make_save (cut, fixture->folder, "header.dcm");
  g_byte_array_append (text, (const guint8 *) "Dear all,\nhere is the scan.\n", 28);
  make_save (text, fixture->folder, "readme.txt");
  make_save (nothing, fixture->folder, "empty");
  index = sag_dicom_index_new (paths, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (index->series->len, ==, 1);
  g_assert_cmpuint (index->n_files, ==, 7);
  g_assert_cmpuint (index->n_foreign, ==, 2);
  g_assert_cmpuint (index->problems->len, ==, 2);
  g_assert_cmpstr (((SagDicomProblem *) index->problems->pdata[0])->sentence, ==,
                   "cut.dcm ends after 79 % of its pixels. Copy or fetch it again.");
  g_assert_cmpstr (((SagDicomProblem *) index->problems->pdata[1])->sentence, ==,
                   "header.dcm ends within its header. Copy or fetch it again.");
}

static void
test_nothing_there (SagTestFolder *fixture, gconstpointer data)
{
  const char      *paths[] = { fixture->folder, NULL };
  g_autofree char *lost = g_build_filename (fixture->folder, "lost", NULL);
  GByteArray      *text = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (sag_dicom_index_new (paths, NULL, NULL, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED, "holds no DICOM files");
  g_byte_array_append (text, (const guint8 *) "text", 4);
  make_save (text, fixture->folder, "readme.txt");
  g_assert_null (sag_dicom_index_new (paths, NULL, NULL, NULL, &error));
  g_assert_error (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  paths[0] = lost;
  g_assert_null (sag_dicom_index_new (paths, NULL, NULL, NULL, &error));
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "lost");
}

/* What is called a slice and is none was damaged, and that is told; what merely lies beside slices is counted. */
static void
test_named_so (SagTestFolder *fixture, gconstpointer data)
{
  const MakeSlice  slice = { 0 };
  const char      *paths[] = { fixture->folder, NULL };
  g_autofree char *empty = g_build_filename (fixture->folder, "empty.dcm", NULL);
  g_autofree char *text = g_build_filename (fixture->folder, "text.IMA", NULL);
  g_autofree char *other = g_build_filename (fixture->folder, "autorun.inf", NULL);
  g_autoptr (SagDicomIndex) index = NULL;
  g_autoptr (GError) error = NULL;

  make_series (&slice, fixture->folder, 4, 2);
  g_assert_true (g_file_set_contents (empty, "", 0, NULL));
  g_assert_true (g_file_set_contents (text, "<html>Log in first</html>", -1, NULL));
  g_assert_true (g_file_set_contents (other, "", 0, NULL));
  index = sag_dicom_index_new (paths, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (index->n_foreign, ==, 1);
  g_assert_cmpuint (index->problems->len, ==, 2);
  g_assert_cmpstr (((SagDicomProblem *) index->problems->pdata[0])->sentence, ==,
                   "empty.dcm is empty. Copy or fetch it again.");
  g_assert_cmpstr (((SagDicomProblem *) index->problems->pdata[1])->sentence, ==,
                   "text.IMA is no DICOM file.");
}

static gboolean
has_problem (const SagDicomIndex *index, const char *beginning)
{
  for (guint i = 0; i < index->problems->len; i++)
    if (g_str_has_prefix (((SagDicomProblem *) index->problems->pdata[i])->sentence, beginning))
      return TRUE;
  return FALSE;
}

/* Whom nothing is locked to steps down for a moment. */
static void
test_unreadable (SagTestFolder *fixture, gconstpointer data)
{
  const MakeSlice  slice = { 0 };
  const char      *paths[] = { fixture->folder, NULL };
  const gboolean   is_root = geteuid () == 0;
  g_autofree char *locked = g_build_filename (fixture->folder, "locked", NULL);
  g_autofree char *file = g_build_filename (fixture->folder, "closed.dcm", NULL);
  g_autoptr (SagDicomIndex) index = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) folder = NULL;
  gboolean can_see;

  make_series (&slice, fixture->folder, 4, 2);
  make_save (make_slice (&slice), fixture->folder, "closed.dcm");
  g_assert_cmpint (g_mkdir (locked, 0), ==, 0);
  g_assert_cmpint (g_chmod (file, 0), ==, 0);
  g_assert_cmpint (g_chmod (fixture->folder, 0755), ==, 0);
  if (is_root)
    g_assert_cmpint (seteuid (NOBODY), ==, 0);
  folder = g_dir_open (fixture->folder, 0, NULL);
  can_see = folder != NULL;
  if (can_see)
    index = sag_dicom_index_new (paths, NULL, NULL, NULL, &error);
  if (is_root)
    g_assert_cmpint (seteuid (0), ==, 0);
  g_chmod (locked, 0700);
  if (!can_see)
    {
      g_test_skip ("the temporary folder is closed to others");
      return;
    }
  g_assert_no_error (error);
  g_assert_cmpuint (index->n_files, ==, 5);
  g_assert_cmpuint (index->problems->len, ==, 2);
  g_assert_true (has_problem (index, "The folder locked cannot be read. Ask for access to it."));
  g_assert_true (has_problem (index, "closed.dcm cannot be read: "));
}

/* One place of several that is not there leaves the others. */
static void
test_lost_place (SagTestFolder *fixture, gconstpointer data)
{
  const MakeSlice  slice = { 0 };
  g_autofree char *lost = g_build_filename (fixture->folder, "lost", NULL);
  const char      *paths[] = { lost, fixture->folder, NULL };
  g_autoptr (SagDicomIndex) index = NULL;
  g_autoptr (GError) error = NULL;

  make_series (&slice, fixture->folder, 4, 2);
  index = sag_dicom_index_new (paths, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (index->series->len, ==, 1);
  g_assert_cmpuint (index->problems->len, ==, 1);
  g_assert_nonnull (strstr (((SagDicomProblem *) index->problems->pdata[0])->sentence, "lost"));
}

/* Folders that lead to each other are walked once. */
static void
test_circle (SagTestFolder *fixture, gconstpointer data)
{
  const MakeSlice  slice = { 0 };
  const char      *paths[] = { fixture->folder, NULL };
  g_autofree char *inner = g_build_filename (fixture->folder, "inner", NULL);
  g_autofree char *link = g_build_filename (inner, "back", NULL);
  g_autoptr (SagDicomIndex) index = NULL;

  g_assert_cmpint (g_mkdir (inner, 0700), ==, 0);
  make_series (&slice, inner, 4, 2);
  g_assert_cmpint (symlink (fixture->folder, link), ==, 0);
  index = sag_dicom_index_new (paths, NULL, NULL, NULL, NULL);
  g_assert_nonnull (index);
  g_assert_cmpuint (index->n_files, ==, 4);
  g_assert_cmpint (g_remove (link), ==, 0);
}

static void
test_directory (SagTestFolder *fixture, gconstpointer data)
{
  const MakeSlice  slice = { 0 }, stray = { .series_uid = "1.2.9" };
  g_autofree char *path = g_build_filename (fixture->folder, "DICOMDIR", NULL);
  g_autofree char *inner = g_build_filename (fixture->folder, "images", NULL);
  const char      *paths[] = { path, NULL };
  GByteArray      *bytes = g_byte_array_new (), *record = g_byte_array_new ();
  g_autoptr (SagDicomIndex) index = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (inner, 0700), ==, 0);
  make_save (make_slice (&slice), inner, "i000001");
  make_save (make_slice (&stray), fixture->folder, "stray.dcm");
  make_begin (bytes, "1.2.840.10008.1.2.1");
  make_text (bytes, MAKE_EXPLICIT, 0x00041130, "CS", "DISC");
  make_text (record, MAKE_EXPLICIT, 0x00041430, "CS", "IMAGE");
  make_text (record, MAKE_EXPLICIT, 0x00041500, "CS", "IMAGES\\I000001");
  make_sequence (bytes, MAKE_EXPLICIT, 0x00041220, record);
  make_save (bytes, fixture->folder, "DICOMDIR");
  index = sag_dicom_index_new (paths, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (index->series->len, ==, 1);
  g_assert_cmpstr (((SagDicomSeries *) index->series->pdata[0])->key, ==, "1.2.3");
}

/* A list that leads out of its medium is not followed. */
static void
test_directory_leads_out (SagTestFolder *fixture, gconstpointer data)
{
  const MakeSlice  slice = { .patient = "OUTSIDE" };
  g_autofree char *disc = g_build_filename (fixture->folder, "disc", NULL);
  g_autofree char *path = g_build_filename (disc, "DICOMDIR", NULL);
  const char      *paths[] = { path, NULL };
  GByteArray      *bytes = g_byte_array_new (), *record = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (disc, 0700), ==, 0);
  make_save (make_slice (&slice), fixture->folder, "secret");
  make_begin (bytes, "1.2.840.10008.1.2.1");
  make_text (record, MAKE_EXPLICIT, 0x00041500, "CS", "..\\secret");
  make_sequence (bytes, MAKE_EXPLICIT, 0x00041220, record);
  make_save (bytes, disc, "DICOMDIR");
  g_assert_null (sag_dicom_index_new (paths, NULL, NULL, NULL, &error));
  g_assert_error (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED);
}

static const char *
find_problem (SagDicomIndex *index, const char *words)
{
  const GPtrArray *problems = index->problems;

  for (guint p = 0; p < problems->len; p++)
    if (strstr (((const SagDicomProblem *) problems->pdata[p])->sentence, words) != NULL)
      return ((const SagDicomProblem *) problems->pdata[p])->path;
  return NULL;
}

/* An archive of which one file is locked: the rest is read, and that is said. */
static void
test_partly_locked_zip (SagTestFolder *fixture, gconstpointer data)
{
  const MakeSlice  slice = { 0 };
  g_autofree char *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (fixture->folder, "disc.zip", NULL);
  const char      *paths[] = { path, NULL };
  g_autofree char *bytes = NULL;
  gsize            n;

  make_series (&slice, folder, 3, 2);
  make_zip (folder, path, TRUE);
  g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
  for (int locked = 0; locked < 2; locked++)
    {
      char *entry = memmem (bytes, n, "PK\1\2", 4);
      g_autoptr (SagDicomIndex) index = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_nonnull (entry);
      entry[8] = (char) locked;
      g_assert_true (g_file_set_contents (path, bytes, (gssize) n, NULL));
      index = sag_dicom_index_new (paths, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_true ((find_problem (index, "locked with a password") != NULL) == locked);
    }
  sag_test_remove_folder (g_steal_pointer (&folder));
}

/* Folders beyond the limit are left out, and named. */
static void
test_too_deep (SagTestFolder *fixture, gconstpointer data)
{
  const MakeSlice slice = { 0 };
  const char     *paths[] = { fixture->folder, NULL };
  g_autoptr (GString) deep = g_string_new (fixture->folder);
  g_autoptr (SagDicomIndex) index = NULL;
  g_autoptr (GError) error = NULL;

  make_series (&slice, fixture->folder, 3, 2);
  for (int d = 0; d < 33; d++)
    g_string_append_printf (deep, "/d%d", d);
  g_assert_cmpint (g_mkdir_with_parents (deep->str, 0700), ==, 0);
  index = sag_dicom_index_new (paths, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (find_problem (index, "too deep"), ==, deep->str);
  for (int d = 32; d >= 0; d--)
    {
      g_assert_cmpint (g_rmdir (deep->str), ==, 0);
      g_string_truncate (deep, (gsize) (strrchr (deep->str, '/') - deep->str));
    }
}

static void
test_damaged_zip (SagTestFolder *fixture, gconstpointer data)
{
  const MakeSlice  slice = { 0 };
  g_autofree char *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (fixture->folder, "disc.zip", NULL);
  const char      *paths[] = { path, NULL };
  g_autofree char *bytes = NULL;
  gsize            n;

  make_series (&slice, folder, 3, 2);
  make_zip (folder, path, TRUE);
  g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
  for (gsize i = 0; i < n; i += 3)
    {
      const char was = bytes[i];
      g_autoptr (GError) error = NULL;
      g_autoptr (SagDicomIndex) index = NULL;

      bytes[i] ^= 0x55;
      g_assert_true (g_file_set_contents (path, bytes, (gssize) n, NULL));
      index = sag_dicom_index_new (paths, NULL, NULL, NULL, &error);
      g_assert_true ((index == NULL) == (error != NULL));
      bytes[i] = was;
    }
  for (gsize cut = 0; cut < n; cut += 50)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents (path, bytes, (gssize) cut, NULL));
      g_assert_null (sag_dicom_index_new (paths, NULL, NULL, NULL, &error));
      g_assert_nonnull (error);
    }
  sag_test_remove_folder (g_steal_pointer (&folder));
}

static void
hold_text (gsize item, guint worker, gpointer data)
{
  GRefString *text = sag_dicom_text_new ("1.2.3.99");

  g_assert_cmpstr (text, ==, "1.2.3.99");
  sag_dicom_text_free (text);
}

/* A text that one thread lets go of is still whole for the next that asks. */
static void
test_shared_text (SagTestFolder *fixture, gconstpointer data)
{
  g_autoptr (SagPool) pool = sag_pool_new (4);

  sag_pool_run (pool, 300000, hold_text, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/dicom/files/" name, SagTestFolder, NULL, sag_test_folder_set_up, function,         \
              sag_test_folder_tear_down)
  ADD ("rest-is-read", test_rest_is_read);
  ADD ("nothing-there", test_nothing_there);
  ADD ("named-so", test_named_so);
  ADD ("unreadable", test_unreadable);
  ADD ("lost-place", test_lost_place);
  ADD ("circle", test_circle);
  ADD ("directory", test_directory);
  ADD ("directory-leads-out", test_directory_leads_out);
  ADD ("damaged-zip", test_damaged_zip);
  ADD ("partly-locked-zip", test_partly_locked_zip);
  ADD ("too-deep", test_too_deep);
  ADD ("shared-text", test_shared_text);
  return g_test_run ();
}
