/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/phantom.h"

#include "model/volume/nifti.h"
#include "tests/support/test.h"

#include <json-glib/json-glib.h>

static const SagPhantomOptions options = {
  .seed = G_MAXUINT64,
  .findings = SAG_FINDING_NODULE | SAG_FINDING_EFFUSION_LEFT,
  .orientation = "LPS",
  .spacing_mm = { 5, 5, 5 },
};

static void
assert_file_equals (const char *folder, const char *name, SagVolume *volume)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagVolume) loaded = sag_nifti_load (path, NULL, NULL, NULL, &error);
  const SagGeometry *geometry = sag_volume_get_geometry (volume);

  g_assert_no_error (error);
  g_assert_true (sag_geometry_equal (sag_volume_get_geometry (loaded), geometry, 1e-3));
  g_assert_cmpmem (sag_volume_get_int16 (loaded), sag_geometry_n_voxels (geometry) * 2,
                   sag_volume_get_int16 (volume), sag_geometry_n_voxels (geometry) * 2);
}

static void
test_round_trip (void)
{
  g_autoptr (SagPhantom) phantom = sag_phantom_new (&options);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  char            *top = sag_test_dup_folder ();
  g_autofree char *folder = g_build_filename (top, "new", "folder", NULL);
  g_autofree char *path = g_build_filename (folder, "case.json", NULL);
  JsonObject      *object;
  JsonArray       *labels;
  gboolean         nodule_found = FALSE;

  g_assert_true (sag_phantom_write (phantom, &options, folder, "case", &error));
  g_assert_no_error (error);
  assert_file_equals (folder, "case.nii.gz", phantom->image);
  assert_file_equals (folder, "case_labels.nii.gz", phantom->labels);

  g_assert_true (json_parser_load_from_file (parser, path, &error));
  g_assert_no_error (error);
  object = json_node_get_object (json_parser_get_root (parser));
  g_assert_cmpstr (json_object_get_string_member (object, "kind"), ==, "Sagitta phantom");
  g_assert_true (json_object_get_boolean_member (object, "synthetic"));
  g_assert_cmpstr (json_object_get_string_member (object, "seed"), ==, "18446744073709551615");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "findings")), ==,
                    2);
  labels = json_object_get_array_member (object, "labels");
  for (guint l = 0; l < json_array_get_length (labels); l++)
    {
      JsonObject *entry = json_array_get_object_element (labels, l);
      double      low[3], high[3];

      g_assert_true (
        sag_phantom_get_box (phantom, json_object_get_int_member (entry, "label"), low, high));
      for (guint a = 0; a < 3; a++)
        {
          g_assert_cmpfloat (json_array_get_double_element (
                               json_object_get_array_member (entry, "box_low_ras_mm"), a),
                             ==, low[a]);
          g_assert_cmpfloat (json_array_get_double_element (
                               json_object_get_array_member (entry, "box_high_ras_mm"), a),
                             ==, high[a]);
        }
      nodule_found |= g_str_equal (json_object_get_string_member (entry, "name"), "nodule");
    }
  g_assert_true (nodule_found);
  sag_test_remove_folder (top);
}

/* The JSON cannot be written over a folder: then the volumes do not stay either. */
static void
test_all_or_nothing (void)
{
  g_autoptr (SagPhantom) phantom = sag_phantom_new (&options);
  g_autoptr (GError) error = NULL;
  char            *folder = sag_test_dup_folder ();
  g_autofree char *blocked = g_build_filename (folder, "case.json", "x", NULL);
  g_autoptr (GDir) dir = NULL;

  g_assert_cmpint (g_mkdir_with_parents (blocked, 0777), ==, 0);
  g_assert_false (sag_phantom_write (phantom, &options, folder, "case", &error));
  g_assert_nonnull (error);
  dir = g_dir_open (folder, 0, NULL);
  g_assert_cmpstr (g_dir_read_name (dir), ==, "case.json");
  g_assert_null (g_dir_read_name (dir));
  sag_test_remove_folder (folder);
}

static void
test_no_folder (void)
{
  g_autoptr (SagPhantom) phantom = sag_phantom_new (&options);
  g_autoptr (GError) error = NULL;

  g_assert_false (sag_phantom_write (phantom, &options, "/proc/sagitta", "case", &error));
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "/proc/sagitta");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/phantom/write/round-trip", test_round_trip);
  g_test_add_func ("/phantom/write/all-or-nothing", test_all_or_nothing);
  g_test_add_func ("/phantom/write/no-folder", test_no_folder);
  return g_test_run ();
}
