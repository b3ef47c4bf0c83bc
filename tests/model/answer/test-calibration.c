/* SPDX-License-Identifier: Apache-2.0 */
#include "model/answer/calibration.h"

#include "model/bundle/create.h"
#include "model/core/error.h"
#include "tests/support/test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define NOBODY 65534
#define FORBIDDEN 0555
#define ALLOWED 0777

typedef struct
{
  char      *folder; /* where the bundle lies */
  char      *beside; /* its calibration there */
  char      *own;    /* the person's */
  char      *own_folder;
  SagBundle *bundle;
} Fixture;

static char *data_home;

/* @n negatives tell the calibrations apart. */
static SagCalibration *
make (SagBundle *bundle, gsize n, double share)
{
  SagCalibration     *self = sag_calibration_new (sag_bundle_get_sha256 (bundle));
  SagCalibrationTask *task = sag_calibration_task_new ("A");
  SagCalibrationBin   bin = { 50, 0.25, share };

  task->date = g_strdup ("2026-01-01");
  task->n_positives = 25;
  task->n_negatives = n;
  task->slope = 1;
  g_array_append_val (task->bins, bin);
  sag_calibration_add (self, task);
  return self;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  SagBundleCreate create = { .seed = 1 };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *name = NULL;

  self->folder = sag_test_dup_folder ();
  folder = g_build_filename (self->folder, "bundle", NULL);
  self->bundle = sag_bundle_create (&create, folder, &error);
  g_assert_no_error (error);
  self->beside = g_strconcat (folder, ".calibration.json", NULL);
  name = g_strconcat (sag_bundle_get_sha256 (self->bundle), ".json", NULL);
  self->own_folder = g_build_filename (data_home, "sagitta", "calibrations", NULL);
  self->own = g_build_filename (self->own_folder, name, NULL);
  g_assert_cmpint (g_mkdir_with_parents (self->own_folder, 0755), ==, 0);
  g_assert_cmpint (g_chmod (self->own_folder, ALLOWED), ==, 0);
  g_assert_cmpint (g_chmod (self->folder, ALLOWED), ==, 0);
  if (geteuid () == 0 && seteuid (NOBODY) != 0)
    g_test_message ("the superuser may write everywhere");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_assert_cmpint (seteuid (getuid ()), ==, 0);
  g_chmod (self->folder, ALLOWED);
  g_chmod (self->own_folder, ALLOWED);
  g_unlink (self->own);
  sag_bundle_unref (self->bundle);
  sag_test_remove_folder (self->folder);
  g_free (self->beside);
  g_free (self->own);
  g_free (self->own_folder);
}

static gboolean
may_everything (void)
{
  if (geteuid () == 0)
    g_test_skip ("the superuser may write everywhere");
  return geteuid () == 0;
}

/* As somebody who may change nothing there. */
static void
set_mode (const char *folder, int mode)
{
  const uid_t who = geteuid ();

  g_assert_cmpint (seteuid (getuid ()), ==, 0);
  g_assert_cmpint (g_chmod (folder, mode), ==, 0);
  g_assert_cmpint (seteuid (who), ==, 0);
}

static void
save (Fixture *self, gsize n)
{
  g_autoptr (SagCalibration) calibration = make (self->bundle, n, 0.5);
  g_autoptr (GError) error = NULL;

  sag_calibration_save (calibration, self->bundle, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
assert_found (Fixture *self, gsize n)
{
  g_autoptr (SagCalibration) found = sag_calibration_find (self->bundle);

  if (n == 0)
    g_assert_null (found);
  else
    g_assert_cmpuint (sag_calibration_get_task (found, 0)->n_negatives, ==, n);
}

static void
test_beside (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  save (self, 21);
  g_assert_true (g_file_test (self->beside, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (self->own, G_FILE_TEST_EXISTS));
  assert_found (self, 21);
  g_assert_true (sag_calibration_remove (self->bundle, &error));
  g_assert_false (g_file_test (self->beside, G_FILE_TEST_EXISTS));
  assert_found (self, 0);
}

/* The file beside a bundle of everybody's stays; for this person there is none from then on. */
static void
test_remove_read_only (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  if (may_everything ())
    return;
  save (self, 21);
  set_mode (self->folder, FORBIDDEN);
  g_assert_true (sag_calibration_remove (self->bundle, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_test (self->beside, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (self->own, G_FILE_TEST_EXISTS));
  assert_found (self, 0);
  save (self, 22);
  assert_found (self, 22);
  set_mode (self->folder, ALLOWED);
  save (self, 23);
  g_assert_false (g_file_test (self->own, G_FILE_TEST_EXISTS));
  assert_found (self, 23);
}

/* An older one of the person's that comes first and cannot go is no silence. */
static void
test_save_under_older (Fixture *self, gconstpointer data)
{
  g_autoptr (SagCalibration) calibration = make (self->bundle, 22, 0.5);
  g_autoptr (GError) error = NULL;

  if (may_everything ())
    return;
  set_mode (self->folder, FORBIDDEN);
  save (self, 21);
  set_mode (self->folder, ALLOWED);
  set_mode (self->own_folder, FORBIDDEN);
  g_assert_false (sag_calibration_save (calibration, self->bundle, NULL, NULL, &error));
  g_assert_nonnull (error);
  assert_found (self, 21);
}

/* Whoever draws a diagram trusts its shares. */
static void
test_shares (Fixture *self, gconstpointer data)
{
  static const double shares[] = { -0.5, 1.5, 1e300 };

  for (gsize s = 0; s < G_N_ELEMENTS (shares); s++)
    {
      g_autoptr (SagCalibration) calibration = make (self->bundle, 21, shares[s]);
      g_autoptr (GError) error = NULL;

      g_assert_true (sag_calibration_save (calibration, self->bundle, self->beside, NULL, &error));
      g_assert_null (sag_calibration_load (self->beside, &error));
      sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "no share");
      assert_found (self, 0);
    }
}

static void
add_test (const char *name, void (*run) (Fixture *, gconstpointer))
{
  g_test_add (name, Fixture, NULL, set_up, run, tear_down);
}

int
main (int argc, char **argv)
{
  int code;

  data_home = sag_test_dup_folder ();
  g_chmod (data_home, ALLOWED);
  g_setenv ("XDG_DATA_HOME", data_home, TRUE);
  g_test_init (&argc, &argv, NULL);
  add_test ("/answer/calibration/beside", test_beside);
  add_test ("/answer/calibration/remove-read-only", test_remove_read_only);
  add_test ("/answer/calibration/save-under-older", test_save_under_older);
  add_test ("/answer/calibration/shares", test_shares);
  code = g_test_run ();
  sag_test_remove_folder (data_home);
  return code;
}
