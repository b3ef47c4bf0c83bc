/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/create.h"
#include "model/bundle/publish.h"
#include "model/bundle/safetensors.h"
#include "tests/support/test.h"

#include <math.h>

typedef struct
{
  char      *folder;
  SagBundle *bundle;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  const SagBundleCreate create = {
    .source = { .name = "whole", .data_license = "data", .weights_license = "weights" },
    .seed = 3,
  };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  self->folder = sag_test_dup_folder ();
  path = g_build_filename (self->folder, "whole", NULL);
  self->bundle = sag_bundle_create (&create, path, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  sag_bundle_unref (self->bundle);
  sag_test_remove_folder (self->folder);
}

static bool
compare_weight (const SagWeightSpec *spec, void *user_data)
{
  SagBundle       **bundles = user_data;
  g_autofree float *one = g_new (float, spec->n_values);
  g_autofree float *other = g_new (float, spec->n_values);

  g_assert_true (sag_bundle_read (bundles[0], spec->name, 0, spec->n_values, one));
  g_assert_true (sag_bundle_read (bundles[1], spec->name, 0, spec->n_values, other));
  for (size_t i = 0; i < spec->n_values; i++)
    if (spec->n_dims > 1)
      g_assert_cmpfloat (fabsf (one[i] - other[i]), <=, fabsf (one[i]) * 0x1p-11f + 0x1p-25f);
    else
      g_assert_cmpfloat (one[i], ==, other[i]);
  return true;
}

static void
test_half (Fixture *self, gconstpointer data)
{
  const char *const      forget[] = { "method", NULL };
  const SagBundlePublish publish = { .name = "half", .permitted_use = "looking", .forget = forget };
  g_autofree char       *path = g_build_filename (self->folder, "half", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) half = sag_bundle_publish (self->bundle, &publish, path, &error);
  const SagManifest   *before = sag_bundle_get_manifest (self->bundle), *after;
  SagBundle           *bundles[2] = { self->bundle, half };
  const SagBundleNote *last;

  g_assert_no_error (error);
  after = sag_bundle_get_manifest (half);
  g_assert_cmpuint (after->size_bytes[SAG_BUNDLE_WEIGHTS] * 10, <,
                    before->size_bytes[SAG_BUNDLE_WEIGHTS] * 6);
  sag_network_foreach_weight (sag_bundle_get_network (half), compare_weight, bundles);
  g_assert_cmpstr (sag_bundle_get_name (half), ==, "half");
  g_assert_cmpstr (after->permitted_use, ==, "looking");
  g_assert_cmpstr (after->data_license, ==, "data");
  g_assert_cmpuint (after->notes->len, ==, before->notes->len);
  last = after->notes->pdata[after->notes->len - 1];
  g_assert_cmpstr (last->key, ==, "halved_from");
  g_assert_cmpstr (last->value, ==, sag_bundle_get_sha256 (self->bundle));
}

/* What is already halved and published again says once where it came from. */
static void
test_again (Fixture *self, gconstpointer data)
{
  const SagBundlePublish publish = { .name = "half" };
  g_autofree char       *path = g_build_filename (self->folder, "half", NULL);
  g_autofree char       *other = g_build_filename (self->folder, "again", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) half = sag_bundle_publish (self->bundle, &publish, path, &error);
  g_autoptr (SagBundle) again = sag_bundle_publish (half, &publish, other, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (sag_bundle_get_sha256 (again), ==, sag_bundle_get_sha256 (half));
}

static void
test_refusals (Fixture *self, gconstpointer data)
{
  const SagBundlePublish again = { .name = "again" }, unlicensed = { .license = "/no/such/file" };
  g_autofree char       *fresh = g_build_filename (self->folder, "fresh", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (
    sag_bundle_publish (self->bundle, &again, sag_bundle_get_folder (self->bundle), &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST);
  g_clear_error (&error);
  g_assert_null (sag_bundle_publish (self->bundle, &unlicensed, fresh, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_false (g_file_test (fresh, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/bundle/publish/half", Fixture, NULL, set_up, test_half, tear_down);
  g_test_add ("/bundle/publish/again", Fixture, NULL, set_up, test_again, tear_down);
  g_test_add ("/bundle/publish/refusals", Fixture, NULL, set_up, test_refusals, tear_down);
  return g_test_run ();
}
