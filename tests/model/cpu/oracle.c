/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/cpu/oracle.h"

#include "tests/support/test.h"

#include <math.h>

SagTensorFile *
oracle_open (const char *name)
{
  g_autofree char *path = sag_test_shared (name);
  g_autoptr (GError) error = NULL;
  SagTensorFile *file;

  if (path == NULL)
    return NULL;
  file = sag_tensor_file_open (path, &error);
  g_assert_no_error (error);
  return file;
}

bool
oracle_read (void *file, const char *name, size_t offset, size_t n_values, float *out)
{
  const SagTensor *tensor = sag_tensor_file_find (file, name);

  return tensor != NULL && sag_tensor_read_floats (tensor, offset, n_values, out);
}

static float *
dup_values (const SagTensor *tensor)
{
  float *values = g_new (float, tensor->n_values);

  g_assert_true (sag_tensor_read_floats (tensor, 0, tensor->n_values, values));
  return values;
}

float *
oracle_dup_values (SagTensorFile *file, const char *name)
{
  const SagTensor *tensor = sag_tensor_file_find (file, name);

  if (tensor == NULL)
    g_error ("%s holds no %s", sag_tensor_file_get_name (file), name);
  return dup_values (tensor);
}

void
oracle_assert_close (
  const char *name, const float *got, const float *want, gsize n, double tolerance)
{
  double worst = 0, squares = 0;

  for (gsize i = 0; i < n; i++)
    {
      g_assert_false (isnan (got[i]));
      worst = fmax (worst, fabs ((double) got[i] - want[i]));
      squares += (double) want[i] * want[i];
    }
  g_test_message ("%s: %.2g", name, worst / sqrt (squares / n));
  g_assert_cmpfloat (worst, <=, tolerance * sqrt (squares / n));
}

void
oracle_compare_tap (
  void *data, const char *name, int n_dims, const int64_t *dims, const float *values)
{
  OracleTap        *tap = data;
  g_autofree char  *full = g_strconcat ("out.", name, NULL);
  const SagTensor  *tensor = sag_tensor_file_find (tap->golden, full);
  g_autofree float *want = NULL;
  gsize             n = 1;

  if (tensor == NULL)
    return;
  g_assert_cmpuint (tensor->n_dims, ==, n_dims);
  g_assert_cmpint (dims[0], ==, 1);
  for (int i = 1; i < n_dims; i++)
    {
      g_assert_cmpint (dims[i], ==, tensor->shape[i]);
      n *= dims[i];
    }
  want = dup_values (tensor);
  oracle_assert_close (name, values, want + tap->item * n, n, tap->tolerance);
  g_hash_table_add (tap->seen, g_steal_pointer (&full));
}

gboolean
oracle_recipe_open (OracleRecipe *recipe)
{
  g_autofree char *path = sag_test_shared ("oracle/full/full_recipe.json");
  g_autoptr (GError) error = NULL;
  JsonObject *root;

  *recipe = (OracleRecipe){ 0 };
  if (path == NULL)
    return FALSE;
  recipe->statistics = oracle_open ("oracle/full/full_bn_stats.safetensors");
  recipe->parser = json_parser_new ();
  json_parser_load_from_file (recipe->parser, path, &error);
  g_assert_no_error (error);
  root = json_node_get_object (json_parser_get_root (recipe->parser));
  recipe->params = json_object_get_object_member (root, "params");
  recipe->seed = json_object_get_int_member (root, "base_seed");
  return TRUE;
}

void
oracle_recipe_clear (OracleRecipe *recipe)
{
  g_clear_object (&recipe->parser);
  g_clear_pointer (&recipe->statistics, sag_tensor_file_unref);
}

static guint64
fnv1a (const char *text)
{
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (; *text; text++)
    hash = (hash ^ (guint8) *text) * G_GUINT64_CONSTANT (0x100000001b3);
  return hash;
}

/* Value @index of the uniform numbers in [0, 1) that belong to the key whose hash is @hash. */
static double
uniform (const OracleRecipe *recipe, guint64 hash, gsize index)
{
  guint64 z = (hash ^ recipe->seed) + (index + 1) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  z ^= z >> 31;
  return (z >> 11) * 0x1p-53;
}

bool
oracle_recipe_read (void *data, const char *name, size_t offset, size_t n_values, float *out)
{
  const OracleRecipe *recipe = data;
  guint64             hash = fnv1a (name);
  JsonObject         *param;
  double              a, b;

  if (!json_object_has_member (recipe->params, name))
    return oracle_read (recipe->statistics, name, offset, n_values, out);
  param = json_object_get_object_member (recipe->params, name);
  a = json_object_get_double_member (param, "a");
  b = json_object_get_double_member (param, "b");
  for (size_t i = 0; i < n_values; i++)
    out[i] = a + b * (2 * uniform (recipe, hash, offset + i) - 1);
  return true;
}

float *
oracle_recipe_dup_image (const OracleRecipe *recipe)
{
  guint64 coarse_hash = fnv1a ("image.coarse"), fine_hash = fnv1a ("image.fine");
  float  *image = g_new0 (float, 256 * 160 * 128);

  for (gsize i = 12 * 160 * 128; i < 244 * 160 * 128; i++)
    {
      gsize  x = i / (160 * 128), y = i / 128 % 160, z = i % 128;
      double coarse = uniform (recipe, coarse_hash, (x / 16 * 10 + y / 16) * 8 + z / 16);
      double fine = uniform (recipe, fine_hash, i);

      image[i] = CLAMP (0.5 + 0.4 * (2 * coarse - 1) + 0.1 * (2 * fine - 1), 0, 1);
    }
  return image;
}
