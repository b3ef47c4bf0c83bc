/* SPDX-License-Identifier: Apache-2.0 */
/* Recipe `upstream` against what upstream's own code made of the oracle's scans. */
#include "model/bundle/safetensors.h"
#include "model/core/hash.h"
#include "model/prepare/prepared.h"
#include "model/prepare/standard-run.h"
#include "model/volume/nifti.h"
#include "tests/support/test.h"

#include <json-glib/json-glib.h>
#include <math.h>

static const SagRecipe recipe = {
  .kind = SAG_RECIPE_UPSTREAM,
  .box_mm = { 384, 320, 256 },
  .train_box_mm = { 416, 336, 256 },
  .input = { 256, 160, 128 },
};

/* A scan of the oracle with everything that upstream's code made of it. */
typedef struct
{
  JsonParser    *parser;
  JsonObject    *json;
  SagTensorFile *tensors;
  SagVolume     *volume;
  SagVolume     *mask;
} Golden;

static SagVolume *
load (const char *file)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_build_filename ("oracle", "ct", file, NULL),
                  *path = sag_test_shared (name);
  SagVolume *volume = sag_nifti_load (path, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return volume;
}

static gboolean
golden_init (Golden *golden, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *json = g_strdup_printf ("oracle/preproc/%s.json", name);
  g_autofree char *tensors = g_strdup_printf ("oracle/preproc/%s.safetensors", name);
  g_autofree char *json_path = sag_test_shared (json), *tensors_path = NULL;
  const char      *mask = NULL;

  *golden = (Golden){ NULL };
  if (json_path == NULL)
    return FALSE;
  tensors_path = sag_test_shared (tensors);
  golden->parser = json_parser_new ();
  json_parser_load_from_file (golden->parser, json_path, &error);
  g_assert_no_error (error);
  golden->json = json_node_get_object (json_parser_get_root (golden->parser));
  golden->tensors = sag_tensor_file_open (tensors_path, &error);
  g_assert_no_error (error);
  golden->volume = load (json_object_get_string_member (golden->json, "source"));
  if (g_str_equal (name, "example_ct_sm"))
    mask = "example_seg.nii.gz";
  else if (g_str_equal (name, "phantom_1mm_RAS"))
    mask = "phantom_1mm_RAS_seg.nii.gz";
  else if (g_str_equal (name, "phantom_LPS_aniso"))
    mask = "phantom_LPS_aniso_seg.nii.gz";
  if (mask != NULL)
    golden->mask = load (mask);
  return TRUE;
}

static void
golden_clear (Golden *golden)
{
  g_clear_object (&golden->parser);
  g_clear_pointer (&golden->tensors, sag_tensor_file_unref);
  g_clear_pointer (&golden->volume, sag_volume_unref);
  g_clear_pointer (&golden->mask, sag_volume_unref);
}

static SagPrepared *
prepare (SagVolume *volume, SagVolume *lungs)
{
  g_autoptr (GError) error = NULL;
  SagPrepareOptions options = { .lungs = lungs, .keep_standardised = TRUE };
  SagPrepared      *prepared = sag_prepare (volume, &recipe, &options, NULL, &error);

  g_assert_no_error (error);
  return prepared;
}

/* SHA-256 of the int16 voxels in C order: the last axis fastest. */
static char *
dup_sha256 (SagVolume *volume)
{
  const gint32      *dims = sag_volume_get_geometry (volume)->dims;
  const gint16      *voxels = sag_volume_get_int16 (volume);
  gsize              n = (gsize) dims[0] * dims[1] * dims[2], v = 0;
  g_autofree gint16 *transposed = g_new (gint16, n);

  for (gint32 i = 0; i < dims[0]; i++)
    for (gint32 j = 0; j < dims[1]; j++)
      for (gint32 k = 0; k < dims[2]; k++)
        transposed[v++] = voxels[i + dims[0] * (j + (gsize) dims[1] * k)];
  return sag_hash_sha256 (transposed, n * sizeof (gint16));
}

static void
assert_grid (const SagGeometry *grid, JsonObject *golden)
{
  JsonArray *shape = json_object_get_array_member (golden, "shape");
  JsonArray *affine = json_object_get_array_member (golden, "affine");

  for (guint a = 0; a < 3; a++)
    {
      JsonArray *row = json_array_get_array_element (affine, a);

      g_assert_cmpint (grid->dims[a], ==, json_array_get_int_element (shape, a));
      for (guint b = 0; b < 4; b++)
        g_assert_cmpfloat_with_epsilon (grid->ijk_to_ras[a][b],
                                        json_array_get_double_element (row, b), 1e-4);
    }
}

static void
check_standardised (const Golden *golden, SagVolume *volume)
{
  JsonObject      *standard = json_object_get_object_member (golden->json, "standardised");
  const SagTensor *where = sag_tensor_file_find (golden->tensors, "std.samples_idx");
  const SagTensor *what = sag_tensor_file_find (golden->tensors, "std.samples");
  g_autofree char *sha256 = dup_sha256 (volume);

  assert_grid (sag_volume_get_geometry (volume), standard);
  for (gsize s = 0; s < what->n_values; s++)
    {
      gint64 at[3], value;

      g_assert_true (sag_tensor_read_integers (where, 3 * s, 3, at));
      g_assert_true (sag_tensor_read_integers (what, s, 1, &value));
      g_assert_cmpfloat (sag_volume_value (volume, (int) at[0], (int) at[1], (int) at[2]), ==,
                         value);
    }
  g_assert_cmpstr (sha256, ==, json_object_get_string_member (standard, "sha256_int16_C"));
}

/* One plane of the input: the axis that is not @u or @v stands at its middle. */
static void
check_plane (const Golden *golden,
             const char   *name,
             const float  *plane,
             gsize         n_u,
             gsize         n_v,
             gsize         step_u,
             gsize         step_v)
{
  const SagTensor  *tensor = sag_tensor_file_find (golden->tensors, name);
  g_autofree float *expected = g_new (float, n_u *n_v);

  g_assert_true (sag_tensor_read_floats (tensor, 0, n_u * n_v, expected));
  for (gsize u = 0; u < n_u; u++)
    for (gsize v = 0; v < n_v; v++)
      g_assert_cmpfloat_with_epsilon (plane[u * step_u + v * step_v], expected[u * n_v + v], 1e-6);
}

static void
check_input (const Golden *golden, const float *input)
{
  const gsize      ny = recipe.input[1], nz = recipe.input[2];
  const SagTensor *where = sag_tensor_file_find (golden->tensors, "input.samples_idx");
  const SagTensor *what = sag_tensor_file_find (golden->tensors, "input.samples");
  double           mean = 0;

  for (gsize s = 0; s < what->n_values; s++)
    {
      gint64 at[3];
      float  value;

      g_assert_true (sag_tensor_read_integers (where, 3 * s, 3, at));
      g_assert_true (sag_tensor_read_floats (what, s, 1, &value));
      g_assert_cmpfloat_with_epsilon (input[(at[0] * ny + at[1]) * nz + at[2]], value, 1e-6);
    }
  check_plane (golden, "input.mid_i128", input + 128 * ny * nz, ny, nz, nz, 1);
  check_plane (golden, "input.mid_j80", input + 80 * nz, 256, nz, ny * nz, 1);
  check_plane (golden, "input.mid_k64", input + 64, 256, ny, ny * nz, nz);
  for (gsize v = 0; v < 256 * ny * nz; v++)
    mean += input[v];
  g_assert_cmpfloat_with_epsilon (
    mean / (256 * ny * nz),
    json_object_get_double_member (json_object_get_object_member (golden->json, "network_input"),
                                   "mean"),
    1e-6);
}

static void
test_oracle (gconstpointer name)
{
  Golden golden;
  g_autoptr (SagPrepared) prepared = NULL;

  if (!golden_init (&golden, name))
    return;
  prepared = prepare (golden.volume, NULL);
  check_standardised (&golden, sag_prepared_get_standardised (prepared));
  check_input (&golden, sag_prepared_get_input (prepared));
  golden_clear (&golden);
}

static void
test_oracle_mask (gconstpointer name)
{
  Golden      golden;
  JsonObject *with_mask;
  g_autoptr (SagPrepared) prepared = NULL;
  g_autofree char *sha256 = NULL;

  if (!golden_init (&golden, name))
    return;
  with_mask = json_object_get_object_member (golden.json, "with_mask");
  prepared = prepare (golden.volume, golden.mask);
  assert_grid (sag_volume_get_geometry (sag_prepared_get_standardised (prepared)),
               json_object_get_object_member (with_mask, "image"));
  sha256 = dup_sha256 (sag_prepared_get_standardised (prepared));
  g_assert_cmpstr (sha256, ==, json_object_get_string_member (with_mask, "image_sha256"));
  g_assert_cmpstr (sag_prepared_get_lung_source (prepared), ==, "mask");
  golden_clear (&golden);
}

/* The same Hounsfield units, stored as float32. */
static void
test_float (void)
{
  Golden golden;
  g_autoptr (SagVolume) copy = NULL;
  g_autoptr (SagPrepared) prepared = NULL;
  gint64 n;
  float *voxels;

  if (!golden_init (&golden, "example_ct_sm"))
    return;
  n = sag_geometry_n_voxels (sag_volume_get_geometry (golden.volume));
  voxels = g_new (float, n);
  for (gint64 v = 0; v < n; v++)
    voxels[v] = sag_volume_get_int16 (golden.volume)[v];
  copy = sag_volume_new_float (sag_volume_get_geometry (golden.volume), voxels);
  prepared = prepare (copy, NULL);
  check_standardised (&golden, sag_prepared_get_standardised (prepared));
  check_input (&golden, sag_prepared_get_input (prepared));
  golden_clear (&golden);
}

/* The kernels for machines without AVX2. */
static void
test_portable (gconstpointer name)
{
  Golden      golden;
  SagStandard standard;
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (GError) error = NULL;
  float *input;

  if (!golden_init (&golden, name))
    return;
  sag_standard_upstream (&standard, golden.volume, &recipe, NULL, NULL, &error);
  g_assert_no_error (error);
  standard.portable = TRUE;
  volume = sag_standard_make_volume (&standard, NULL, &error);
  g_assert_no_error (error);
  check_standardised (&golden, volume);
  input = sag_standard_make_input (&standard, &recipe, standard.box_start, NULL, &error);
  g_assert_no_error (error);
  check_input (&golden, input);
  free (input);
  golden_clear (&golden);
}

/* Area averaging alone, from a standardised volume that is upstream's to the bit. */
static void
test_area (void)
{
  Golden golden;
  g_autoptr (SagPrepared) prepared = NULL;
  SagVolume *standard;
  gint32     start[3];
  float     *input;

  if (!golden_init (&golden, "pulmonary_ct_cropped"))
    return;
  prepared = prepare (golden.volume, NULL);
  standard = sag_prepared_get_standardised (prepared);
  for (int a = 0; a < 3; a++)
    start[a] = sag_standard_centre (sag_volume_get_geometry (standard)->dims[a], recipe.box_mm[a]);
  input = sag_standard_pool_volume (standard, &recipe, start);
  check_input (&golden, input);
  free (input);
  golden_clear (&golden);
}

int
main (int argc, char **argv)
{
  static const char *const names[] = {
    "aorta_ct_cropped", "example_ct",        "example_ct_sm",
    "phantom_1mm_RAS",  "phantom_LPS_aniso", "pulmonary_ct_cropped",
  };
  static const char *const with_mask[] = { "example_ct_sm", "phantom_1mm_RAS",
                                           "phantom_LPS_aniso" };

  g_test_init (&argc, &argv, NULL);
  for (gsize n = 0; n < G_N_ELEMENTS (names); n++)
    {
      g_autofree char *path = g_strconcat ("/prepare/upstream/", names[n], NULL);

      g_autofree char *portable = g_strconcat ("/prepare/upstream/portable/", names[n], NULL);

      g_test_add_data_func (path, names[n], test_oracle);
      g_test_add_data_func (portable, names[n], test_portable);
    }
  for (gsize n = 0; n < G_N_ELEMENTS (with_mask); n++)
    {
      g_autofree char *path = g_strconcat ("/prepare/upstream/mask/", with_mask[n], NULL);

      g_test_add_data_func (path, with_mask[n], test_oracle_mask);
    }
  g_test_add_func ("/prepare/upstream/float32", test_float);
  g_test_add_func ("/prepare/upstream/area", test_area);
  return g_test_run ();
}
