/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/case-fixture.h"

#include "model/phantom/phantom.h"

GFile *
sag_test_ui_scan (const char *folder, const char *name, double spacing_mm)
{
  const SagPhantomOptions options = { .seed = 3,
                                      .spacing_mm = { spacing_mm, spacing_mm, spacing_mm } };
  g_autoptr (SagPhantom) phantom = sag_phantom_new (&options);
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_strconcat (name, ".nii.gz", NULL);

  sag_phantom_write (phantom, &options, folder, name, &error);
  g_assert_no_error (error);
  return g_file_new_build_filename (folder, file, NULL);
}

GFile *
sag_test_ui_cut_scan (const char *folder, const char *name)
{
  g_autoptr (GFile) file = sag_test_ui_scan (folder, name, 8);
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL;
  gsize            n_bytes;

  g_file_load_contents (file, NULL, &bytes, &n_bytes, NULL, &error);
  g_assert_no_error (error);
  g_file_replace_contents (file, bytes, n_bytes / 2, NULL, FALSE, 0, NULL, NULL, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&file);
}

GFile *
sag_test_ui_text (const char *folder, const char *name, const char *text)
{
  g_autoptr (GFile) file = g_file_new_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_replace_contents (file, text, strlen (text), NULL, FALSE, 0, NULL, NULL, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&file);
}
