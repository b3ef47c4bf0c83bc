/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/check.h"
#include "model/bundle/create.h"
#include "model/bundle/manifest.h"
#include "model/core/error.h"
#include "tests/model/bundle/bundle-fixture.h"
#include "tests/support/test.h"

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* A small bundle on disk. */
static char *
make_bundle (const char *folder, SagBundleCreate create)
{
  char *path = g_build_filename (folder, "bundle", NULL);
  g_autoptr (GError) error = NULL;
  SagBundle *bundle = sag_bundle_create (&create, path, &error);

  g_assert_no_error (error);
  sag_bundle_unref (bundle);
  return path;
}

static char *
read_whole (const char *folder, const char *name, gsize *size_bytes)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  char            *data;

  g_assert_true (g_file_get_contents (path, &data, size_bytes, NULL));
  return data;
}

static void
write_whole (const char *folder, const char *name, const char *data, gsize size_bytes)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, data, (gssize) size_bytes, NULL));
}

static void
test_create_and_load (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = make_bundle (folder, (SagBundleCreate){ .seed = 5 });
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) bundle = sag_bundle_load (path, &error);
  g_autoptr (SagBundle) memory = sag_bundle_open_untrained (5, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (count_entries (folder), ==, 1);
  g_assert_cmpuint (count_entries (path), ==, 4);
  g_assert_cmpstr (sag_bundle_get_name (bundle), ==, "bundle");
  g_assert_cmpstr (sag_bundle_get_folder (bundle), ==, path);
  g_assert_cmpstr (sag_bundle_get_weights_sha256 (bundle), ==,
                   sag_bundle_get_weights_sha256 (memory));
  g_assert_cmpstr (sag_bundle_get_sha256 (bundle), !=, sag_bundle_get_sha256 (memory));
  text = sag_bundle_inspect (bundle);
  g_assert_nonnull (strstr (text, "no: its numbers mean nothing"));
  g_assert_nonnull (strstr (text, "4 x 3 x 2 tokens"));
  sag_test_remove_folder (folder);
}

static void
test_target_exists (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = make_bundle (folder, (SagBundleCreate){ 0 });
  g_autoptr (GError) error = NULL;

  g_assert_null (sag_bundle_create (&(SagBundleCreate){ 0 }, path, &error));
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                         "already there; choose another folder");
  g_assert_cmpuint (count_entries (folder), ==, 1);
  g_assert_null (sag_bundle_create (&(SagBundleCreate){ 0 }, "/nonexistent-folder/bundle", &error));
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                         "create the folder above it first");
  sag_test_remove_folder (folder);
}

/* A disk that fills while the weights are written: nothing stays behind. */
static void
test_disk_full (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "bundle", NULL);
  g_autoptr (GError) error = NULL;
  struct rlimit limit, small;

  getrlimit (RLIMIT_FSIZE, &limit);
  small = limit;
  small.rlim_cur = 100000;
  signal (SIGXFSZ, SIG_IGN);
  setrlimit (RLIMIT_FSIZE, &small);
  g_assert_null (sag_bundle_create (&(SagBundleCreate){ 0 }, path, &error));
  setrlimit (RLIMIT_FSIZE, &limit);
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "model.safetensors");
  g_assert_cmpuint (count_entries (folder), ==, 0);
  sag_test_remove_folder (folder);
}

static void
test_no_permission (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "bundle", NULL);
  g_autoptr (GError) error = NULL;

  if (geteuid () == 0)
    {
      g_test_skip ("root may write everywhere");
      sag_test_remove_folder (folder);
      return;
    }
  g_chmod (folder, 0500);
  g_assert_null (sag_bundle_create (&(SagBundleCreate){ 0 }, path, &error));
  g_chmod (folder, 0700);
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_ACCES, "Cannot make the bundle");
  sag_test_remove_folder (folder);
}

static void
refuse_load (const char *path, GQuark domain, int code, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (sag_bundle_load (path, &error));
  sag_test_assert_error (error, domain, code, part);
}

/* Each file missing, cut or changed. */
static void
test_damaged (void)
{
  static const char *const names[] = { "bundle.json", "vocab.txt", "model.safetensors" };
  char                    *folder = sag_test_dup_folder ();
  g_autofree char         *path = make_bundle (folder, (SagBundleCreate){ 0 });

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      gsize            size_bytes;
      g_autofree char *data = read_whole (path, names[i], &size_bytes);
      g_autofree char *file = g_build_filename (path, names[i], NULL);
      g_autoptr (GError) error = NULL;

      g_unlink (file);
      refuse_load (path, G_FILE_ERROR, G_FILE_ERROR_NOENT, names[i]);
      write_whole (path, names[i], data, size_bytes - 9);
      g_assert_null (sag_bundle_load (path, &error));
      g_assert_nonnull (error);
      write_whole (path, names[i], data, 0);
      refuse_load (path, SAG_ERROR, i == 1 ? SAG_ERROR_MISMATCH : SAG_ERROR_FORMAT, names[i]);
      write_whole (path, names[i], data, size_bytes);
      {
        g_autoptr (SagBundle) whole = sag_bundle_load (path, NULL);

        g_assert_nonnull (whole);
      }
    }
  sag_test_remove_folder (folder);
}

/* A bundle whose vocabulary was exchanged, and whose bundle.json was made to agree. */
static void
test_other_vocabulary (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = make_bundle (folder, (SagBundleCreate){ 0 });
  gsize            size_bytes;
  g_autofree char *vocabulary = read_whole (path, "vocab.txt", &size_bytes);
  g_autofree char *longer = g_strconcat (vocabulary, "\nextraordinary\n", NULL);

  write_whole (path, "vocab.txt", longer, strlen (longer));
  refuse_load (path, SAG_ERROR, SAG_ERROR_MISMATCH, "was changed after the bundle was made");
  sag_test_remove_folder (folder);
}

static void
assert_report (const char *path, SagBundleCheck failed, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundleReport) report = sag_bundle_check (path, NULL, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = sag_bundle_report_format (report);
  g_assert_cmpint (report->states[failed], ==, SAG_CHECK_FAILED);
  g_assert_nonnull (strstr (report->sentences[failed], part));
  g_assert_nonnull (strstr (text, part));
  g_assert_false (sag_bundle_report_passed (report));
}

static void
test_check (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = make_bundle (folder, (SagBundleCreate){ 0 });
  gsize            size_bytes;
  g_autofree char *weights = read_whole (path, "model.safetensors", &size_bytes);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundleReport) report = sag_bundle_check (path, NULL, &error);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  float nan = NAN, negative = -1;
  char *variance;

  g_assert_no_error (error);
  g_assert_true (sag_bundle_report_passed (report));
  g_assert_cmpint (report->states[SAG_BUNDLE_CHECK_VALUES], ==, SAG_CHECK_PASSED);
  g_assert_cmpint (report->states[SAG_BUNDLE_CHECK_LATERALITY], ==, SAG_CHECK_NOT_RUN);
  sag_bundle_report_set (report, SAG_BUNDLE_CHECK_LATERALITY, SAG_CHECK_INCONCLUSIVE,
                         g_strdup ("Untrained."));
  g_assert_true (sag_bundle_report_passed (report));
  g_cancellable_cancel (cancellable);
  g_assert_null (sag_bundle_check (path, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  /* The last tensor of a bundle is the patch head's bias: its last value becomes NaN. */
  memcpy (weights + size_bytes - sizeof nan, &nan, sizeof nan);
  write_whole (path, "model.safetensors", weights, size_bytes);
  assert_report (path, SAG_BUNDLE_CHECK_VALUES, "\"lm_head_seg.bias\" holds a NaN");
  assert_report (path, SAG_BUNDLE_CHECK_FILES, "model.safetensors is not the file");
  /* The first running variance is the eighth to last before the blocks: conv_stem, three of bn1, then it. */
  memset (weights + size_bytes - sizeof nan, 0, sizeof nan);
  variance = weights + 8 + *(guint64 *) weights + (8 * 27 + 3 * 8) * sizeof (float);
  memcpy (variance, &negative, sizeof negative);
  write_whole (path, "model.safetensors", weights, size_bytes);
  assert_report (path, SAG_BUNDLE_CHECK_VALUES, "bn1.running_var\" holds a negative variance");
  write_whole (path, "bundle.json", "{}", 2);
  assert_report (path, SAG_BUNDLE_CHECK_FILES, "\"format\" is missing");
  sag_test_remove_folder (folder);
}

static void
test_options (void)
{
  static const struct
  {
    SagBundleCreate create;
    const char     *part;
  } cases[] = {
    { { .heads = 5 }, "5 heads do not divide the hidden width 64" },
    { { .width = 20 }, "--width" },
    { { .input = { 100, 96, 64 } }, "100 along x is not divisible" },
    { { .positions = 20 }, "leave no room" },
    { { .text_layers = -1 }, "text layers is -1" },
    { { .hidden = 1 << 30 }, "the hidden width" },
  };
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "bundle", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (sag_bundle_create (&cases[i].create, path, &error));
      sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, cases[i].part);
    }
  g_assert_cmpuint (count_entries (folder), ==, 0);
  sag_test_remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bundle/create-and-load", test_create_and_load);
  g_test_add_func ("/bundle/target-exists", test_target_exists);
  g_test_add_func ("/bundle/disk-full", test_disk_full);
  g_test_add_func ("/bundle/no-permission", test_no_permission);
  g_test_add_func ("/bundle/damaged", test_damaged);
  g_test_add_func ("/bundle/other-vocabulary", test_other_vocabulary);
  g_test_add_func ("/bundle/check", test_check);
  g_test_add_func ("/bundle/options", test_options);
  return g_test_run ();
}
