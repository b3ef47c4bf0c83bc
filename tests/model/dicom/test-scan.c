/* SPDX-License-Identifier: Apache-2.0 */
#include "make-dicom.h"

#include "model/dicom/scan.h"
#include "tests/support/test.h"

#include <glib/gstdio.h>
#include <string.h>

static SagVolume *
load (const char *reference)
{
  g_autoptr (GError) error = NULL;
  SagVolume *volume = sag_scan_load (reference, NULL, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return volume;
}

static gboolean
warns (const SagVolume *volume, const char *words)
{
  const char *const *all = sag_volume_get_warnings (volume);

  for (gsize i = 0; all[i] != NULL; i++)
    if (strstr (all[i], words) != NULL)
      return TRUE;
  return FALSE;
}

/* Where a folder alone is named, a choice among its scans is told. */
static void
test_choice (SagTestFolder *fixture, gconstpointer data)
{
  MakeSlice best = { .series_uid = "1.2.4" }, other = { .series_uid = "1.2.3" };
  MakeSlice report = { .series_uid = "1.2.2", .spacing = "" };
  g_autoptr (SagVolume) alone = NULL;
  g_autoptr (SagVolume) volume = NULL;

  make_series (&best, fixture->folder, 30, 2);
  make_series (&report, fixture->folder, 2, 2);
  alone = load (fixture->folder);
  g_assert_false (warns (alone, "scans: this is number"));
  make_series (&other, fixture->folder, 3, 2);
  volume = load (fixture->folder);
  g_assert_cmpint (sag_volume_get_geometry (volume)->dims[2], ==, 30);
  g_assert_true (warns (volume, "holds 2 scans: this is number 3, which suits the model best"));
}

/* What cannot be read beside a scan is said, and not by name, whether or not a series is named. */
static void
test_left_out (SagTestFolder *fixture, gconstpointer data)
{
  g_autofree char *named = g_strconcat (fixture->folder, "#1.2.3", NULL);
  g_autofree char *base = g_path_get_basename (fixture->folder);
  g_autoptr (SagVolume) whole = NULL;

  make_series (&(MakeSlice){ .series_uid = "1.2.3" }, fixture->folder, 6, 2);
  whole = load (fixture->folder);
  g_assert_false (warns (whole, "left out"));
  for (int n = 1; n <= 2; n++)
    {
      g_autofree char *broken = g_strdup_printf ("%s/broken-%d.dcm", fixture->folder, n);
      g_autofree char *said = n == 1 ? g_strdup ("1 file or folder beside this scan")
                                     : g_strdup_printf ("%d files or folders beside this scan", n);
      g_autoptr (SagVolume) alone = NULL;
      g_autoptr (SagVolume) chosen = NULL;

      g_assert_true (g_file_set_contents (broken, "broken", -1, NULL));
      alone = load (fixture->folder);
      chosen = load (named);
      g_assert_true (warns (alone, said));
      g_assert_true (warns (chosen, said));
      g_assert_false (warns (alone, base));
      g_assert_false (warns (alone, "broken-"));
    }
}

/* What is kept names the series, though only a folder or a number was given. */
static void
test_exact (SagTestFolder *fixture, gconstpointer data)
{
  MakeSlice        best = { .series_uid = "1.2.4" }, other = { .series_uid = "1.2.3" };
  g_autofree char *second = g_strconcat (fixture->folder, "#2", NULL);
  g_autofree char *never = g_strconcat (fixture->folder, "#9", NULL);
  const struct
  {
    const char *reference, *key;
  } cases[] = { { fixture->folder, "#1.2.4" }, { second, "#1.2.4" }, { never, NULL } };

  make_series (&best, fixture->folder, 30, 2);
  make_series (&other, fixture->folder, 3, 2);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *exact = NULL;
      g_autofree char *wanted =
        cases[i].key != NULL ? g_strconcat (fixture->folder, cases[i].key, NULL) : NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (SagVolume) volume =
        sag_scan_load_exact (cases[i].reference, &exact, NULL, NULL, NULL, NULL, &error);

      g_assert_cmpint (volume != NULL, ==, wanted != NULL);
      g_assert_cmpstr (exact, ==, wanted);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/dicom/scan/" name, SagTestFolder, NULL, sag_test_folder_set_up, function,          \
              sag_test_folder_tear_down)
  ADD ("choice", test_choice);
  ADD ("exact", test_exact);
  ADD ("left-out", test_left_out);
  return g_test_run ();
}
